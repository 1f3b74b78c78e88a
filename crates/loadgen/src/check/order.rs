//! Order: everybody tells the same of each `seq`, and shows entries in that order.

use std::collections::HashSet;
use std::fmt;

use super::room::{List, Room};
use super::{Contradiction, Report, Testimony, Witness};

/// What is out of order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// Two tell different things of the same `seq`.
    Disagree {
        /// The one.
        one: Box<Testimony>,
        /// The other.
        other: Box<Testimony>,
    },
    /// A `seq` comes only behind a higher one.
    Backwards {
        /// Where.
        witness: Witness,
        /// The higher one.
        before: u64,
        /// What comes late.
        seq: u64,
    },
}

impl From<Order> for Contradiction {
    fn from(found: Order) -> Self {
        Self::Order(found)
    }
}

impl fmt::Display for Order {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Disagree { one, other } => write!(formatter, "{one}, but {other}"),
            Self::Backwards { witness, before, seq } => {
                write!(formatter, "{witness} has seq {seq} only after seq {before}")
            }
        }
    }
}

pub(super) fn check(room: &Room<'_>, report: Report<'_>) {
    for (first, other) in room.facts.entries.disputes() {
        let [one, other] = [first, other].map(|told| Box::new(room.testimony(told)));
        report(Order::Disagree { one, other }.into());
    }
    for list in room.lists().filter(|list| !list.is_run()) {
        backwards(&list, report);
    }
}

fn backwards(list: &List<'_>, report: Report<'_>) {
    let (mut known, mut highest) = (HashSet::new(), 0);
    for seq in list.seqs() {
        // What was there already is a repeat, not late.
        if known.insert(seq) && seq < highest {
            report(Order::Backwards { witness: list.witness(), before: highest, seq }.into());
        }
        highest = highest.max(seq);
    }
}
