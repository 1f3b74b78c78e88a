//! Histories by hand. What is not said is as it should be: an entry at `seq` 3 has the id `id3`,
//! and message `m` says `text of m`.

use std::ops::Range;

use crate::check::Place;
use crate::history::{Content, Entry, Kept, Outcome, Record, Room, Seats, Seen, Sent};

/// A history, and the room of which it tells at the moment.
#[derive(Clone)]
pub(super) struct History {
    pub(super) records: Vec<Record>,
    room: String,
}

impl History {
    /// Of no room.
    pub(super) fn empty() -> Self {
        Self { records: Vec::new(), room: "r".to_owned() }
    }

    /// Of a room of three seats.
    pub(super) fn of_a_room() -> Self {
        Self::empty().room("r", 3)
    }

    /// Of a room of three seats, in which `a` and `b` have come: the next `seq` is 3.
    pub(super) fn of_two_people() -> Self {
        Self::of_a_room().kept([join(1, "a"), join(2, "b")])
    }

    /// Goes on in another room.
    pub(super) fn room(mut self, room: &str, max: u32) -> Self {
        room.clone_into(&mut self.room);
        self.records.push(Record::Room(Room { room: room.to_owned(), max }));
        self
    }

    pub(super) fn sent(mut self, sent: Sent) -> Self {
        self.records.push(Record::Sent(Sent { room: self.room.clone(), ..sent }));
        self
    }

    pub(super) fn kept(mut self, entries: impl IntoIterator<Item = Entry>) -> Self {
        let kept = |entry| Record::Kept(Kept { room: self.room.clone(), entry });
        self.records.extend(entries.into_iter().map(kept));
        self
    }

    pub(super) fn seen(mut self, viewer: &str, entries: impl IntoIterator<Item = Entry>) -> Self {
        let (room, viewer) = (&self.room, viewer.to_owned());
        let seen = |entry| Record::Seen(Seen { room: room.clone(), viewer: viewer.clone(), entry });
        self.records.extend(entries.into_iter().map(seen));
        self
    }

    pub(super) fn seats(mut self, count: u32) -> Self {
        self.records.push(Record::Seats(Seats { room: self.room.clone(), count }));
        self
    }
}

/// An attempt that was acknowledged.
pub(super) fn ok(author: &str, client_id: &str, times: Range<u64>, seq: u64) -> Sent {
    attempt(author, client_id, times, Outcome::Ok { seq, id: format!("id{seq}") })
}

/// The same attempt, acknowledged as something else.
pub(super) fn acknowledged_as(sent: Sent, place: Place) -> Sent {
    Sent { outcome: Outcome::Ok { seq: place.seq, id: place.id }, ..sent }
}

/// An attempt that was refused.
pub(super) fn failed(author: &str, client_id: &str, times: Range<u64>) -> Sent {
    attempt(author, client_id, times, Outcome::Failed { error: "too_fast".to_owned() })
}

/// An attempt that was not answered.
pub(super) fn unknown(author: &str, client_id: &str, times: Range<u64>) -> Sent {
    attempt(author, client_id, times, Outcome::Unknown)
}

fn attempt(author: &str, client_id: &str, times: Range<u64>, outcome: Outcome) -> Sent {
    Sent {
        room: String::new(),
        author: author.to_owned(),
        client_id: client_id.to_owned(),
        text: format!("text of {client_id}"),
        begun: times.start,
        ended: times.end,
        outcome,
    }
}

/// A message.
pub(super) fn text(seq: u64, author: &str, client_id: &str) -> Entry {
    let content = Content::Text(format!("text of {client_id}"));
    Entry { client_id: Some(client_id.to_owned()), ..entry(seq, author, content) }
}

pub(super) fn gif(seq: u64, author: &str) -> Entry {
    entry(seq, author, Content::Gif("cat.gif".to_owned()))
}

pub(super) fn join(seq: u64, author: &str) -> Entry {
    entry(seq, author, Content::Join)
}

pub(super) fn exit(seq: u64, author: &str) -> Entry {
    entry(seq, author, Content::Exit)
}

pub(super) fn system(seq: u64, author: &str) -> Entry {
    entry(seq, author, Content::System("title".to_owned()))
}

fn entry(seq: u64, author: &str, content: Content) -> Entry {
    Entry { seq, id: format!("id{seq}"), author: author.to_owned(), client_id: None, content }
}
