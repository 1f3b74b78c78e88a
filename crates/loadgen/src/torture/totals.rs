//! What a torture has come to.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use crate::page::Board;

/// Sums over chapters.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    /// Counts by what was counted, in the order in which they are told.
    pub counts: BTreeMap<Counted, u64>,
    /// Refusals by code.
    pub refusals: BTreeMap<String, u64>,
    /// Ends of pages' connections by reason.
    pub ends: BTreeMap<String, u64>,
    /// The longest stop in good order.
    pub longest_stop: Duration,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Counted {
    /// `kill -9` and a new start.
    Kills,
    /// Of these, while messages were on their way.
    KillsInFlight,
    /// Stops in good order and a new start.
    Stops,
    /// All connections cut.
    Cuts,
    /// One page's connection stalled.
    Stalls,
    /// Answers lost, for one page or before a kill.
    LostAnswers,
    /// One direction ended.
    HalfCloses,
    /// A page kept out.
    Refuses,
    /// A page that did not read.
    Freezes,
    /// Attempts that were acknowledged.
    AttemptsOk,
    /// Attempts that were refused.
    AttemptsFailed,
    /// Attempts without an answer.
    AttemptsUnknown,
    /// Entries that were shown.
    Seen,
    /// Entries in the rooms' logs at the end.
    Kept,
    /// Connections of pages.
    Connects,
    /// Times that a page got no connection.
    ConnectsFailed,
    /// Returns that went on where the page was.
    Resumes,
    /// Times that a page had to start over.
    Resets,
    /// Jumps in live entries.
    Gaps,
    /// Times that somebody of the crowd got a seat.
    CrowdEntered,
    /// Times that somebody of the crowd found the room full.
    CrowdFoundFull,
    /// What does not hold.
    Violations,
}

impl Counted {
    fn name(self) -> &'static str {
        match self {
            Self::Kills => "kills",
            Self::KillsInFlight => "kills with messages in flight",
            Self::Stops => "stops",
            Self::Cuts => "cuts",
            Self::Stalls => "stalls",
            Self::LostAnswers => "lost answers",
            Self::HalfCloses => "half-closed connections",
            Self::Refuses => "refused connections",
            Self::Freezes => "slow readers",
            Self::AttemptsOk => "messages acknowledged",
            Self::AttemptsFailed => "attempts failed",
            Self::AttemptsUnknown => "attempts unknown",
            Self::Seen => "entries seen",
            Self::Kept => "entries kept",
            Self::Connects => "connections",
            Self::ConnectsFailed => "failed attempts to connect",
            Self::Resumes => "resumes",
            Self::Resets => "resets",
            Self::Gaps => "gaps filled",
            Self::CrowdEntered => "seats taken by the crowd",
            Self::CrowdFoundFull => "times the crowd found it full",
            Self::Violations => "violations",
        }
    }
}

impl Totals {
    /// One more.
    pub fn add(&mut self, counted: Counted) {
        self.add_many(counted, 1);
    }

    /// So many more.
    pub fn add_many(&mut self, counted: Counted, count: u64) {
        *self.counts.entry(counted).or_default() += count;
    }

    /// As it stands.
    #[must_use]
    pub fn get(&self, counted: Counted) -> u64 {
        self.counts.get(&counted).copied().unwrap_or_default()
    }

    /// Takes what the pages of a chapter have counted.
    pub fn take_board(&mut self, board: &Board) {
        for (counted, count) in [
            (Counted::AttemptsOk, &board.attempts_ok),
            (Counted::AttemptsFailed, &board.attempts_failed),
            (Counted::AttemptsUnknown, &board.attempts_unknown),
            (Counted::Seen, &board.seen),
            (Counted::Connects, &board.connects),
            (Counted::ConnectsFailed, &board.connects_failed),
            (Counted::Resumes, &board.resumes),
            (Counted::Resets, &board.resets),
            (Counted::Gaps, &board.gaps),
        ] {
            self.add_many(counted, count.get());
        }
        merge(&mut self.refusals, board.refusals.get());
        merge(&mut self.ends, board.ends.get());
    }

    /// Adds another chapter's.
    pub fn merge(&mut self, other: Self) {
        merge(&mut self.counts, other.counts);
        merge(&mut self.refusals, other.refusals);
        merge(&mut self.ends, other.ends);
        self.longest_stop = self.longest_stop.max(other.longest_stop);
    }

    /// What of a chapter shows that it has tested nothing, one sentence each.
    #[must_use]
    pub fn idle(&self) -> Vec<String> {
        let least = [
            Counted::Kills,
            Counted::KillsInFlight,
            Counted::AttemptsOk,
            Counted::Seen,
            Counted::Kept,
            Counted::Resumes,
            Counted::CrowdEntered,
            Counted::CrowdFoundFull,
        ];
        let missing = least.into_iter().filter(|counted| self.get(*counted) == 0);
        missing.map(|counted| format!("nothing was tested: no {}", counted.name())).collect()
    }
}

fn merge<Name: Ord>(into: &mut BTreeMap<Name, u64>, from: BTreeMap<Name, u64>) {
    for (name, count) in from {
        *into.entry(name).or_default() += count;
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (counted, count) in &self.counts {
            writeln!(formatter, "{count:>12} {}", counted.name())?;
        }
        let named = |counts: &BTreeMap<String, u64>| {
            let all = counts.iter().map(|(name, count)| format!("{name} {count}"));
            all.collect::<Vec<_>>().join(", ")
        };
        writeln!(formatter, "connections ended: {}", named(&self.ends))?;
        writeln!(formatter, "refusals: {}", named(&self.refusals))?;
        write!(formatter, "longest stop: {:.1} s", self.longest_stop.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chapter_in_which_nothing_happened_is_no_success() {
        let mut totals = Totals::default();
        assert_eq!(totals.idle().len(), 8);
        for counted in [
            Counted::Kills,
            Counted::AttemptsOk,
            Counted::Seen,
            Counted::Kept,
            Counted::Resumes,
            Counted::CrowdEntered,
            Counted::CrowdFoundFull,
        ] {
            totals.add(counted);
        }
        assert_eq!(totals.idle(), ["nothing was tested: no kills with messages in flight"]);
        totals.add(Counted::KillsInFlight);
        assert!(totals.idle().is_empty());
    }

    #[test]
    fn chapters_add_up() {
        let mut totals = Totals::default();
        totals.add_many(Counted::Kills, 3);
        let mut other = Totals { longest_stop: Duration::from_secs(2), ..Totals::default() };
        other.add(Counted::Kills);
        other.ends.insert("4000".to_owned(), 5);
        totals.merge(other.clone());
        totals.merge(other);
        assert_eq!((totals.get(Counted::Kills), totals.ends["4000"]), (5, 10));
        assert!(totals.to_string().contains("longest stop: 2.0 s"));
    }
}
