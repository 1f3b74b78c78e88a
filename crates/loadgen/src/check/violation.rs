//! What a judge can find, and how it is said.

use std::fmt;

use super::{Gap, Invented, Lost, Order, RealTime, Recorder, Retry, Seats, Twice};
use crate::history::{Content, Entry};

/// What the server promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// What was acknowledged, or shown, is in the log: as it was sent, where the server said.
    Lost,
    /// What is in the log, or was shown, was sent.
    Invented,
    /// An entry is in the log once, and shown once by each viewer.
    Twice,
    /// Everybody tells the same of each `seq`, and shows entries in that order.
    Order,
    /// The log has no gap, and what a viewer shows has none.
    Gap,
    /// What was acknowledged before another was sent stands before it.
    RealTime,
    /// A retry is answered as the first try was, and other content under the same name is refused.
    Retry,
    /// There are never more people than seats; everybody comes before talking and going.
    Seats,
    /// The history itself can be judged.
    Recorder,
}

impl fmt::Display for Rule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Lost => "lost",
            Self::Invented => "invented",
            Self::Twice => "twice",
            Self::Order => "order",
            Self::Gap => "gap",
            Self::RealTime => "real time",
            Self::Retry => "retry",
            Self::Seats => "seats",
            Self::Recorder => "recorder",
        })
    }
}

/// What contradicts what, by the rule that it breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each says no more than its rule")]
pub enum Contradiction {
    Lost(Lost),
    Invented(Invented),
    Twice(Twice),
    Order(Order),
    Gap(Gap),
    RealTime(RealTime),
    Retry(Retry),
    Seats(Seats),
    Recorder(Recorder),
}

impl Contradiction {
    /// The rule that is broken.
    #[must_use]
    pub fn rule(&self) -> Rule {
        match self {
            Self::Lost(_) => Rule::Lost,
            Self::Invented(_) => Rule::Invented,
            Self::Twice(_) => Rule::Twice,
            Self::Order(_) => Rule::Order,
            Self::Gap(_) => Rule::Gap,
            Self::RealTime(_) => Rule::RealTime,
            Self::Retry(_) => Rule::Retry,
            Self::Seats(_) => Rule::Seats,
            Self::Recorder(_) => Rule::Recorder,
        }
    }
}

impl fmt::Display for Contradiction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lost(found) => found.fmt(formatter),
            Self::Invented(found) => found.fmt(formatter),
            Self::Twice(found) => found.fmt(formatter),
            Self::Order(found) => found.fmt(formatter),
            Self::Gap(found) => found.fmt(formatter),
            Self::RealTime(found) => found.fmt(formatter),
            Self::Retry(found) => found.fmt(formatter),
            Self::Seats(found) => found.fmt(formatter),
            Self::Recorder(found) => found.fmt(formatter),
        }
    }
}

/// A contradiction in the history of a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Where.
    pub room: String,
    /// What contradicts what.
    pub contradiction: Contradiction,
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (rule, room) = (self.contradiction.rule(), &self.room);
        write!(formatter, "{rule}: room {room}: {}", self.contradiction)
    }
}

/// A message, as its sender names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The sender's author id.
    pub author: String,
    /// The sender's own name for it.
    pub client_id: String,
}

impl fmt::Display for Message {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "message {:?} of {}", self.client_id, self.author)
    }
}

/// Where an entry stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its `seq`.
    pub seq: u64,
    /// Its id.
    pub id: String,
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "seq {} with id {}", self.seq, self.id)
    }
}

/// Who tells of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Witness {
    /// The log, as it was read at the end.
    Log,
    /// A viewer, by name.
    Viewer(String),
}

impl fmt::Display for Witness {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Log => formatter.write_str("the log"),
            Self::Viewer(name) => write!(formatter, "viewer {name}"),
        }
    }
}

/// An entry, and who tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Testimony {
    /// Who.
    pub witness: Witness,
    /// What.
    pub entry: Entry,
}

impl fmt::Display for Testimony {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} has {}", self.witness, Spoken(&self.entry))
    }
}

/// An entry in a sentence.
pub(super) struct Spoken<'entry>(pub(super) &'entry Entry);

impl fmt::Display for Spoken<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Entry { seq, id, author, client_id, content } = self.0;
        match content {
            Content::Text(text) => write!(formatter, "text {text:?}")?,
            Content::Gif(name) => write!(formatter, "GIF {name}")?,
            Content::Join => formatter.write_str("join")?,
            Content::Exit => formatter.write_str("exit")?,
            Content::System(kind) => write!(formatter, "system line {kind}")?,
        }
        write!(formatter, " of {author} at seq {seq} with id {id}")?;
        match client_id {
            Some(name) => write!(formatter, " and client id {name:?}"),
            None => Ok(()),
        }
    }
}
