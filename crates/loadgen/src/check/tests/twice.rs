//! What is kept or shown again.

use super::*;
use crate::check::Twice;
use crate::history::Sent;

#[test]
fn the_log_has_a_seq_once() {
    let history = History::of_two_people().kept([gif(3, "a")]);
    assert_fine(&history);
    let found = Twice::Seq { witness: Witness::Log, seq: 3 };
    assert_eq!(only(&history.kept([gif(3, "a"), gif(4, "a")])), found.into());
}

#[test]
fn the_log_has_an_id_once() {
    let kept = |again: &str| {
        let again = Entry { id: again.to_owned(), ..gif(4, "b") };
        History::of_two_people().kept([gif(3, "a"), again])
    };
    assert_fine(&kept("id4"));
    let found = Twice::Id { witness: Witness::Log, id: "id3".to_owned(), first: 3, again: 4 };
    assert_eq!(only(&kept("id3")), found.into());
}

#[test]
fn the_log_has_a_message_once() {
    let kept = |author, client_id| {
        History::of_two_people()
            .sent(unknown("a", "m", 0..9))
            .sent(Sent { text: format!("text of {client_id}"), ..unknown(author, client_id, 0..9) })
            .kept([text(3, "a", "m"), text(4, author, client_id)])
    };
    assert_fine(&kept("a", "n"));
    // The same name of another sender is another message.
    assert_fine(&kept("b", "m"));
    let found = Twice::Message {
        witness: Witness::Log,
        message: message("a", "m"),
        first: place(3),
        again: place(4),
    };
    assert_eq!(only(&kept("a", "m")), found.into());
}

#[test]
fn two_gifs_under_one_name_are_a_message_twice() {
    let named = |seq| Entry { client_id: Some("g".to_owned()), ..gif(seq, "a") };
    assert_fine(&History::of_two_people().kept([named(3), gif(4, "a"), gif(5, "a")]));
    let history = History::of_two_people().kept([named(3), gif(4, "a"), named(5)]);
    assert_eq!(only(&history).rule(), Rule::Twice);
}

#[test]
fn a_viewer_shows_a_seq_once() {
    let history = History::of_two_people().seen("v", [join(1, "a"), join(2, "b")]);
    assert_fine(&history.clone().seen("w", [join(1, "a"), join(2, "b")]));
    for seq in [1, 2] {
        let again = [join(1, "a"), join(2, "b")][usize::try_from(seq).unwrap() - 1].clone();
        let found = Twice::Seq { witness: viewer("v"), seq };
        assert_eq!(only(&history.clone().seen("v", [again])), found.into());
    }
}

#[test]
fn a_viewer_shows_an_id_once() {
    // What has left the log is told by viewers alone.
    let shown = |again: &str| {
        let again = Entry { id: again.to_owned(), ..gif(4, "a") };
        let history = History::of_a_room().kept([gif(5, "a")]);
        history.seen("v", [gif(3, "a"), again.clone(), gif(5, "a")]).seen("w", [again])
    };
    assert_fine(&shown("id4"));
    let found = Twice::Id { witness: viewer("v"), id: "id3".to_owned(), first: 3, again: 4 };
    assert_eq!(only(&shown("id3")), found.into());
}

#[test]
fn a_viewer_shows_a_message_once() {
    let shown = |again: &str| {
        let shown = [text(3, "a", "m"), text(4, "a", again), gif(5, "a")];
        History::of_a_room().kept([gif(5, "a")]).seen("v", shown).seen("w", [text(4, "a", again)])
    };
    assert_fine(&shown("n"));
    let found = Twice::Message {
        witness: viewer("v"),
        message: message("a", "m"),
        first: place(3),
        again: place(4),
    };
    assert_eq!(only(&shown("m")), found.into());
}

#[test]
fn rooms_may_have_the_same_seqs_ids_and_messages() {
    let same_id = Place { seq: 2, ..place(3) };
    let history = History::of_two_people()
        .sent(ok("a", "m", 0..9, 3))
        .kept([text(3, "a", "m")])
        .seen("v", [text(3, "a", "m")])
        .room("s", 3)
        .sent(acknowledged_as(ok("a", "m", 0..9, 2), same_id.clone()))
        .kept([join(1, "a"), Entry { id: same_id.id, ..text(2, "a", "m") }])
        .seen("v", [join(1, "a")]);
    assert_fine(&history);
}
