//! Faults in what senders are told, and in what they have sent.

use super::{Fault, Victim, acknowledged, is_same_message, is_text};
use crate::check::Rule;
use crate::history::{Outcome, Record, Sent};

pub(super) const FAULTS: [Fault; 9] = [
    Fault {
        name: "two messages are acknowledged with each other's place",
        spoil: exchange_acks,
        breaks: Rule::Lost,
        and_perhaps: &[Rule::RealTime],
    },
    Fault {
        name: "a message is acknowledged with another id",
        spoil: |victim| {
            let place = once_acknowledged(victim, |_| true)?;
            let Outcome::Ok { id, .. } = &mut sent(victim, place).outcome else { return None };
            id.push('x');
            Some(())
        },
        breaks: Rule::Lost,
        and_perhaps: &[],
    },
    Fault {
        name: "a retry is acknowledged with another seq",
        spoil: |victim| {
            let place = victim.one(|record| match record {
                Record::Sent(sent) => victim.acks(sent).len() >= 2,
                _ => false,
            })?;
            let last = *victim.acks(&victim.sent(place)).last()?;
            let Outcome::Ok { seq, .. } = &mut sent(victim, last).outcome else { return None };
            *seq += 1;
            Some(())
        },
        breaks: Rule::Retry,
        and_perhaps: &[],
    },
    Fault {
        name: "another text is acknowledged under the same name",
        spoil: |victim| {
            let place = one_ack(victim)?;
            let other = Sent { text: "other".to_owned(), ..victim.sent(place) };
            victim.records.push(Record::Sent(other));
            Some(())
        },
        breaks: Rule::Retry,
        and_perhaps: &[],
    },
    Fault {
        name: "a message is kept that was refused",
        spoil: |victim| {
            for place in attempts_of_one_kept(victim)? {
                sent(victim, place).outcome = Outcome::Failed { error: "too_fast".to_owned() };
            }
            Some(())
        },
        breaks: Rule::Invented,
        and_perhaps: &[],
    },
    Fault {
        name: "a message is kept that was never sent",
        spoil: |victim| {
            for place in attempts_of_one_kept(victim)?.into_iter().rev() {
                victim.records.remove(place);
            }
            Some(())
        },
        breaks: Rule::Invented,
        and_perhaps: &[],
    },
    Fault {
        name: "a message was sent with another text",
        spoil: |victim| {
            let acknowledged = once_acknowledged(victim, |_| true)?;
            for place in victim.attempts(&victim.sent(acknowledged)) {
                sent(victim, place).text = "tampered".to_owned();
            }
            Some(())
        },
        breaks: Rule::Lost,
        and_perhaps: &[Rule::Invented],
    },
    Fault {
        name: "a message was sent long after others that stand behind it",
        spoil: |victim| {
            let later = victim.sent(one_ack_with_another_behind_it(victim)?);
            for place in victim.attempts(&later) {
                let sent = sent(victim, place);
                sent.begun += 1_000_000;
                sent.ended += 1_000_000;
            }
            Some(())
        },
        breaks: Rule::RealTime,
        and_perhaps: &[],
    },
    Fault {
        name: "an attempt ended before it began",
        spoil: |victim| {
            let place = victim
                .one(|record| matches!(record, Record::Sent(sent) if sent.begun < sent.ended))?;
            let sent = sent(victim, place);
            std::mem::swap(&mut sent.begun, &mut sent.ended);
            Some(())
        },
        breaks: Rule::Recorder,
        and_perhaps: &[Rule::RealTime],
    },
];

fn sent(victim: &mut Victim, place: usize) -> &mut Sent {
    match &mut victim.records[place] {
        Record::Sent(sent) => sent,
        other => panic!("{other:?}"),
    }
}

fn one_ack(victim: &Victim) -> Option<usize> {
    victim.one(|record| matches!(record, Record::Sent(sent) if acknowledged(sent).is_some()))
}

/// An ack of a message that is kept and has no other ack.
fn once_acknowledged(victim: &Victim, wanted: impl Fn(&Sent) -> bool) -> Option<usize> {
    victim.one(|record| match record {
        Record::Sent(sent) => {
            let is_kept = acknowledged(sent).is_some_and(|seq| victim.is_kept(&sent.room, seq));
            is_kept && victim.acks(sent).len() == 1 && wanted(sent)
        }
        _ => false,
    })
}

fn exchange_acks(victim: &mut Victim) -> Option<()> {
    let first = once_acknowledged(victim, |_| true)?;
    let message = victim.sent(first);
    let second = once_acknowledged(victim, |other| {
        other.room == message.room && !is_same_message(other, &message)
    })?;
    let outcome = std::mem::replace(&mut sent(victim, second).outcome, message.outcome);
    sent(victim, first).outcome = outcome;
    Some(())
}

/// Positions of all attempts of a message in a log.
fn attempts_of_one_kept(victim: &Victim) -> Option<Vec<usize>> {
    let place =
        victim.one(|record| matches!(record, Record::Kept(kept) if is_text(&kept.entry)))?;
    let kept = victim.kept(place);
    Some(victim.places(|record| {
        matches!(record, Record::Sent(sent) if sent.room == kept.room
            && sent.author == kept.entry.author
            && Some(&sent.client_id) == kept.entry.client_id.as_ref())
    }))
}

fn one_ack_with_another_behind_it(victim: &Victim) -> Option<usize> {
    victim.one(|record| match record {
        Record::Sent(sent) => acknowledged(sent).is_some_and(|seq| {
            victim.records.iter().any(|record| {
                matches!(record, Record::Sent(other) if other.room == sent.room
                    && acknowledged(other).is_some_and(|other| other > seq))
            })
        }),
        _ => false,
    })
}
