//! Who watches what by an event stream.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use serde::Serialize;

use super::mailbox::{Frame, Mailbox, MailboxLimits};
use crate::chat::{AuthorId, ChatError, RoomId};
use crate::realtime::wire::EventId;

/// The streams of this process. Bounded by the number of sessions, which streams count as. The lock
/// is held while events are put into mailboxes, which never waits.
pub(in crate::realtime) struct Viewers {
    epoch: String,
    limits: MailboxLimits,
    present: Mutex<Present>,
}

#[derive(Default)]
struct Present {
    /// The server stops: nobody new.
    closed: bool,
    last_number: u64,
    lobby: BTreeMap<u64, Viewer>,
    rooms: HashMap<RoomId, BTreeMap<u64, Viewer>>,
}

struct Viewer {
    /// Who watches; nobody in the lobby.
    author: Option<AuthorId>,
    mailbox: Arc<Mailbox>,
}

/// Which of a room's viewers are meant.
#[derive(Clone, Copy)]
pub(in crate::realtime) enum Those<'a> {
    Everybody,
    /// All but the streams of this participant.
    Others(&'a AuthorId),
    /// Only the streams of this participant.
    Only(&'a AuthorId),
}

impl Those<'_> {
    fn include(self, viewer: &Viewer) -> bool {
        match self {
            Self::Everybody => true,
            Self::Others(author) => viewer.author.as_ref() != Some(author),
            Self::Only(author) => viewer.author.as_ref() == Some(author),
        }
    }
}

impl Viewers {
    /// Nobody watches yet.
    pub(in crate::realtime) fn new(epoch: &str, limits: MailboxLimits) -> Self {
        Self { epoch: epoch.to_owned(), limits, present: Mutex::default() }
    }

    /// One viewer more, of a room or without one of the lobby, until what is returned is dropped.
    /// Refuses once the server stops.
    pub(in crate::realtime) fn add(
        self: &Arc<Self>,
        place: Option<(&RoomId, &AuthorId)>,
    ) -> Result<Watch, ChatError> {
        let mailbox = Arc::new(Mailbox::new(self.limits));
        let mut present = self.lock();
        if present.closed {
            return Err(ChatError::Unavailable);
        }
        present.last_number += 1;
        let number = present.last_number;
        let author = place.map(|(_, author)| author.clone());
        let viewer = Viewer { author, mailbox: mailbox.clone() };
        let room = place.map(|(room, _)| room.clone());
        match &room {
            Some(room) => present.rooms.entry(room.clone()).or_default().insert(number, viewer),
            None => present.lobby.insert(number, viewer),
        };
        Ok(Watch { viewers: self.clone(), room, number, mailbox })
    }

    /// Whether the server stops, and lets nobody in any more.
    pub(super) fn are_closed(&self) -> bool {
        self.lock().closed
    }

