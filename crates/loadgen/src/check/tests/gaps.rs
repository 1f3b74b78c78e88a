//! What is missing in between.

use super::*;
use crate::check::Gap;

#[test]
fn the_log_has_no_gap() {
    assert_fine(&History::of_two_people().kept([gif(3, "a"), gif(4, "a")]));
    let history = History::of_two_people().kept([gif(4, "a")]);
    let found = Gap::Between { witness: Witness::Log, before: 2, after: 4 };
    assert_eq!(only(&history), found.into());
    assert_eq!(broken(&history.kept([gif(7, "a"), gif(8, "a")])), [(Rule::Gap, 2)]);
}

#[test]
fn a_log_may_begin_anywhere_but_goes_on_from_there() {
    assert_fine(&History::of_a_room().kept([gif(7, "a"), gif(8, "a")]));
    let found = Gap::Between { witness: Witness::Log, before: 7, after: 9 };
    assert_eq!(only(&History::of_a_room().kept([gif(7, "a"), gif(9, "a")])), found.into());
}

#[test]
fn what_a_viewer_shows_has_no_gap() {
    let log = || [gif(3, "a"), gif(4, "a"), gif(5, "a")];
    let history = History::of_two_people().kept(log());
    assert_fine(&history.clone().seen("v", log()));
    // A viewer may come late and go early.
    assert_fine(&history.clone().seen("v", [gif(4, "a")]).seen("w", [join(2, "b"), gif(3, "a")]));
    let [third, _, fifth] = log();
    let found = Gap::Between { witness: viewer("v"), before: 3, after: 5 };
    assert_eq!(only(&history.seen("v", [third, fifth])), found.into());
}

#[test]
fn a_gap_that_another_viewer_does_not_have_is_one() {
    let history = History::of_two_people().kept([gif(3, "a")]);
    let history = history.seen("v", [join(1, "a"), join(2, "b"), gif(3, "a")]);
    let found = Gap::Between { witness: viewer("w"), before: 1, after: 3 };
    assert_eq!(only(&history.seen("w", [join(1, "a"), gif(3, "a")])), found.into());
}

#[test]
fn an_entry_that_comes_late_leaves_no_gap() {
    let history = History::of_two_people().seen("v", [join(2, "b"), join(1, "a")]);
    assert_eq!(only(&history).rule(), Rule::Order);
}

#[test]
fn nothing_stands_before_the_first() {
    let of_a_viewer = History::of_a_room().kept([join(1, "a")]).seen("v", [gif(0, "b")]);
    assert_eq!(only(&of_a_viewer), Gap::Zero { witness: viewer("v") }.into());
    let of_the_log = History::of_a_room().kept([system(0, "a"), join(1, "a")]);
    assert_eq!(only(&of_the_log), Gap::Zero { witness: Witness::Log }.into());
}

#[test]
fn the_highest_seq_is_one_like_any_other() {
    let history = History::of_a_room().kept([gif(u64::MAX - 1, "a"), gif(u64::MAX, "a")]);
    assert_fine(&history);
    assert_eq!(broken(&history.kept([system(2, "a")])), [(Rule::Order, 1), (Rule::Gap, 1)]);
}
