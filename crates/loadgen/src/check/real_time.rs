//! Real time: what was acknowledged before another message was sent stands before it.

use std::fmt;

use super::facts::Attempt;
use super::room::{Room, acks};
use super::words::Word;
use super::{Contradiction, Message, Report};

/// The later message does not stand behind the earlier one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RealTime {
    /// What was acknowledged first.
    pub earlier: Message,
    /// Where it stands, as the server said.
    pub earlier_seq: u64,
    /// When it was acknowledged, in nanoseconds.
    pub acknowledged: u64,
    /// What was sent only then.
    pub later: Message,
    /// Where it stands.
    pub later_seq: u64,
    /// When its first attempt began, in nanoseconds.
    pub begun: u64,
}

impl From<RealTime> for Contradiction {
    fn from(found: RealTime) -> Self {
        Self::RealTime(found)
    }
}

impl fmt::Display for RealTime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { earlier, earlier_seq, acknowledged, later, later_seq, begun } = self;
        write!(
            formatter,
            "{earlier} was acknowledged as seq {earlier_seq} at {acknowledged} ns, \
             but {later}, which was first sent at {begun} ns, has seq {later_seq}"
        )
    }
}

/// When something is known of a message.
struct Moment {
    time: u64,
    seq: u64,
    message: (Word, Word),
}

/// A message is stored at the earliest when its first attempt begins, and at the latest when its
/// first ack arrives: what was not yet begun at an ack must stand behind it.
pub(super) fn check(room: &Room<'_>, report: Report<'_>) {
    let mut acknowledged: Vec<_> = room.messages().filter_map(first_ack).collect();
    let mut begun: Vec<_> =
        room.messages().filter_map(|attempts| first_begin(room, attempts)).collect();
    acknowledged.sort_unstable_by_key(|moment| (moment.time, moment.seq));
    begun.sort_unstable_by_key(|moment| (moment.time, moment.seq));
    let mut earlier = acknowledged.iter().peekable();
    let mut newest: Option<&Moment> = None;
    for later in &begun {
        while let Some(ack) = earlier.next_if(|ack| ack.time < later.time) {
            newest = newest.filter(|newest| newest.seq >= ack.seq).or(Some(ack));
        }
        let Some(newest) = newest.filter(|newest| newest.seq >= later.seq) else {
            continue;
        };
        // A message whose times are wrong is the recorder's fault.
        if newest.message != later.message {
            let found = RealTime {
                earlier: room.message(newest.message),
                earlier_seq: newest.seq,
                acknowledged: newest.time,
                later: room.message(later.message),
                later_seq: later.seq,
                begun: later.time,
            };
            report(found.into());
        }
    }
}

/// Other acks that say something else are a matter of retries.
fn first_ack(attempts: &[Attempt]) -> Option<Moment> {
    let first = acks(attempts).next()?;
    let same = acks(attempts).filter(|ack| ack.spot == first.spot);
    let time = same.map(|ack| ack.attempt.ended).min()?;
    Some(Moment { time, seq: first.spot.seq, message: first.attempt.message() })
}

/// Any attempt but a refused one may be what stored the message. One that was never acknowledged
/// stands where the log has it, if it has it.
fn first_begin(room: &Room<'_>, attempts: &[Attempt]) -> Option<Moment> {
    let stored = attempts.iter().filter(|attempt| attempt.may_have_stored());
    let time = stored.map(|attempt| attempt.begun).min()?;
    let message = attempts.first()?.message();
    let seq = match acks(attempts).next() {
        Some(ack) => ack.spot.seq,
        None => room.kept_as(message).next()?.entry.seq,
    };
    Some(Moment { time, seq, message })
}
