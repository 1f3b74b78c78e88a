//! What all pages of a play share: the clock, the record of what was done and seen, and the counts.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::watch;

use crate::history::{Outcome, Record, Seats, Seen, Sent};

/// What pages are to do.
#[derive(Clone, Debug)]
pub enum Phase {
    /// Say one thing after the other.
    Talking,
    /// Say nothing new; have what was begun acknowledged.
    Finishing,
    /// Show everything up to this `seq` of each room, and end.
    CatchingUp(Arc<HashMap<String, u64>>),
}

/// Counts of what happened, over all pages.
#[derive(Debug, Default)]
pub struct Board {
    /// Connections that were made.
    pub connects: Count,
    /// Attempts to connect that failed.
    pub connects_failed: Count,
    /// Returns that went on where the page was.
    pub resumes: Count,
    /// Times that a page was told to start over.
    pub resets: Count,
    /// Jumps in live entries, which made a page ask.
    pub gaps: Count,
    /// Jumps that could not be filled.
    pub holes: Count,
    /// Attempts that were acknowledged.
    pub attempts_ok: Count,
    /// Attempts that were refused.
    pub attempts_failed: Count,
    /// Attempts without an answer.
    pub attempts_unknown: Count,
    /// Entries that were shown.
    pub seen: Count,
    /// Messages that are on their way now.
    pub in_flight: Count,
    /// Refusals by code.
    pub refusals: Tally,
    /// Ends of connections by reason.
    pub ends: Tally,
}

/// One count.
#[derive(Debug, Default)]
pub struct Count(AtomicU64);

impl Count {
    /// One more.
    pub fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// One less.
    pub fn take(&self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }

    /// As it stands.
    #[must_use]
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Counts by name. The names are few: codes of the protocol, or one for everything else.
#[derive(Debug, Default)]
pub struct Tally(Mutex<BTreeMap<String, u64>>);

impl Tally {
    /// One more of this name.
    pub fn add(&self, name: &str) {
        let mut counts = lock(&self.0);
        match counts.get_mut(name) {
            Some(count) => *count += 1,
            None => drop(counts.insert(name.to_owned(), 1)),
        }
    }

    /// As they stand.
    #[must_use]
    pub fn get(&self) -> BTreeMap<String, u64> {
        lock(&self.0).clone()
    }
}

/// Shared by all pages of a play.
#[derive(Debug)]
pub struct Stage {
    started: Instant,
    records: Mutex<Vec<Record>>,
    /// The counts.
    pub board: Board,
    acknowledged: watch::Sender<u64>,
    finished: watch::Sender<usize>,
    phase: watch::Sender<Phase>,
}

impl Default for Stage {
    fn default() -> Self {
        Self {
            started: Instant::now(),
            records: Mutex::default(),
            board: Board::default(),
            acknowledged: watch::Sender::new(0),
            finished: watch::Sender::new(0),
            phase: watch::Sender::new(Phase::Talking),
        }
    }
}

impl Stage {
    /// Nanoseconds since it was made.
    #[must_use]
    pub fn now(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    /// Writes something down.
    pub fn record(&self, record: Record) {
        lock(&self.records).push(record);
    }

    /// An attempt to send has ended.
    pub fn sent(&self, sent: Sent) {
        self.board.in_flight.take();
        match &sent.outcome {
            Outcome::Ok { .. } => {
                self.board.attempts_ok.add();
                self.acknowledged.send_modify(|count| *count += 1);
            }
            Outcome::Failed { error } => {
                self.board.attempts_failed.add();
                self.board.refusals.add(error);
            }
            Outcome::Unknown => self.board.attempts_unknown.add(),
        }
        self.record(Record::Sent(sent));
    }

    /// Entries were shown.
    pub fn seen(&self, seen: impl Iterator<Item = Seen>) {
        let mut records = lock(&self.records);
        for seen in seen {
            self.board.seen.add();
            records.push(Record::Seen(seen));
        }
    }

    /// A server said how many seats are taken.
    pub fn seats(&self, room: &str, count: u32) {
        self.record(Record::Seats(Seats { room: room.to_owned(), count }));
    }

    /// Takes everything that was written down.
    #[must_use]
    pub fn take_records(&self) -> Vec<Record> {
        std::mem::take(&mut *lock(&self.records))
    }

    /// Messages that were acknowledged, as they grow.
    #[must_use]
    pub fn acknowledged(&self) -> watch::Receiver<u64> {
        self.acknowledged.subscribe()
    }

    /// Pages with nothing left to send, as they grow.
    #[must_use]
    pub fn finished(&self) -> watch::Receiver<usize> {
        self.finished.subscribe()
    }

    /// A page has nothing left to send.
    pub fn finish(&self) {
        self.finished.send_modify(|count| *count += 1);
    }

    /// What pages are to do, as it changes.
    #[must_use]
    pub fn phase(&self) -> watch::Receiver<Phase> {
        self.phase.subscribe()
    }

    /// Tells the pages what to do.
    pub fn enter(&self, phase: Phase) {
        self.phase.send_replace(phase);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
