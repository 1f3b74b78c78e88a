//! The judge is proven by histories that break one rule each, and by many that break none.

mod broken;
mod random;
mod story;

use super::*;
use story::Story;

/// The rules that a history breaks.
fn broken(records: &[Record]) -> Vec<Rule> {
    check(records).broken.into_keys().collect()
}

#[test]
fn a_history_in_which_all_is_well_breaks_no_rule_and_is_counted() {
    let verdict = check(&Story::told());
    assert!(verdict.is_fine(), "{verdict}");
    assert_eq!((verdict.rooms, verdict.viewers), (1, 2));
    assert_eq!((verdict.acknowledged, verdict.failed, verdict.unknown), (5, 1, 2));
    assert_eq!((verdict.kept, verdict.seen), (8, 14));
}

#[test]
fn an_empty_history_breaks_nothing_and_counts_nothing() {
    assert_eq!(check(&[]), Verdict::default());
}

#[test]
fn many_violations_are_counted_and_few_are_told() {
    let mut records = Story::told();
    records.retain(|record| !matches!(record, Record::Kept(kept) if kept.entry.seq > 2));
    records.retain(|record| !matches!(record, Record::Seen(_)));
    for number in 0..50 {
        records.push(Story::sent("a", &format!("extra {number}"), 100 + number, 1_000));
    }
    let verdict = check(&records);
    assert_eq!(verdict.broken.get(&Rule::Lost), Some(&53));
    let told = verdict.violations.iter().filter(|violation| violation.rule == Rule::Lost);
    assert_eq!(told.count(), VIOLATIONS_TOLD_MAX);
    let text = verdict.to_string();
    assert!(text.contains("Lost: 53 in all"), "{text}");
}
