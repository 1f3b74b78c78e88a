//! What a verdict says besides what is wrong.

use super::*;
use crate::check::{Counts, Judge, Shortfall, VIOLATIONS_TOLD_MAX};

/// Something of everything.
fn everything() -> History {
    let log = || [text(3, "a", "m"), gif(4, "b"), text(5, "b", "n")];
    History::of_two_people()
        .sent(unknown("a", "m", 0..9))
        .sent(ok("a", "m", 10..19, 3))
        .sent(ok("a", "m", 20..29, 3))
        .sent(ok("b", "n", 20..29, 5))
        .sent(failed("b", "o", 20..29))
        .kept(log())
        .seen("v", log())
        .seen("w", [gif(4, "b")])
        .seats(2)
        .room("s", 2)
        .seen("v", [join(1, "a")])
        .kept([join(1, "a")])
}

const COUNTS: Counts = Counts {
    rooms: 2,
    acknowledged: 3,
    failed: 1,
    unknown: 1,
    kept: 6,
    messages: 2,
    seen: 5,
    viewers: 3,
    seats: 1,
};

#[test]
fn what_was_judged_is_counted() {
    assert_fine(&everything());
    assert_eq!(verdict(&everything()).counts, COUNTS);
}

#[test]
fn records_may_come_one_by_one_owned_or_not() {
    let history = everything().kept([gif(7, "a")]);
    let mut judge = Judge::default();
    for record in &history.records {
        judge.take(record);
    }
    let of_a_judge = judge.verdict();
    assert_eq!(of_a_judge, verdict(&history));
    assert_eq!(of_a_judge, check(history.records));
    assert!(!of_a_judge.is_fine());
}

#[test]
fn an_empty_history_is_fine_and_counts_nothing() {
    assert_eq!(verdict(&History::empty()), Verdict::default());
    assert!(Verdict::default().is_fine());
}

#[test]
fn a_run_that_has_checked_less_than_it_should_is_told() {
    let verdict = verdict(&everything());
    assert_eq!(verdict.shortfalls(&COUNTS), []);
    assert_eq!(verdict.shortfalls(&Counts::default()), []);
    let least = Counts { viewers: 4, seen: 5, ..Counts::default() };
    let [shortfall] = <[Shortfall; 1]>::try_from(verdict.shortfalls(&least)).unwrap();
    assert_eq!(shortfall, Shortfall { what: "viewers", count: 3, least: 4 });
    assert_eq!(shortfall.to_string(), "3 viewers were judged, at least 4 should have been");
    assert_eq!(Verdict::default().shortfalls(&COUNTS).len(), 9);
}

#[test]
fn violations_that_are_all_told_are_not_counted_in_a_sentence() {
    let mut history = History::of_a_room();
    for _ in 0..VIOLATIONS_TOLD_MAX {
        history = history.seats(9);
    }
    assert_eq!(verdict(&history).sentences().count(), VIOLATIONS_TOLD_MAX);
}

#[test]
fn of_many_violations_few_are_told_and_all_are_counted() {
    let mut history = History::of_a_room().seats(9);
    let lost = VIOLATIONS_TOLD_MAX as u64 + 1;
    for number in 0..lost {
        history = history.sent(ok("a", &format!("m{number}"), 0..9, number + 1));
    }
    let verdict = verdict(&history);
    assert_eq!(broken(&history), [(Rule::Lost, VIOLATIONS_TOLD_MAX + 1), (Rule::Seats, 1)]);
    assert_eq!(verdict.violations.len(), VIOLATIONS_TOLD_MAX + 1);
    let sentences: Vec<_> = verdict.sentences().collect();
    assert_eq!(sentences.len(), VIOLATIONS_TOLD_MAX + 2);
    assert_eq!(sentences.last().unwrap(), "lost: 11 violations in all");
    let text = verdict.to_string();
    assert!(text.starts_with("12 violations; 1 rooms, 11 attempts acknowledged, "), "{text}");
    assert!(sentences.iter().all(|sentence| text.contains(sentence)), "{text}");
}

#[test]
fn acks_that_could_not_be_looked_for_are_told() {
    let trimmed = History::of_a_room().kept([gif(5, "a")]).sent(ok("a", "m", 0..9, 3));
    let text = verdict(&trimmed).to_string();
    assert!(text.contains("1 acknowledged before the logs begin"), "{text}");
    assert!(!verdict(&everything()).to_string().contains("before the logs"));
}
