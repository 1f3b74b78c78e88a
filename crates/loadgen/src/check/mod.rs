//! The judge: what the server promises, as rules over a [history].
//!
//! A pure function: it knows nothing of servers, sockets or clocks. Each rule is a file, and is
//! proven by histories that break it and nothing else.
//!
//! Nothing here is more than `n log n`, and every string is held once: a million attempts and five
//! million shown entries are judged in seconds.

mod entries;
mod facts;
mod gaps;
mod invented;
mod lost;
mod order;
mod real_time;
mod recorder;
mod retry;
mod room;
mod seats;
#[cfg(test)]
mod tests;
mod twice;
mod verdict;
mod violation;
mod words;

use std::borrow::Borrow;
use std::collections::HashMap;

pub use gaps::Gap;
pub use invented::{Invented, Unsent};
pub use lost::Lost;
pub use order::Order;
pub use real_time::RealTime;
pub use recorder::Recorder;
pub use retry::Retry;
pub use seats::Seats;
pub use twice::Twice;
pub use verdict::{Counts, Shortfall, VIOLATIONS_TOLD_MAX, Verdict};
pub use violation::{Contradiction, Message, Place, Rule, Testimony, Violation, Witness};

use facts::Facts;
use room::Room;
use words::{Word, Words};

use crate::history::{self, Outcome, Record};

/// Judges a history, whole or as it is read.
#[must_use]
pub fn check<R: Borrow<Record>>(records: impl IntoIterator<Item = R>) -> Verdict {
    let mut judge = Judge::default();
    for record in records {
        judge.take(record.borrow());
    }
    judge.verdict()
}

/// Takes a history record by record: for one that does not come as an iterator, such as a file with
/// lines that cannot be read.
#[derive(Default)]
pub struct Judge {
    words: Words,
    /// In the order in which they are first spoken of.
    rooms: Vec<(Word, Facts)>,
    room_numbers: HashMap<Word, usize>,
    counts: Counts,
}

impl Judge {
    /// Takes the next record.
    pub fn take(&mut self, record: &Record) {
        self.count(record);
        let name = self.words.take(room_of(record));
        let number = *self.room_numbers.entry(name).or_insert_with(|| {
            self.rooms.push((name, Facts::default()));
            self.rooms.len() - 1
        });
        if let Some((_, facts)) = self.rooms.get_mut(number) {
            facts.take(&mut self.words, record);
        }
    }

    fn count(&mut self, record: &Record) {
        let counts = &mut self.counts;
        match record {
            Record::Room(_) => {}
            Record::Sent(sent) => match sent.outcome {
                Outcome::Ok { .. } => counts.acknowledged += 1,
                Outcome::Failed { .. } => counts.failed += 1,
                Outcome::Unknown => counts.unknown += 1,
            },
            Record::Seen(_) => counts.seen += 1,
            Record::Kept(kept) => {
                counts.kept += 1;
                if let history::Content::Text(_) = kept.entry.content {
                    counts.messages += 1;
                }
            }
            Record::Seats(_) => counts.seats += 1,
        }
    }

    /// Judges what was taken.
    #[must_use]
    pub fn verdict(self) -> Verdict {
        let Self { mut words, rooms, counts, .. } = self;
        words.close();
        let mut verdict = Verdict { counts, ..Verdict::default() };
        for (name, facts) in rooms {
            let room = Room::new(&words, name, facts);
            verdict.counts.rooms += usize::from(room.max().is_some());
            verdict.counts.viewers += room.facts.viewers.len();
            verdict.before_logs += lost::before_log(&room);
            let mut report = |contradiction| verdict.add(room.name(), contradiction);
            recorder::check(&room, &mut report);
            lost::check(&room, &mut report);
            invented::check(&room, &mut report);
            twice::check(&room, &mut report);
            order::check(&room, &mut report);
            gaps::check(&room, &mut report);
            real_time::check(&room, &mut report);
            retry::check(&room, &mut report);
            seats::check(&room, &mut report);
        }
        verdict
    }
}

/// Takes what contradicts the promise in one room.
type Report<'verdict> = &'verdict mut dyn FnMut(Contradiction);

fn room_of(record: &Record) -> &str {
    match record {
        Record::Room(history::Room { room, .. })
        | Record::Sent(history::Sent { room, .. })
        | Record::Seen(history::Seen { room, .. })
        | Record::Kept(history::Kept { room, .. })
        | Record::Seats(history::Seats { room, .. }) => room,
    }
}
