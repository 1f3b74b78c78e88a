//! Who listens to what: the sockets of each room, and those of the lobby.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use serde_json::value::RawValue;

use super::engine::Peer;
use super::wire::{self, event};
use crate::chat::{Origin, RoomId, RoomState};

/// All listeners of this process. Bounded by the number of sockets. The lock is held while events
/// are handed to the engine's queues, which never waits: so every listener sees one order.
#[derive(Default)]
pub(super) struct Audience {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Every socket there is, in whatever room or in none.
    all: HashMap<u64, Peer>,
    rooms: HashMap<RoomId, HashMap<u64, Peer>>,
    lobby: HashMap<u64, Peer>,
    /// The lobby as the events so far have made it. A newcomer gets this and every event after it:
    /// a snapshot read from the store could miss what is under way between the two.
    list: BTreeMap<RoomId, RoomState>,
}

impl Audience {
    /// The rooms that exist before any event is dispatched.
    pub(super) fn begin(&self, rooms: Vec<RoomState>) {
        self.state().list = rooms.into_iter().map(|room| (room.id.clone(), room)).collect();
    }

    /// A socket is there. It hears what is said to everybody.
    pub(super) fn arrive(&self, peer: &Peer) {
        self.state().all.insert(peer.id(), peer.clone());
    }

    /// A socket is gone.
    pub(super) fn depart(&self, peer: &Peer) {
        self.state().all.remove(&peer.id());
    }

    /// Sends the list of rooms to a socket, and from then on every change to it.
    pub(super) fn enter_lobby(&self, peer: &Peer) {
        let mut state = self.state();
        let mut rooms: Vec<_> = state.list.values().collect();
        rooms.sort_by_key(|room| std::cmp::Reverse(room.created_at));
        let rooms: Vec<wire::Room> = rooms.into_iter().map(Into::into).collect();
        peer.emit(event::ROOMS, &rooms);
        state.lobby.insert(peer.id(), peer.clone());
    }

    pub(super) fn leave_lobby(&self, peer: &Peer) {
        self.state().lobby.remove(&peer.id());
    }

    pub(super) fn enter(&self, room: &RoomId, peer: &Peer) {
        self.state().rooms.entry(room.clone()).or_default().insert(peer.id(), peer.clone());
    }

    pub(super) fn leave(&self, room: &RoomId, peer: &Peer) {
        let mut state = self.state();
        if let Some(peers) = state.rooms.get_mut(room) {
            peers.remove(&peer.id());
            if peers.is_empty() {
                state.rooms.remove(room);
            }
        }
    }

    /// A room is new or has another state.
    pub(super) fn show_room(&self, name: &str, room: RoomState) {
        let mut state = self.state();
        tell(state.lobby.values(), name, &wire::Room::from(&room));
        state.list.insert(room.id.clone(), room);
    }

    /// A room is gone: its sockets are told and let go.
    pub(super) fn close_room(&self, room: &RoomId, close: &wire::Close) {
        let mut state = self.state();
        let peers = state.rooms.remove(room).unwrap_or_default();
        tell(peers.values(), event::CLOSE, close);
        peers.values().for_each(Peer::disconnect);
        state.list.remove(room);
        tell(state.lobby.values(), event::REMOVE_ROOM, room.as_str());
    }

    /// Sends an event to everybody in a room but one.
    pub(super) fn tell_room<T: Serialize>(
        &self,
        room: &RoomId,
        except: Option<Origin>,
        name: &str,
        payload: &T,
    ) {
        let state = self.state();
        let Some(peers) = state.rooms.get(room) else {
            return;
        };
        let listeners = peers.values().filter(|peer| Some(Origin(peer.id())) != except);
        tell(listeners, name, payload);
    }

    /// Sends an event to every socket there is.
    pub(super) fn tell_all<T: Serialize>(&self, name: &str, payload: &T) {
        tell(self.state().all.values(), name, payload);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes the payload once, whatever the number of listeners.
fn tell<'peers, T: Serialize + ?Sized>(
    peers: impl Iterator<Item = &'peers Peer>,
    name: &str,
    payload: &T,
) {
    let mut peers = peers.peekable();
    if peers.peek().is_none() {
        return;
    }
    match serde_json::value::to_raw_value(payload) {
        Ok(written) => peers.for_each(|peer| peer.emit::<RawValue>(name, &written)),
        Err(error) => tracing::error!(%error, name, "an event could not be written"),
    }
}
