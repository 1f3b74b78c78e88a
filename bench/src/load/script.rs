//! What a sender writes.

use std::io;
use std::ops::Range;
use std::rc::Rc;

use super::dialect::Dialect;
use super::http::Caller;
use super::member::Member;
use super::websocket;

/// By which way messages go to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    /// As events over the WebSocket.
    Socket,
    /// As `POST /chat` over a second, kept connection.
    Post,
}

/// Writes messages; keeps its memory.
pub(crate) struct Script {
    dialect: Dialect,
    door: Door,
    host: Rc<str>,
    bytes: usize,
    packet: Vec<u8>,
    out: Vec<u8>,
}

impl Script {
    /// `bytes` is the length of a message as it is delivered in the plain dialect.
    pub(crate) fn new(dialect: Dialect, door: Door, host: Rc<str>, bytes: usize) -> Self {
        Self { dialect, door, host, bytes, packet: Vec::new(), out: Vec::new() }
    }

    /// A member says messages of its room, all in one write.
    pub(crate) fn say(&mut self, member: &mut Member, numbers: Range<u32>) -> io::Result<()> {
        self.out.clear();
        for number in numbers {
            self.write(member.room(), number);
        }
        match self.door {
            Door::Socket => member.send(&self.out),
            Door::Post => member.send_aside(&self.out),
        }
    }

    fn write(&mut self, room: &str, number: u32) {
        match self.door {
            Door::Socket => {
                self.dialect.write_chat(&mut self.packet, room, number, self.bytes);
                websocket::write(&mut self.out, websocket::TEXT, &self.packet);
            }
            Door::Post => {
                Dialect::write_body(&mut self.packet, room, number, self.bytes);
                let body = String::from_utf8_lossy(&self.packet);
                let caller = Caller { host: &self.host, cookie: None };
                let request = caller.post("/chat", "application/json", &body);
                self.out.extend_from_slice(request.as_bytes());
            }
        }
    }
}
