//! A client over WebSocket.

use std::net::SocketAddr;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::{SILENCE, soon};

/// How a WebSocket ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Close {
    /// By a close frame with this code and reason.
    Frame(u16, String),
    /// By a close frame that says nothing.
    Empty,
    /// Without a close frame.
    Cut,
}

/// A client over WebSocket. It answers no ping by itself.
pub(crate) struct WebSocket<T = TcpStream> {
    stream: WebSocketStream<T>,
    /// The session's id, when it began over this WebSocket.
    pub(crate) sid: String,
}

impl WebSocket {
    /// Begins a session.
    pub(crate) async fn open(address: SocketAddr) -> Self {
        Self::open_over(connect(address).await).await
    }

    /// Opens a WebSocket for a session that polls.
    pub(crate) async fn beside(address: SocketAddr, sid: &str) -> Self {
        Self::upgrade(connect(address).await, &format!("&sid={sid}")).await
    }
}

/// A connection that sends small things at once.
async fn connect(address: SocketAddr) -> TcpStream {
    let stream = soon(TcpStream::connect(address)).await.unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

impl<T: AsyncRead + AsyncWrite + Unpin> WebSocket<T> {
    /// Begins a session over any connection.
    pub(crate) async fn open_over(stream: T) -> Self {
        let mut socket = Self::upgrade(stream, "").await;
        let open = socket.text().await;
        let open: Value = serde_json::from_str(open.strip_prefix('0').unwrap()).unwrap();
        open["sid"].as_str().unwrap().clone_into(&mut socket.sid);
        socket
    }

    async fn upgrade(stream: T, session: &str) -> Self {
        let url = format!("ws://localhost/socket.io/?EIO=4&transport=websocket{session}");
        let (stream, _) = soon(tokio_tungstenite::client_async(url, stream)).await.unwrap();
        Self { stream, sid: String::new() }
    }

    /// Enters a namespace. Returns the socket's id.
    pub(crate) async fn enter(&mut self, namespace: &str) -> String {
        let (prefix, joint) = if namespace == "/" { ("", "") } else { (namespace, ",") };
        self.send(&format!("40{prefix}{joint}")).await;
        let answer = self.text().await;
        let answer = answer.strip_prefix(&format!("40{prefix}{joint}")).unwrap_or_else(|| {
            panic!("not let into {namespace}: {answer}");
        });
        let answer: Value = serde_json::from_str(answer).unwrap();
        answer["sid"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn send(&mut self, text: &str) {
        soon(self.stream.send(Message::text(text))).await.unwrap();
    }

    /// Sends, whether or not the server still listens.
    pub(crate) async fn try_send(&mut self, text: &str) -> bool {
        soon(self.stream.send(Message::text(text))).await.is_ok()
    }

    /// Writes several messages at once.
    pub(crate) async fn send_all(&mut self, texts: impl IntoIterator<Item = String>) {
        for text in texts {
            soon(self.stream.feed(Message::text(text))).await.unwrap();
        }
        soon(self.stream.flush()).await.unwrap();
    }

    pub(crate) async fn send_message(&mut self, message: Message) {
        soon(self.stream.send(message)).await.unwrap();
    }

    pub(crate) async fn send_binary(&mut self, bytes: &[u8]) {
        self.send_message(Message::binary(bytes.to_vec())).await;
    }

    /// The next message, whatever it is.
    pub(crate) async fn message(&mut self) -> Message {
        soon(self.stream.next()).await.expect("the connection is over").unwrap()
    }

    /// The next message, which must be text.
    pub(crate) async fn text(&mut self) -> String {
        match self.message().await {
            Message::Text(text) => text.as_str().to_owned(),
            other => panic!("not a text: {other:?}"),
        }
    }

    /// The next message, which must be binary.
    pub(crate) async fn binary(&mut self) -> Vec<u8> {
        match self.message().await {
            Message::Binary(bytes) => bytes.to_vec(),
            other => panic!("not binary: {other:?}"),
        }
    }

    /// The next messages, which must be so many texts.
    pub(crate) async fn texts(&mut self, count: usize) -> Vec<String> {
        let mut texts = Vec::new();
        while texts.len() < count {
            texts.push(self.text().await);
        }
        texts
    }

    /// Reads to the end, with what came before it.
    pub(crate) async fn rest(&mut self) -> (Vec<String>, Close) {
        let mut texts = Vec::new();
        loop {
            match soon(self.stream.next()).await {
                Some(Ok(Message::Text(text))) => texts.push(text.as_str().to_owned()),
                Some(Ok(Message::Close(None))) => return (texts, Close::Empty),
                Some(Ok(Message::Close(Some(close)))) => {
                    let reason = close.reason.as_str().to_owned();
                    return (texts, Close::Frame(close.code.into(), reason));
                }
                Some(Ok(_)) => {}
                Some(Err(Error::Protocol(_) | Error::Io(_) | Error::ConnectionClosed)) | None => {
                    return (texts, Close::Cut);
                }
                Some(Err(error)) => panic!("what the server sends is wrong: {error}"),
            }
        }
    }

    /// How it ends, whatever comes before.
    pub(crate) async fn close(&mut self) -> Close {
        self.rest().await.1
    }

    /// The code it is closed with; nothing else may come before.
    pub(crate) async fn close_code(&mut self) -> u16 {
        match self.rest().await {
            (texts, Close::Frame(code, _)) if texts.is_empty() => code,
            other => panic!("not closed at once with a code: {other:?}"),
        }
    }

    /// Nothing comes.
    pub(crate) async fn is_silent(&mut self) -> bool {
        match tokio::time::timeout(SILENCE, self.stream.next()).await {
            Ok(came) => panic!("it is not silent: {came:?}"),
            Err(_) => true,
        }
    }

    /// The session lives: an echo comes back, and nothing before it.
    pub(crate) async fn is_alive(&mut self) -> bool {
        self.send(r#"42987["echo","alive"]"#).await;
        let answer = self.text().await;
        assert_eq!(answer, r#"43987["alive"]"#);
        true
    }
}
