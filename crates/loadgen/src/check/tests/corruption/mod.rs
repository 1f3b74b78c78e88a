//! Faults of a server, or of its disk, brought into histories in which all is well.

mod log;
mod people;
mod sent;
mod shown;

use proptest::sample::Index;

use super::Rule;
use crate::history::{Content, Entry, Kept, Outcome, Record, Seen, Sent};

/// A fault, and what must be found of it.
pub(super) struct Fault {
    pub(super) name: &'static str,
    /// Brings it in. Nothing, where the history has no place for it.
    pub(super) spoil: fn(&mut Victim) -> Option<()>,
    pub(super) breaks: Rule,
    /// What it may break besides, depending on its place.
    pub(super) and_perhaps: &'static [Rule],
}

pub(super) fn faults() -> impl Iterator<Item = &'static Fault> {
    log::FAULTS.iter().chain(&shown::FAULTS).chain(&sent::FAULTS).chain(&people::FAULTS)
}

/// A history that is to be spoilt, and the place.
pub(super) struct Victim {
    pub(super) records: Vec<Record>,
    pub(super) chance: Index,
}

impl Victim {
    /// One of the records that a fault may be brought into, by position.
    fn one(&self, wanted: impl Fn(&Record) -> bool) -> Option<usize> {
        let all: Vec<_> =
            (0..self.records.len()).filter(|place| wanted(&self.records[*place])).collect();
        (!all.is_empty()).then(|| all[self.chance.index(all.len())])
    }

    /// The room of one of the records that a fault may be brought into.
    fn one_room(&self, wanted: impl Fn(&str) -> bool) -> Option<(String, u32)> {
        let is_wanted = |record: &Record| match record {
            Record::Room(room) => wanted(&room.room),
            _ => false,
        };
        match &self.records[self.one(is_wanted)?] {
            Record::Room(room) => Some((room.room.clone(), room.max)),
            _ => None,
        }
    }

    fn kept(&self, place: usize) -> Kept {
        match &self.records[place] {
            Record::Kept(kept) => kept.clone(),
            other => panic!("{other:?}"),
        }
    }

    fn seen(&self, place: usize) -> Seen {
        match &self.records[place] {
            Record::Seen(seen) => seen.clone(),
            other => panic!("{other:?}"),
        }
    }

    fn sent(&self, place: usize) -> Sent {
        match &self.records[place] {
            Record::Sent(sent) => sent.clone(),
            other => panic!("{other:?}"),
        }
    }

    /// Positions of a room's log.
    fn log(&self, room: &str) -> Vec<usize> {
        self.places(|record| matches!(record, Record::Kept(kept) if kept.room == room))
    }

    /// Positions of what a viewer shows.
    fn shown(&self, viewer: &Seen) -> Vec<usize> {
        self.places(|record| {
            matches!(record, Record::Seen(seen)
                if seen.room == viewer.room && seen.viewer == viewer.viewer)
        })
    }

    /// Positions of the attempts to send a message.
    fn attempts(&self, message: &Sent) -> Vec<usize> {
        self.places(|record| matches!(record, Record::Sent(sent) if is_same_message(sent, message)))
    }

    /// Positions of the acks of a message.
    fn acks(&self, message: &Sent) -> Vec<usize> {
        self.places(|record| {
            matches!(record, Record::Sent(sent)
                if is_same_message(sent, message) && acknowledged(sent).is_some())
        })
    }

    fn places(&self, wanted: impl Fn(&Record) -> bool) -> Vec<usize> {
        (0..self.records.len()).filter(|place| wanted(&self.records[*place])).collect()
    }

    fn is_kept(&self, room: &str, seq: u64) -> bool {
        self.log(room).into_iter().any(|place| self.kept(place).entry.seq == seq)
    }

    fn is_seen(&self, room: &str, seq: u64) -> bool {
        self.records.iter().any(|record| {
            matches!(record, Record::Seen(seen) if seen.room == room && seen.entry.seq == seq)
        })
    }

    fn is_acknowledged(&self, room: &str, seq: u64) -> bool {
        self.records.iter().any(|record| {
            matches!(record, Record::Sent(sent)
                if sent.room == room && acknowledged(sent) == Some(seq))
        })
    }

    /// Adds an entry behind the log. Its `seq` and id are the next ones.
    fn append(&mut self, room: &str, entry: Entry) {
        let last = self.log(room).last().map_or(0, |place| self.kept(*place).entry.seq);
        let entry = Entry { seq: last + 1, id: format!("new {}", last + 1), ..entry };
        self.records.push(Record::Kept(Kept { room: room.to_owned(), entry }));
    }
}

fn acknowledged(sent: &Sent) -> Option<u64> {
    match sent.outcome {
        Outcome::Ok { seq, .. } => Some(seq),
        _ => None,
    }
}

fn is_same_message(sent: &Sent, other: &Sent) -> bool {
    (&sent.room, &sent.author, &sent.client_id) == (&other.room, &other.author, &other.client_id)
}

fn is_text(entry: &Entry) -> bool {
    matches!(entry.content, Content::Text(_))
}

/// The entry of a record that has one.
fn entry(record: &mut Record) -> &mut Entry {
    match record {
        Record::Kept(kept) => &mut kept.entry,
        Record::Seen(seen) => &mut seen.entry,
        other => panic!("{other:?}"),
    }
}
