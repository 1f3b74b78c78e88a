//! The entries that anybody tells of a room, each kept once however often it is told.

use std::collections::HashMap;

use super::words::{Word, Words};
use crate::history::{self, Content};

/// An entry, in words.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Entry {
    pub(super) seq: u64,
    pub(super) id: Word,
    pub(super) author: Word,
    pub(super) client_id: Option<Word>,
    pub(super) content: Said,
}

/// What an entry is.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Said {
    Text(Word),
    Gif(Word),
    Join,
    Exit,
    System(Word),
}

impl Entry {
    fn new(words: &mut Words, entry: &history::Entry) -> Self {
        Self {
            seq: entry.seq,
            id: words.take(&entry.id),
            author: words.take(&entry.author),
            client_id: entry.client_id.as_deref().map(|name| words.take(name)),
            content: match &entry.content {
                Content::Text(text) => Said::Text(words.take(text)),
                Content::Gif(name) => Said::Gif(words.take(name)),
                Content::Join => Said::Join,
                Content::Exit => Said::Exit,
                Content::System(kind) => Said::System(words.take(kind)),
            },
        }
    }

    fn is(&self, words: &Words, entry: &history::Entry) -> bool {
        let same_content = match (self.content, &entry.content) {
            (Said::Text(mine), Content::Text(other))
            | (Said::Gif(mine), Content::Gif(other))
            | (Said::System(mine), Content::System(other)) => words.get(mine) == other,
            (Said::Join, Content::Join) | (Said::Exit, Content::Exit) => true,
            _ => false,
        };
        same_content
            && self.seq == entry.seq
            && words.get(self.id) == entry.id
            && words.get(self.author) == entry.author
            && self.client_id.map(|name| words.get(name)) == entry.client_id.as_deref()
    }

    /// As it was recorded.
    pub(super) fn in_full(&self, words: &Words) -> history::Entry {
        let owned = |word| words.get(word).to_owned();
        history::Entry {
            seq: self.seq,
            id: owned(self.id),
            author: owned(self.author),
            client_id: self.client_id.map(owned),
            content: match self.content {
                Said::Text(text) => Content::Text(owned(text)),
                Said::Gif(name) => Content::Gif(owned(name)),
                Said::Join => Content::Join,
                Said::Exit => Content::Exit,
                Said::System(kind) => Content::System(owned(kind)),
            },
        }
    }
}

/// An entry, and who told it.
pub(super) struct Told {
    pub(super) entry: Entry,
    pub(super) is_kept: bool,
    /// The first viewer who showed it, by number.
    pub(super) viewer: Option<usize>,
}

/// All entries that were told, by number.
#[derive(Default)]
pub(super) struct Entries {
    all: Vec<Told>,
    /// What was told first of each `seq`.
    first_at: HashMap<u64, usize>,
    /// What was told otherwise: nothing, where all is well.
    disputed: HashMap<Entry, usize>,
}

impl Entries {
    /// The number of an entry, old or new.
    pub(super) fn take(&mut self, words: &mut Words, entry: &history::Entry) -> usize {
        let first = self.first_at.get(&entry.seq).copied();
        // Nearly always: what everybody says of this place, without looking up its strings.
        if let Some(number) = first
            && self.get(number).is_some_and(|told| told.entry.is(words, entry))
        {
            return number;
        }
        let (entry, next) = (Entry::new(words, entry), self.all.len());
        let number = match first {
            None => *self.first_at.entry(entry.seq).or_insert(next),
            Some(_) => *self.disputed.entry(entry).or_insert(next),
        };
        if number == next {
            self.all.push(Told { entry, is_kept: false, viewer: None });
        }
        number
    }

    pub(super) fn keep(&mut self, number: usize) {
        if let Some(told) = self.all.get_mut(number) {
            told.is_kept = true;
        }
    }

    pub(super) fn show(&mut self, number: usize, viewer: usize) {
        if let Some(told) = self.all.get_mut(number) {
            told.viewer.get_or_insert(viewer);
        }
    }

    pub(super) fn get(&self, number: usize) -> Option<&Told> {
        self.all.get(number)
    }

    /// In the order in which they were first told.
    pub(super) fn all(&self) -> &[Told] {
        &self.all
    }

    /// Entries that contradict what was told first of the same `seq`, behind it.
    pub(super) fn disputes(&self) -> impl Iterator<Item = (&Told, &Told)> {
        let mut numbers: Vec<_> = self.disputed.values().copied().collect();
        numbers.sort_unstable();
        numbers.into_iter().filter_map(|number| {
            let other = self.get(number)?;
            let first = self.get(*self.first_at.get(&other.entry.seq)?)?;
            Some((first, other))
        })
    }
}
