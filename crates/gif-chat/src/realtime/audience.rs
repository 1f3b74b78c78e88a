//! Who listens to what: the sockets of each room, and those of the lobby.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use super::engine::{Namespace, Socket};
use super::lobby::Onlooker;
use super::room::Member;
use super::wire::{self, event};
use crate::chat::{AuthorId, ChatError, Origin, RoomId, RoomState};

/// The engine's room for the sockets of the lobby that have been given the list.
const INFORMED: &str = "informed";

/// How long the list of rooms may be when it is sent, in bytes: it must fit into what may wait for a
/// client. That is some thousand rooms.
const LIST_BYTES_MAX: usize = 512 * 1024;

/// The rooms as the events so far have made them, and who may come in between two events. Its lock is
/// held while events are handed to the engine's queues, which never waits.
pub(super) struct RoomList {
    rooms: Mutex<BTreeMap<RoomId, RoomState>>,
}

impl RoomList {
    /// The rooms that exist before any event is dispatched.
    pub(super) fn new(rooms: Vec<RoomState>) -> Self {
        let rooms = rooms.into_iter().map(|room| (room.id.clone(), room)).collect();
        Self { rooms: Mutex::new(rooms) }
    }

    /// Sends the list to a socket of the lobby, and from then on every change to it. A list read from
    /// the store could miss what is under way between the two.
    pub(super) fn show(&self, socket: &Socket<Onlooker>) {
        let rooms = self.lock();
        if let Err(error) = socket.emit(event::ROOMS, &newest(&rooms)) {
            tracing::debug!(%error, "the list of rooms was not sent");
        }
        if let Err(error) = socket.join(INFORMED) {
            tracing::error!(%error, "a socket cannot watch the list of rooms");
        }
    }

    /// Puts a socket into a room. Not between the farewell to a room and its end: whoever is sent
    /// away has been told why.
    pub(super) fn enter(
        &self,
        room: &RoomId,
        author: &AuthorId,
        socket: &Socket<Member>,
    ) -> Result<(), ChatError> {
        let _no_room_closes = self.lock();
        let entered = socket.join(room.as_str()).and_then(|()| socket.join(&place(room, author)));
        entered.map(drop).map_err(|error| {
            tracing::error!(%error, "a socket cannot enter its room");
            ChatError::Unavailable
        })
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<RoomId, RoomState>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The rooms as they are sent, newest first, as many as fit.
fn newest(rooms: &BTreeMap<RoomId, RoomState>) -> Vec<Box<RawValue>> {
    let mut newest_first: Vec<_> = rooms.values().collect();
    newest_first.sort_by_key(|room| std::cmp::Reverse(room.created_at));
    let written = newest_first.into_iter().map(|room| to_raw_value(&wire::Room::from(room)));
    let mut bytes = 0;
    let fitting = written.filter_map(Result::ok).take_while(|room| {
        bytes += room.get().len();
        bytes <= LIST_BYTES_MAX
    });
    fitting.collect()
}

/// The engine's room for all the sockets that one participant has in a room.
pub(super) fn place(room: &RoomId, author: &AuthorId) -> String {
    format!("{room}/{author}")
}

/// Everybody who is connected to this process. The engine keeps who is where, writes an event once
/// whatever the number of its listeners, and brings it to all of them in the same order.
pub(super) struct Audience {
    pub(super) list: Arc<RoomList>,
    pub(super) lobby: Namespace<Onlooker>,
    pub(super) chat: Namespace<Member>,
}

impl Audience {
    /// A room is new or has another state.
    pub(super) fn show_room(&self, name: &str, room: RoomState) {
        let mut rooms = self.list.lock();
        noted(name, self.lobby.to(INFORMED).emit(name, &wire::Room::from(&room)));
        rooms.insert(room.id.clone(), room);
    }

    /// A room is gone: its sockets are told and let go.
    pub(super) fn close_room(&self, room: &RoomId, close: &wire::Close) {
        let mut rooms = self.list.lock();
        let members = self.chat.to(room.as_str());
        noted(event::CLOSE, members.emit(event::CLOSE, close));
        members.disconnect();
        rooms.remove(room);
        let informed = self.lobby.to(INFORMED);
        noted(event::REMOVE_ROOM, informed.emit(event::REMOVE_ROOM, room.as_str()));
    }

    /// Sends an event to everybody in a room but one.
    pub(super) fn tell_room<T: Serialize>(
        &self,
        room: &RoomId,
        except: Option<Origin>,
        name: &str,
        payload: &T,
    ) {
        let mut listeners = self.chat.to(room.as_str());
        if let Some(Origin(number)) = except {
            listeners = listeners.except_number(number);
        }
        noted(name, listeners.emit(name, payload));
    }

    /// Sends an event to all sockets of one participant.
    pub(super) fn tell_person<T: Serialize>(
        &self,
        (room, author): (&RoomId, &AuthorId),
        name: &str,
        payload: &T,
    ) {
        noted(name, self.chat.to(&place(room, author)).emit(name, payload));
    }

    /// Sends an event to everybody in a room but one participant.
    pub(super) fn tell_others<T: Serialize>(
        &self,
        (room, author): (&RoomId, &AuthorId),
        name: &str,
        payload: &T,
    ) {
        let others = self.chat.to(room.as_str()).except(&place(room, author));
        noted(name, others.emit(name, payload));
    }

    /// Somebody was sent out: all their sockets are told and let go.
    pub(super) fn expel(&self, (room, author): (&RoomId, &AuthorId), kicked: &wire::Kicked) {
        let _nobody_enters = self.list.lock();
        let sockets = self.chat.to(&place(room, author));
        noted(event::KICKED, sockets.emit(event::KICKED, kicked));
        sockets.disconnect();
    }

    /// Sends an event to every socket there is.
    pub(super) fn tell_all<T: Serialize>(&self, name: &str, payload: &T) {
        noted(name, self.lobby.all().emit(name, payload));
        noted(name, self.chat.all().emit(name, payload));
    }
}

/// What cannot be sent is a fault of ours: every payload can be written as JSON.
fn noted<T>(name: &str, sent: Result<usize, T>)
where
    T: std::fmt::Display,
{
    if let Err(error) = sent {
        tracing::error!(%error, name, "an event could not be sent");
    }
}
