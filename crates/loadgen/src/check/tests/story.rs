//! A small history in which all is well, to be spoilt.

use crate::history::{Content, Entry, Kept, Outcome, Record, Room, Seats, Seen, Sent};

/// Somebody comes, somebody else comes, they talk, one goes.
pub(super) struct Story;

pub(super) const ROOM: &str = "r";

impl Story {
    pub(super) fn log() -> Vec<Entry> {
        let person = |seq, author: &str, content| Entry {
            seq,
            id: format!("id{seq}"),
            author: author.to_owned(),
            client_id: None,
            content,
        };
        vec![
            person(1, "a", Content::Join),
            person(2, "b", Content::Join),
            Self::text(3, "a", "one"),
            Self::text(4, "b", "two"),
            Self::text(5, "a", "three"),
            person(6, "a", Content::Gif("g.gif".to_owned())),
            Self::text(7, "b", "unanswered"),
            person(8, "b", Content::Exit),
        ]
    }

    /// A message is named by what it says.
    pub(super) fn text(seq: u64, author: &str, text: &str) -> Entry {
        Entry {
            seq,
            id: format!("id{seq}"),
            author: author.to_owned(),
            client_id: Some(text.to_owned()),
            content: Content::Text(text.to_owned()),
        }
    }

    /// An acknowledged attempt.
    pub(super) fn sent(author: &str, text: &str, seq: u64, begun: u64) -> Record {
        let outcome = Outcome::Ok { seq, id: format!("id{seq}") };
        Self::attempt(author, text, (begun, begun + 5), outcome)
    }

    pub(super) fn attempt(
        author: &str,
        text: &str,
        (begun, ended): (u64, u64),
        outcome: Outcome,
    ) -> Record {
        Record::Sent(Sent {
            room: ROOM.to_owned(),
            author: author.to_owned(),
            client_id: text.to_owned(),
            text: text.to_owned(),
            begun,
            ended,
            outcome,
        })
    }

    pub(super) fn seen(viewer: &str, entry: Entry) -> Record {
        Record::Seen(Seen { room: ROOM.to_owned(), viewer: viewer.to_owned(), entry })
    }

    pub(super) fn kept(entry: Entry) -> Record {
        Record::Kept(Kept { room: ROOM.to_owned(), entry })
    }

    pub(super) fn told() -> Vec<Record> {
        let failed = Outcome::Failed { error: "too_fast".to_owned() };
        let mut records = vec![
            Record::Room(Room { room: ROOM.to_owned(), max: 2 }),
            Record::Seats(Seats { room: ROOM.to_owned(), count: 2 }),
            Self::sent("a", "one", 3, 10),
            // The first try has no answer, the second is refused, the third and fourth agree.
            Self::attempt("b", "two", (20, 30), Outcome::Unknown),
            Self::attempt("b", "two", (31, 32), failed),
            Self::sent("b", "two", 4, 40),
            Self::sent("b", "two", 4, 50),
            // Sent while the other was under way: either order is right.
            Self::sent("a", "three", 5, 43),
            Self::sent("a", "three", 5, 70),
            Self::attempt("b", "unanswered", (80, 99), Outcome::Unknown),
        ];
        for (viewer, first) in [("v", 1), ("w", 3)] {
            let entries = Self::log().into_iter().filter(|entry| entry.seq >= first);
            records.extend(entries.map(|entry| Self::seen(viewer, entry)));
        }
        records.extend(Self::log().into_iter().map(Self::kept));
        records
    }
}
