//! Why a socket or a session ended, and how the client is told.

use std::fmt;

/// Why a socket is gone. A session's reason is that of all its sockets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The client left this namespace; its session goes on.
    ClientDisconnect,
    /// The server ended this socket; its session goes on. Official clients do not come back.
    ServerDisconnect,
    /// The client closed its session, or its connection ended.
    TransportClose,
    /// The connection broke, or its requests contradicted each other.
    TransportError,
    /// The client did not answer a ping in time.
    PingTimeout,
    /// The session entered no namespace in time.
    ConnectTimeout,
    /// The client sent what the protocols do not allow.
    Malformed,
    /// The client sent text that is not UTF-8.
    InvalidUtf8,
    /// The client sent frames that RFC 6455 does not allow.
    InvalidFrame,
    /// The client sent a message over the limit.
    TooLarge,
    /// The client sent too many packets.
    TooFast,
    /// More waited for the client than may.
    Backlog,
    /// The client took nothing of what waited for it for too long.
    Stalled,
    /// The engine shut down.
    Shutdown,
    /// The application ended the transport, and said this. Official clients come back.
    Closed(&'static str),
}

impl Reason {
    /// All reasons that end a session, with the code that its WebSocket is closed with. Those under
    /// 4000 are RFC 6455's (§7.4.1), the others our own.
    #[must_use]
    pub const fn close_code(self) -> u16 {
        match self {
            Self::ClientDisconnect | Self::ServerDisconnect | Self::TransportClose => 1000,
            Self::InvalidFrame => 1002,
            Self::InvalidUtf8 => 1007,
            Self::TooLarge => 1009,
            Self::Shutdown => 4000,
            Self::Backlog => 4001,
            Self::Stalled => 4002,
            Self::TooFast => 4003,
            Self::PingTimeout => 4004,
            Self::ConnectTimeout => 4005,
            Self::Malformed => 4006,
            Self::Closed(_) => 4007,
            Self::TransportError => 4008,
        }
    }

    /// A few words, as they are sent with the close code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ClientDisconnect => "client namespace disconnect",
            Self::ServerDisconnect => "server namespace disconnect",
            Self::TransportClose => "transport close",
            Self::TransportError => "transport error",
            Self::PingTimeout => "ping timeout",
            Self::ConnectTimeout => "no namespace was entered",
            Self::Malformed => "malformed packet",
            Self::InvalidUtf8 => "text is not UTF-8",
            Self::InvalidFrame => "invalid frame",
            Self::TooLarge => "message too large",
            Self::TooFast => "too many packets",
            Self::Backlog => "too much is waiting",
            Self::Stalled => "nothing is read",
            Self::Shutdown => "server shutting down",
            Self::Closed(why) => why,
        }
    }

    /// Whether what already waits is still sent. Not to a client that broke the rules or that does
    /// not read.
    pub(crate) const fn lets_finish(self) -> bool {
        matches!(
            self,
            Self::ClientDisconnect
                | Self::ServerDisconnect
                | Self::Shutdown
                | Self::Closed(_)
                | Self::ConnectTimeout
        )
    }

    /// Whether events that have come in are still handled.
    pub(crate) const fn handles_rest(self) -> bool {
        !matches!(
            self,
            Self::Malformed
                | Self::InvalidUtf8
                | Self::InvalidFrame
                | Self::TooLarge
                | Self::TooFast
                | Self::Closed(_)
        )
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
