//! What an engine allows: every limit has a name, a unit and a default.

use std::time::Duration;

/// Limits and times of an [`Engine`](crate::Engine).
#[derive(Clone, Debug)]
pub struct Config {
    /// How long after the last answer a client is asked whether it is still there. Told to clients
    /// in the handshake.
    pub ping_interval: Duration,
    /// How long a client may take to answer before its session ends. Told to clients too.
    pub ping_time_max: Duration,
    /// Largest message from a client, in bytes: a WebSocket message, a polling body, a binary packet
    /// with all its attachments. Told to clients as `maxPayload`.
    pub message_bytes_max: usize,
    /// Fragments of one WebSocket message.
    pub fragments_max: usize,
    /// How long a WebSocket message may take from its first byte to its last.
    pub message_time_max: Duration,
    /// Packets in one polling body.
    pub body_packets_max: usize,
    /// How long a polling body may take to arrive.
    pub body_time_max: Duration,
    /// Bytes that may wait for a client that reads slowly; one more ends its connection. The largest
    /// packet of the application must fit, or no client will ever get it.
    pub backlog_bytes_max: usize,
    /// Packets that may wait for such a client.
    pub backlog_packets_max: usize,
    /// How long a connection may take nothing of what waits for it.
    pub write_time_max: Duration,
    /// How long the end of a connection may take: what waits is written, the client says goodbye.
    pub close_time_max: Duration,
    /// How long a session may take to enter its first namespace.
    pub connect_time_max: Duration,
    /// How long an upgrade from polling to WebSocket may take.
    pub upgrade_time_max: Duration,
    /// How long the attachments of a binary packet may take to arrive.
    pub attachments_time_max: Duration,
    /// Attachments of one binary packet.
    pub attachments_max: usize,
    /// Sessions at the same time; a handshake beyond is answered 503.
    pub sessions_max: usize,
    /// Namespaces that one session may be in.
    pub namespaces_per_session_max: usize,
    /// Length of a namespace's name, in bytes.
    pub namespace_bytes_max: usize,
    /// Rooms that one socket may be in.
    pub rooms_per_socket_max: usize,
    /// Answers that one socket may owe us.
    pub pending_acks_max: usize,
    /// Events of one session that may wait to be handled. Beyond, nothing more is read from its
    /// connection until some have been: TCP holds the client back.
    pub events_waiting_max: usize,
    /// The same, in bytes.
    pub events_waiting_bytes_max: usize,
    /// Packets that a client may send at once, whatever they are; one more ends its connection.
    pub packets_burst_max: u32,
    /// Packets that a client may send in a second, over time.
    pub packets_per_second_max: u32,
    /// How long a client that was refused a session should wait, in seconds (`Retry-After`).
    pub retry_after_seconds: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            ping_interval: Duration::from_secs(25),
            ping_time_max: Duration::from_secs(20),
            message_bytes_max: 64 * 1024,
            fragments_max: 256,
            message_time_max: Duration::from_secs(30),
            body_packets_max: 4_096,
            body_time_max: Duration::from_secs(30),
            backlog_bytes_max: 1024 * 1024,
            backlog_packets_max: 4_096,
            write_time_max: Duration::from_secs(10),
            close_time_max: Duration::from_secs(2),
            connect_time_max: Duration::from_secs(10),
            upgrade_time_max: Duration::from_secs(10),
            attachments_time_max: Duration::from_secs(5),
            attachments_max: 10,
            sessions_max: 50_000,
            namespaces_per_session_max: 8,
            namespace_bytes_max: 256,
            rooms_per_socket_max: 64,
            pending_acks_max: 64,
            events_waiting_max: 256,
            events_waiting_bytes_max: 256 * 1024,
            packets_burst_max: 2_000,
            packets_per_second_max: 500,
            retry_after_seconds: 5,
        }
    }
}
