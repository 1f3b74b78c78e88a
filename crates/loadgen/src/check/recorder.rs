//! The recorder: a history that cannot be judged is not a good one.

use std::fmt;

use super::room::Room;
use super::{Contradiction, Message, Report};

/// What cannot be true of any server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recorder {
    /// Something is recorded about a room that is not.
    NoRoom {
        /// How many records speak of it.
        records: usize,
    },
    /// A room is recorded with two numbers of seats.
    TwoSizes {
        /// The first.
        first: u32,
        /// The other.
        other: u32,
    },
    /// An attempt ended before it began.
    Times {
        /// To send what.
        message: Message,
        /// When it began, in nanoseconds.
        begun: u64,
        /// When it ended, in nanoseconds.
        ended: u64,
    },
}

impl From<Recorder> for Contradiction {
    fn from(found: Recorder) -> Self {
        Self::Recorder(found)
    }
}

impl fmt::Display for Recorder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoRoom { records } => {
                write!(formatter, "{records} records speak of it, but none says that it was made")
            }
            Self::TwoSizes { first, other } => {
                write!(formatter, "there are {first} seats by one record and {other} by another")
            }
            Self::Times { message, begun, ended } => {
                write!(formatter, "{message} was sent at {begun} ns and had ended at {ended} ns")
            }
        }
    }
}

pub(super) fn check(room: &Room<'_>, report: Report<'_>) {
    let Some(first) = room.max() else {
        return report(Recorder::NoRoom { records: room.facts.records }.into());
    };
    for other in room.facts.sizes.iter().copied().filter(|size| *size != first) {
        report(Recorder::TwoSizes { first, other }.into());
    }
    for attempt in room.facts.attempts.iter().filter(|attempt| attempt.ended < attempt.begun) {
        let (message, begun, ended) =
            (room.message(attempt.message()), attempt.begun, attempt.ended);
        report(Recorder::Times { message, begun, ended }.into());
    }
}
