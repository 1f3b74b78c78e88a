//! Lost: what was acknowledged is kept, as it was sent, where the server said; and what was shown
//! is kept too, because a server shows nothing before it is on the disk.

use std::fmt;

use super::entries::Said;
use super::facts::Ack;
use super::room::{Room, acks};
use super::violation::Spoken;
use super::{Contradiction, Message, Place, Report, Testimony};
use crate::history::Entry;

/// What is lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lost {
    /// An acknowledged message is nowhere in the log.
    NotKept {
        /// Which.
        message: Message,
        /// Where it should be.
        acknowledged: Place,
        /// What is there instead.
        instead: Option<Entry>,
    },
    /// An acknowledged message is in the log, but not where the server said.
    KeptElsewhere {
        /// Which.
        message: Message,
        /// Where it should be.
        acknowledged: Place,
        /// Where it is.
        kept: Place,
    },
    /// The right entry is in the right place, but is not what was sent.
    KeptOtherwise {
        /// Which.
        message: Message,
        /// What it says.
        text: String,
        /// What is kept.
        kept: Entry,
    },
    /// A viewer has shown what is not in the log.
    Shown(Testimony),
}

impl From<Lost> for Contradiction {
    fn from(found: Lost) -> Self {
        Self::Lost(found)
    }
}

impl fmt::Display for Lost {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotKept { message, acknowledged, instead } => {
                write!(formatter, "{message} was acknowledged as {acknowledged}, but the log ")?;
                match instead {
                    Some(entry) => write!(formatter, "has {} instead", Spoken(entry)),
                    None => write!(formatter, "does not have it"),
                }
            }
            Self::KeptElsewhere { message, acknowledged, kept } => {
                write!(
                    formatter,
                    "{message} was acknowledged as {acknowledged}, but kept as {kept}"
                )
            }
            Self::KeptOtherwise { message, text, kept } => {
                let kept = Spoken(kept);
                write!(
                    formatter,
                    "{message} with text {text:?} was acknowledged, but kept is {kept}"
                )
            }
            Self::Shown(shown) => write!(formatter, "{shown}, but the log has nothing there"),
        }
    }
}

pub(super) fn check(room: &Room<'_>, report: Report<'_>) {
    for attempts in room.messages() {
        // Acks that contradict each other are a matter of retries: one of them has to be true.
        let is_kept = |ack: Ack<'_>| ack.spot.seq < room.first() || is_true(room, &ack);
        let Some(first) = acks(attempts).next() else {
            continue;
        };
        if !acks(attempts).any(is_kept) {
            report(lost(room, &first).into());
        }
    }
    let shown = room.facts.entries.all().iter();
    for told in shown.filter(|told| !told.is_kept && told.entry.seq >= room.first()) {
        // Where the log has something else, the two disagree, which is a matter of order.
        if room.kept_at(told.entry.seq).next().is_none() {
            report(Lost::Shown(room.testimony(told)).into());
        }
    }
}

/// How many were acknowledged as something that has left the log.
pub(super) fn before_log(room: &Room<'_>) -> usize {
    acks(&room.facts.attempts).filter(|ack| ack.spot.seq < room.first()).count()
}

fn is_true(room: &Room<'_>, ack: &Ack<'_>) -> bool {
    room.kept_at(ack.spot.seq).any(|told| {
        told.entry.id == ack.spot.id
            && told.message() == Some(ack.attempt.message())
            && told.entry.content == Said::Text(ack.attempt.text)
    })
}

fn lost(room: &Room<'_>, ack: &Ack<'_>) -> Lost {
    let message = room.message(ack.attempt.message());
    let acknowledged = room.place(ack.spot);
    let there = || room.kept_at(ack.spot.seq);
    if let Some(told) = there().find(|told| told.entry.id == ack.spot.id) {
        let (text, kept) = (room.text(ack.attempt.text), room.entry(told));
        return Lost::KeptOtherwise { message, text, kept };
    }
    if let Some(told) = room.kept_as(ack.attempt.message()).next() {
        return Lost::KeptElsewhere { message, acknowledged, kept: room.place(told.spot()) };
    }
    let instead = there().next().map(|told| room.entry(told));
    Lost::NotKept { message, acknowledged, instead }
}
