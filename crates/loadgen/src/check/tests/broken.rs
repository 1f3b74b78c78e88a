//! Histories that break exactly one rule.

use super::story::ROOM;
use super::*;
use crate::history::{Content, Kept, Room, Seats};

/// The story, with every kept entry, every shown one and every attempt handed to `change`.
fn story(mut change: impl FnMut(&mut Record)) -> Vec<Record> {
    let mut records = Story::told();
    records.iter_mut().for_each(&mut change);
    records
}

fn without(unwanted: impl Fn(&Record) -> bool) -> Vec<Record> {
    let mut records = Story::told();
    records.retain(|record| !unwanted(record));
    records
}

fn kept(record: &Record, seq: u64) -> bool {
    matches!(record, Record::Kept(kept) if kept.entry.seq == seq)
}

fn seen(record: &Record, viewer: &str, seq: u64) -> bool {
    matches!(record, Record::Seen(seen) if seen.viewer == viewer && seen.entry.seq == seq)
}

/// Changes an entry in the log and with all viewers.
fn entry(seq: u64, change: impl Fn(&mut Entry)) -> Vec<Record> {
    story(|record| match record {
        Record::Kept(kept) if kept.entry.seq == seq => change(&mut kept.entry),
        Record::Seen(seen) if seen.entry.seq == seq => change(&mut seen.entry),
        _ => {}
    })
}

/// The log of the story up to a `seq`, and nobody who has seen more.
fn until(seq: u64) -> Vec<Record> {
    without(|record| match record {
        Record::Kept(kept) => kept.entry.seq > seq,
        Record::Seen(seen) => seen.entry.seq > seq,
        _ => false,
    })
}

#[test]
fn what_was_acknowledged_and_is_not_kept_is_lost() {
    assert_eq!(broken(&until(4)), [Rule::Lost], "the last message");
    let shown = without(|record| kept(record, 8));
    assert_eq!(broken(&shown), [Rule::Lost], "what viewers were shown");
}

#[test]
fn what_is_kept_with_another_id_is_lost() {
    let mut records = Story::told();
    records.push(Story::attempt(
        "b",
        "unanswered",
        (100, 101),
        Outcome::Ok { seq: 7, id: "another".to_owned() },
    ));
    assert_eq!(broken(&records), [Rule::Lost]);
}

#[test]
fn what_is_kept_with_another_author_text_or_name_is_lost_and_invented() {
    let spoilt: [fn(&mut Entry); 3] = [
        |entry| entry.author = "b".to_owned(),
        |entry| entry.content = Content::Text("other".to_owned()),
        |entry| entry.client_id = Some("other".to_owned()),
    ];
    for spoil in spoilt {
        assert_eq!(broken(&entry(3, spoil)), [Rule::Lost, Rule::Invented]);
    }
}

#[test]
fn what_nobody_sent_is_invented() {
    let unsent = entry(7, |entry| entry.content = Content::Text("phantom".to_owned()));
    assert_eq!(broken(&unsent), [Rule::Invented]);
    let unnamed = entry(7, |entry| entry.client_id = None);
    assert_eq!(broken(&unnamed), [Rule::Invented]);
    let refused = story(|record| match record {
        Record::Sent(sent) if sent.client_id == "unanswered" => {
            sent.outcome = Outcome::Failed { error: "too_fast".to_owned() };
        }
        _ => {}
    });
    assert_eq!(broken(&refused), [Rule::Invented], "every attempt was refused");
}

#[test]
fn one_message_under_two_places_is_kept_twice() {
    let mut records = until(7);
    records.push(Story::kept(Entry {
        seq: 8,
        id: "id8".to_owned(),
        ..Story::text(7, "b", "unanswered")
    }));
    assert_eq!(broken(&records), [Rule::Twice], "one name");
    let mut records = until(7);
    let again = Entry {
        seq: 8,
        content: Content::Gif("g.gif".to_owned()),
        client_id: None,
        ..Story::text(6, "a", "")
    };
    records.push(Story::kept(again));
    assert_eq!(broken(&records), [Rule::Twice], "one id");
}

#[test]
fn what_a_viewer_shows_again_is_twice() {
    let mut records = Story::told();
    records.push(Story::seen("v", Story::log()[4].clone()));
    assert_eq!(broken(&records), [Rule::Twice]);
}

#[test]
fn another_entry_under_the_same_place_is_another_order() {
    let mut records = Story::told();
    for record in &mut records {
        if seen(record, "w", 6)
            && let Record::Seen(seen) = record
        {
            seen.entry.content = Content::Gif("other.gif".to_owned());
        }
    }
    assert_eq!(broken(&records), [Rule::Order]);
}

