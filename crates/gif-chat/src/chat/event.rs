//! What was committed, as listeners are told.

use super::{AuthorId, Entry, Participant, Report, RoomId, RoomState, Timestamp, Whisper};

/// What was committed, in commit order. A store hands events to its feed after the commit and
/// **before** it answers the caller.
#[derive(Clone, Debug)]
pub enum Event {
    /// A room was made.
    RoomMade(RoomState),
    /// A room has another count, owner, deadline or setting.
    RoomChanged(RoomState),
    /// A room is gone with all it held.
    RoomRemoved {
        /// Which.
        room: RoomId,
        /// Why.
        reason: CloseReason,
    },
    /// A room's log has a new entry.
    Announced(Box<Announcement>),
    /// Somebody was whispered to, or whispered: only this reader is told.
    Whispered {
        /// Whose copy it is.
        reader: AuthorId,
        /// The whisper.
        whisper: Box<Whisper>,
    },
    /// Somebody was sent out: every one of their sockets is told and let go.
    Expelled {
        /// Out of which room.
        room: RoomId,
        /// Who.
        author: AuthorId,
        /// Why, if the owner said so.
        reason: Option<String>,
        /// They may come back then.
        until: Timestamp,
    },
    /// Somebody's last connection is gone, or the first is back.
    Presence {
        /// In which room.
        room: RoomId,
        /// Who.
        author: AuthorId,
        /// Whether the seat is only kept.
        away: bool,
    },
    /// Somebody reported a message: only the owner is told.
    Reported {
        /// In which room.
        room: RoomId,
        /// Who runs it.
        owner: AuthorId,
        /// What was reported.
        report: Box<Report>,
    },
    /// Somebody is writing. Never committed; told to the others who are there now.
    Typing {
        /// In which room.
        room: RoomId,
        /// Who.
        author: AuthorId,
    },
}

/// Why a room ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseReason {
    /// Its owner closed it.
    Owner,
    /// Nobody was in it for one grace.
    Empty,
}

impl CloseReason {
    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Empty => "empty",
        }
    }
}

/// Marks what a socket caused, so that the socket itself can be left out of the announcement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin(pub u64);

/// A new entry, with what live listeners are told besides.
#[derive(Clone, Debug)]
pub struct Announcement {
    /// The entry.
    pub entry: Entry,
    /// With entry and exit lines: who is in the room now.
    pub people: Option<People>,
    /// The socket that is not told, because it asked in the course's way.
    pub except: Option<Origin>,
}

/// Who is in a room after somebody came or went.
#[derive(Clone, Debug)]
pub struct People {
    /// Who came or went.
    pub participant: Participant,
    /// Taken seats.
    pub count: u32,
    /// Everybody, while there are at most [`super::Limits::PARTICIPANTS_LISTED_MAX`].
    pub participants: Option<Vec<Participant>>,
}

/// Where a store hands over what it committed. Bounded: a full feed makes the store wait.
pub type Feed = tokio::sync::mpsc::Sender<Vec<Event>>;
