//! What is told differently, or shown in another order.

use super::*;
use crate::check::Order;
use crate::history::{Content, Sent};

#[test]
fn a_viewer_tells_what_the_log_tells() {
    let kept = gif(3, "a");
    let other = [
        Entry { id: "other".to_owned(), ..kept.clone() },
        Entry { author: "b".to_owned(), ..kept.clone() },
        Entry { client_id: Some("m".to_owned()), ..kept.clone() },
        Entry { content: Content::Gif("dog.gif".to_owned()), ..kept.clone() },
        Entry { content: Content::System("cat.gif".to_owned()), ..kept.clone() },
        Entry { content: Content::Join, ..kept.clone() },
        Entry { content: Content::Exit, ..kept.clone() },
    ];
    let history = History::of_two_people().kept([kept.clone()]);
    assert_fine(&history.clone().seen("v", [kept.clone()]));
    for other in other {
        let found = Order::Disagree {
            one: Box::new(told(Witness::Log, kept.clone())),
            other: Box::new(told(viewer("v"), other.clone())),
        };
        assert_eq!(only(&history.clone().seen("v", [other])), found.into());
    }
}

#[test]
fn a_text_is_no_gif_of_that_name() {
    let said = |content| Entry { content, ..text(3, "a", "m") };
    let (one, other) = (said(Content::Text("x".to_owned())), said(Content::Gif("x".to_owned())));
    let sent = Sent { text: "x".to_owned(), ..unknown("a", "m", 0..9) };
    let history = History::of_two_people().sent(sent).kept([one]).seen("v", [other]);
    assert_eq!(only(&history).rule(), Rule::Order);
}

#[test]
fn viewers_tell_the_same_of_what_has_left_the_log() {
    let shown = |author| [gif(3, author), gif(4, "a")];
    let history = History::of_a_room().kept([gif(5, "a")]).seen("v", shown("a"));
    assert_fine(&history.clone().seen("w", shown("a")));
    let found = Order::Disagree {
        one: Box::new(told(viewer("v"), gif(3, "a"))),
        other: Box::new(told(viewer("w"), gif(3, "b"))),
    };
    let history = history.seen("w", shown("b"));
    assert_eq!(only(&history), found.clone().into());
    // However many tell the same two.
    let history = history.seen("x", shown("b")).seen("y", shown("a")).seen("z", shown("b"));
    assert_eq!(only(&history).rule(), Rule::Order);
    let history = history.seen("q", shown("c"));
    assert_eq!(broken(&history), [(Rule::Order, 2)]);
    assert_eq!(verdict(&history).violations[0].contradiction, found.into());
}

#[test]
fn the_log_has_one_entry_at_a_seq() {
    let history = History::of_two_people().kept([gif(3, "a"), gif(3, "b")]);
    assert_eq!(broken(&history), [(Rule::Twice, 1), (Rule::Order, 1)]);
}

#[test]
fn a_viewer_shows_entries_in_their_order() {
    let [first, second, third] = [join(1, "a"), join(2, "b"), gif(3, "a")];
    let history = History::of_two_people().kept([third.clone()]);
    let shown = [first.clone(), second.clone(), third.clone()];
    assert_fine(&history.clone().seen("v", shown));
    let found = |before, seq| Order::Backwards { witness: viewer("v"), before, seq }.into();
    let swapped = [first.clone(), third.clone(), second.clone()];
    assert_eq!(only(&history.clone().seen("v", swapped)), found(3, 2));
    let last_first = [third.clone(), first.clone(), second.clone()];
    let late = history.clone().seen("v", last_first);
    assert_eq!(broken(&late), [(Rule::Order, 2)]);
    assert_eq!(verdict(&late).violations[0].contradiction, found(3, 1));
    assert_eq!(broken(&history.seen("v", [third, second, first])), [(Rule::Order, 2)]);
}

#[test]
fn the_log_stands_in_its_order() {
    let history = History::of_two_people();
    assert_fine(&history.clone().kept([gif(3, "a"), gif(4, "a")]));
    let found = Order::Backwards { witness: Witness::Log, before: 4, seq: 3 };
    assert_eq!(only(&history.kept([gif(4, "a"), gif(3, "a")])), found.into());
}
