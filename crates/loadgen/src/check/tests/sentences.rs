//! Every violation is a sentence that names the room, the `seq`, the message, and what contradicts
//! what.

use super::*;
use crate::check::{
    Gap, Invented, Lost, Order, RealTime, Recorder, Retry, Seats, Twice, Unsent, Violation,
};

#[track_caller]
fn assert_says(contradiction: impl Into<Contradiction>, sentence: &str) {
    let violation = Violation { room: "r".to_owned(), contradiction: contradiction.into() };
    assert_eq!(violation.to_string(), sentence);
}

#[test]
fn what_is_lost() {
    let (message, acknowledged) = (message("a", "m"), place(3));
    let not_kept = |instead| Lost::NotKept {
        message: message.clone(),
        acknowledged: acknowledged.clone(),
        instead,
    };
    assert_says(
        not_kept(None),
        "lost: room r: message \"m\" of a was acknowledged as seq 3 with id id3, \
         but the log does not have it",
    );
    assert_says(
        not_kept(Some(gif(3, "b"))),
        "lost: room r: message \"m\" of a was acknowledged as seq 3 with id id3, \
         but the log has GIF cat.gif of b at seq 3 with id id3 instead",
    );
    let kept = place(4);
    assert_says(
        Lost::KeptElsewhere { message: message.clone(), acknowledged, kept },
        "lost: room r: message \"m\" of a was acknowledged as seq 3 with id id3, \
         but kept as seq 4 with id id4",
    );
    let kept = text(3, "a", "n");
    assert_says(
        Lost::KeptOtherwise { message, text: "text of m".to_owned(), kept },
        "lost: room r: message \"m\" of a with text \"text of m\" was acknowledged, but kept is \
         text \"text of n\" of a at seq 3 with id id3 and client id \"n\"",
    );
    assert_says(
        Lost::Shown(told(viewer("v"), join(3, "a"))),
        "lost: room r: viewer v has join of a at seq 3 with id id3, but the log has nothing there",
    );
}

#[test]
fn what_is_invented() {
    let found = |why| Invented { told: told(Witness::Log, text(3, "a", "m")), why };
    let entry = "invented: room r: the log has text \"text of m\" of a at seq 3 with id id3 \
                 and client id \"m\", which ";
    assert_says(found(Unsent::Never), &format!("{entry}its author never sent"));
    assert_says(found(Unsent::OtherText), &format!("{entry}its author sent with another text"));
    assert_says(found(Unsent::Refused), &format!("{entry}was refused at every attempt"));
}

#[test]
fn what_is_twice() {
    let witness = || viewer("v");
    assert_says(
        Twice::Seq { witness: witness(), seq: 3 },
        "twice: room r: viewer v has seq 3 twice",
    );
    assert_says(
        Twice::Id { witness: witness(), id: "i".to_owned(), first: 3, again: 4 },
        "twice: room r: viewer v has id i twice, at seq 3 and at seq 4",
    );
    let (message, first, again) = (message("a", "m"), place(3), place(4));
    assert_says(
        Twice::Message { witness: Witness::Log, message, first, again },
        "twice: room r: the log has message \"m\" of a twice, \
         as seq 3 with id id3 and as seq 4 with id id4",
    );
}

#[test]
fn what_is_out_of_order_or_missing() {
    assert_says(
        Order::Disagree {
            one: Box::new(told(Witness::Log, system(3, "a"))),
            other: Box::new(told(viewer("v"), exit(3, "a"))),
        },
        "order: room r: the log has system line title of a at seq 3 with id id3, \
         but viewer v has exit of a at seq 3 with id id3",
    );
    assert_says(
        Order::Backwards { witness: viewer("v"), before: 4, seq: 3 },
        "order: room r: viewer v has seq 3 only after seq 4",
    );
    assert_says(
        Gap::Between { witness: Witness::Log, before: 3, after: 5 },
        "gap: room r: the log has nothing between seq 3 and seq 5",
    );
    assert_says(
        Gap::Zero { witness: Witness::Log },
        "gap: room r: the log has seq 0; the first is 1",
    );
}

#[test]
fn what_senders_were_told() {
    let found = RealTime {
        earlier: message("a", "m"),
        earlier_seq: 4,
        acknowledged: 9,
        later: message("b", "n"),
        later_seq: 3,
        begun: 10,
    };
    assert_says(
        found,
        "real time: room r: message \"m\" of a was acknowledged as seq 4 at 9 ns, \
         but message \"n\" of b, which was first sent at 10 ns, has seq 3",
    );
    let (first, again) = (place(3), place(4));
    assert_says(
        Retry::OtherPlace { message: message("a", "m"), first, again },
        "retry: room r: message \"m\" of a was acknowledged as seq 3 with id id3, \
         and then as seq 4 with id id4",
    );
    let [first, again] = ["x", "y"].map(str::to_owned);
    assert_says(
        Retry::OtherText { message: message("a", "m"), first, again, place: place(3) },
        "retry: room r: message \"m\" of a was acknowledged with text \"x\", \
         and then with \"y\" as seq 3 with id id3",
    );
}

#[test]
fn who_has_no_seat() {
    let author = || "a".to_owned();
    assert_says(
        Seats::TooMany { seq: 3, people: 4, max: 3 },
        "seats: room r: at seq 3 there are 4 people on 3 seats",
    );
    assert_says(
        Seats::JoinsAgain { seq: 3, author: author() },
        "seats: room r: a joins at seq 3, but is there already",
    );
    assert_says(
        Seats::ExitsAbsent { seq: 3, author: author() },
        "seats: room r: a exits at seq 3, but is not there",
    );
    assert_says(
        Seats::TalksAbsent { seq: 3, author: author() },
        "seats: room r: a talks at seq 3, but is not there",
    );
    assert_says(
        Seats::Counted { count: 4, max: 3 },
        "seats: room r: the server said that 4 of 3 seats are taken",
    );
}

#[test]
fn what_the_recorder_did() {
    assert_says(
        Recorder::NoRoom { records: 5 },
        "recorder: room r: 5 records speak of it, but none says that it was made",
    );
    assert_says(
        Recorder::TwoSizes { first: 3, other: 4 },
        "recorder: room r: there are 3 seats by one record and 4 by another",
    );
    assert_says(
        Recorder::Times { message: message("a", "m"), begun: 5, ended: 4 },
        "recorder: room r: message \"m\" of a was sent at 5 ns and had ended at 4 ns",
    );
}
