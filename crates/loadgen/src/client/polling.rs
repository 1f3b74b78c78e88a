//! The long polling transport.

use std::time::Duration;

use reqwest::RequestBuilder;
use reqwest::header::{CONTENT_TYPE, COOKIE};
use serde::Deserialize;
use tokio::sync::mpsc;

use super::door::{Door, Visitor};
use super::driver::{Line, Sink, Source};
use super::error::{ConnectError, End};
use super::packet::{self, Inbound};
use super::payload::{self, Body};

/// A poll that takes longer than ping interval and ping time together is lost.
const POLL_TIME_MAX: Duration = Duration::from_mins(1);

/// An open session.
#[derive(Clone)]
struct Session {
    door: Door,
    cookie: String,
    url: String,
}

pub(super) struct Polls {
    session: Session,
    /// Packets that came in one body with the handshake.
    early: Vec<String>,
}

pub(super) struct Posts(Session);

#[derive(Deserialize)]
struct Handshake {
    sid: String,
}

/// Opens the engine.
pub(super) async fn open(door: &Door, visitor: &Visitor) -> Result<(Polls, Posts), ConnectError> {
    let base = format!("http://{}/socket.io/?EIO=4&transport=polling", door.authority);
    let mut session =
        Session { door: door.clone(), cookie: visitor.cookie().to_owned(), url: base };
    let get = session.door.http.get(&session.url);
    let body = match session.exchange(get).await {
        Ok((200, body)) => body,
        Ok((status, _)) => return Err(ConnectError::Status(status)),
        Err(error) => return Err(ConnectError::broken(error)),
    };
    let mut packets = payload::split(&body);
    let Inbound::Open(handshake) = packets.next().map_or(Inbound::Malformed, packet::read) else {
        return Err(ConnectError::Broken(format!("instead of open: {body}")));
    };
    let Handshake { sid } = serde_json::from_str(handshake).map_err(ConnectError::broken)?;
    session.url = format!("{}&sid={sid}", session.url);
    let early = packets.map(str::to_owned).collect();
    Ok((Polls { session: session.clone(), early }, Posts(session)))
}

impl Session {
    async fn exchange(&self, request: RequestBuilder) -> reqwest::Result<(u16, String)> {
        let request = request.header(COOKIE, &self.cookie).timeout(POLL_TIME_MAX);
        let response = request.send().await?;
        let status = response.status().as_u16();
        Ok((status, response.text().await?))
    }

    async fn exchange_well(&self, request: RequestBuilder) -> Result<String, End> {
        match self.exchange(request).await {
            Ok((200, body)) => Ok(body),
            Ok((status, body)) => Err(End::Broken(format!("status {status}: {body}"))),
            Err(error) => Err(End::Broken(format!("{error:?}"))),
        }
    }
}

impl Source for Polls {
    async fn run(self, mut line: Line) -> End {
        for packet in &self.early {
            if let Err(end) = line.accept(packet).await {
                return end;
            }
        }
        loop {
            let get = self.session.door.http.get(&self.session.url);
            let body = match self.session.exchange_well(get).await {
                Ok(body) => body,
                Err(end) => return end,
            };
            for packet in payload::split(&body) {
                if let Err(end) = line.accept(packet).await {
                    return end;
                }
            }
        }
    }
}

impl Sink for Posts {
    async fn run(self, mut orders: mpsc::Receiver<String>) -> End {
        let mut left_over = None;
        loop {
            let first = match left_over.take() {
                Some(packet) => Some(packet),
                None => orders.recv().await,
            };
            let Some(first) = first else { return End::Closed(None) };
            let mut body = Body::new(first);
            while let Ok(packet) = orders.try_recv() {
                if let Err(packet) = body.add(packet) {
                    left_over = Some(packet);
                    break;
                }
            }
            let post = self.0.door.http.post(&self.0.url);
            let post = post.header(CONTENT_TYPE, "text/plain;charset=UTF-8").body(body.into_text());
            if let Err(end) = self.0.exchange_well(post).await {
                return end;
            }
        }
    }
}
