//! What was done and what was seen, as it is recorded while a server is used and misused.
//!
//! A history is a list of [`Record`]s. It holds everything that [`crate::check`] needs and nothing
//! about how it came about: the same judge serves a load on a healthy server and one that is
//! killed. As a file it is one line of JSON for each.
//!
//! Times are nanoseconds on one monotonic clock of the recorder.

mod lines;

use serde::{Deserialize, Serialize};

pub use lines::{LINE_BYTES_MAX, read, write};

/// One fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Record {
    /// A room was made.
    Room(Room),
    /// One attempt to send a message has ended. A retry is an attempt of its own.
    Sent(Sent),
    /// A viewer showed an entry. The records of one viewer stand in the order in which they were
    /// shown.
    Seen(Seen),
    /// An entry of a room's log, as it was read at the end. The records of one room stand in its
    /// order.
    Kept(Kept),
    /// A server said how many seats of a room are taken.
    Seats(Seats),
}

/// A room and the number of its seats.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    /// Its id.
    pub room: String,
    /// Most seats at the same time.
    pub max: u32,
}

/// One attempt to send a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// Where.
    pub room: String,
    /// The author id of who sent it.
    pub author: String,
    /// The sender's own name for the message; a retry has the same.
    pub client_id: String,
    /// What it says.
    pub text: String,
    /// When the attempt began.
    pub begun: u64,
    /// When its outcome was known, or when the sender gave up waiting.
    pub ended: u64,
    /// What became of it as far as its sender knows.
    pub outcome: Outcome,
}

/// What became of an attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// Acknowledged.
    Ok {
        /// Its place in the log, as the server said.
        seq: u64,
        /// Its id, as the server said.
        id: String,
    },
    /// Refused: this attempt has stored nothing.
    Failed {
        /// The code of the refusal.
        error: String,
    },
    /// No answer: it may have been stored or not.
    Unknown,
}

/// An entry as somebody was told about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its place in the log.
    pub seq: u64,
    /// Its id.
    pub id: String,
    /// The author's public id; of system lines, whom they are about.
    pub author: String,
    /// The sender's own name for it, if it has one.
    pub client_id: Option<String>,
    /// What it is.
    pub content: Content,
}

/// What an entry is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// A text.
    Text(String),
    /// A GIF, by its file name.
    Gif(String),
    /// The author has taken a seat.
    Join,
    /// The author's seat is free.
    Exit,
    /// Any other system line, by its kind.
    System(String),
}

/// A viewer showed an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Where.
    pub room: String,
    /// Who showed it: one page, across all its connections. After the server tells a page to start
    /// over (`reset`), what it shows is recorded under another name.
    pub viewer: String,
    /// What was shown.
    pub entry: Entry,
}

/// An entry of the log, read at the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Where.
    pub room: String,
    /// What is kept.
    pub entry: Entry,
}

/// How many seats are taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seats {
    /// Where.
    pub room: String,
    /// So many.
    pub count: u32,
}
