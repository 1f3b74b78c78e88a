//! What is recorded about one room, sorted by what it is about.

use std::collections::HashMap;

use super::entries::Entries;
use super::words::{Word, Words};
use crate::history::{Outcome, Record, Sent};

/// An attempt to send, in words.
#[derive(Clone, Copy)]
pub(super) struct Attempt {
    pub(super) author: Word,
    pub(super) client_id: Word,
    pub(super) text: Word,
    pub(super) begun: u64,
    pub(super) ended: u64,
    pub(super) answer: Answer,
}

/// What became of an attempt.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Ok(Spot),
    Failed,
    Unknown,
}

/// Where a message stands, as the server said.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) seq: u64,
    pub(super) id: Word,
}

/// An acknowledgement.
pub(super) struct Ack<'room> {
    pub(super) attempt: &'room Attempt,
    pub(super) spot: Spot,
}

impl Attempt {
    fn new(words: &mut Words, sent: &Sent) -> Self {
        Self {
            author: words.take(&sent.author),
            client_id: words.take(&sent.client_id),
            text: words.take(&sent.text),
            begun: sent.begun,
            ended: sent.ended,
            answer: match &sent.outcome {
                Outcome::Ok { seq, id } => Answer::Ok(Spot { seq: *seq, id: words.take(id) }),
                Outcome::Failed { .. } => Answer::Failed,
                Outcome::Unknown => Answer::Unknown,
            },
        }
    }

    /// The message that it is about: its sender, and the sender's own name for it.
    pub(super) fn message(&self) -> (Word, Word) {
        (self.author, self.client_id)
    }

    pub(super) fn ack(&self) -> Option<Ack<'_>> {
        match self.answer {
            Answer::Ok(spot) => Some(Ack { attempt: self, spot }),
            Answer::Failed | Answer::Unknown => None,
        }
    }

    /// Whether it may be what stored the message.
    pub(super) fn may_have_stored(&self) -> bool {
        self.answer != Answer::Failed
    }
}

/// A viewer, and the numbers of what it showed, in that order.
pub(super) struct Viewer {
    pub(super) name: Word,
    pub(super) shown: Vec<usize>,
}

/// All about one room.
#[derive(Default)]
pub(super) struct Facts {
    /// How many records speak of it.
    pub(super) records: usize,
    /// The numbers of its seats, as they were recorded: one, where all is well.
    pub(super) sizes: Vec<u32>,
    pub(super) attempts: Vec<Attempt>,
    pub(super) entries: Entries,
    /// The numbers of what is kept, in that order.
    pub(super) log: Vec<usize>,
    pub(super) viewers: Vec<Viewer>,
    viewer_numbers: HashMap<Word, usize>,
    /// How many seats are taken, as the server said.
    pub(super) seats: Vec<u32>,
}

impl Facts {
    /// Takes a record about this room.
    pub(super) fn take(&mut self, words: &mut Words, record: &Record) {
        self.records += 1;
        match record {
            Record::Room(room) => self.sizes.push(room.max),
            Record::Sent(sent) => self.attempts.push(Attempt::new(words, sent)),
            Record::Seen(seen) => {
                let entry = self.entries.take(words, &seen.entry);
                let viewer = self.viewer(words.take(&seen.viewer));
                self.entries.show(entry, viewer);
                if let Some(viewer) = self.viewers.get_mut(viewer) {
                    viewer.shown.push(entry);
                }
            }
            Record::Kept(kept) => {
                let entry = self.entries.take(words, &kept.entry);
                self.entries.keep(entry);
                self.log.push(entry);
            }
            Record::Seats(seats) => self.seats.push(seats.count),
        }
    }

    fn viewer(&mut self, name: Word) -> usize {
        *self.viewer_numbers.entry(name).or_insert_with(|| {
            self.viewers.push(Viewer { name, shown: Vec::new() });
            self.viewers.len() - 1
        })
    }
}
