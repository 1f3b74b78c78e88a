//! Answers: to a client's event, and from a client to ours.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::socket::{RawAnswer, RawSocket};
use crate::typed::EmitError;
use crate::wire::binary::with_attachments;
use crate::wire::frame;
use crate::wire::packet::arguments;

/// The answer that a client waits for. It can be given once, now or later.
pub struct Ack {
    socket: Arc<RawSocket>,
    id: u64,
}

impl fmt::Debug for Ack {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Ack").field(&self.id).finish()
    }
}

impl Ack {
    pub(crate) fn new(socket: Arc<RawSocket>, id: u64) -> Self {
        Self { socket, id }
    }

    /// Sends the answer.
    ///
    /// # Errors
    /// [`EmitError`], when it cannot be written as JSON or the socket is gone.
    pub fn answer<T: Serialize + ?Sized>(self, answer: &T) -> Result<(), EmitError> {
        let frames = frame::ack(self.socket.namespace().name(), self.id, answer)?;
        if self.socket.send(&frames) { Ok(()) } else { Err(EmitError::Gone) }
    }

    /// Sends an answer of several arguments: the items of a tuple, an array or a list.
    ///
    /// # Errors
    /// [`EmitError`], when it cannot be written as JSON or the socket is gone.
    pub fn answer_with<T: Serialize + ?Sized>(self, answers: &T) -> Result<(), EmitError> {
        let frames = frame::ack_with(self.socket.namespace().name(), self.id, answers)?;
        if self.socket.send(&frames) { Ok(()) } else { Err(EmitError::Gone) }
    }
}

/// Why a client's answer did not come.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AckError {
    /// The event could not be sent.
    #[error(transparent)]
    Emit(#[from] EmitError),
    /// The client owes as many answers as it may.
    #[error("the client owes too many answers")]
    TooMany,
    /// The client did not answer in time.
    #[error("the client did not answer in time")]
    Timeout,
    /// The socket ended before the client answered.
    #[error("the socket is gone")]
    Gone,
    /// The client answered something else.
    #[error("the answer is not what was expected: {0}")]
    Unexpected(#[from] serde_json::Error),
}

/// Reads the first argument of an answer; null when it has none.
pub(crate) fn read<T: DeserializeOwned>(answer: &RawAnswer) -> Result<T, serde_json::Error> {
    let arguments = arguments(&answer.payload).unwrap_or_default();
    let first = arguments.first().map_or("null", |first| first.get());
    with_attachments(&answer.attachments, || serde_json::from_str(first))
}
