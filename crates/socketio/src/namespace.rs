//! A namespace without its types: who is in it, and in which rooms.

use std::any::Any;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use serde::Serialize;
use serde_json::Value;

use crate::lock;
use crate::reason::Reason;
use crate::session::{Id, Session};
use crate::socket::RawSocket;

/// What the application keeps for a socket.
pub(crate) type State = Arc<dyn Any + Send + Sync>;

/// A task's work for a socket.
pub(crate) type Work = BoxFuture<'static, ()>;

/// What the application does in a namespace. The futures run in the session's task, for one socket
/// one after the other.
pub(crate) trait Application: Send + Sync {
    /// Decides whether a session may enter.
    fn connect(&self, connecting: Connecting) -> BoxFuture<'static, Result<State, Refusal>>;

    /// A socket is in, and its client has been told.
    fn connected(&self, socket: &Arc<RawSocket>) -> Option<Work>;

    /// A socket has sent an event.
    fn event(&self, socket: &Arc<RawSocket>, event: &RawEvent) -> Option<Work>;

    /// A socket is gone, and all its events have been handled.
    fn disconnected(&self, socket: &Arc<RawSocket>, reason: Reason) -> Option<Work>;
}

/// A session that wants to enter.
pub(crate) struct Connecting {
    pub(crate) handshake: Arc<dyn Any + Send + Sync>,
    pub(crate) session: Id,
    /// JSON; empty when the client sent none.
    pub(crate) auth: Box<str>,
}

/// An event as it came.
pub(crate) struct RawEvent {
    /// A JSON array: the name, then the arguments.
    pub(crate) payload: Box<str>,
    pub(crate) id: Option<u64>,
    pub(crate) attachments: Vec<Bytes>,
}

impl RawEvent {
    /// What it takes while it waits.
    pub(crate) fn bytes(&self) -> usize {
        self.payload.len() + self.attachments.iter().map(Bytes::len).sum::<usize>()
    }
}

/// Why a client may not enter a namespace. It is told both parts.
#[derive(Debug)]
pub struct Refusal {
    message: String,
    data: Option<Value>,
}

impl Refusal {
    /// A refusal with a sentence.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), data: None }
    }

    /// More for the client's program: `error.data` in the official client. What cannot be written as
    /// JSON is left out.
    #[must_use]
    pub fn with_data<T: Serialize + ?Sized>(mut self, data: &T) -> Self {
        self.data = serde_json::to_value(data).ok();
        self
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    pub(crate) fn data(&self) -> Option<&Value> {
        self.data.as_ref()
    }
}

/// A namespace, whatever its sockets' state is.
pub(crate) struct RawNamespace {
    name: Box<str>,
    application: Box<dyn Application>,
    members: Mutex<Members>,
}

/// Who is in. Bounded by the sessions, and by the rooms that one socket may be in.
#[derive(Default)]
struct Members {
    sockets: Sockets,
    rooms: HashMap<Arc<str>, Sockets>,
}

type Sockets = HashMap<u64, Member>;

/// A socket, and what is sent to: one step less for each recipient of each packet.
pub(crate) struct Member {
    socket: Arc<RawSocket>,
    session: Arc<Session>,
}

impl Member {
    fn of(socket: &Arc<RawSocket>) -> Self {
        Self { socket: socket.clone(), session: socket.session().clone() }
    }

    pub(crate) fn socket(&self) -> &Arc<RawSocket> {
        &self.socket
    }

    /// Where its packets go. A member is no socket that has ended: that one has left.
    pub(crate) fn session(&self) -> &Arc<Session> {
        &self.session
    }
}

/// Which sockets are meant: all, or those of some rooms; but not these.
#[derive(Clone, Default)]
pub(crate) struct Selection {
    pub(crate) rooms: Vec<Arc<str>>,
    pub(crate) except_rooms: Vec<Arc<str>>,
    pub(crate) except_sockets: Vec<u64>,
}

