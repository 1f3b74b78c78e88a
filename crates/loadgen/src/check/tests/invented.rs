//! What is kept, or shown, and nobody has sent.

use super::*;
use crate::check::{Invented, Unsent};
use crate::history::{Content, Sent};

/// Message `m` of `a` is kept as seq 3.
fn kept() -> History {
    History::of_two_people().kept([text(3, "a", "m")])
}

fn invented(why: Unsent) -> Contradiction {
    Invented { told: told(Witness::Log, text(3, "a", "m")), why }.into()
}

#[test]
fn what_is_kept_was_sent() {
    assert_fine(&kept().sent(unknown("a", "m", 0..9)));
    assert_fine(&kept().sent(ok("a", "m", 0..9, 3)));
    assert_eq!(only(&kept()), invented(Unsent::Never));
}

#[test]
fn what_was_refused_at_every_attempt_is_invented() {
    let refused = kept().sent(failed("a", "m", 0..9)).sent(failed("a", "m", 10..19));
    assert_eq!(only(&refused), invented(Unsent::Refused));
    assert_fine(&refused.sent(unknown("a", "m", 20..29)));
}

#[test]
fn what_was_sent_with_another_text_is_invented() {
    let other = Sent { text: "other".to_owned(), ..unknown("a", "m", 0..9) };
    assert_eq!(only(&kept().sent(other.clone())), invented(Unsent::OtherText));
    let refused = kept().sent(other).sent(failed("a", "m", 10..19));
    assert_eq!(only(&refused), invented(Unsent::Refused));
}

#[test]
fn what_was_sent_by_somebody_else_or_under_another_name_is_invented() {
    assert_eq!(only(&kept().sent(unknown("b", "m", 0..9))), invented(Unsent::Never));
    let text = "text of m".to_owned();
    let other_name = Sent { text, ..unknown("a", "n", 0..9) };
    assert_eq!(only(&kept().sent(other_name)), invented(Unsent::Never));
}

#[test]
fn what_was_sent_in_another_room_is_invented() {
    let elsewhere = kept().room("s", 3).sent(unknown("a", "m", 0..9));
    assert_eq!(only(&elsewhere), invented(Unsent::Never));
}

#[test]
fn a_text_without_a_name_is_invented() {
    let unnamed = Entry { client_id: None, ..text(3, "a", "m") };
    let history = History::of_two_people().kept([unnamed.clone()]).sent(unknown("a", "m", 0..9));
    let found = Invented { told: told(Witness::Log, unnamed), why: Unsent::Never };
    assert_eq!(only(&history), found.into());
}

#[test]
fn an_invented_entry_is_told_once_however_many_have_seen_it() {
    let shown = || [join(2, "b"), text(3, "a", "m")];
    let history = kept().seen("v", shown()).seen("w", shown());
    assert_eq!(only(&history), invented(Unsent::Never));
}

#[test]
fn what_only_a_viewer_has_shown_was_sent_too() {
    let phantom = text(3, "a", "phantom");
    let history = History::of_two_people().kept([gif(3, "a")]).seen("v", [phantom.clone()]);
    assert_eq!(broken(&history), [(Rule::Invented, 1), (Rule::Order, 1)]);
    let found = Invented { told: told(viewer("v"), phantom), why: Unsent::Never };
    assert_eq!(verdict(&history).violations[0].contradiction, found.into());
    let sent = history.sent(unknown("a", "phantom", 0..9));
    assert_eq!(broken(&sent), [(Rule::Order, 1)]);
}

#[test]
fn what_stood_before_the_log_begins_is_not_judged() {
    let shown = [text(4, "a", "m"), gif(5, "a")];
    let history = History::of_a_room().kept([gif(5, "a")]).seen("v", shown);
    assert_fine(&history);
}

#[test]
fn gifs_and_system_lines_are_not_recorded_as_attempts() {
    let named = Entry { client_id: Some("g".to_owned()), ..gif(3, "a") };
    assert_fine(&History::of_two_people().kept([named, system(4, "c"), exit(5, "a")]));
    let said = Entry { content: Content::Text("system".to_owned()), ..system(3, "a") };
    assert_eq!(only(&History::of_two_people().kept([said])).rule(), Rule::Invented);
}
