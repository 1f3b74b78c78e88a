//! What senders know against what is kept: nothing is lost, and a retry changes nothing.

use std::collections::HashMap;

use super::{Report, Room, Rule};
use crate::history::{Content, Entry, Outcome, Sent};

pub(super) fn check(room: &Room<'_>, report: Report<'_>) {
    let (kept, first) = (room.kept_at(), room.first());
    let mut order = Vec::new();
    for ((author, name), attempts) in room.attempts() {
        let mut acks = attempts.iter().filter_map(|sent| match &sent.outcome {
            Outcome::Ok { seq, id } => Some((*sent, *seq, id.as_str())),
            _ => None,
        });
        let Some((sent, seq, id)) = acks.next() else {
            continue;
        };
        for (again, other_seq, other_id) in acks {
            if (other_seq, other_id) != (seq, id) {
                report(
                    Rule::Retry,
                    format!(
                        "{name} of {author} was answered {seq} {id}, then {other_seq} {other_id}"
                    ),
                );
            } else if again.text != sent.text {
                let what = format!("{name} of {author} was acknowledged with two contents");
                report(Rule::Retry, what);
            }
        }
        if seq >= first {
            lost(sent, (seq, id), &kept, report);
        }
        order.push((attempts, seq));
    }
    real_time(order, report);
}

fn lost(sent: &Sent, (seq, id): (u64, &str), kept: &HashMap<u64, &Entry>, report: Report<'_>) {
    let name = &sent.client_id;
    let Some(entry) = kept.get(&seq) else {
        return report(Rule::Lost, format!("{name} was acknowledged as {seq}, which is not kept"));
    };
    let as_sent = entry.id == id
        && entry.author == sent.author
        && entry.client_id.as_deref() == Some(name)
        && entry.content == Content::Text(sent.text.clone());
    if !as_sent {
        report(Rule::Lost, format!("{name} was acknowledged as {seq} {id}; kept is {entry:?}"));
    }
}

/// A message exists from the begin of its first attempt, at the earliest, to its first ack, at the latest:
/// whatever began after that ack must stand behind it.
fn real_time(messages: Vec<(Vec<&Sent>, u64)>, report: Report<'_>) {
    let mut begins = Vec::with_capacity(messages.len());
    let mut acks = Vec::with_capacity(messages.len());
    for (attempts, seq) in messages {
        let begun = attempts.iter().map(|sent| sent.begun).min().unwrap_or_default();
        let acknowledged =
            attempts.iter().filter(|sent| matches!(sent.outcome, Outcome::Ok { .. }));
        let ended = acknowledged.map(|sent| sent.ended).min().unwrap_or(u64::MAX);
        begins.push((begun, seq));
        acks.push((ended, seq));
    }
    begins.sort_unstable();
    acks.sort_unstable();
    let (mut newest, mut before) = (0, acks.into_iter().peekable());
    for (begun, seq) in begins {
        while let Some((_, acknowledged)) = before.next_if(|(ended, _)| *ended < begun) {
            newest = newest.max(acknowledged);
        }
        if seq < newest {
            report(Rule::RealTime, format!("{seq} was sent after {newest} was acknowledged"));
        }
    }
}
