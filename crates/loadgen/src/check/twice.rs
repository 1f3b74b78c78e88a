//! Twice: the log has every message once, and every viewer shows every entry once.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::hash::Hash;

use super::entries::Told;
use super::facts::Spot;
use super::room::{List, Room};
use super::{Contradiction, Message, Place, Report, Witness};

/// What is there again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Twice {
    /// A `seq`.
    Seq {
        /// Where.
        witness: Witness,
        /// Which.
        seq: u64,
    },
    /// An id, under another `seq`.
    Id {
        /// Where.
        witness: Witness,
        /// Which.
        id: String,
        /// The `seq` that it had.
        first: u64,
        /// The one that it has too.
        again: u64,
    },
    /// A message, under another `seq`.
    Message {
        /// Where.
        witness: Witness,
        /// Which.
        message: Message,
        /// The place that it had.
        first: Place,
        /// The one that it has too.
        again: Place,
    },
}

impl From<Twice> for Contradiction {
    fn from(found: Twice) -> Self {
        Self::Twice(found)
    }
}

impl fmt::Display for Twice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seq { witness, seq } => write!(formatter, "{witness} has seq {seq} twice"),
            Self::Id { witness, id, first, again } => {
                write!(formatter, "{witness} has id {id} twice, at seq {first} and at seq {again}")
            }
            Self::Message { witness, message, first, again } => {
                write!(formatter, "{witness} has {message} twice, as {first} and as {again}")
            }
        }
    }
}

pub(super) fn check(room: &Room<'_>, report: Report<'_>) {
    let ids = repeated(room, |told| Some(told.entry.id));
    let messages = repeated(room, Told::message);
    for list in room.lists() {
        if !list.is_run() {
            seqs(&list, report);
        }
        for (id, first, again) in again(&list, &ids, |told| Some(told.entry.id)) {
            let (witness, id) = (list.witness(), room.text(id));
            report(Twice::Id { witness, id, first: first.seq, again: again.seq }.into());
        }
        for (message, first, again) in again(&list, &messages, Told::message) {
            let (witness, message) = (list.witness(), room.message(message));
            let [first, again] = [first, again].map(|spot| room.place(spot));
            report(Twice::Message { witness, message, first, again }.into());
        }
    }
}

fn seqs(list: &List<'_>, report: Report<'_>) {
    let mut known = HashSet::new();
    for seq in list.seqs().filter(|seq| !known.insert(*seq)) {
        report(Twice::Seq { witness: list.witness(), seq }.into());
    }
}

/// Keys of more than one entry, whoever tells it. Where all is well there are none, and no list
/// needs to be searched for them.
fn repeated<Key>(room: &Room<'_>, key: impl Fn(&Told) -> Option<Key>) -> HashSet<Key>
where
    Key: Copy + Ord + Hash,
{
    let mut keys: Vec<_> = room.facts.entries.all().iter().filter_map(key).collect();
    keys.sort_unstable();
    let pairs = keys.iter().zip(keys.iter().skip(1));
    pairs.filter(|(key, next)| key == next).map(|(key, _)| *key).collect()
}

/// Entries of a list whose key had another `seq` before.
fn again<Key>(
    list: &List<'_>,
    repeated: &HashSet<Key>,
    key: impl Fn(&Told) -> Option<Key>,
) -> Vec<(Key, Spot, Spot)>
where
    Key: Copy + Eq + Hash,
{
    if repeated.is_empty() {
        return Vec::new();
    }
    let mut known: HashMap<Key, Spot> = HashMap::new();
    let mut again = Vec::new();
    for told in list.entries() {
        let Some(key) = key(told).filter(|key| repeated.contains(key)) else {
            continue;
        };
        let first = *known.entry(key).or_insert(told.spot());
        if first.seq != told.entry.seq {
            again.push((key, first, told.spot()));
        }
    }
    again
}
