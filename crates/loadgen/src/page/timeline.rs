//! A room's log as far as a page shows it: every entry once, in the order of `seq`.
//!
//! This is `web/src/room/timeline.ts` for a page that keeps nothing but its place, and that asks
//! for what is missing when live entries jump.

use std::collections::BTreeMap;

use crate::client::wire::{Entry, Joined};

/// Entries that may wait for what comes before them, and those that may come while a join is under
/// way. Beyond, the page starts a new connection.
const WAITING_MAX: usize = 20_000;

/// What a page has to do after it was told something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Nothing.
    Listen,
    /// Ask for what is missing before the entries that wait.
    FillGap,
    /// Too much waits: come back with a new connection.
    StartAnew,
}

/// Where a page is, and what waits.
#[derive(Debug, Default)]
pub struct Timeline {
    epoch: Option<String>,
    /// Up to here everything was shown.
    cursor: u64,
    /// Live entries that came before what stands before them.
    waiting: BTreeMap<u64, Entry>,
    /// Live entries that came while a join was under way, before it is known where they belong.
    held: Option<Vec<Entry>>,
}

impl Timeline {
    /// What a returning page says that it has.
    #[must_use]
    pub fn position(&self) -> Option<(&str, u64)> {
        self.epoch.as_deref().map(|epoch| (epoch, self.cursor))
    }

    /// Up to here everything was shown.
    #[must_use]
    pub fn cursor(&self) -> u64 {
        self.cursor
    }

    /// From here until `release`, live entries wait: they may belong to another epoch.
    pub fn hold(&mut self) {
        self.held = Some(Vec::new());
    }

    /// A join is complete.
    pub fn release(&mut self, shown: &mut Vec<Entry>) -> Next {
        for entry in self.held.take().unwrap_or_default() {
            self.put(entry);
        }
        self.advance(shown)
    }

    /// Takes a live entry, in whatever order it comes, as often as it comes.
    pub fn live(&mut self, entry: Entry, shown: &mut Vec<Entry>) -> Next {
        match self.held.as_mut() {
            Some(held) => held.push(entry),
            None => self.put(entry),
        }
        self.advance(shown)
    }

    /// Takes one answer to a join. Says whether the page forgets what it has shown before.
    pub fn joined(&mut self, answer: Joined, shown: &mut Vec<Entry>) -> bool {
        let Joined { epoch, head, reset, mut messages, .. } = answer;
        messages.sort_by_key(|entry| entry.seq);
        let starts_over = reset || self.epoch.as_ref() != Some(&epoch);
        if starts_over {
            self.waiting.clear();
            self.cursor = messages.first().map_or(head, |first| first.seq.saturating_sub(1));
        }
        self.epoch = Some(epoch);
        for entry in messages {
            self.show(entry, shown);
        }
        self.waiting = self.waiting.split_off(&(self.cursor + 1));
        self.advance(shown);
        starts_over
    }

    /// What was missing is not to be had: a reader is shown what waits all the same.
    pub fn skip(&mut self, shown: &mut Vec<Entry>) -> Next {
        if let Some((_, entry)) = self.waiting.pop_first() {
            self.show(entry, shown);
        }
        self.advance(shown)
    }

    /// What the page has to do now.
    #[must_use]
    pub fn next(&self) -> Next {
        let held = self.held.as_ref().map_or(0, Vec::len);
        if held > WAITING_MAX || self.waiting.len() > WAITING_MAX {
            return Next::StartAnew;
        }
        let joins = self.held.is_some();
        if joins || self.waiting.is_empty() { Next::Listen } else { Next::FillGap }
    }

    fn put(&mut self, entry: Entry) {
        if entry.seq > self.cursor {
            self.waiting.entry(entry.seq).or_insert(entry);
        }
    }

    /// Shows what follows without a gap.
    fn advance(&mut self, shown: &mut Vec<Entry>) -> Next {
        while let Some(entry) = self.waiting.remove(&(self.cursor + 1)) {
            self.show(entry, shown);
        }
        self.next()
    }

