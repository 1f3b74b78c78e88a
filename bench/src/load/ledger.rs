//! What one member of a room received of what was said there: nothing lost, nothing twice, and what
//! one sender said in the order in which it was said.

use std::ops::Range;

/// How a message arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// After what the same sender said before, and before what it said later.
    InOrder,
    /// After something that the same sender said later.
    Late,
    /// Not for the first time.
    Repeated,
}

/// The messages of a room are numbered from 0; number `n` is said by sender `n` modulo the number of
/// senders. Memory is taken only for gaps.
#[derive(Debug)]
pub(crate) struct Ledger {
    /// By sender: the round in which it speaks next.
    next_rounds: Box<[u32]>,
    /// Rounds that were jumped over, with their sender.
    gaps: Vec<(usize, Range<u32>)>,
}

impl Ledger {
    /// Nothing was received yet.
    pub(crate) fn new(senders: u32) -> Self {
        let next_rounds = vec![0; usize::try_from(senders.max(1)).unwrap_or(1)];
        Self { next_rounds: next_rounds.into_boxed_slice(), gaps: Vec::new() }
    }

    /// Message `number` arrived.
    pub(crate) fn take(&mut self, number: u32) -> Arrival {
        let (sender, round) = self.place(number);
        let Some(next) = self.next_rounds.get_mut(sender) else { return Arrival::Repeated };
        if round >= *next {
            if round > *next {
                self.gaps.push((sender, *next..round));
            }
            *next = round + 1;
            return Arrival::InOrder;
        }
        self.fill(sender, round)
    }

    /// What is missing of the messages that were `said` so far.
    pub(crate) fn missing(&self, said: u32) -> u64 {
        let in_gaps: u64 = self.gaps.iter().map(|(_, gap)| u64::from(gap.end - gap.start)).sum();
        let (first_open, full_rounds) = self.place(said);
        let at_the_end = self.next_rounds.iter().enumerate().map(|(sender, next)| {
            let rounds = full_rounds + u32::from(sender < first_open);
            u64::from(rounds.saturating_sub(*next))
        });
        in_gaps + at_the_end.sum::<u64>()
    }

    fn place(&self, number: u32) -> (usize, u32) {
        let senders = u32::try_from(self.next_rounds.len()).unwrap_or(1);
        (usize::try_from(number % senders).unwrap_or(0), number / senders)
    }

    fn fill(&mut self, sender: usize, round: u32) -> Arrival {
        let holds = |(from, gap): &(usize, Range<u32>)| *from == sender && gap.contains(&round);
        let Some(index) = self.gaps.iter().position(holds) else { return Arrival::Repeated };
        let (_, gap) = self.gaps.swap_remove(index);
        for rest in [gap.start..round, round + 1..gap.end] {
            if !rest.is_empty() {
                self.gaps.push((sender, rest));
            }
        }
        Arrival::Late
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn received(senders: u32, numbers: &[u32]) -> (Ledger, Vec<Arrival>) {
        let mut ledger = Ledger::new(senders);
        let arrivals = numbers.iter().map(|number| ledger.take(*number)).collect();
        (ledger, arrivals)
    }

    #[test]
    fn nothing_is_missing_when_everything_came_in_order() {
        let (ledger, arrivals) = received(1, &[0, 1, 2, 3]);
        assert_eq!(arrivals, [Arrival::InOrder; 4]);
        assert_eq!(ledger.missing(4), 0);
        assert_eq!(ledger.missing(6), 2);
    }

    #[test]
    fn a_gap_is_a_loss_until_it_is_filled_and_then_a_reordering() {
        let (mut ledger, arrivals) = received(1, &[0, 4, 2]);
        assert_eq!(arrivals, [Arrival::InOrder, Arrival::InOrder, Arrival::Late]);
        assert_eq!(ledger.missing(5), 2);
        assert_eq!((ledger.take(1), ledger.take(3)), (Arrival::Late, Arrival::Late));
        assert_eq!(ledger.missing(5), 0);
    }

    #[test]
    fn a_message_that_comes_again_is_a_repeat() {
        let (_, arrivals) = received(1, &[0, 3, 1, 1, 0]);
        assert_eq!(arrivals[3..], [Arrival::Repeated, Arrival::Repeated]);
    }

    #[test]
    fn senders_may_overtake_each_other_but_not_themselves() {
        let (ledger, arrivals) = received(3, &[1, 0, 2, 5, 4, 3]);
        assert_eq!(arrivals, [Arrival::InOrder; 6]);
        assert_eq!(ledger.missing(6), 0);
        let (ledger, arrivals) = received(3, &[3, 0]);
        assert_eq!(arrivals, [Arrival::InOrder, Arrival::Late]);
        assert_eq!(ledger.missing(5), 3);
    }
}
