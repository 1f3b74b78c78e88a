//! Who listens to what: the sockets and event streams of each room, and those of the lobby.

use std::sync::Arc;

use serde::Serialize;

use super::engine::Namespace;
use super::lobby::Onlooker;
use super::room::Member;
use super::room_list::{INFORMED, RoomList};
use super::streams::{Those, Viewers};
use super::wire::{self, event};
use crate::chat::{AuthorId, Origin, RoomId, RoomState};

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
    pub(super) viewers: Arc<Viewers>,
}

impl Audience {
    /// A room is new or has another state.
    pub(super) fn show_room(&self, name: &str, room: RoomState) {
        let mut known = self.list.lock();
        noted(name, self.lobby.to(INFORMED).emit(name, &wire::Room::from(&room)));
        known.put(&self.viewers, name, room);
    }

    /// A room is gone: its listeners are told and let go.
    pub(super) fn close_room(&self, room: &RoomId, close: &wire::Close) {
        let mut known = self.list.lock();
        let members = self.chat.to(room.as_str());
        noted(event::CLOSE, members.emit(event::CLOSE, close));
        members.disconnect();
        self.viewers.tell_room((room, Those::Everybody), None, (event::CLOSE, close));
        self.viewers.end(room, Those::Everybody);
        known.remove(&self.viewers, room);
        let informed = self.lobby.to(INFORMED);
        noted(event::REMOVE_ROOM, informed.emit(event::REMOVE_ROOM, room.as_str()));
    }

    /// Sends an event to everybody in a room.
    pub(super) fn tell_room<T: Serialize>(&self, room: &RoomId, name: &str, payload: &T) {
        noted(name, self.chat.to(room.as_str()).emit(name, payload));
        self.viewers.tell_room((room, Those::Everybody), None, (name, payload));
    }

    /// Sends an entry to everybody in its room but one.
    pub(super) fn tell_entry<T: Serialize>(
        &self,
        (room, seq): (&RoomId, u64),
        except: Option<Origin>,
        name: &str,
        payload: &T,
    ) {
        let mut listeners = self.chat.to(room.as_str());
        if let Some(Origin(number)) = except {
            listeners = listeners.except_number(number);
        }
        noted(name, listeners.emit(name, payload));
        self.viewers.tell_room((room, Those::Everybody), Some(seq), (name, payload));
    }

    /// Sends an event to all sockets of one participant. Not to event streams: what they show, many
    /// may see.
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
        self.viewers.tell_room((room, Those::Others(author)), None, (name, payload));
    }

    /// Somebody was sent out: all their sockets and event streams are told and let go.
    pub(super) fn expel(&self, (room, author): (&RoomId, &AuthorId), kicked: &wire::Kicked) {
        let _nobody_enters = self.list.lock();
        let sockets = self.chat.to(&place(room, author));
        noted(event::KICKED, sockets.emit(event::KICKED, kicked));
        sockets.disconnect();
        self.viewers.tell_room((room, Those::Only(author)), None, (event::KICKED, kicked));
        self.viewers.end(room, Those::Only(author));
    }

    /// Tells every listener there is that the server stops. Event streams end with it.
    pub(super) fn announce_restart(&self, restart: &wire::Restart) {
        noted(event::RESTART, self.lobby.all().emit(event::RESTART, restart));
        noted(event::RESTART, self.chat.all().emit(event::RESTART, restart));
        self.viewers.close(event::RESTART, restart);
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
