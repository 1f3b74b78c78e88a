//! What was judged, and what was found.

use std::collections::BTreeMap;
use std::fmt;

use super::{Contradiction, Rule, Violation};

/// How many violations of one rule are told; all are counted.
pub const VIOLATIONS_TOLD_MAX: usize = 10;

/// How much there was to judge. A run that has checked nothing must not look like one that found
/// nothing: see [`Verdict::shortfalls`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rooms that were made. One of which nothing else is recorded counts too.
    pub rooms: usize,
    /// Attempts that were acknowledged.
    pub acknowledged: usize,
    /// Attempts that were refused.
    pub failed: usize,
    /// Attempts whose outcome nobody knows.
    pub unknown: usize,
    /// Entries in the logs.
    pub kept: usize,
    /// Texts among them.
    pub messages: usize,
    /// Entries that were shown, by all viewers.
    pub seen: usize,
    /// Viewers that have shown something.
    pub viewers: usize,
    /// Times that the server said how many seats are taken.
    pub seats: usize,
}

impl Counts {
    fn named(&self) -> [(&'static str, usize); 9] {
        [
            ("rooms", self.rooms),
            ("attempts acknowledged", self.acknowledged),
            ("attempts refused", self.failed),
            ("attempts without an answer", self.unknown),
            ("entries kept", self.kept),
            ("messages kept", self.messages),
            ("entries shown", self.seen),
            ("viewers", self.viewers),
            ("counts of seats", self.seats),
        ]
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = self.named().map(|(what, count)| format!("{count} {what}"));
        formatter.write_str(&counts.join(", "))
    }
}

/// Something that there was too little of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortfall {
    /// Of what.
    pub what: &'static str,
    /// How much there was.
    pub count: usize,
    /// How much there should have been at least.
    pub least: usize,
}

impl fmt::Display for Shortfall {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, count, least } = self;
        write!(formatter, "{count} {what} were judged, at least {least} should have been")
    }
}

/// What a judge says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// How much there was to judge.
    pub counts: Counts,
    /// Acknowledged attempts whose messages have left the log, which begins behind them: nobody
    /// knows whether they were ever in it. None, where logs begin with 1.
    pub before_logs: usize,
    /// How often each rule is broken; nothing of a rule that holds.
    pub broken: BTreeMap<Rule, usize>,
    /// The first violations of each rule, [`VIOLATIONS_TOLD_MAX`] at most.
    pub violations: Vec<Violation>,
}

impl Verdict {
    /// Whether no rule is broken. It says nothing of how much was judged.
    #[must_use]
    pub fn is_fine(&self) -> bool {
        self.broken.is_empty()
    }

    /// What there was too little of to trust the verdict.
    #[must_use]
    pub fn shortfalls(&self, least: &Counts) -> Vec<Shortfall> {
        let both = self.counts.named().into_iter().zip(least.named());
        let all = both.map(|((what, count), (_, least))| Shortfall { what, count, least });
        all.filter(|shortfall| shortfall.count < shortfall.least).collect()
    }

    /// A sentence for each violation that is told, and one for each rule with more than those.
    pub fn sentences(&self) -> impl Iterator<Item = String> {
        let untold = self.broken.iter().filter(|(_, found)| **found > VIOLATIONS_TOLD_MAX);
        let untold = untold.map(|(rule, found)| format!("{rule}: {found} violations in all"));
        self.violations.iter().map(Violation::to_string).chain(untold)
    }

    pub(super) fn add(&mut self, room: &str, contradiction: Contradiction) {
        let found = self.broken.entry(contradiction.rule()).or_default();
        *found += 1;
        if *found <= VIOLATIONS_TOLD_MAX {
            self.violations.push(Violation { room: room.to_owned(), contradiction });
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total: usize = self.broken.values().sum();
        write!(formatter, "{total} violations; {}", self.counts)?;
        if self.before_logs > 0 {
            let count = self.before_logs;
            write!(formatter, "; {count} acknowledged before the logs begin were not looked for")?;
        }
        self.sentences().try_for_each(|sentence| write!(formatter, "\n  {sentence}"))
    }
}
