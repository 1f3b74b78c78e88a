//! Seats: who comes and goes by the log, and what the server counts.

use std::collections::HashSet;

use super::{Report, Room, Rule};
use crate::history::Content;

pub(super) fn check(room: &Room<'_>, report: Report<'_>) {
    let Some(max) = room.max else {
        return report(Rule::Recorder, "the room itself was not recorded".to_owned());
    };
    for count in room.counts.iter().filter(|count| **count > max) {
        report(Rule::Seats, format!("{count} of {max} seats are taken, says the server"));
    }
    // Who was there before the log begins is not known.
    if room.first() > 1 {
        return;
    }
    let mut people = HashSet::new();
    for entry in &room.kept {
        let (seq, author) = (entry.seq, entry.author.as_str());
        match entry.content {
            Content::Join if !people.insert(author) => {
                report(Rule::Seats, format!("{author} comes again at {seq}"));
            }
            Content::Exit if !people.remove(author) => {
                report(Rule::Seats, format!("{author} goes at {seq} without having come"));
            }
            Content::Text(_) | Content::Gif(_) if !people.contains(author) => {
                report(Rule::Seats, format!("{author} speaks at {seq} without a seat"));
            }
            _ => {}
        }
        if u32::try_from(people.len()).unwrap_or(u32::MAX) > max {
            report(Rule::Seats, format!("{} people hold {max} seats at {seq}", people.len()));
        }
    }
}
