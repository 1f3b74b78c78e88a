//! Retries that are answered otherwise, and names that stand for two texts.

use super::*;
use crate::check::Retry;
use crate::history::Sent;

/// Message `m` of `a` is kept as seq 3.
fn kept() -> History {
    History::of_two_people().kept([text(3, "a", "m"), gif(4, "a")])
}

fn answered(place: Place) -> Sent {
    acknowledged_as(ok("a", "m", 10..19, 3), place)
}

#[test]
fn a_retry_has_the_place_of_the_first_try() {
    let history = kept().sent(ok("a", "m", 0..9, 3));
    assert_fine(&history.clone().sent(answered(place(3))));
    let other_places = [place(4), Place { id: "other".to_owned(), ..place(3) }];
    for other in other_places {
        let history = history.clone().sent(answered(other.clone()));
        let (first, again) = (place(3), other);
        let found = Retry::OtherPlace { message: message("a", "m"), first, again };
        assert_eq!(only(&history), found.into());
    }
}

#[test]
fn it_is_no_matter_which_of_two_answers_was_right() {
    let history = kept().sent(answered(place(4))).sent(ok("a", "m", 20..29, 3));
    let (first, again) = (place(4), place(3));
    let found = Retry::OtherPlace { message: message("a", "m"), first, again };
    assert_eq!(only(&history), found.into());
    let both_wrong = History::of_two_people()
        .kept([gif(3, "a"), gif(4, "a")])
        .sent(answered(place(4)))
        .sent(ok("a", "m", 20..29, 3));
    assert_eq!(broken(&both_wrong), [(Rule::Lost, 1), (Rule::Retry, 1)]);
}

#[test]
fn every_retry_is_judged() {
    let mut history = kept().sent(ok("a", "m", 0..9, 3));
    for seq in [3, 4, 3, 4] {
        history = history.sent(answered(place(seq)));
    }
    assert_eq!(broken(&history), [(Rule::Retry, 2)]);
}

#[test]
fn another_text_under_the_same_name_is_refused() {
    let history = kept().sent(ok("a", "m", 0..9, 3));
    let other = |sent| Sent { text: "other".to_owned(), ..sent };
    assert_fine(&history.clone().sent(other(failed("a", "m", 10..19))));
    for seq in [3, 4] {
        let found = Retry::OtherText {
            message: message("a", "m"),
            first: "text of m".to_owned(),
            again: "other".to_owned(),
            place: place(seq),
        };
        let history = history.clone().sent(other(ok("a", "m", 10..19, seq)));
        assert_eq!(only(&history), found.into());
    }
}

#[test]
fn names_of_others_and_in_other_rooms_are_other_messages() {
    let history = kept()
        .kept([text(5, "b", "m")])
        .sent(ok("a", "m", 0..9, 3))
        .sent(ok("b", "m", 0..9, 5))
        .room("s", 3)
        .kept([join(1, "a"), text(2, "a", "m")])
        .sent(ok("a", "m", 0..9, 2));
    assert_fine(&history);
}
