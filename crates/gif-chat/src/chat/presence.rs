//! Which visitors are connected to this process, by how many sockets.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::{RoomId, SessionId};

type Place = (RoomId, SessionId);

/// Counts the sockets of each visitor in each room. A seat is held while the count is not zero.
///
/// The map is bounded by the number of sockets, each of which is in at most one room. The lock is a
/// plain one: it is held for a few instructions and never over an await.
#[derive(Default)]
pub(super) struct Presence {
    places: Mutex<HashMap<Place, Connected>>,
}

#[derive(Default)]
struct Connected {
    sockets: u32,
    generation: u64,
}

impl Presence {
    /// One more socket. Called before the seat is taken, so that another socket's end in the
    /// meantime does not start the seat's grace.
    pub(super) fn arrive(&self, room: &RoomId, session: &SessionId) {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        places.entry((room.clone(), session.clone())).or_default().sockets += 1;
    }

    /// Remembers the seat's newest generation.
    pub(super) fn seated(&self, room: &RoomId, session: &SessionId, generation: u64) {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(connected) = places.get_mut(&(room.clone(), session.clone())) {
            connected.generation = connected.generation.max(generation);
        }
    }

    /// One socket less. When it was the last, the generation of the seat that nobody holds now.
    pub(super) fn depart(&self, room: &RoomId, session: &SessionId) -> Option<u64> {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        let place = (room.clone(), session.clone());
        let connected = places.get_mut(&place)?;
        connected.sockets = connected.sockets.saturating_sub(1);
        if connected.sockets > 0 {
            return None;
        }
        places.remove(&place).map(|connected| connected.generation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_socket_of_a_visitor_lets_go_of_the_seat() {
        let presence = Presence::default();
        let (room, session) = (RoomId::from_bytes([1; 16]), SessionId::from_bytes([2; 16]));
        presence.arrive(&room, &session);
        presence.seated(&room, &session, 1);
        presence.arrive(&room, &session);
        presence.seated(&room, &session, 2);
        assert_eq!(presence.depart(&room, &session), None);
        assert_eq!(presence.depart(&room, &session), Some(2));
        assert_eq!(presence.depart(&room, &session), None);
    }
}
