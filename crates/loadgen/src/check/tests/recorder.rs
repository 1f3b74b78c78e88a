//! Histories that cannot be judged.

use super::*;
use crate::check::Recorder;

#[test]
fn a_room_of_which_something_is_recorded_was_made() {
    let of_another = || History::empty();
    let found = |records| Contradiction::from(Recorder::NoRoom { records });
    assert_eq!(only(&of_another().sent(failed("a", "m", 0..9))), found(1));
    assert_eq!(only(&of_another().seats(1)), found(1));
    assert_eq!(only(&of_another().kept([join(1, "a")]).seen("v", [join(1, "a")])), found(2));
    assert_fine(&of_another().seats(1).room("r", 3));
    assert_eq!(only(&of_another().seats(1).room("s", 3)), found(1));
}

#[test]
fn a_room_that_was_not_made_is_not_counted_but_judged() {
    let history = History::empty().sent(ok("a", "m", 0..9, 3));
    assert_eq!(broken(&history), [(Rule::Lost, 1), (Rule::Recorder, 1)]);
    assert_eq!(verdict(&history).counts.rooms, 0);
}

#[test]
fn a_room_has_one_size() {
    assert_fine(&History::of_a_room().room("r", 3));
    let found = Recorder::TwoSizes { first: 3, other: 4 };
    assert_eq!(only(&History::of_a_room().room("r", 4)), found.into());
}

#[test]
fn an_attempt_ends_after_it_began() {
    let sent = |begun, ended| {
        let mut sent = unknown("a", "m", 0..9);
        (sent.begun, sent.ended) = (begun, ended);
        History::of_a_room().sent(sent)
    };
    assert_fine(&sent(5, 5));
    let found = Recorder::Times { message: message("a", "m"), begun: 5, ended: 4 };
    assert_eq!(only(&sent(5, 4)), found.into());
}

#[test]
fn a_message_whose_times_are_wrong_does_not_stand_before_itself() {
    let mut sent = ok("a", "m", 0..9, 3);
    (sent.begun, sent.ended) = (9, 0);
    let history = History::of_two_people().kept([text(3, "a", "m")]).sent(sent);
    assert_eq!(only(&history).rule(), Rule::Recorder);
}