    /// Sends an event of a room. It is written only if somebody watches.
    pub(in crate::realtime) fn tell_room<T: Serialize>(
        &self,
        (room, those): (&RoomId, Those<'_>),
        number: Option<u64>,
        (name, payload): (&str, &T),
    ) {
        let present = self.lock();
        let Some(viewers) = present.rooms.get(room) else {
            return;
        };
        if let Some(frame) = self.frame(number, name, payload) {
            let meant = viewers.values().filter(|viewer| those.include(viewer));
            meant.for_each(|viewer| viewer.mailbox.put(frame.clone()));
        }
    }

    /// Sends an event of the lobby.
    pub(in crate::realtime) fn tell_lobby(&self, frame: &Frame) {
        self.lock().lobby.values().for_each(|viewer| viewer.mailbox.put(frame.clone()));
    }

    /// Ends streams of a room after what waits for them.
    pub(in crate::realtime) fn end(&self, room: &RoomId, those: Those<'_>) {
        let present = self.lock();
        let viewers = present.rooms.get(room).into_iter().flat_map(BTreeMap::values);
        viewers.filter(|viewer| those.include(viewer)).for_each(|viewer| viewer.mailbox.end());
    }

    /// Tells everybody, ends all streams after what waits for them, and lets nobody in any more.
    pub(in crate::realtime) fn close<T: Serialize>(&self, name: &str, payload: &T) {
        let mut present = self.lock();
        present.closed = true;
        let frame = self.frame(None, name, payload);
        let rooms = present.rooms.values().flat_map(BTreeMap::values);
        for viewer in present.lobby.values().chain(rooms) {
            if let Some(frame) = &frame {
                viewer.mailbox.put(frame.clone());
            }
            viewer.mailbox.end();
        }
    }

    /// An event as a stream sends it. JSON has no line breaks outside of its strings, and writes those
    /// within as `\n`: it is one line of data (HTML standard, "Server-sent events").
    pub(in crate::realtime) fn frame<T: Serialize>(
        &self,
        number: Option<u64>,
        name: &str,
        payload: &T,
    ) -> Option<Frame> {
        let data = serde_json::to_string(payload)
            .inspect_err(|error| tracing::error!(%error, name, "an event could not be written"));
        let data = data.ok()?;
        let id = number.map(|number| format!("id: {}\n", self.id(number))).unwrap_or_default();
        let text = Bytes::from(format!("{id}event: {name}\ndata: {data}\n\n"));
        Some(Frame { number, text })
    }

    /// The id under which a client may come back.
    pub(super) fn id(&self, number: u64) -> EventId {
        EventId { epoch: self.epoch.clone(), number }
    }

    fn remove(&self, room: Option<&RoomId>, number: u64) {
        let mut present = self.lock();
        let Some(room) = room else {
            present.lobby.remove(&number);
            return;
        };
        if let Some(viewers) = present.rooms.get_mut(room) {
            viewers.remove(&number);
            if viewers.is_empty() {
                present.rooms.remove(room);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Present> {
        self.present.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One viewer.
pub(in crate::realtime) struct Watch {
    viewers: Arc<Viewers>,
    room: Option<RoomId>,
    number: u64,
    pub(super) mailbox: Arc<Mailbox>,
}

impl Watch {
    /// Sends an event to this viewer alone.
    pub(in crate::realtime) fn put(&self, frame: Frame) {
        self.mailbox.put(frame);
    }

    /// Differs from viewer to viewer.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// Who writes events for this viewer.
    pub(super) fn viewers(&self) -> &Viewers {
        &self.viewers
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.viewers.remove(self.room.as_ref(), self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(viewers: &Viewers) -> (usize, usize) {
        let present = viewers.lock();
        (present.lobby.len(), present.rooms.len())
    }

    #[test]
    fn a_place_that_nobody_watches_is_forgotten() {
        let limits = MailboxLimits { bytes_max: 100, events_max: 10 };
        let viewers = Arc::new(Viewers::new("5eed", limits));
        let room = RoomId::from_bytes([1; 16]);
        let author = AuthorId::from_bytes([2; 16]);
        let here = Some((&room, &author));
        let watches = [viewers.add(None), viewers.add(here), viewers.add(here)];
        assert_eq!(places(&viewers), (1, 1));
        drop(watches);
        assert_eq!(places(&viewers), (0, 0));
    }

    #[test]
    fn an_event_is_one_line_of_data_whatever_its_text() {
        let limits = MailboxLimits { bytes_max: 100, events_max: 10 };
        let viewers = Viewers::new("5eed", limits);
        let frame = viewers.frame(Some(7), "chat", &"a\nb\r\n\ndata: c\u{2028}").unwrap();
        let text = std::str::from_utf8(&frame.text).unwrap();
        assert_eq!(text, "id: 5eed:7\nevent: chat\ndata: \"a\\nb\\r\\n\\ndata: c\u{2028}\"\n\n");
    }
}
