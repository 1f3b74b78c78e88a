//! A client over either transport. It answers pings.

use std::net::SocketAddr;

use serde_json::Value;

use crate::support::{Polling, WebSocket};

pub(super) enum Line {
    WebSocket(Box<WebSocket>),
    Polling(Polling),
}

impl Line {
    pub(super) async fn websocket(address: SocketAddr) -> Self {
        Self::WebSocket(Box::new(WebSocket::open(address).await))
    }

    pub(super) async fn polling(address: SocketAddr) -> Self {
        Self::Polling(Polling::open(address).await)
    }

    pub(super) async fn send(&mut self, text: &str) {
        match self {
            Self::WebSocket(socket) => socket.send(text).await,
            Self::Polling(polling) => polling.send(text).await,
        }
    }

    /// Sends several packets at once.
    pub(super) async fn send_all(&mut self, texts: Vec<String>) {
        match self {
            Self::WebSocket(socket) => socket.send_all(texts).await,
            Self::Polling(polling) => polling.send(&texts.join("\u{1e}")).await,
        }
    }

    /// The next packet that is neither a ping nor nothing.
    pub(super) async fn next(&mut self) -> String {
        loop {
            let packet = match self {
                Self::WebSocket(socket) => socket.text().await,
                Self::Polling(polling) => polling.packet().await,
            };
            match packet.as_str() {
                "2" => self.send("3").await,
                "6" => {}
                _ => return packet,
            }
        }
    }

    /// Enters a namespace; returns the socket's id. Packets of other namespaces are passed by.
    pub(super) async fn enter(&mut self, namespace: &str) -> String {
        let prefix = prefix(namespace);
        self.send(&format!("40{prefix}")).await;
        loop {
            let packet = self.next().await;
            if let Some(answer) = packet.strip_prefix(&format!("40{prefix}")) {
                let answer: Value = serde_json::from_str(answer).unwrap();
                return answer["sid"].as_str().unwrap().to_owned();
            }
        }
    }

    /// Goes over to a WebSocket, as the official client does: polls until there is nothing more.
    pub(super) async fn upgrade(self, packets: &mut Vec<String>) -> Self {
        let Self::Polling(mut polling) = self else { return self };
        let mut socket = WebSocket::beside(polling.address(), &polling.sid).await;
        socket.send("2probe").await;
        assert_eq!(socket.text().await, "3probe");
        loop {
            let packet = polling.packet().await;
            match packet.as_str() {
                "6" => break,
                "2" => polling.send("3").await,
                _ => packets.push(packet),
            }
        }
        socket.send("5").await;
        Self::WebSocket(Box::new(socket))
    }
}

/// What stands before a packet's id or payload.
pub(super) fn prefix(namespace: &str) -> String {
    if namespace == "/" { String::new() } else { format!("{namespace},") }
}
