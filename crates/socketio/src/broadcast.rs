//! Sending to many: a packet is encoded once, whatever the number of those who get it.

use std::fmt;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::marker::PhantomData;
use std::sync::Arc;

use serde::Serialize;

use crate::namespace::{RawNamespace, Selection};
use crate::socket::RawSocket;
use crate::typed::{EmitError, Socket};
use crate::wire::frame::{self, Frames};

/// Some sockets of a namespace. All that is sent to them comes to each in the same order.
#[must_use = "nothing is sent until something is emitted"]
pub struct Broadcast<S = ()> {
    namespace: Arc<RawNamespace>,
    selection: Selection,
    state: PhantomData<fn() -> S>,
}

impl<S> Clone for Broadcast<S> {
    fn clone(&self) -> Self {
        Self::new(self.namespace.clone(), self.selection.clone())
    }
}

impl<S> fmt::Debug for Broadcast<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Broadcast").field(&self.namespace.name()).finish()
    }
}

impl<S> Broadcast<S> {
    pub(crate) fn new(namespace: Arc<RawNamespace>, selection: Selection) -> Self {
        Self { namespace, selection, state: PhantomData }
    }

    /// Those in this room; called more than once, those in any of the rooms.
    pub fn to(mut self, room: &str) -> Self {
        self.selection.rooms.push(room.into());
        self
    }

    /// But not those in this room.
    pub fn except(mut self, room: &str) -> Self {
        self.selection.except_rooms.push(room.into());
        self
    }

    /// But not this socket.
    pub fn except_socket(self, socket: &Socket<S>) -> Self {
        self.except_number(socket.number())
    }

    /// But not the socket of this [number](Socket::number).
    pub fn except_number(mut self, number: u64) -> Self {
        self.selection.except_sockets.push(number);
        self
    }

    /// Sends an event with one argument. A socket that takes no more ends, and comes back for what
    /// it missed: nothing is dropped in silence. Returns to how many it is sent.
    ///
    /// # Errors
    /// [`EmitError::Unwritable`].
    pub fn emit<T: Serialize + ?Sized>(&self, event: &str, data: &T) -> Result<usize, EmitError> {
        Ok(self.send(&frame::event(self.namespace.name(), None, event, data)?))
    }

    /// Sends an event with several arguments: the items of a tuple, an array or a list.
    ///
    /// # Errors
    /// [`EmitError::Unwritable`].
    pub fn emit_with<T: Serialize + ?Sized>(
        &self,
        event: &str,
        arguments: &T,
    ) -> Result<usize, EmitError> {
        Ok(self.send(&frame::event_with(self.namespace.name(), None, event, arguments)?))
    }

    /// Sends events of which only the latest counts.
    pub fn volatile(&self) -> Volatile<'_> {
        Volatile::many(&self.namespace, &self.selection)
    }

    /// Ends these sockets for good, after what has been sent to them.
    pub fn disconnect(&self) {
        for socket in self.raw_sockets() {
            socket.disconnect();
        }
    }

    /// How many they are.
    #[must_use]
    pub fn count(&self) -> usize {
        let mut count = 0;
        self.namespace.visit(&self.selection, |_| count += 1);
        count
    }

    fn raw_sockets(&self) -> Vec<Arc<RawSocket>> {
        let mut sockets = Vec::new();
        self.namespace.visit(&self.selection, |member| sockets.push(member.socket().clone()));
        sockets
    }

    fn send(&self, frames: &Frames) -> usize {
        let mut sent = 0;
        self.namespace.visit(&self.selection, |member| {
            sent += usize::from(member.session().send(frames));
        });
        sent
    }
}

impl<S: Send + Sync + 'static> Broadcast<S> {
    /// The sockets.
    #[must_use]
    pub fn sockets(&self) -> Vec<Socket<S>> {
        self.raw_sockets().iter().filter_map(Socket::of).collect()
    }
}

/// Sends events of which only the latest counts: while a client takes nothing, one is replaced by the
/// next of the same name. Such events never end a session.
#[must_use = "nothing is sent until something is emitted"]
#[derive(Clone, Copy)]
pub struct Volatile<'to> {
    to: To<'to>,
}

#[derive(Clone, Copy)]
enum To<'to> {
    One(&'to Arc<RawSocket>),
    Many(&'to RawNamespace, &'to Selection),
}

impl<'to> Volatile<'to> {
    pub(crate) fn one(socket: &'to Arc<RawSocket>) -> Self {
        Self { to: To::One(socket) }
    }

    fn many(namespace: &'to RawNamespace, selection: &'to Selection) -> Self {
        Self { to: To::Many(namespace, selection) }
    }

    /// Sends an event with one argument.
    ///
    /// # Errors
    /// [`EmitError::Unwritable`].
    pub fn emit<T: Serialize + ?Sized>(self, event: &str, data: &T) -> Result<(), EmitError> {
        let namespace = match self.to {
            To::One(socket) => socket.namespace().name(),
            To::Many(namespace, _) => namespace.name(),
        };
        let frames = frame::event(namespace, None, event, data)?;
        let mut hasher = DefaultHasher::new();
        (namespace, event).hash(&mut hasher);
        let key = hasher.finish();
        match self.to {
            To::One(socket) => socket.send_latest(key, &frames),
            To::Many(namespace, selection) => {
                namespace.visit(selection, |member| member.session().send_latest(key, &frames));
            }
        }
        Ok(())
    }
}
