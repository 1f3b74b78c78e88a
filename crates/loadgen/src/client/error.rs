//! What can go wrong between a client and a server.

use super::wire::Failure;

/// Why a client did not get in.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The handshake was answered with an HTTP status that is no welcome.
    #[error("the handshake was refused with status {0}")]
    Status(u16),
    /// The namespace did not let the client in.
    #[error("the namespace refused: {0}")]
    Namespace(String),
    /// Nothing came in time.
    #[error("the handshake took too long")]
    TimedOut,
    /// No connection, or an answer that no protocol allows.
    #[error("the handshake failed: {0}")]
    Broken(String),
}

impl ConnectError {
    pub(super) fn broken(problem: impl std::fmt::Display) -> Self {
        Self::Broken(problem.to_string())
    }
}

/// Why a question has no good answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The server refused: nothing was done.
    #[error("refused: {} ({})", .0.error, .0.message)]
    Refused(Failure),
    /// The connection ended before the answer: it may have been done or not.
    #[error("the connection ended before the answer")]
    Ended,
    /// Too long without an answer: it may have been done or not.
    #[error("no answer in time")]
    TimedOut,
    /// Too many questions without an answer; this one was not asked.
    #[error("too many questions at once")]
    TooMany,
    /// An answer that cannot be read.
    #[error("an unreadable answer: {0}")]
    Malformed(String),
}

/// How a connection has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// The server has shown the client out, for good.
    Disconnected,
    /// The server has closed the WebSocket with this code, or the engine without one.
    Closed(Option<u16>),
    /// The connection broke, or the poll was refused; in the library's words.
    Broken(String),
    /// The server sent what no protocol allows.
    Malformed(String),
}
