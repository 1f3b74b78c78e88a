//! What was acknowledged, or shown, and is not kept as it was.

use super::*;
use crate::check::Lost;
use crate::history::{Content, Sent};

/// Message `m` of `a`, acknowledged as seq 3.
fn acknowledged() -> History {
    History::of_two_people().sent(ok("a", "m", 0..9, 3))
}

#[test]
fn an_acknowledged_message_is_kept() {
    assert_fine(&acknowledged().kept([text(3, "a", "m")]));
    let found = Lost::NotKept { message: message("a", "m"), acknowledged: place(3), instead: None };
    assert_eq!(only(&acknowledged()), found.into());
}

#[test]
fn where_an_acknowledged_message_should_be_there_is_nothing_else() {
    let lost = Place { id: "lost".to_owned(), ..place(3) };
    let found = Lost::NotKept {
        message: message("a", "m"),
        acknowledged: lost.clone(),
        instead: Some(gif(3, "a")),
    };
    let sent = acknowledged_as(ok("a", "m", 0..9, 3), lost);
    assert_eq!(only(&History::of_two_people().sent(sent).kept([gif(3, "a")])), found.into());
}

#[test]
fn an_acknowledged_message_has_the_seq_that_the_server_said() {
    let history = acknowledged().kept([
        Entry { id: "other".to_owned(), ..gif(3, "a") },
        Entry { id: "id3".to_owned(), ..text(4, "a", "m") },
    ]);
    let found = Lost::KeptElsewhere {
        message: message("a", "m"),
        acknowledged: place(3),
        kept: Place { seq: 4, ..place(3) },
    };
    assert_eq!(only(&history), found.into());
}

#[test]
fn an_acknowledged_message_has_the_id_that_the_server_said() {
    let kept = Entry { id: "other".to_owned(), ..text(3, "a", "m") };
    let found = Lost::KeptElsewhere {
        message: message("a", "m"),
        acknowledged: place(3),
        kept: Place { id: "other".to_owned(), ..place(3) },
    };
    assert_eq!(only(&acknowledged().kept([kept])), found.into());
}

#[test]
fn an_acknowledged_message_is_kept_as_it_was_sent() {
    let as_sent = text(3, "a", "m");
    let kept_otherwise = [
        Entry { author: "b".to_owned(), ..as_sent.clone() },
        Entry { client_id: Some("n".to_owned()), ..as_sent.clone() },
        Entry { content: Content::Text("other".to_owned()), ..as_sent.clone() },
        Entry { content: Content::Gif("text of m".to_owned()), ..as_sent.clone() },
        Entry { client_id: None, ..gif(3, "a") },
    ];
    for kept in kept_otherwise {
        let mut history = acknowledged().kept([kept.clone()]);
        // Somebody may have sent what is kept: it is not invented.
        if let (Content::Text(text), Some(name)) = (&kept.content, &kept.client_id) {
            let text = text.clone();
            history = history.sent(Sent { text, ..unknown(&kept.author, name, 0..9) });
        }
        let (message, text) = (message("a", "m"), "text of m".to_owned());
        assert_eq!(only(&history), Lost::KeptOtherwise { message, text, kept }.into());
    }
}

#[test]
fn an_unanswered_or_refused_message_need_not_be_kept() {
    let history = History::of_two_people();
    assert_fine(&history.sent(unknown("a", "m", 0..9)).sent(failed("b", "n", 0..9)));
}

#[test]
fn without_a_log_everything_is_lost() {
    let history = History::of_a_room().sent(ok("a", "m", 0..9, 3)).sent(ok("a", "n", 0..9, 4));
    assert_eq!(broken(&history), [(Rule::Lost, 2)]);
}

#[test]
fn a_message_that_is_acknowledged_at_each_retry_is_lost_once() {
    let history = acknowledged().sent(ok("a", "m", 10..19, 3)).sent(ok("a", "m", 20..29, 3));
    assert_eq!(broken(&history), [(Rule::Lost, 1)]);
}

#[test]
fn what_was_shown_is_kept() {
    let shown = [join(1, "a"), join(2, "b"), gif(3, "a")];
    let history = History::of_two_people().seen("v", shown.clone()).seen("w", shown);
    assert_fine(&history.clone().kept([gif(3, "a")]));
    assert_eq!(only(&history), Lost::Shown(told(viewer("v"), gif(3, "a"))).into());
    let without_a_log = History::of_a_room().seen("v", [join(1, "a")]);
    assert_eq!(only(&without_a_log), Lost::Shown(told(viewer("v"), join(1, "a"))).into());
}

#[test]
fn what_stood_before_the_log_begins_is_not_looked_for() {
    let trimmed = History::of_a_room()
        .kept([gif(5, "a"), gif(6, "a")])
        .seen("v", [gif(4, "a"), gif(5, "a")])
        .sent(ok("a", "m", 0..9, 3));
    assert_fine(&trimmed);
    assert_eq!(verdict(&trimmed).before_logs, 1);
    assert_eq!(verdict(&acknowledged()).before_logs, 0);
    let found = Lost::NotKept { message: message("a", "n"), acknowledged: place(7), instead: None };
    assert_eq!(only(&trimmed.sent(ok("a", "n", 10..19, 7))), found.into());
}

#[test]
fn a_message_is_looked_for_in_its_own_room() {
    let history = History::of_two_people()
        .kept([text(3, "a", "m")])
        .sent(unknown("a", "m", 0..9))
        .room("s", 3)
        .sent(ok("a", "m", 0..9, 3));
    assert_eq!(verdict(&history).violations[0].room, "s");
    assert_eq!(only(&history).rule(), Rule::Lost);
}
