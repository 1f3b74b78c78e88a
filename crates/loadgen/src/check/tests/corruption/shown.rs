//! Faults in what viewers show.

use super::{Fault, Victim, entry};
use crate::check::Rule;
use crate::history::{Content, Entry, Record, Seen};

pub(super) const FAULTS: [Fault; 6] = [
    Fault {
        name: "a viewer skips an entry",
        spoil: |victim| {
            let shown = shown_at_least(victim, 3)?;
            victim.records.remove(shown[1 + victim.chance.index(shown.len() - 2)]);
            Some(())
        },
        breaks: Rule::Gap,
        and_perhaps: &[],
    },
    Fault {
        name: "a viewer shows two entries in each other's place",
        spoil: |victim| {
            let shown = shown_at_least(victim, 2)?;
            let first = victim.chance.index(shown.len() - 1);
            victim.records.swap(shown[first], shown[first + 1]);
            Some(())
        },
        breaks: Rule::Order,
        and_perhaps: &[],
    },
    Fault {
        name: "a viewer shows an entry twice",
        spoil: |victim| {
            let place = victim.one(|record| matches!(record, Record::Seen(_)))?;
            victim.records.push(victim.records[place].clone());
            Some(())
        },
        breaks: Rule::Twice,
        and_perhaps: &[],
    },
    Fault {
        name: "a viewer shows another entry than is kept",
        spoil: |victim| {
            let place = victim.one(|record| match record {
                Record::Seen(seen) => victim.is_kept(&seen.room, seen.entry.seq),
                _ => false,
            })?;
            entry(&mut victim.records[place]).id.push('x');
            Some(())
        },
        breaks: Rule::Order,
        and_perhaps: &[],
    },
    Fault {
        name: "a viewer shows a phantom",
        spoil: |victim| {
            let place = victim.one(|record| match record {
                Record::Seen(seen) => {
                    let last = *victim.shown(seen).last().unwrap();
                    victim.is_kept(&seen.room, victim.seen(last).entry.seq)
                }
                _ => false,
            })?;
            let last = victim.seen(*victim.shown(&victim.seen(place)).last()?);
            let entry = Entry {
                seq: last.entry.seq + 1,
                id: "phantom".to_owned(),
                client_id: Some("phantom".to_owned()),
                content: Content::Text("phantom".to_owned()),
                ..last.entry
            };
            victim.records.push(Record::Seen(Seen { entry, ..last }));
            Some(())
        },
        breaks: Rule::Invented,
        and_perhaps: &[Rule::Lost, Rule::Order],
    },
    Fault {
        name: "a viewer shows an entry under another seq",
        spoil: |victim| {
            let last = *shown_at_least(victim, 2)?.last()?;
            entry(&mut victim.records[last]).seq += 1_000;
            Some(())
        },
        breaks: Rule::Gap,
        and_perhaps: &[Rule::Lost],
    },
];

/// Positions of what a viewer shows who shows so much.
fn shown_at_least(victim: &Victim, least: usize) -> Option<Vec<usize>> {
    let place = victim.one(|record| match record {
        Record::Seen(seen) => victim.shown(seen).len() >= least,
        _ => false,
    })?;
    Some(victim.shown(&victim.seen(place)))
}
