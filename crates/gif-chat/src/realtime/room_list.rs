//! The rooms, as the lobby hears of them.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::value::{RawValue, to_raw_value};

use super::audience::place;
use super::engine::Socket;
use super::lobby::Onlooker;
use super::room::Member;
use super::streams::{Frame, MailboxLimits, Viewers, Watch};
use super::wire::{self, EventId, event};
use crate::chat::{AuthorId, ChatError, RoomId, RoomState, Timestamp};

/// The engine's room for the sockets of the lobby that have been given the list.
pub(super) const INFORMED: &str = "informed";

/// How long the list of rooms may be when it is sent, in bytes: it must fit into what may wait for a
/// client. That is some thousand rooms.
const LIST_BYTES_MAX: usize = 512 * 1024;

/// How many of the last changes are kept for event streams that come back.
const CHANGES_KEPT_MAX: usize = 1_000;

/// How many bytes of them.
const CHANGES_KEPT_BYTES_MAX: usize = 256 * 1024;

/// Revisions of one run: a later run's are all greater.
const REVISIONS_PER_RUN: u64 = 1 << 32;

/// The rooms as the events so far have made them, and who may come in between two events. Its lock is
/// held while events are handed to the engine's queues and to mailboxes, which never waits.
pub(super) struct RoomList {
    known: Mutex<Known>,
    epoch: String,
}

/// What is known of the rooms.
pub(super) struct Known {
    rooms: BTreeMap<RoomId, RoomState>,
    /// Counts the changes.
    revision: u64,
    /// The last of them, one for each revision.
    changes: VecDeque<Frame>,
    changes_bytes: usize,
    kept_max: MailboxLimits,
}

impl RoomList {
    /// The rooms that exist before any event of this run is dispatched.
    pub(super) fn new(
        rooms: Vec<RoomState>,
        (epoch, run): (&str, u32),
        mailboxes: MailboxLimits,
    ) -> Self {
        let known = Known {
            rooms: rooms.into_iter().map(|room| (room.id.clone(), room)).collect(),
            revision: u64::from(run) * REVISIONS_PER_RUN,
            changes: VecDeque::new(),
            changes_bytes: 0,
            // Whoever comes back must be able to be told all of them, and what happens meanwhile.
            kept_max: MailboxLimits {
                events_max: CHANGES_KEPT_MAX.min(mailboxes.events_max / 2),
                bytes_max: CHANGES_KEPT_BYTES_MAX.min(mailboxes.bytes_max / 2),
            },
        };
        Self { known: Mutex::new(known), epoch: epoch.to_owned() }
    }

    /// Sends the list to a socket of the lobby, and from then on every change to it. A list read from
    /// the store could miss what is under way between the two.
    pub(super) fn show(&self, socket: &Socket<Onlooker>) {
        let known = self.lock();
        if let Err(error) = socket.emit(event::ROOMS, &newest(&known.rooms)) {
            tracing::debug!(%error, "the list of rooms was not sent");
        }
        if let Err(error) = socket.join(INFORMED) {
            tracing::error!(%error, "a socket cannot watch the list of rooms");
        }
    }

    /// The same for an event stream. What it has missed is enough, if that is still kept.
    pub(super) fn watch(
        &self,
        viewers: &Arc<Viewers>,
        last: Option<&EventId>,
        now: Timestamp,
    ) -> Result<Watch, ChatError> {
        let known = self.lock();
        let watch = viewers.add(None)?;
        let last = last.filter(|last| last.epoch == self.epoch);
        if let Some(missed) = last.and_then(|last| known.changes_after(last.number)) {
            missed.for_each(|frame| watch.put(frame.clone()));
        } else {
            let rooms = newest(&known.rooms);
            if let Some(frame) = viewers.frame(Some(known.revision), event::ROOMS, &rooms) {
                watch.put(frame);
            }
        }
        if let Some(frame) = viewers.frame(None, event::TIME, &wire::Time::from(now)) {
            watch.put(frame);
        }
        Ok(watch)
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

    /// The same for an event stream.
    pub(super) fn enter_as_viewer(
        &self,
        viewers: &Arc<Viewers>,
        place: (&RoomId, &AuthorId),
    ) -> Result<Watch, ChatError> {
        let _no_room_closes = self.lock();
        viewers.add(Some(place))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// Notes a room's state, and tells the viewers.
    pub(super) fn put(&mut self, viewers: &Viewers, name: &str, room: RoomState) {
        self.note(viewers, name, &wire::Room::from(&room));
        self.rooms.insert(room.id.clone(), room);
    }

    /// Forgets a room, and tells the viewers.
    pub(super) fn remove(&mut self, viewers: &Viewers, room: &RoomId) {
        self.rooms.remove(room);
        self.note(viewers, event::REMOVE_ROOM, &room.as_str());
    }

    fn note<T: serde::Serialize>(&mut self, viewers: &Viewers, name: &str, payload: &T) {
        self.revision += 1;
        let Some(frame) = viewers.frame(Some(self.revision), name, payload) else {
            // Whoever comes back starts over.
            self.changes.clear();
            self.changes_bytes = 0;
            return;
        };
        viewers.tell_lobby(&frame);
        self.changes_bytes += frame.text.len();
        self.changes.push_back(frame);
        let MailboxLimits { events_max, bytes_max } = self.kept_max;
        while self.changes.len() > events_max || self.changes_bytes > bytes_max {
            let oldest = self.changes.pop_front();
            self.changes_bytes -= oldest.map_or(0, |oldest| oldest.text.len());
        }
    }

    /// What has changed since a revision, if all of that is kept.
    fn changes_after(&self, revision: u64) -> Option<impl Iterator<Item = &Frame>> {
        let missed = usize::try_from(self.revision.checked_sub(revision)?).ok()?;
        let known = self.changes.len().checked_sub(missed)?;
        Some(self.changes.iter().skip(known))
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
