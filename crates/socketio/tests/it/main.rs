//! The engine as its clients and its applications see it: a real server on port 0, real
//! connections. Each module is a part of the promise; each test is a sentence about behaviour.
#![cfg(test)]

mod accept;
mod asking;
mod handlers;
mod handshake;
mod heartbeat;
mod hooks;
mod limits_backlog;
mod limits_counts;
mod limits_messages;
mod order;
mod packets;
mod polling;
mod rooms;
mod shutdown;
mod stress;
mod support;
mod transports;
mod upgrade;
mod websocket;
