//! Somebody who comes, does this and that, and goes in one way or another.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

use rand::RngExt as _;
use rand::rngs::StdRng;
use serde_json::Value;

use super::house::House;
use super::line::{Line, prefix};
use crate::support::{Bare, Opcode, frame};

/// Actions of one visit.
const ACTIONS_MAX: usize = 12;

/// Events that are sent at once.
const BURST_MAX: u64 = 40;

pub(super) struct Visitor {
    address: SocketAddr,
    rng: StdRng,
    house: Arc<House>,
    /// The number of the next event in a namespace.
    next: HashMap<&'static str, u64>,
    /// The last number that came from a socket.
    heard: HashMap<u64, u64>,
    said: u64,
}

impl Visitor {
    pub(super) fn new(address: SocketAddr, rng: StdRng, house: Arc<House>) -> Self {
        let (next, heard) = (HashMap::new(), HashMap::new());
        Self { address, rng, house, next, heard, said: 0 }
    }

    pub(super) async fn run(mut self, visits: usize) {
        for _ in 0..visits {
            (self.next, self.heard, self.said) = (HashMap::new(), HashMap::new(), 0);
            match self.rng.random_range(0..10) {
                0 => self.hardly_come().await,
                1 => self.come_and_not_read().await,
                _ => self.visit().await,
            }
        }
    }

    /// A connection that ends somewhere on its way in.
    async fn hardly_come(&mut self) {
        let mut bare = Bare::connect(self.address).await;
        let mut bytes = Bare::upgrade_head("").into_bytes();
        bytes.extend(frame(Opcode::Text, b"40"));
        bytes.extend(frame(Opcode::Text, br#"42["count",0]"#));
        let end = self.rng.random_range(0..bytes.len());
        bare.send(&bytes[..end]).await;
        if self.rng.random() {
            tokio::task::yield_now().await;
        }
        drop(bare);
        // One that is counted, so that a visit is a session.
        self.visit().await;
    }

    /// A client that asks for a lot and reads nothing.
    async fn come_and_not_read(&mut self) {
        let mut bare = Bare::narrow_client(self.address).await;
        bare.send(&frame(Opcode::Text, br#"420["join","1"]"#)).await;
        for number in 0..200 {
            let say = format!(r#"42["say",["1",{number}]]"#);
            if !bare.try_send(&frame(Opcode::Text, say.as_bytes())).await {
                break;
            }
        }
        if self.rng.random() {
            bare.is_still().await;
        }
    }

    async fn visit(&mut self) {
        let mut line = if self.rng.random() {
            Line::polling(self.address).await
        } else {
            Line::websocket(self.address).await
        };
        self.enter(&mut line, "/").await;
        let mut is_beside = false;
        for _ in 0..self.rng.random_range(0..ACTIONS_MAX) {
            let namespace = if is_beside && self.rng.random() { "/side" } else { "/" };
            match self.rng.random_range(0..12) {
                0 | 1 => self.ask(&mut line, namespace, "join").await,
                2 => self.ask(&mut line, namespace, "leave").await,
                3 | 4 => self.say(&mut line, namespace).await,
                5 => line = self.upgrade(line).await,
                6 if !is_beside => {
                    self.enter(&mut line, "/side").await;
                    is_beside = true;
                }
                6 => {
                    line.send("41/side,").await;
                    is_beside = false;
                }
                7 => {
                    self.kick(&mut line).await;
                    self.enter(&mut line, "/").await;
                }
                _ => self.count(&mut line, namespace).await,
            }
        }
        self.go(line).await;
    }

    async fn enter(&mut self, line: &mut Line, namespace: &'static str) {
        let socket = line.enter(namespace).await;
        self.house.is_told(socket);
        self.next.insert(namespace, 0);
    }

    /// Sends a burst of events, and waits for their answers, which come in order.
    async fn count(&mut self, line: &mut Line, namespace: &'static str) {
        let begin = self.next.get(namespace).copied().unwrap_or_default();
        let end = begin + self.rng.random_range(1..BURST_MAX);
        self.next.insert(namespace, end);
        let prefix = prefix(namespace);
        let event = |number| format!(r#"42{prefix}{number}["count",{number}]"#);
        line.send_all((begin..end).map(event).collect()).await;
        for number in begin..end {
            let answer = self.answer(line).await;
            assert_eq!(answer, format!("43{prefix}{number}[{number}]"));
        }
    }

    async fn ask(&mut self, line: &mut Line, namespace: &'static str, what: &str) {
        let (prefix, room) = (prefix(namespace), self.rng.random_range(0..4));
        line.send(&format!(r#"42{prefix}7["{what}","{room}"]"#)).await;
        assert_eq!(self.answer(line).await, format!("43{prefix}7[true]"));
    }

    async fn say(&mut self, line: &mut Line, namespace: &'static str) {
        let (prefix, room) = (prefix(namespace), self.rng.random_range(0..4));
        line.send(&format!(r#"42{prefix}["say",["{room}",{}]]"#, self.said)).await;
        self.said += 1;
    }

    async fn kick(&mut self, line: &mut Line) {
        line.send(r#"42["kick"]"#).await;
        assert_eq!(self.answer(line).await, "41");
    }

    async fn upgrade(&mut self, line: Line) -> Line {
        let mut packets = Vec::new();
        let line = line.upgrade(&mut packets).await;
        for packet in packets {
            assert!(self.is_said(&packet), "{packet}");
        }
        line
    }

    /// The next packet that is not what somebody says.
    async fn answer(&mut self, line: &mut Line) -> String {
        loop {
            let packet = line.next().await;
            if !self.is_said(&packet) {
                return packet;
            }
        }
    }

    /// Whether it is what somebody says. Of one socket nothing comes twice or too late.
    fn is_said(&mut self, packet: &str) -> bool {
        let payload = packet.strip_prefix("42").unwrap_or_default();
        let Ok(event) = serde_json::from_str(payload.strip_prefix("/side,").unwrap_or(payload))
        else {
            return false;
        };
        let event: Value = event;
        if event[0] == "said" {
            let (socket, number) = (event[1][0].as_u64().unwrap(), event[1][1].as_u64().unwrap());
            let before = self.heard.insert(socket, number);
            assert!(before.is_none_or(|before| before < number), "{packet} after {before:?}");
        }
        true
    }

    /// Goes, properly or not.
    async fn go(&mut self, mut line: Line) {
        match self.rng.random_range(0..7) {
            0 => line.send("1").await,
            1 => line.send("41").await,
            2 => line.send("nonsense").await,
            3 => line.send(r#"42["close"]"#).await,
            4 => {
                // In the middle of things.
                let prefix = self.next.get("/").copied().unwrap_or_default();
                line.send_all(
                    (prefix..prefix + 20).map(|n| format!(r#"42["count",{n}]"#)).collect(),
                )
                .await;
            }
            5 => {
                let Line::Polling(polling) = &line else { return };
                // A poll that is cut.
                let polled = polling.waiting();
                drop(tokio::time::timeout(std::time::Duration::from_millis(5), polled).await);
            }
            _ => {}
        }
    }
}
