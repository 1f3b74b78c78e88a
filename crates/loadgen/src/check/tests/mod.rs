//! The judge is proven by histories that break one rule each, next to ones that do not, and by many
//! random ones.

mod corruption;
mod gaps;
mod history;
mod invented;
mod lost;
mod model;
mod order;
mod random;
mod real_time;
mod recorder;
mod retry;
mod seats;
mod sentences;
mod twice;
mod verdict;

use super::{Contradiction, Message, Place, Rule, Testimony, Verdict, Witness, check};
use crate::history::Entry;
use history::{History, acknowledged_as, exit, failed, gif, join, ok, system, text, unknown};

fn verdict(history: &History) -> Verdict {
    check(&history.records)
}

/// The only thing that is wrong.
#[track_caller]
fn only(history: &History) -> Contradiction {
    let mut verdict = verdict(history);
    assert_eq!(verdict.broken.values().sum::<usize>(), 1, "{verdict}");
    verdict.violations.remove(0).contradiction
}

#[track_caller]
fn assert_fine(history: &History) {
    let verdict = verdict(history);
    assert!(verdict.is_fine(), "{verdict}");
}

/// The rules that are broken, and how often.
fn broken(history: &History) -> Vec<(Rule, usize)> {
    verdict(history).broken.into_iter().collect()
}

fn message(author: &str, client_id: &str) -> Message {
    Message { author: author.to_owned(), client_id: client_id.to_owned() }
}

fn place(seq: u64) -> Place {
    Place { seq, id: format!("id{seq}") }
}

fn viewer(name: &str) -> Witness {
    Witness::Viewer(name.to_owned())
}

fn told(witness: Witness, entry: Entry) -> Testimony {
    Testimony { witness, entry }
}
