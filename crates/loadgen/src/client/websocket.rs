//! The WebSocket transport.

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use http::HeaderValue;
use http::header::COOKIE;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use super::door::{Door, Visitor};
use super::driver::{Line, Sink, Source};
use super::error::{ConnectError, End};
use super::packet::{self, Inbound};

type Stream = WebSocketStream<TcpStream>;

pub(super) struct Incoming(SplitStream<Stream>);

pub(super) struct Outgoing(SplitSink<Stream, Message>);

/// Opens the engine.
pub(super) async fn open(
    door: &Door,
    visitor: &Visitor,
) -> Result<(Incoming, Outgoing), ConnectError> {
    let url = format!("ws://{}/socket.io/?EIO=4&transport=websocket", door.authority);
    let mut request = url.into_client_request().map_err(ConnectError::broken)?;
    let cookie = HeaderValue::from_str(visitor.cookie()).map_err(ConnectError::broken)?;
    request.headers_mut().insert(COOKIE, cookie);
    let stream = door.connect().await?;
    let (mut stream, _answer) =
        client_async(request, stream).await.map_err(|error| match error {
            tungstenite::Error::Http(answer) => ConnectError::Status(answer.status().as_u16()),
            other => ConnectError::broken(other),
        })?;
    match stream.next().await {
        Some(Ok(Message::Text(text))) if matches!(packet::read(&text), Inbound::Open(_)) => {}
        other => return Err(ConnectError::Broken(format!("instead of open: {other:?}"))),
    }
    let (sink, source) = stream.split();
    Ok((Incoming(source), Outgoing(sink)))
}

impl Source for Incoming {
    async fn run(mut self, mut line: Line) -> End {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(text))) => {
                    if let Err(end) = line.accept(&text).await {
                        return end;
                    }
                }
                Some(Ok(Message::Close(frame))) => {
                    return End::Closed(frame.map(|frame| u16::from(frame.code)));
                }
                Some(Ok(Message::Binary(_))) => return End::Malformed("binary".to_owned()),
                Some(Ok(_)) => {}
                Some(Err(error)) => return End::Broken(error.to_string()),
                None => return End::Closed(None),
            }
        }
    }
}

impl Sink for Outgoing {
    /// What waits goes out with one flush. A failed write is not the end: the reason for it, a
    /// close frame with a code, may still wait to be read.
    async fn run(mut self, mut orders: mpsc::Receiver<String>) -> End {
        let mut open = true;
        while let Some(order) = orders.recv().await {
            let mut next = Some(order);
            while let Some(order) = next.take() {
                open = open && self.0.feed(Message::text(order)).await.is_ok();
                next = orders.try_recv().ok();
            }
            open = open && self.0.flush().await.is_ok();
        }
        End::Closed(None)
    }
}