#[test]
fn a_viewer_who_shows_an_older_entry_late_breaks_the_order() {
    let mut records = Story::told();
    let late = records.iter().position(|record| seen(record, "w", 3)).unwrap();
    let entry = records.remove(late);
    records.push(entry);
    assert_eq!(broken(&records), [Rule::Order]);
}

#[test]
fn a_gap_in_the_log_is_found() {
    let records = without(|record| {
        kept(record, 7) || matches!(record, Record::Seen(seen) if seen.entry.seq >= 7)
    });
    assert_eq!(broken(&records), [Rule::Gap]);
    let mut records = Story::told();
    let [fifth, sixth] =
        [5, 6].map(|seq| records.iter().position(|record| kept(record, seq)).unwrap());
    records.swap(fifth, sixth);
    assert_eq!(broken(&records), [Rule::Gap], "the log is read in its order");
}

#[test]
fn a_viewer_who_skips_an_entry_has_a_gap() {
    assert_eq!(broken(&without(|record| seen(record, "v", 5))), [Rule::Gap]);
    let from_the_middle =
        without(|record| matches!(record, Record::Seen(seen) if seen.entry.seq < 5));
    assert_eq!(broken(&from_the_middle), [], "one may begin anywhere");
}

#[test]
fn a_trimmed_log_is_judged_from_where_it_begins() {
    let trimmed = without(|record| matches!(record, Record::Kept(kept) if kept.entry.seq < 5));
    assert_eq!(broken(&trimmed), []);
    let mut lost = trimmed;
    lost.retain(|record| !kept(record, 5) && !kept(record, 6));
    lost.push(Story::sent("a", "late", 9, 200));
    assert_eq!(broken(&lost), [Rule::Lost]);
}

#[test]
fn what_was_sent_after_an_ack_stands_behind_it() {
    // The first attempt counts: a message may have been stored by any of its attempts.
    let records = story(|record| match record {
        Record::Sent(sent) if sent.client_id == "three" => sent.ended = sent.begun,
        Record::Sent(sent) if sent.client_id == "two" => {
            (sent.begun, sent.ended) = (sent.begun + 40, sent.ended + 40);
        }
        _ => {}
    });
    assert_eq!(broken(&records), [Rule::RealTime]);
}

#[test]
fn a_retry_that_is_answered_otherwise_is_found() {
    let otherwise = story(|record| match record {
        Record::Sent(sent) if sent.begun == 50 => {
            sent.outcome = Outcome::Ok { seq: 7, id: "id7".to_owned() };
        }
        _ => {}
    });
    assert_eq!(broken(&otherwise), [Rule::Retry]);
    let same_place = story(|record| match record {
        Record::Sent(sent) if sent.begun == 50 => {
            sent.outcome = Outcome::Ok { seq: 4, id: "other".to_owned() };
        }
        _ => {}
    });
    assert_eq!(broken(&same_place), [Rule::Retry]);
}

#[test]
fn two_contents_that_are_acknowledged_under_one_name_are_found() {
    let records = story(|record| match record {
        Record::Sent(sent) if sent.begun == 50 => sent.text = "other".to_owned(),
        _ => {}
    });
    assert_eq!(broken(&records), [Rule::Retry]);
}

#[test]
fn more_people_than_seats_are_found() {
    let smaller = story(|record| match record {
        Record::Room(room) => room.max = 1,
        Record::Seats(seats) => seats.count = 1,
        _ => {}
    });
    assert_eq!(broken(&smaller), [Rule::Seats], "by the log");
    let mut counted = Story::told();
    counted.push(Record::Seats(Seats { room: ROOM.to_owned(), count: 3 }));
    assert_eq!(broken(&counted), [Rule::Seats], "by what the server says");
}

#[test]
fn coming_twice_going_without_having_come_and_speaking_without_a_seat_are_found() {
    let comes_again = entry(8, |entry| entry.content = Content::Join);
    assert_eq!(broken(&comes_again), [Rule::Seats]);
    let goes = entry(8, |entry| entry.author = "c".to_owned());
    assert_eq!(broken(&goes), [Rule::Seats]);
    let speaks = entry(6, |entry| entry.author = "c".to_owned());
    assert_eq!(broken(&speaks), [Rule::Seats]);
}

#[test]
fn a_room_that_was_not_recorded_is_the_recorder_s_fault() {
    let records = without(|record| matches!(record, Record::Room(_)));
    assert_eq!(broken(&records), [Rule::Recorder]);
}

#[test]
fn rooms_are_judged_apart() {
    let mut records = Story::told();
    records.push(Record::Room(Room { room: "other".to_owned(), max: 2 }));
    let entry = Entry { id: "x".to_owned(), ..Story::log()[0].clone() };
    records.push(Record::Kept(Kept { room: "other".to_owned(), entry }));
    assert_eq!(broken(&records), []);
    assert_eq!(check(&records).rooms, 2);
}
