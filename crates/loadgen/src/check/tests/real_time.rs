//! What was sent after an ack, and stands before what was acknowledged.

use super::*;
use crate::check::RealTime;

/// `n` of `b` is kept as seq 3, and `m` of `a` as seq 4.
fn kept() -> History {
    History::of_two_people().kept([text(3, "b", "n"), text(4, "a", "m")])
}

fn found(acknowledged: u64, begun: u64) -> Contradiction {
    let found = RealTime {
        earlier: message("a", "m"),
        earlier_seq: 4,
        acknowledged,
        later: message("b", "n"),
        later_seq: 3,
        begun,
    };
    found.into()
}

#[test]
fn what_is_sent_after_an_ack_stands_behind_it() {
    let history = kept().sent(ok("a", "m", 0..9, 4));
    assert_eq!(only(&history.clone().sent(ok("b", "n", 10..19, 3))), found(9, 10));
    // The order in which they are recorded says nothing.
    let history = kept().sent(ok("b", "n", 10..19, 3)).sent(ok("a", "m", 0..9, 4));
    assert_eq!(only(&history), found(9, 10));
    assert_fine(&kept().sent(ok("b", "n", 0..9, 3)).sent(ok("a", "m", 10..19, 4)));
}

#[test]
fn two_that_are_under_way_at_the_same_time_may_stand_in_either_order() {
    assert_fine(&kept().sent(ok("a", "m", 0..9, 4)).sent(ok("b", "n", 5..19, 3)));
    assert_fine(&kept().sent(ok("a", "m", 0..9, 4)).sent(ok("b", "n", 9..19, 3)));
}

#[test]
fn a_retry_stands_where_its_first_attempt_may_have_put_it() {
    let history = kept().sent(ok("a", "m", 0..9, 4)).sent(ok("b", "n", 10..19, 3));
    assert_fine(&history.clone().sent(unknown("b", "n", 5..8)));
    // What was refused has put nothing.
    assert_eq!(only(&history.sent(failed("b", "n", 5..8))), found(9, 10));
}

#[test]
fn the_first_ack_of_a_message_counts() {
    let history = kept().sent(ok("a", "m", 0..90, 4)).sent(ok("b", "n", 20..29, 3));
    assert_fine(&history);
    assert_eq!(only(&history.sent(ok("a", "m", 10..19, 4))), found(19, 20));
}

#[test]
fn an_ack_that_contradicts_the_first_says_nothing_of_time() {
    let history = kept().sent(ok("a", "m", 0..90, 4)).sent(ok("b", "n", 20..29, 3));
    assert_eq!(broken(&history.sent(ok("a", "m", 10..19, 5))), [(Rule::Retry, 1)]);
}

#[test]
fn an_unanswered_message_that_is_kept_stands_behind_what_was_acknowledged_before() {
    let history = kept().sent(ok("a", "m", 0..9, 4));
    assert_fine(&history.clone().sent(unknown("b", "n", 5..19)));
    assert_eq!(only(&history.sent(unknown("b", "n", 10..19))), found(9, 10));
}

#[test]
fn an_unanswered_message_that_is_not_kept_stands_nowhere() {
    let history = History::of_two_people().kept([text(3, "a", "m")]);
    assert_fine(&history.sent(ok("a", "m", 0..9, 3)).sent(unknown("b", "n", 10..19)));
}

#[test]
fn the_newest_of_all_that_was_acknowledged_counts() {
    let log = [text(3, "b", "x"), text(4, "b", "n"), text(5, "a", "m"), text(6, "a", "y")];
    let history = History::of_two_people()
        .kept(log)
        .sent(ok("a", "m", 0..5, 5))
        .sent(ok("b", "x", 0..8, 3))
        .sent(ok("b", "n", 10..19, 4))
        .sent(ok("a", "y", 18..29, 6));
    let RealTime { earlier_seq, later_seq, .. } = match only(&history) {
        Contradiction::RealTime(found) => found,
        other => panic!("{other}"),
    };
    assert_eq!((earlier_seq, later_seq), (5, 4));
}

#[test]
fn rooms_have_their_own_order() {
    let history = History::of_two_people()
        .kept([gif(3, "a"), text(4, "a", "m")])
        .sent(ok("a", "m", 0..9, 4))
        .room("s", 3)
        .kept([join(1, "b"), join(2, "a"), text(3, "b", "n")])
        .sent(ok("b", "n", 10..19, 3));
    assert_fine(&history);
}

#[test]
fn what_has_left_the_log_is_judged_by_what_the_server_said() {
    let history = History::of_a_room().kept([gif(5, "a")]);
    let history = history.sent(ok("a", "m", 0..9, 4)).sent(ok("b", "n", 10..19, 3));
    assert_eq!(only(&history), found(9, 10));
}
