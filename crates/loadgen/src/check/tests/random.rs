//! Random histories: in good ones nothing is found, and of one fault exactly what it breaks.

use std::cell::Cell;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestRunner};

use super::corruption::{Fault, Victim, faults};
use super::model::{Plan, history, plans};
use super::*;

/// How many histories each fault is brought into.
const CASES: u32 = 64;

/// In how many of them there must be a place for it.
const SPOILT_MIN: u32 = 16;

fn runner(cases: u32) -> TestRunner {
    TestRunner::new(Config { failure_persistence: None, ..Config::with_cases(cases) })
}

/// Rooms, and in which order their records are mixed.
fn plays() -> impl Strategy<Value = (Vec<Plan>, Vec<Index>)> {
    (plans(), vec(any::<Index>(), 16))
}

#[test]
fn nothing_is_found_in_rooms_that_keep_the_promise() {
    let judged = Cell::new(0);
    let result = runner(512).run(&plays(), |(plans, mix)| {
        let records = history(&plans, &mix);
        let verdict = check(&records);
        prop_assert!(verdict.is_fine(), "{}", verdict);
        let counts = verdict.counts;
        prop_assert_eq!(counts.rooms, plans.len());
        let of_rooms = |wanted: fn(&crate::history::Record) -> bool| {
            records.iter().filter(|record| wanted(record)).count()
        };
        prop_assert_eq!(
            counts.acknowledged + counts.failed + counts.unknown,
            of_rooms(|record| matches!(record, crate::history::Record::Sent(_)))
        );
        judged.set(judged.get() + counts.acknowledged.min(1) + counts.seen.min(1));
        Ok(())
    });
    result.unwrap();
    assert!(judged.get() > 512, "most histories tell something: {}", judged.get());
}

#[test]
fn every_fault_is_found_and_named() {
    let mut names = Vec::new();
    for fault in faults() {
        assert!(!names.contains(&fault.name), "{} is there twice", fault.name);
        names.push(fault.name);
        assert_found(fault);
    }
}

fn assert_found(fault: &Fault) {
    let spoilt = Cell::new(0);
    let result = runner(CASES).run(&(plays(), any::<Index>()), |((plans, mix), chance)| {
        let mut victim = Victim { records: history(&plans, &mix), chance };
        if (fault.spoil)(&mut victim).is_none() {
            return Ok(());
        }
        spoilt.set(spoilt.get() + 1);
        let verdict = check(&victim.records);
        prop_assert!(verdict.broken.contains_key(&fault.breaks), "not found: {}", verdict);
        let explained = |rule: &Rule| *rule == fault.breaks || fault.and_perhaps.contains(rule);
        prop_assert!(verdict.broken.keys().all(explained), "and nothing else: {}", verdict);
        Ok(())
    });
    if let Err(error) = result {
        panic!("{}: {error}", fault.name);
    }
    assert!(spoilt.get() >= SPOILT_MIN, "{}: only in {} histories", fault.name, spoilt.get());
}
