//! Sockets and namespaces as the application sees them.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::ack::{AckError, read};
use crate::broadcast::{Broadcast, Volatile};
use crate::namespace::{RawNamespace, Selection, TooManyRooms};
use crate::reason::Reason;
use crate::socket::RawSocket;
use crate::wire::frame;

/// One session in one namespace, with what the application keeps for it. Cheap to clone.
pub struct Socket<S = ()> {
    raw: Arc<RawSocket>,
    state: Arc<S>,
}

impl<S> Clone for Socket<S> {
    fn clone(&self) -> Self {
        Self { raw: self.raw.clone(), state: self.state.clone() }
    }
}

impl<S> fmt::Debug for Socket<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Socket").field(&self.raw.number()).finish()
    }
}

/// An event was not sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EmitError {
    /// The socket is gone, or its connection ends because too much waits.
    #[error("the socket is gone")]
    Gone,
    /// It cannot be written as JSON.
    #[error("it cannot be written: {0}")]
    Unwritable(#[from] serde_json::Error),
}

impl<S> Socket<S> {
    pub(crate) fn raw(&self) -> &Arc<RawSocket> {
        &self.raw
    }

    /// A number that no other socket of the engine has or had.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.raw.number()
    }

    /// The id that its client knows: `socket.id` in the official client.
    #[must_use]
    pub fn id(&self) -> String {
        self.raw.id().text().as_str().to_owned()
    }

    /// What the application keeps for it.
    #[must_use]
    pub fn state(&self) -> &Arc<S> {
        &self.state
    }

    /// The namespace it is in.
    #[must_use]
    pub fn namespace(&self) -> Namespace<S> {
        Namespace::new(self.raw.namespace().clone())
    }

    /// Why it is gone, once it is.
    #[must_use]
    pub fn ended(&self) -> Option<Reason> {
        self.raw.ended()
    }

    /// Whether it is reached over a WebSocket, and not by polling.
    #[must_use]
    pub fn is_websocket(&self) -> bool {
        self.raw.session().is_websocket()
    }

    /// Sends an event with one argument.
    ///
    /// # Errors
    /// [`EmitError`]. An event that is sent may still be lost with the connection.
    pub fn emit<T: Serialize + ?Sized>(&self, event: &str, data: &T) -> Result<(), EmitError> {
        self.send(&frame::event(self.raw.namespace().name(), None, event, data)?)
    }

    /// Sends an event with several arguments: the items of a tuple, an array or a list.
    ///
    /// # Errors
    /// As [`emit`](Self::emit).
    pub fn emit_with<T: Serialize + ?Sized>(
        &self,
        event: &str,
        arguments: &T,
    ) -> Result<(), EmitError> {
        self.send(&frame::event_with(self.raw.namespace().name(), None, event, arguments)?)
    }

    /// Sends an event and waits for the first argument of the client's answer.
    ///
    /// # Errors
    /// [`AckError`], among it that `time_max` has passed.
    pub async fn emit_with_ack<T, R>(
        &self,
        event: &str,
        data: &T,
        time_max: Duration,
    ) -> Result<R, AckError>
    where
        T: Serialize + ?Sized,
        R: DeserializeOwned,
    {
        let (id, answer) = self.raw.expect_answer().map_err(|_too_many| AckError::TooMany)?;
        let _expected = Expected { socket: &self.raw, id };
        self.send(&frame::event(self.raw.namespace().name(), Some(id), event, data)?)?;
        match tokio::time::timeout(time_max, answer).await {
            Ok(Ok(answer)) => Ok(read(&answer)?),
            Ok(Err(_)) => Err(AckError::Gone),
            Err(_) => Err(AckError::Timeout),
        }
    }

    /// Sends events of which only the latest counts, such as typing signs.
    pub fn volatile(&self) -> Volatile<'_> {
        Volatile::one(&self.raw)
    }

    /// Enters a room.
    ///
    /// # Errors
    /// When it is in as many as it may be.
    pub fn join(&self, room: &str) -> Result<(), TooManyRooms> {
        self.raw.namespace().join(&self.raw, room)
    }

    /// Leaves a room.
    pub fn leave(&self, room: &str) {
        self.raw.namespace().leave_room(&self.raw, room);
    }

    /// The rooms it is in.
    #[must_use]
    pub fn rooms(&self) -> Vec<Arc<str>> {
        self.raw.rooms()
    }

    /// All others in a room.
    pub fn to(&self, room: &str) -> Broadcast<S> {
        self.broadcast().to(room)
    }

    /// All others in the namespace.
    pub fn broadcast(&self) -> Broadcast<S> {
        self.namespace().all().except_socket(self)
    }

    /// Ends this socket for good: official clients do not come back by themselves. The session's
    /// other namespaces go on.
    pub fn disconnect(&self) {
        self.raw.disconnect();
    }

    /// Ends the session, with all its namespaces, for a reason of at most 123 bytes: official
    /// clients come back by themselves. Over a WebSocket the reason is sent with close code 4007.
    pub fn close(&self, reason: &'static str) {
        self.raw.session().end(Reason::Closed(reason));
    }

    fn send(&self, frames: &frame::Frames) -> Result<(), EmitError> {
        if self.raw.send(frames) { Ok(()) } else { Err(EmitError::Gone) }
    }
}

impl<S: Send + Sync + 'static> Socket<S> {
    /// The socket with its type; nothing if it is of another one.
    pub(crate) fn of(raw: &Arc<RawSocket>) -> Option<Self> {
        let state = raw.state().clone().downcast().ok()?;
        Some(Self { raw: raw.clone(), state })
    }
}

/// An answer that is waited for, until nobody waits any more.
struct Expected<'socket> {
    socket: &'socket RawSocket,
    id: u64,
}

impl Drop for Expected<'_> {
    fn drop(&mut self) {
        self.socket.forget_answer(self.id);
    }
}

/// An open namespace. Cheap to clone.
pub struct Namespace<S = ()> {
    raw: Arc<RawNamespace>,
    state: PhantomData<fn() -> S>,
}

impl<S> Clone for Namespace<S> {
    fn clone(&self) -> Self {
        Self::new(self.raw.clone())
    }
}

impl<S> fmt::Debug for Namespace<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Namespace").field(&self.name()).finish()
    }
}

impl<S> Namespace<S> {
    pub(crate) fn new(raw: Arc<RawNamespace>) -> Self {
        Self { raw, state: PhantomData }
    }

    /// Its name, such as `/chat`.
    #[must_use]
    pub fn name(&self) -> &str {
        self.raw.name()
    }

    /// How many sockets are in it.
    #[must_use]
    pub fn socket_count(&self) -> usize {
        self.raw.count().0
    }

    /// How many rooms have somebody in them.
    #[must_use]
    pub fn room_count(&self) -> usize {
        self.raw.count().1
    }

    /// Everybody in it.
    pub fn all(&self) -> Broadcast<S> {
        Broadcast::new(self.raw.clone(), Selection::default())
    }

    /// Everybody in a room.
    pub fn to(&self, room: &str) -> Broadcast<S> {
        self.all().to(room)
    }

    /// Everybody who is not in a room.
    pub fn except(&self, room: &str) -> Broadcast<S> {
        self.all().except(room)
    }
}
