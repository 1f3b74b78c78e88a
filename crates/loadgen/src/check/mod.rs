//! The judge: what the server promises, as rules over a [history](crate::history).
//!
//! A pure function: it knows nothing of servers, sockets or time. Each rule is proven by histories
//! that break it and nothing else.

mod log;
mod order;
mod people;
mod sending;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use crate::history::{Entry, Outcome, Record, Sent};

/// How many violations of one rule are told; all are counted.
const VIOLATIONS_TOLD_MAX: usize = 10;

/// What the server promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// What was acknowledged is in the log, as it was sent, where the ack says.
    Lost,
    /// What is in the log, or was shown, was sent.
    Invented,
    /// A message is in the log once, and shown once by each viewer.
    Twice,
    /// Everybody sees the same entry under the same `seq`, and shows them in that order.
    Order,
    /// The log has no gap, and what a viewer shows has none.
    Gap,
    /// What was acknowledged before another was sent stands before it.
    RealTime,
    /// A retry is answered as the first try was, and other content under the same name is refused.
    Retry,
    /// There are never more people than seats, and everybody comes before going.
    Seats,
    /// The history itself can be judged.
    Recorder,
}

/// A contradiction in a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The rule that is broken.
    pub rule: Rule,
    /// Where.
    pub room: String,
    /// What contradicts what.
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?} in room {}: {}", self.rule, self.room, self.what)
    }
}

/// What was judged, and what was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Rooms.
    pub rooms: usize,
    /// Attempts that were acknowledged.
    pub acknowledged: usize,
    /// Attempts that were refused.
    pub failed: usize,
    /// Attempts whose outcome nobody knows.
    pub unknown: usize,
    /// Entries in the logs.
    pub kept: usize,
    /// Entries that were shown, by all viewers.
    pub seen: usize,
    /// Viewers.
    pub viewers: usize,
    /// How often each rule is broken.
    pub broken: BTreeMap<Rule, usize>,
    /// The first violations of each rule.
    pub violations: Vec<Violation>,
}

impl Verdict {
    /// Whether no rule is broken.
    #[must_use]
    pub fn is_fine(&self) -> bool {
        self.broken.is_empty()
    }

    /// What was found, a sentence for each violation that is told, and one for those that are not.
    pub fn sentences(&self) -> impl Iterator<Item = String> {
        let untold = self.broken.iter().filter(|(_, found)| **found > VIOLATIONS_TOLD_MAX);
        let untold = untold.map(|(rule, found)| format!("{rule:?}: {found} in all"));
        self.violations.iter().map(Violation::to_string).chain(untold)
    }

    fn add(&mut self, rule: Rule, room: &str, what: String) {
        let found = self.broken.entry(rule).or_default();
        *found += 1;
        if *found <= VIOLATIONS_TOLD_MAX {
            self.violations.push(Violation { rule, room: room.to_owned(), what });
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total: usize = self.broken.values().sum();
        write!(
            formatter,
            "{total} violations; {} messages acknowledged, {} refused, {} unknown; \
             {} entries kept in {} rooms, {} shown by {} viewers",
            self.acknowledged,
            self.failed,
            self.unknown,
            self.kept,
            self.rooms,
            self.seen,
            self.viewers
        )?;
        self.sentences().try_for_each(|sentence| write!(formatter, "\n  {sentence}"))
    }
}

/// What is known of one room, in the order in which it was recorded.
#[derive(Default)]
struct Room<'history> {
    /// Nothing when the room itself was not recorded.
    max: Option<u32>,
    sent: Vec<&'history Sent>,
    kept: Vec<&'history Entry>,
    /// What each viewer has shown.
    seen: BTreeMap<&'history str, Vec<&'history Entry>>,
    counts: Vec<u32>,
}

/// A sender's own name for a message.
type Name<'history> = (&'history str, &'history str);

impl<'history> Room<'history> {
    /// The oldest `seq` that is kept. What lies below has left the log, and nothing is known of it.
    fn first(&self) -> u64 {
        self.kept.first().map_or(1, |entry| entry.seq)
    }

    fn kept_at(&self) -> HashMap<u64, &'history Entry> {
        self.kept.iter().map(|entry| (entry.seq, *entry)).collect()
    }

    /// All attempts under each name.
    fn attempts(&self) -> HashMap<Name<'history>, Vec<&'history Sent>> {
        let mut attempts: HashMap<Name<'history>, Vec<_>> = HashMap::new();
        for sent in &self.sent {
            attempts.entry((&sent.author, &sent.client_id)).or_default().push(*sent);
        }
        attempts
    }
}

/// Judges a history.
#[must_use]
pub fn check(records: &[Record]) -> Verdict {
    let mut rooms: BTreeMap<&str, Room<'_>> = BTreeMap::new();
    let mut verdict = Verdict::default();
    for record in records {
        match record {
            Record::Room(room) => rooms.entry(&room.room).or_default().max = Some(room.max),
            Record::Sent(sent) => {
                match sent.outcome {
                    Outcome::Ok { .. } => verdict.acknowledged += 1,
                    Outcome::Failed { .. } => verdict.failed += 1,
                    Outcome::Unknown => verdict.unknown += 1,
                }
                rooms.entry(&sent.room).or_default().sent.push(sent);
            }
            Record::Seen(seen) => {
                verdict.seen += 1;
                let room = rooms.entry(&seen.room).or_default();
                room.seen.entry(&seen.viewer).or_default().push(&seen.entry);
            }
            Record::Kept(kept) => {
                verdict.kept += 1;
                rooms.entry(&kept.room).or_default().kept.push(&kept.entry);
            }
            Record::Seats(seats) => {
                rooms.entry(&seats.room).or_default().counts.push(seats.count);
            }
        }
    }
    verdict.rooms = rooms.len();
    verdict.viewers = rooms.values().map(|room| room.seen.len()).sum();
    for (name, room) in &rooms {
        let mut report = |rule, what| verdict.add(rule, name, what);
        sending::check(room, &mut report);
        log::check(room, &mut report);
        order::check(room, &mut report);
        people::check(room, &mut report);
    }
    verdict
}

/// Takes a violation of a rule.
type Report<'verdict> = &'verdict mut dyn FnMut(Rule, String);
