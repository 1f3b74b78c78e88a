//! Retry: one message has one answer, and its name stands for one text.

use std::fmt;

use super::room::{Room, acks};
use super::{Contradiction, Message, Place, Report};

/// What a retry was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Another place than before.
    OtherPlace {
        /// Which message.
        message: Message,
        /// The place of the first ack.
        first: Place,
        /// The place of this one.
        again: Place,
    },
    /// An ack, though it has another text than what was acknowledged before: not `conflict`.
    OtherText {
        /// Which message.
        message: Message,
        /// The text of the first ack.
        first: String,
        /// The text of this one.
        again: String,
        /// Where the server said that it stands.
        place: Place,
    },
}

impl From<Retry> for Contradiction {
    fn from(found: Retry) -> Self {
        Self::Retry(found)
    }
}

impl fmt::Display for Retry {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherPlace { message, first, again } => {
                write!(formatter, "{message} was acknowledged as {first}, and then as {again}")
            }
            Self::OtherText { message, first, again, place } => write!(
                formatter,
                "{message} was acknowledged with text {first:?}, and then with {again:?} as {place}"
            ),
        }
    }
}

pub(super) fn check(room: &Room<'_>, report: Report<'_>) {
    for attempts in room.messages() {
        let mut acks = acks(attempts);
        let Some(first) = acks.next() else {
            continue;
        };
        for ack in acks {
            let message = || room.message(first.attempt.message());
            if ack.attempt.text != first.attempt.text {
                let [first, again] = [&first, &ack].map(|ack| room.text(ack.attempt.text));
                let (message, place) = (message(), room.place(ack.spot));
                report(Retry::OtherText { message, first, again, place }.into());
            } else if ack.spot != first.spot {
                let [first, again] = [&first, &ack].map(|ack| room.place(ack.spot));
                report(Retry::OtherPlace { message: message(), first, again }.into());
            }
        }
    }
}
