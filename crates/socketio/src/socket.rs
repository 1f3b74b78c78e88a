//! A socket without the type of its state: one session in one namespace.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};

use bytes::Bytes;
use tokio::sync::oneshot;

use crate::lock;
use crate::namespace::{RawNamespace, State, TooManyRooms};
use crate::reason::Reason;
use crate::session::{Id, Session};
use crate::wire::frame::{Frames, disconnected};

/// A socket. Kept by its namespace while it is in, by its session's task, and by whoever holds it.
pub(crate) struct RawSocket {
    number: u64,
    id: Id,
    namespace: Arc<RawNamespace>,
    session: Arc<Session>,
    state: State,
    rooms: Mutex<Vec<Arc<str>>>,
    acks: Mutex<Acks>,
    ended: OnceLock<Reason>,
}

/// The answers that the client owes.
#[derive(Default)]
struct Acks {
    next: u64,
    waiting: HashMap<u64, oneshot::Sender<RawAnswer>>,
}

/// An answer as it came.
pub(crate) struct RawAnswer {
    /// A JSON array: the arguments.
    pub(crate) payload: Box<str>,
    pub(crate) attachments: Vec<Bytes>,
}

/// The client owes as many answers as it may.
#[derive(Debug)]
pub(crate) struct TooManyAcks;

impl RawSocket {
    pub(crate) fn new(
        namespace: Arc<RawNamespace>,
        session: Arc<Session>,
        state: State,
    ) -> Arc<Self> {
        let number = session.shared().next_number();
        Arc::new(Self {
            number,
            id: Id::random(),
            namespace,
            session,
            state,
            rooms: Mutex::default(),
            acks: Mutex::default(),
            ended: OnceLock::new(),
        })
    }

    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    pub(crate) fn id(&self) -> Id {
        self.id
    }

    pub(crate) fn namespace(&self) -> &Arc<RawNamespace> {
        &self.namespace
    }

    pub(crate) fn session(&self) -> &Arc<Session> {
        &self.session
    }

    pub(crate) fn state(&self) -> &State {
        &self.state
    }

    /// Why it is gone, once it is.
    pub(crate) fn ended(&self) -> Option<Reason> {
        self.ended.get().copied()
    }

    /// Sends a packet. Whether it will be sent.
    pub(crate) fn send(&self, frames: &Frames) -> bool {
        self.ended.get().is_none() && self.session.send(frames)
    }

    /// Sends a packet, unless a newer one of the same key replaces it first.
    pub(crate) fn send_latest(&self, key: u64, frames: &Frames) {
        if self.ended.get().is_none() {
            self.session.send_latest(key, frames);
        }
    }

    /// The server ends this socket for good.
    pub(crate) fn disconnect(&self) {
        if self.end(Reason::ServerDisconnect) {
            self.session.send_frame(disconnected(self.namespace.name()));
            self.session.wake();
        }
    }

    /// The socket is gone: nobody reaches it any more. Whether it was not before.
    pub(crate) fn end(&self, reason: Reason) -> bool {
        let is_first = self.ended.set(reason).is_ok();
        if is_first {
            self.namespace.leave(self);
            // Whoever waits for an answer learns that none will come.
            drop(std::mem::take(&mut lock(&self.acks).waiting));
        }
        is_first
    }

    /// The client will answer the next event under this id.
    pub(crate) fn expect_answer(&self) -> Result<(u64, oneshot::Receiver<RawAnswer>), TooManyAcks> {
        let acks_max = self.session.shared().config().pending_acks_max;
        let mut acks = lock(&self.acks);
        if acks.waiting.len() >= acks_max {
            return Err(TooManyAcks);
        }
        let (sender, receiver) = oneshot::channel();
        let id = acks.next;
        acks.next += 1;
        // A socket that is gone answers nothing; the receiver learns it at once.
        if self.ended.get().is_none() {
            acks.waiting.insert(id, sender);
        }
        Ok((id, receiver))
    }

    /// The client has answered. An answer that nobody waits for is nothing.
    pub(crate) fn answered(&self, id: u64, answer: RawAnswer) {
        if let Some(waiting) = lock(&self.acks).waiting.remove(&id) {
            drop(waiting.send(answer));
        }
    }

    /// Nobody waits for this answer any more.
    pub(crate) fn forget_answer(&self, id: u64) {
        lock(&self.acks).waiting.remove(&id);
    }

    pub(crate) fn rooms(&self) -> Vec<Arc<str>> {
        lock(&self.rooms).clone()
    }

    pub(crate) fn take_rooms(&self) -> Vec<Arc<str>> {
        std::mem::take(&mut lock(&self.rooms))
    }

    pub(crate) fn note_room(&self, room: Arc<str>) -> Result<(), TooManyRooms> {
        let mut rooms = lock(&self.rooms);
        if rooms.len() >= self.session.shared().config().rooms_per_socket_max {
            return Err(TooManyRooms);
        }
        rooms.push(room);
        Ok(())
    }

    pub(crate) fn forget_room(&self, room: &str) {
        lock(&self.rooms).retain(|noted| &**noted != room);
    }
}
