//! The Socket.IO engine, for the rest of the server. The only file of this door that names its crate.

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use serde_json::Value;

use super::handshake::Handshake;

pub use socketio::Admission;
pub(super) use socketio::{Ack, Connect, Namespace, Socket};

/// The engine of this server. Cheap to clone.
pub type Engine = socketio::Engine<Handshake>;

/// Limits of the engine.
#[derive(Clone, Copy, Debug)]
pub struct EngineLimits {
    /// Largest message from a client, in bytes.
    pub message_bytes_max: usize,
    /// Bytes that may wait for a slow client.
    pub backlog_bytes_max: usize,
    /// Packets that may wait for a slow client.
    pub backlog_packets_max: usize,
    /// Events of one client that may wait to be handled.
    pub events_waiting_max: usize,
    /// Packets that a client may send at once.
    pub packets_burst_max: u32,
    /// Packets that a client may send in a second, over time.
    pub packets_per_second_max: u32,
    /// How long a client may take nothing of what waits for it.
    pub write_time_max: Duration,
    /// How long a session may take to enter a namespace.
    pub connect_time_max: Duration,
    /// How often a client is asked whether it is still there.
    pub ping_interval: Duration,
    /// How long it may take to answer.
    pub ping_time_max: Duration,
    /// Sessions at the same time.
    pub sessions_max: usize,
}

/// The product takes no binary events: one attachment is enough to say so.
const ATTACHMENTS_MAX: usize = 1;

/// The lobby and a room, and both once more while the former ones are still being left.
const NAMESPACES_PER_SESSION_MAX: usize = 4;

/// One room per socket, and the participant's own place in it; the list of rooms is one too.
const ROOMS_PER_SOCKET_MAX: usize = 2;

/// The product asks clients nothing.
const PENDING_ACKS_MAX: usize = 1;

/// An engine that asks `admission` about each session.
pub fn engine(limits: EngineLimits, admission: impl Admission<Handshake = Handshake>) -> Engine {
    let config = socketio::Config {
        message_bytes_max: limits.message_bytes_max,
        backlog_bytes_max: limits.backlog_bytes_max,
        backlog_packets_max: limits.backlog_packets_max,
        events_waiting_max: limits.events_waiting_max.max(1),
        packets_burst_max: limits.packets_burst_max,
        packets_per_second_max: limits.packets_per_second_max,
        write_time_max: limits.write_time_max,
        connect_time_max: limits.connect_time_max,
        ping_interval: limits.ping_interval,
        ping_time_max: limits.ping_time_max,
        sessions_max: limits.sessions_max,
        attachments_max: ATTACHMENTS_MAX,
        namespaces_per_session_max: NAMESPACES_PER_SESSION_MAX,
        rooms_per_socket_max: ROOMS_PER_SOCKET_MAX,
        pending_acks_max: PENDING_ACKS_MAX,
        ..socketio::Config::default()
    };
    Engine::with_admission(config, admission)
}

/// The addresses under which clients look for the engine.
pub fn routes(engine: &Engine) -> Router {
    Router::new()
        .route_service("/socket.io/", engine.service())
        .route_service("/socket.io", engine.service())
}

/// What a client asks with one event.
pub(super) struct Request {
    /// Its first argument; null when there is none, or when it cannot be read.
    pub(super) payload: Value,
    /// How to answer, if the client waits for an answer.
    pub(super) ack: Option<Ack>,
}

impl<S> socketio::FromEvent<S> for Request {
    type Rejection = Infallible;

    fn from_event(event: &mut socketio::Incoming<'_, S>) -> Result<Self, Infallible> {
        let payload = socketio::Data::from_event(event).map(|socketio::Data(payload)| payload);
        let ack = Option::from_event(event)?;
        Ok(Self { payload: payload.unwrap_or_default(), ack })
    }
}
