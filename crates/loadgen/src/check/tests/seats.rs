//! More people than seats, and people who are not there.

use super::*;
use crate::check::Seats;

#[test]
fn people_never_exceed_seats() {
    let full = History::of_two_people().kept([join(3, "c")]);
    assert_fine(&full);
    let found = Seats::TooMany { seq: 4, people: 4, max: 3 };
    assert_eq!(only(&full.clone().kept([join(4, "d")])), found.into());
    assert_fine(&full.clone().kept([exit(4, "a"), join(5, "d"), exit(6, "d"), join(7, "a")]));
    let found = Seats::TooMany { seq: 6, people: 4, max: 3 };
    assert_eq!(only(&full.kept([exit(4, "a"), join(5, "d"), join(6, "a")])), found.into());
}

#[test]
fn nobody_joins_who_is_there() {
    let author = "a".to_owned();
    let history = History::of_two_people();
    let found = Seats::JoinsAgain { seq: 3, author };
    assert_eq!(only(&history.clone().kept([join(3, "a")])), found.into());
    assert_fine(&history.kept([exit(3, "a"), join(4, "a")]));
}

#[test]
fn nobody_exits_who_is_not_there() {
    let found = |seq, author: &str| Seats::ExitsAbsent { seq, author: author.to_owned() }.into();
    let history = History::of_two_people();
    assert_eq!(only(&history.clone().kept([exit(3, "c")])), found(3, "c"));
    assert_fine(&history.clone().kept([exit(3, "a"), exit(4, "b")]));
    assert_eq!(only(&history.kept([exit(3, "a"), exit(4, "a")])), found(4, "a"));
}

#[test]
fn nobody_talks_who_is_not_there() {
    let found = |seq, author: &str| Seats::TalksAbsent { seq, author: author.to_owned() }.into();
    let history = History::of_two_people();
    assert_eq!(only(&history.clone().kept([gif(3, "c")])), found(3, "c"));
    let gone = history.clone().kept([exit(3, "a"), text(4, "a", "m")]);
    assert_eq!(only(&gone.sent(unknown("a", "m", 0..9))), found(4, "a"));
    // System lines are about people who need not be there.
    assert_fine(&history.kept([system(3, "c")]));
}

#[test]
fn the_server_never_counts_more_than_there_are() {
    let history = History::of_two_people().seats(0).seats(3);
    assert_fine(&history);
    assert_eq!(only(&history.seats(4)), Seats::Counted { count: 4, max: 3 }.into());
}

#[test]
fn each_room_has_its_own_seats_and_people() {
    let other = History::of_two_people().seats(3).room("s", 2);
    assert_fine(&other.clone().kept([join(1, "a"), join(2, "c")]).seats(2));
    assert_eq!(only(&other.clone().seats(3)), Seats::Counted { count: 3, max: 2 }.into());
    assert_eq!(only(&other.kept([exit(1, "a")])).rule(), Rule::Seats);
}

#[test]
fn who_talks_or_goes_in_a_trimmed_log_was_there_before() {
    let history = History::of_a_room().kept([gif(8, "a"), exit(9, "b"), gif(10, "c")]);
    assert_fine(&history);
    let found = |seq, author: &str| Seats::ExitsAbsent { seq, author: author.to_owned() };
    assert_eq!(only(&history.clone().kept([exit(11, "b")])), found(11, "b").into());
    let found = Seats::JoinsAgain { seq: 11, author: "a".to_owned() };
    assert_eq!(only(&history.clone().kept([join(11, "a")])), found.into());
    // `a` and `c` are there, and one seat is free.
    let found = Seats::TooMany { seq: 12, people: 4, max: 3 };
    assert_eq!(only(&history.clone().kept([join(11, "d"), join(12, "e")])), found.into());
    assert_fine(&history.kept([join(11, "d"), system(12, "e")]));
}

#[test]
fn who_was_there_before_a_trimmed_log_did_not_exceed_the_seats() {
    let talking = History::of_a_room().kept([gif(8, "a"), gif(9, "b"), gif(10, "c")]);
    assert_fine(&talking);
    let found = Seats::TooMany { seq: 8, people: 4, max: 3 };
    assert_eq!(only(&talking.kept([exit(11, "d")])), found.into());
}
