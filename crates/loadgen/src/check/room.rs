//! One room's facts, in the orders in which rules look at them.

use super::entries::{Said, Told};
use super::facts::{Ack, Attempt, Facts, Spot};
use super::words::{Word, Words};
use super::{Message, Place, Testimony, Witness};
use crate::history;

/// A room before the judge.
pub(super) struct Room<'history> {
    words: &'history Words,
    name: Word,
    /// Its attempts are sorted by message; those of one message stand as they were recorded.
    pub(super) facts: Facts,
    /// The log by `seq`, as numbers of entries.
    kept: Vec<(u64, usize)>,
    /// The named messages of the log, as numbers of entries.
    kept_messages: Vec<((Word, Word), usize)>,
}

impl<'history> Room<'history> {
    pub(super) fn new(words: &'history Words, name: Word, mut facts: Facts) -> Self {
        facts.attempts.sort_by_key(Attempt::message);
        let entries = |number: &usize| Some((facts.entries.get(*number)?, *number));
        let log = || facts.log.iter().filter_map(entries);
        let mut kept: Vec<_> = log().map(|(told, number)| (told.entry.seq, number)).collect();
        kept.sort_by_key(|(seq, _)| *seq);
        let messages = log().filter_map(|(told, number)| Some((told.message()?, number)));
        let mut kept_messages: Vec<_> = messages.collect();
        kept_messages.sort_by_key(|(message, _)| *message);
        Self { words, name, facts, kept, kept_messages }
    }

    pub(super) fn name(&self) -> &'history str {
        self.words.get(self.name)
    }

    /// The number of its seats, unless the room itself was not recorded.
    pub(super) fn max(&self) -> Option<u32> {
        self.facts.sizes.first().copied()
    }

    /// The oldest `seq` that is kept. What lies before it has left the log.
    pub(super) fn first(&self) -> u64 {
        self.kept.first().map_or(1, |(seq, _)| *seq)
    }

    /// What is kept under a `seq`: one entry, where all is well.
    pub(super) fn kept_at(&self, seq: u64) -> impl Iterator<Item = &Told> {
        equal(&self.kept, seq).filter_map(|number| self.facts.entries.get(number))
    }

    /// What is kept of a message: one entry, where all is well.
    pub(super) fn kept_as(&self, message: (Word, Word)) -> impl Iterator<Item = &Told> {
        equal(&self.kept_messages, message).filter_map(|number| self.facts.entries.get(number))
    }

    /// The log, in its order.
    pub(super) fn log(&self) -> impl Iterator<Item = &Told> {
        self.facts.log.iter().filter_map(|number| self.facts.entries.get(*number))
    }

    /// All messages that somebody tried to send, as their attempts.
    pub(super) fn messages(&self) -> impl Iterator<Item = &[Attempt]> {
        self.facts.attempts.chunk_by(|one, next| one.message() == next.message())
    }

    /// The attempts to send one message.
    pub(super) fn attempts(&self, message: (Word, Word)) -> &[Attempt] {
        let all = &self.facts.attempts;
        let start = all.partition_point(|attempt| attempt.message() < message);
        let end = all.partition_point(|attempt| attempt.message() <= message);
        all.get(start..end).unwrap_or_default()
    }

    /// The log, and what each viewer showed.
    pub(super) fn lists(&self) -> impl Iterator<Item = List<'_>> {
        let log = List { room: self, viewer: None, numbers: &self.facts.log };
        let viewers = self.facts.viewers.iter().enumerate().map(|(viewer, shown)| List {
            room: self,
            viewer: Some(viewer),
            numbers: &shown.shown,
        });
        std::iter::once(log).chain(viewers)
    }

    /// An entry, and the log as its witness, or the first who showed it.
    pub(super) fn testimony(&self, told: &Told) -> Testimony {
        let witness = self.witness(told.viewer.filter(|_| !told.is_kept));
        Testimony { witness, entry: self.entry(told) }
    }

    fn witness(&self, viewer: Option<usize>) -> Witness {
        match viewer.and_then(|viewer| self.facts.viewers.get(viewer)) {
            Some(viewer) => Witness::Viewer(self.text(viewer.name)),
            None => Witness::Log,
        }
    }

    pub(super) fn text(&self, word: Word) -> String {
        self.words.get(word).to_owned()
    }

    pub(super) fn message(&self, (author, client_id): (Word, Word)) -> Message {
        Message { author: self.text(author), client_id: self.text(client_id) }
    }

    pub(super) fn place(&self, spot: Spot) -> Place {
        Place { seq: spot.seq, id: self.text(spot.id) }
    }

    pub(super) fn entry(&self, told: &Told) -> history::Entry {
        told.entry.in_full(self.words)
    }
}

/// Acknowledgements among attempts.
pub(super) fn acks(attempts: &[Attempt]) -> impl Iterator<Item = Ack<'_>> {
    attempts.iter().filter_map(Attempt::ack)
}

fn equal<Key: Ord + Copy>(sorted: &[(Key, usize)], key: Key) -> impl Iterator<Item = usize> {
    let start = sorted.partition_point(|(other, _)| *other < key);
    let rest = sorted.get(start..).unwrap_or_default().iter();
    rest.take_while(move |(other, _)| *other == key).map(|(_, number)| *number)
}

/// What somebody tells, in that order.
pub(super) struct List<'room> {
    room: &'room Room<'room>,
    viewer: Option<usize>,
    numbers: &'room [usize],
}

impl<'room> List<'room> {
    pub(super) fn witness(&self) -> Witness {
        self.room.witness(self.viewer)
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = &'room Told> {
        let entries = &self.room.facts.entries;
        self.numbers.iter().filter_map(|number| entries.get(*number))
    }

    pub(super) fn seqs(&self) -> impl Iterator<Item = u64> {
        self.entries().map(|told| told.entry.seq)
    }

    /// Whether each `seq` follows the one before it: then there is no need to look closer.
    pub(super) fn is_run(&self) -> bool {
        let next = self.seqs().skip(1);
        self.seqs().zip(next).all(|(seq, next)| next.checked_sub(seq) == Some(1))
    }
}

impl Told {
    /// The message that it is, if its sender has named it.
    pub(super) fn message(&self) -> Option<(Word, Word)> {
        Some((self.entry.author, self.entry.client_id?))
    }

    pub(super) fn spot(&self) -> Spot {
        Spot { seq: self.entry.seq, id: self.entry.id }
    }

    /// Whether a person has said it. Only who holds a seat can.
    pub(super) fn is_said(&self) -> bool {
        matches!(self.entry.content, Said::Text(_) | Said::Gif(_))
    }
}