impl RawNamespace {
    pub(crate) fn new(name: &str, application: Box<dyn Application>) -> Self {
        Self { name: name.into(), application, members: Mutex::default() }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn application(&self) -> &dyn Application {
        &*self.application
    }

    /// Lets a socket in. `answer` tells its client; nothing is sent to all in between.
    pub(crate) fn enter(&self, socket: &Arc<RawSocket>, answer: impl FnOnce()) {
        let mut members = lock(&self.members);
        answer();
        members.sockets.insert(socket.number(), Member::of(socket));
    }

    /// Takes a socket out of the namespace and all its rooms.
    pub(crate) fn leave(&self, socket: &RawSocket) {
        let mut members = lock(&self.members);
        members.sockets.remove(&socket.number());
        for room in socket.take_rooms() {
            members.leave(&room, socket.number());
        }
    }

    /// Puts a socket into a room, unless it is gone.
    pub(crate) fn join(&self, socket: &Arc<RawSocket>, room: &str) -> Result<(), TooManyRooms> {
        let mut members = lock(&self.members);
        if !members.sockets.contains_key(&socket.number()) {
            return Ok(());
        }
        let name = match members.rooms.get_key_value(room) {
            Some((name, sockets)) if sockets.contains_key(&socket.number()) => {
                debug_assert!(socket.rooms().contains(name));
                return Ok(());
            }
            Some((name, _)) => name.clone(),
            None => Arc::from(room),
        };
        socket.note_room(name.clone())?;
        members.rooms.entry(name).or_default().insert(socket.number(), Member::of(socket));
        Ok(())
    }

    /// Takes a socket out of a room.
    pub(crate) fn leave_room(&self, socket: &RawSocket, room: &str) {
        let mut members = lock(&self.members);
        socket.forget_room(room);
        members.leave(room, socket.number());
    }

    /// Visits the sockets that are meant. Nobody enters, leaves or is sent anything by another in
    /// the meantime, so that all see one order: the visit must not wait, nor come back in here.
    pub(crate) fn visit(&self, selection: &Selection, mut visit: impl FnMut(&Member)) {
        let members = lock(&self.members);
        let is_meant = |number: &u64| {
            !selection.except_sockets.contains(number)
                && !selection.except_rooms.iter().any(|room| members.is_in(room, *number))
        };
        match selection.rooms.as_slice() {
            [] => visit_some(&members.sockets, is_meant, visit),
            [room] => {
                if let Some(sockets) = members.rooms.get(room) {
                    visit_some(sockets, is_meant, visit);
                }
            }
            several => {
                let mut seen = HashSet::new();
                for room in several.iter().filter_map(|room| members.rooms.get(room)) {
                    let is_new = |number: &u64| is_meant(number) && seen.insert(*number);
                    visit_some(room, is_new, &mut visit);
                }
            }
        }
    }

    /// How many sockets are in, and how many rooms there are.
    pub(crate) fn count(&self) -> (usize, usize) {
        let members = lock(&self.members);
        (members.sockets.len(), members.rooms.len())
    }
}

fn visit_some(
    sockets: &Sockets,
    mut is_meant: impl FnMut(&u64) -> bool,
    mut visit: impl FnMut(&Member),
) {
    for (_, member) in sockets.iter().filter(|(number, _)| is_meant(number)) {
        visit(member);
    }
}

impl Members {
    fn is_in(&self, room: &str, number: u64) -> bool {
        self.rooms.get(room).is_some_and(|sockets| sockets.contains_key(&number))
    }

    fn leave(&mut self, room: &str, number: u64) {
        if let Some(sockets) = self.rooms.get_mut(room) {
            sockets.remove(&number);
            if sockets.is_empty() {
                self.rooms.remove(room);
            }
        }
    }
}

/// A socket is in as many rooms as it may be.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("this socket is in as many rooms as it may be")]
pub struct TooManyRooms;
