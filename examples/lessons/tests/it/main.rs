//! The lessons, as those who follow them see them.
#![cfg(test)]

mod endings;
mod framing;
mod server_sent_events;
mod sizes;
mod socket_io;
mod support;
mod websocket;
