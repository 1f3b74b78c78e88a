//! What the tests speak with: a server on a port of its own, clients over polling, over WebSocket
//! and over bare TCP, and ways to wait for what must come.

mod application;
mod bare;
mod polling;
mod server;
mod wait;
mod websocket;

pub(crate) use application::echo;
pub(crate) use bare::{Bare, Opcode, frame, frame_of};
pub(crate) use polling::Polling;
pub(crate) use server::{Server, piped};
pub(crate) use wait::{Feed, SILENCE, Taker, eventually, feed, soon};
pub(crate) use websocket::{Close, WebSocket};

/// The error body of the protocol.
pub(crate) fn refusal(code: u8, message: &str) -> String {
    format!(r#"{{"code":{code},"message":"{message}"}}"#)
}
