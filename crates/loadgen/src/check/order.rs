//! What viewers show: the log, in its order, without a gap and without a repeat.

use std::collections::{HashMap, HashSet};

use super::{Report, Room, Rule};
use crate::history::Entry;

pub(super) fn check(room: &Room<'_>, report: Report<'_>) {
    // The first to be told of a `seq` says what stands there; everybody else must agree.
    let mut known: HashMap<u64, &Entry> = room.kept_at();
    let head = room.kept.last().map_or(u64::MAX, |entry| entry.seq);
    for (viewer, entries) in &room.seen {
        let (mut places, mut ids) = (HashSet::new(), HashSet::new());
        let mut last: Option<u64> = None;
        for entry in entries {
            let seq = entry.seq;
            if !places.insert(seq) || !ids.insert(entry.id.as_str()) {
                report(Rule::Twice, format!("{viewer} showed {seq} {} again", entry.id));
            } else if last.is_some_and(|last| seq < last) {
                report(Rule::Order, format!("{viewer} showed {seq} after {last:?}"));
            } else if last.is_some_and(|last| seq > last + 1) {
                report(Rule::Gap, format!("{viewer} showed {seq} right after {last:?}"));
            }
            last = Some(last.map_or(seq, |last| last.max(seq)));
            let first = *known.entry(seq).or_insert(entry);
            if first != *entry {
                report(Rule::Order, format!("{viewer} showed {entry:?}; others {first:?}"));
            } else if seq > head {
                report(Rule::Lost, format!("{viewer} showed {seq}, which is not kept"));
            }
        }
    }
}
