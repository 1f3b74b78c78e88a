//! Where the judge is asked.

use std::collections::HashMap;

use crate::history::{Kept, Outcome, Record};

/// What a history breaks of what the server promises, one sentence for each.
#[must_use]
pub fn violations(records: &[Record]) -> Vec<String> {
    let mut kept: HashMap<(&str, u64), &Kept> = HashMap::new();
    let mut max = HashMap::new();
    let mut last: HashMap<(&str, &str), u64> = HashMap::new();
    let mut violations = Vec::new();
    for record in records {
        match record {
            Record::Kept(entry) => drop(kept.insert((&entry.room, entry.entry.seq), entry)),
            Record::Room(room) => drop(max.insert(room.room.as_str(), room.max)),
            _ => {}
        }
    }
    for record in records {
        let holds = match record {
            Record::Sent(sent) => match &sent.outcome {
                Outcome::Ok { seq, id } => {
                    kept.get(&(sent.room.as_str(), *seq)).is_some_and(|kept| kept.entry.id == *id)
                }
                _ => true,
            },
            Record::Seen(seen) => {
                let seq = seen.entry.seq;
                let before = last.insert((&seen.room, &seen.viewer), seq);
                let follows = before.is_none_or(|before| before + 1 == seq);
                let is_kept = kept.get(&(seen.room.as_str(), seq));
                follows && is_kept.is_some_and(|kept| kept.entry == seen.entry)
            }
            Record::Seats(seats) => {
                max.get(seats.room.as_str()).is_some_and(|max| seats.count <= *max)
            }
            Record::Kept(entry) => {
                let seq = entry.entry.seq;
                seq == 1 || kept.contains_key(&(entry.room.as_str(), seq - 1))
            }
            Record::Room(_) => true,
        };
        if !holds {
            violations.push(format!("does not hold: {record:?}"));
        }
    }
    violations
}
