//! Faults in who is in a room, and in what is known of it.

use super::{Fault, Victim};
use crate::check::Rule;
use crate::check::tests::history::{exit, join};
use crate::history::{Content, Record, Room, Seats};

pub(super) const FAULTS: [Fault; 7] = [
    Fault {
        name: "one more joins than there are seats",
        spoil: |victim| {
            let (room, max) = victim.one_room(|_| true)?;
            for number in 0..=max {
                victim.append(&room, join(0, &format!("stranger {number}")));
            }
            Some(())
        },
        breaks: Rule::Seats,
        and_perhaps: &[],
    },
    Fault {
        name: "somebody joins who is there",
        spoil: |victim| {
            let (room, author) = one_person(victim, |last| *last == Content::Join)?;
            victim.append(&room, join(0, &author));
            Some(())
        },
        breaks: Rule::Seats,
        and_perhaps: &[],
    },
    Fault {
        name: "somebody exits who is not there",
        spoil: |victim| {
            let (room, author) = one_person(victim, |last| *last == Content::Exit)?;
            victim.append(&room, exit(0, &author));
            Some(())
        },
        breaks: Rule::Seats,
        and_perhaps: &[],
    },
    Fault {
        name: "the server counts more people than seats",
        spoil: |victim| {
            let (room, max) = victim.one_room(|_| true)?;
            victim.records.push(Record::Seats(Seats { room, count: max + 1 }));
            Some(())
        },
        breaks: Rule::Seats,
        and_perhaps: &[],
    },
    Fault {
        name: "a room had no seats at all",
        spoil: |victim| {
            let (room, author) = one_person(victim, |last| *last == Content::Join)?;
            assert!(!author.is_empty());
            for record in &mut victim.records {
                if let Record::Room(other) = record
                    && other.room == room
                {
                    other.max = 0;
                }
            }
            Some(())
        },
        breaks: Rule::Seats,
        and_perhaps: &[],
    },
    Fault {
        name: "a room was not recorded",
        spoil: |victim| {
            let (room, _) = victim.one_room(|room| !victim.log(room).is_empty())?;
            victim
                .records
                .retain(|record| !matches!(record, Record::Room(other) if other.room == room));
            Some(())
        },
        breaks: Rule::Recorder,
        and_perhaps: &[],
    },
    Fault {
        name: "a room was recorded with two sizes",
        spoil: |victim| {
            let (room, max) = victim.one_room(|_| true)?;
            victim.records.push(Record::Room(Room { room, max: max + 1 }));
            Some(())
        },
        breaks: Rule::Recorder,
        and_perhaps: &[],
    },
];

/// Somebody whose last coming or going in a log is as wanted, and the room.
fn one_person(victim: &Victim, wanted: impl Fn(&Content) -> bool) -> Option<(String, String)> {
    let place = victim.one(|record| match record {
        Record::Kept(kept) if wanted(&kept.entry.content) => {
            let later = victim.log(&kept.room).into_iter().map(|place| victim.kept(place).entry);
            let mut of_person = later.filter(|later| {
                later.author == kept.entry.author
                    && later.seq > kept.entry.seq
                    && matches!(later.content, Content::Join | Content::Exit)
            });
            of_person.next().is_none()
        }
        _ => false,
    })?;
    let kept = victim.kept(place);
    Some((kept.room, kept.entry.author))
}
