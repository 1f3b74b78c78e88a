//! Seats: never more people than seats, by the log and by what the server counts; and everybody
//! comes before talking and going.

use std::collections::HashSet;
use std::fmt;

use super::entries::Said;
use super::room::Room;
use super::words::Word;
use super::{Contradiction, Report};

/// What is wrong with the seats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seats {
    /// By the log there are more people than seats.
    TooMany {
        /// Since when.
        seq: u64,
        /// How many people.
        people: usize,
        /// How many seats.
        max: u32,
    },
    /// Somebody comes who is there.
    JoinsAgain {
        /// When.
        seq: u64,
        /// Who.
        author: String,
    },
    /// Somebody goes who is not there.
    ExitsAbsent {
        /// When.
        seq: u64,
        /// Who.
        author: String,
    },
    /// Somebody talks who is not there.
    TalksAbsent {
        /// When.
        seq: u64,
        /// Who.
        author: String,
    },
    /// The server itself said that more seats are taken than there are.
    Counted {
        /// How many are taken.
        count: u32,
        /// How many there are.
        max: u32,
    },
}

impl From<Seats> for Contradiction {
    fn from(found: Seats) -> Self {
        Self::Seats(found)
    }
}

impl fmt::Display for Seats {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooMany { seq, people, max } => {
                write!(formatter, "at seq {seq} there are {people} people on {max} seats")
            }
            Self::JoinsAgain { seq, author } => {
                write!(formatter, "{author} joins at seq {seq}, but is there already")
            }
            Self::ExitsAbsent { seq, author } => {
                write!(formatter, "{author} exits at seq {seq}, but is not there")
            }
            Self::TalksAbsent { seq, author } => {
                write!(formatter, "{author} talks at seq {seq}, but is not there")
            }
            Self::Counted { count, max } => {
                write!(formatter, "the server said that {count} of {max} seats are taken")
            }
        }
    }
}

pub(super) fn check(room: &Room<'_>, report: Report<'_>) {
    // A room of which nobody knows the size is a matter of the recorder.
    let max = room.max();
    let counts = room.facts.seats.iter().copied();
    for (count, max) in counts.filter_map(|count| Some((count, max?))) {
        if count > max {
            report(Seats::Counted { count, max }.into());
        }
    }
    let too_many = |seq, people: &HashSet<Word>| {
        let (people, max) = (people.len(), max?);
        let is_more = u32::try_from(people).map_or(true, |people| people > max);
        is_more.then_some(Seats::TooMany { seq, people, max })
    };
    let mut people = if room.first() > 1 { there_before(room) } else { HashSet::new() };
    if let Some(found) = too_many(room.first(), &people) {
        report(found.into());
    }
    for told in room.log() {
        let (seq, person) = (told.entry.seq, told.entry.author);
        let author = || room.text(person);
        match told.entry.content {
            Said::Join if people.insert(person) => {
                if let Some(found) = too_many(seq, &people) {
                    report(found.into());
                }
            }
            Said::Join => report(Seats::JoinsAgain { seq, author: author() }.into()),
            Said::Exit if !people.remove(&person) => {
                report(Seats::ExitsAbsent { seq, author: author() }.into());
            }
            _ if told.is_said() && !people.contains(&person) => {
                report(Seats::TalksAbsent { seq, author: author() }.into());
            }
            _ => {}
        }
    }
}

/// Who must have been there when the log begins, because they talk or go without having come.
fn there_before(room: &Room<'_>) -> HashSet<Word> {
    let (mut known, mut people) = (HashSet::new(), HashSet::new());
    for told in room.log() {
        let comes = told.entry.content == Said::Join;
        let does = comes || told.entry.content == Said::Exit || told.is_said();
        if does && known.insert(told.entry.author) && !comes {
            people.insert(told.entry.author);
        }
    }
    people
}
