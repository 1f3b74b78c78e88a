//! Faults in the log.

use super::{Fault, Victim, entry, is_text};
use crate::check::Rule;
use crate::history::{Content, Entry, Kept, Record};

pub(super) const FAULTS: [Fault; 13] = [
    Fault {
        name: "an entry is missing from the middle of the log",
        spoil: |victim| {
            let [_, place, _] = three_in_a_row(victim)?;
            victim.records.remove(place);
            Some(())
        },
        breaks: Rule::Gap,
        and_perhaps: &[Rule::Lost, Rule::Seats],
    },
    Fault {
        name: "the end of the log is missing",
        spoil: lose_the_last,
        breaks: Rule::Lost,
        and_perhaps: &[],
    },
    Fault {
        name: "two entries stand in each other's place in the log",
        spoil: |victim| {
            let [place, next] = two_in_a_row(victim, |_| true)?;
            victim.records.swap(place, next);
            Some(())
        },
        breaks: Rule::Order,
        and_perhaps: &[Rule::Seats],
    },
    Fault {
        name: "two entries have each other's seq",
        spoil: exchange_seqs,
        breaks: Rule::Order,
        and_perhaps: &[Rule::Lost, Rule::RealTime, Rule::Seats],
    },
    Fault {
        name: "a text is kept as another",
        spoil: |victim| change_a_text(victim, |entry| entry.content = phantom()),
        breaks: Rule::Invented,
        and_perhaps: &[Rule::Lost, Rule::Order],
    },
    Fault {
        name: "a text is kept, and shown to all, as another",
        spoil: change_for_all,
        breaks: Rule::Invented,
        and_perhaps: &[Rule::Lost],
    },
    Fault {
        name: "a text is kept as somebody else's",
        spoil: |victim| change_a_text(victim, |entry| entry.author = "stranger".to_owned()),
        breaks: Rule::Invented,
        and_perhaps: &[Rule::Lost, Rule::Order, Rule::Seats],
    },
    Fault {
        name: "a text is kept under another name",
        spoil: |victim| change_a_text(victim, |entry| entry.client_id = Some("new".to_owned())),
        breaks: Rule::Invented,
        and_perhaps: &[Rule::Lost, Rule::Order],
    },
    Fault {
        name: "an entry is kept twice",
        spoil: |victim| {
            let place = victim.one(|record| matches!(record, Record::Kept(_)))?;
            victim.records.insert(place, victim.records[place].clone());
            Some(())
        },
        breaks: Rule::Twice,
        and_perhaps: &[Rule::Seats],
    },
    Fault {
        name: "a message is stored again",
        spoil: |victim| {
            let kept = victim.kept(one_text(victim)?);
            victim.append(&kept.room, kept.entry);
            Some(())
        },
        breaks: Rule::Twice,
        and_perhaps: &[Rule::Seats],
    },
    Fault {
        name: "an entry has another seq",
        spoil: |victim| {
            let [place, _] = two_in_a_row(victim, |_| true)?;
            entry(&mut victim.records[place]).seq += 1_000;
            Some(())
        },
        breaks: Rule::Gap,
        and_perhaps: &[Rule::Lost, Rule::Order, Rule::RealTime, Rule::Seats],
    },
    Fault {
        name: "an acknowledged message has another id",
        spoil: |victim| {
            let place = victim.one(|record| match record {
                Record::Kept(kept) => victim.is_acknowledged(&kept.room, kept.entry.seq),
                _ => false,
            })?;
            entry(&mut victim.records[place]).id.push('x');
            Some(())
        },
        breaks: Rule::Lost,
        and_perhaps: &[Rule::Order],
    },
    Fault {
        name: "a phantom is kept",
        spoil: |victim| {
            let kept = victim.kept(one_text(victim)?);
            let client_id = Some("phantom".to_owned());
            victim.append(&kept.room, Entry { client_id, content: phantom(), ..kept.entry });
            Some(())
        },
        breaks: Rule::Invented,
        and_perhaps: &[Rule::Seats],
    },
];

fn phantom() -> Content {
    Content::Text("phantom".to_owned())
}

fn one_text(victim: &Victim) -> Option<usize> {
    victim.one(|record| matches!(record, Record::Kept(kept) if is_text(&kept.entry)))
}

/// Positions of neighbours in a log.
fn two_in_a_row(victim: &Victim, wanted: impl Fn(&Kept) -> bool) -> Option<[usize; 2]> {
    let next_of = |kept: &Kept| {
        let mut log = victim.log(&kept.room).into_iter();
        log.find(|place| victim.kept(*place).entry.seq > kept.entry.seq)
    };
    let place = victim.one(|record| match record {
        Record::Kept(kept) => wanted(kept) && next_of(kept).is_some(),
        _ => false,
    })?;
    Some([place, next_of(&victim.kept(place))?])
}

fn three_in_a_row(victim: &Victim) -> Option<[usize; 3]> {
    let (room, _) = victim.one_room(|room| victim.log(room).len() >= 3)?;
    let log = victim.log(&room);
    let start = victim.chance.index(log.len() - 2);
    log[start..start + 3].try_into().ok()
}

fn lose_the_last(victim: &mut Victim) -> Option<()> {
    let is_known = |room: &str| {
        let log = victim.log(room);
        let seq = log.last().map(|place| victim.kept(*place).entry.seq);
        seq.is_some_and(|seq| victim.is_seen(room, seq) || victim.is_acknowledged(room, seq))
    };
    let (room, _) = victim.one_room(is_known)?;
    let place = *victim.log(&room).last()?;
    victim.records.remove(place);
    Some(())
}

fn exchange_seqs(victim: &mut Victim) -> Option<()> {
    let [place, next] = two_in_a_row(victim, |kept| victim.is_seen(&kept.room, kept.entry.seq))?;
    let [seq, next_seq] = [place, next].map(|place| victim.kept(place).entry.seq);
    entry(&mut victim.records[place]).seq = next_seq;
    entry(&mut victim.records[next]).seq = seq;
    victim.records.swap(place, next);
    Some(())
}

fn change_a_text(victim: &mut Victim, change: impl Fn(&mut Entry)) -> Option<()> {
    let place = one_text(victim)?;
    change(entry(&mut victim.records[place]));
    Some(())
}

fn change_for_all(victim: &mut Victim) -> Option<()> {
    let kept = victim.kept(one_text(victim)?);
    for record in &mut victim.records {
        match record {
            Record::Kept(other) if *other == kept => other.entry.content = phantom(),
            Record::Seen(seen) if seen.room == kept.room && seen.entry == kept.entry => {
                seen.entry.content = phantom();
            }
            _ => {}
        }
    }
    Some(())
}
