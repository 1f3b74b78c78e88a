//! Invented: every text in the log, or shown, is one that somebody tried to send, and not in vain.
//!
//! Only texts are recorded as attempts: GIFs and system lines are not judged.

use std::fmt;

use super::entries::{Said, Told};
use super::facts::Attempt;
use super::room::Room;
use super::{Contradiction, Report, Testimony};

/// An entry that nobody has sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invented {
    /// What it is, and who tells of it.
    pub told: Testimony,
    /// Why it is known to be nobody's.
    pub why: Unsent,
}

/// Why an entry is known to be nobody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsent {
    /// Its author never sent anything under its name.
    Never,
    /// Its author sent other texts under its name.
    OtherText,
    /// Every attempt to send it was refused, and has stored nothing.
    Refused,
}

impl From<Invented> for Contradiction {
    fn from(found: Invented) -> Self {
        Self::Invented(found)
    }
}

impl fmt::Display for Invented {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = match self.why {
            Unsent::Never => "its author never sent",
            Unsent::OtherText => "its author sent with another text",
            Unsent::Refused => "was refused at every attempt",
        };
        write!(formatter, "{}, which {why}", self.told)
    }
}

pub(super) fn check(room: &Room<'_>, report: Report<'_>) {
    let told = room.facts.entries.all().iter();
    for told in told.filter(|told| told.entry.seq >= room.first()) {
        if let Some(why) = unsent(room, told) {
            report(Invented { told: room.testimony(told), why }.into());
        }
    }
}

fn unsent(room: &Room<'_>, told: &Told) -> Option<Unsent> {
    let Said::Text(text) = told.entry.content else {
        return None;
    };
    let attempts = told.message().map(|message| room.attempts(message)).unwrap_or_default();
    let mut same = attempts.iter().filter(|attempt| attempt.text == text).peekable();
    match (attempts, same.peek()) {
        ([], _) => Some(Unsent::Never),
        (_, None) => Some(Unsent::OtherText),
        _ => (!same.any(Attempt::may_have_stored)).then_some(Unsent::Refused),
    }
}
