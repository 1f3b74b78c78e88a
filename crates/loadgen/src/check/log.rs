//! The log by itself, and against what was sent: no gap, nothing twice, nothing invented.

use std::collections::{HashMap, HashSet};

use super::{Name, Report, Room, Rule};
use crate::history::{Content, Entry, Outcome, Sent};

pub(super) fn check(room: &Room<'_>, report: Report<'_>) {
    let mut expected = room.first();
    let (mut ids, mut names) = (HashSet::new(), HashMap::new());
    for entry in &room.kept {
        if entry.seq != expected {
            report(Rule::Gap, format!("{} stands where {expected} belongs", entry.seq));
        }
        expected = entry.seq.saturating_add(1);
        if !ids.insert(entry.id.as_str()) {
            report(Rule::Twice, format!("{} is kept under two places", entry.id));
        }
        if let Some(name) = &entry.client_id
            && let Some(other) = names.insert((entry.author.as_str(), name.as_str()), entry.seq)
        {
            let author = &entry.author;
            report(Rule::Twice, format!("{name} of {author} is kept as {other} and {}", entry.seq));
        }
    }
    let attempts = room.attempts();
    let seen = room.seen.values().flatten();
    for entry in room.kept.iter().chain(seen) {
        if !was_sent(entry, &attempts) {
            report(Rule::Invented, format!("nobody has sent {entry:?}"));
        }
    }
}

/// Whether some attempt that may have been stored said this. Only texts are recorded as attempts.
fn was_sent(entry: &Entry, attempts: &HashMap<Name<'_>, Vec<&Sent>>) -> bool {
    let Content::Text(text) = &entry.content else {
        return true;
    };
    let name = entry.client_id.as_deref().unwrap_or_default();
    let attempts = attempts.get(&(entry.author.as_str(), name));
    let mut stored = attempts.into_iter().flatten().filter(|sent| match sent.outcome {
        Outcome::Ok { .. } | Outcome::Unknown => true,
        Outcome::Failed { .. } => false,
    });
    stored.any(|sent| sent.text == *text)
}
