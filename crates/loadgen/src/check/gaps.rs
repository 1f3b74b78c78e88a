//! Gaps: the log has every `seq` from its first to its last, and so has what a viewer shows,
//! wherever it begins.

use std::fmt;

use super::room::Room;
use super::{Contradiction, Report, Witness};

/// What is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gap {
    /// Everything between two.
    Between {
        /// Where.
        witness: Witness,
        /// The last before the gap.
        before: u64,
        /// The first after it.
        after: u64,
    },
    /// A log begins with 1, and nothing stands before.
    Zero {
        /// Where it does.
        witness: Witness,
    },
}

impl From<Gap> for Contradiction {
    fn from(found: Gap) -> Self {
        Self::Gap(found)
    }
}

impl fmt::Display for Gap {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Between { witness, before, after } => {
                write!(formatter, "{witness} has nothing between seq {before} and seq {after}")
            }
            Self::Zero { witness } => write!(formatter, "{witness} has seq 0; the first is 1"),
        }
    }
}

pub(super) fn check(room: &Room<'_>, report: Report<'_>) {
    for list in room.lists() {
        if list.seqs().any(|seq| seq == 0) {
            report(Gap::Zero { witness: list.witness() }.into());
        }
        if list.is_run() {
            continue;
        }
        let mut seqs: Vec<_> = list.seqs().collect();
        seqs.sort_unstable();
        for (before, after) in seqs.iter().copied().zip(seqs.iter().copied().skip(1)) {
            if after - before > 1 {
                report(Gap::Between { witness: list.witness(), before, after }.into());
            }
        }
    }
}