    fn show(&mut self, entry: Entry, shown: &mut Vec<Entry>) {
        if entry.seq > self.cursor {
            self.cursor = entry.seq;
            shown.push(entry);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(seq: u64) -> Entry {
        serde_json::from_value(serde_json::json!({"_id": format!("id-{seq}"), "seq": seq})).unwrap()
    }

    fn answer(epoch: &str, seqs: impl IntoIterator<Item = u64>) -> Joined {
        let json = serde_json::json!({
            "epoch": epoch, "head": 9, "first": 1, "reset": false, "more": false,
            "messages": [], "you": {"id": "a"}, "participants": [],
        });
        let messages = seqs.into_iter().map(entry).collect();
        Joined { messages, ..serde_json::from_value(json).unwrap() }
    }

    #[derive(Default)]
    struct Reader {
        timeline: Timeline,
        shown: Vec<Entry>,
    }

    impl Reader {
        fn live(&mut self, seq: u64) -> Next {
            self.timeline.live(entry(seq), &mut self.shown)
        }

        fn joined(&mut self, answer: Joined) -> bool {
            self.timeline.joined(answer, &mut self.shown)
        }

        fn release(&mut self) -> Next {
            self.timeline.release(&mut self.shown)
        }

        fn sees(&mut self) -> Vec<u64> {
            self.shown.drain(..).map(|entry| entry.seq).collect()
        }

        fn after(seqs: std::ops::RangeInclusive<u64>) -> Self {
            let mut reader = Self::default();
            reader.timeline.hold();
            assert!(reader.joined(answer("e", seqs.clone())));
            assert_eq!(reader.release(), Next::Listen);
            assert_eq!(reader.sees(), seqs.collect::<Vec<_>>());
            reader
        }
    }

    #[test]
    fn live_entries_that_come_before_the_answer_are_merged_into_it() {
        let mut reader = Reader::default();
        reader.timeline.hold();
        for seq in [7, 8, 6] {
            assert_eq!(reader.live(seq), Next::Listen);
        }
        assert!(reader.sees().is_empty());
        reader.joined(answer("e", 5..=7));
        assert_eq!(reader.sees(), [5, 6, 7]);
        assert_eq!(reader.release(), Next::Listen);
        assert_eq!(reader.sees(), [8]);
        assert_eq!(reader.timeline.position(), Some(("e", 8)));
    }

    #[test]
    fn what_was_shown_is_not_shown_again() {
        let mut reader = Reader::after(1..=3);
        assert_eq!((reader.live(2), reader.live(3)), (Next::Listen, Next::Listen));
        assert!(!reader.joined(answer("e", 2..=4)));
        assert_eq!(reader.sees(), [4]);
    }

    #[test]
    fn a_jump_asks_for_what_is_missing_and_waits_for_it() {
        let mut reader = Reader::after(1..=3);
        assert_eq!((reader.live(6), reader.live(5)), (Next::FillGap, Next::FillGap));
        assert!(reader.sees().is_empty());
        assert_eq!(reader.timeline.position(), Some(("e", 3)));
        assert!(!reader.joined(answer("e", 4..=5)));
        assert_eq!(reader.sees(), [4, 5, 6]);
        assert_eq!(reader.live(7), Next::Listen);
    }

    #[test]
    fn a_hole_that_cannot_be_filled_is_shown_as_a_hole() {
        let mut reader = Reader::after(1..=3);
        reader.live(6);
        reader.live(7);
        reader.joined(answer("e", []));
        assert!(reader.sees().is_empty());
        assert_eq!(reader.timeline.skip(&mut reader.shown), Next::Listen);
        assert_eq!(reader.sees(), [6, 7]);
        // A hole inside of an answer is what a reader sees at once.
        reader.joined(answer("e", [8, 10]));
        assert_eq!(reader.sees(), [8, 10]);
    }

    #[test]
    fn another_epoch_or_a_reset_starts_over() {
        let mut reader = Reader::after(5..=9);
        reader.live(12);
        reader.timeline.hold();
        assert!(reader.joined(answer("f", 1..=2)));
        assert_eq!(reader.sees(), [1, 2]);
        let reset = Joined { reset: true, ..answer("f", 2..=3) };
        assert!(reader.joined(reset));
        assert_eq!(reader.sees(), [2, 3]);
        assert!(reader.joined(Joined { reset: true, ..answer("f", []) }));
        assert_eq!(reader.timeline.position(), Some(("f", 9)));
    }

    #[test]
    fn what_waits_is_bounded() {
        let mut reader = Reader::after(1..=1);
        let most = u64::try_from(WAITING_MAX).unwrap() + 2;
        assert_eq!((3..=most).map(|seq| reader.live(seq)).last(), Some(Next::FillGap));
        assert_eq!(reader.live(most + 1), Next::StartAnew);
        let mut reader = Reader::default();
        reader.timeline.hold();
        assert_eq!((1..=most - 2).map(|seq| reader.live(seq)).last(), Some(Next::Listen));
        assert_eq!(reader.live(1), Next::StartAnew);
    }

    proptest::proptest! {
        #[test]
        fn every_entry_is_shown_once_and_in_order_whatever_comes_when(
            from in 1..5_u64,
            live in proptest::collection::vec(1..30_u64, 0..60),
        ) {
            let mut reader = Reader::default();
            reader.timeline.hold();
            let (early, late) = live.split_at(live.len() / 2);
            for seq in early { reader.live(*seq); }
            reader.joined(answer("e", from..=9));
            reader.release();
            for seq in late { reader.live(*seq); }
            reader.joined(answer("e", from..=29));
            proptest::prop_assert_eq!(reader.sees(), (from..=29).collect::<Vec<_>>());
        }
    }
}
