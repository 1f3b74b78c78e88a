//! Names and shapes of everything that travels over Socket.IO. Nothing else in the server builds a
//! payload; `web/src/wire.ts` is generated from here and held equal by a test.

mod acts;
mod answers;
mod entries;
mod people;
mod requests;
mod streams;
mod system;

pub(crate) use acts::{ACTS, Act, Answer};
pub use answers::{Changed, Close, Failure, History, Joined, Restart, Sent, Time, Whispered, You};
pub(crate) use answers::{Done, Refused};
pub use entries::{Change, Entry, Quote, Whisper};
pub(crate) use entries::{announcement, kept};
pub use people::{
    Alias, Ban, Invitation, Kicked, Participant, Person, Presence, Report, Room, RoomSettings,
    Typing,
};
pub(crate) use requests::{ConnectAuth, JoinRequest, SendRequest, older_page};
pub use streams::{EventId, Watching};
pub(crate) use system::sentence;
pub use system::{Reaction, Reactor, System};

/// Namespaces.
pub mod namespace {
    /// The lobby: rooms appear, change and vanish.
    pub const LOBBY: &str = "/room";
    /// One room per socket.
    pub const CHAT: &str = "/chat";
}

/// Events from the server.
pub mod event {
    /// A room was made.
    pub const NEW_ROOM: &str = "newRoom";
    /// A room is gone.
    pub const REMOVE_ROOM: &str = "removeRoom";
    /// A room has another state.
    pub const UPDATE_ROOM: &str = "updateRoom";
    /// All rooms, on every connect.
    pub const ROOMS: &str = "rooms";
    /// What time it is on the server, after the rooms on every connect.
    pub const TIME: &str = "time";
    /// Somebody took a seat. Also a request of clients.
    pub const JOIN: &str = "join";
    /// Somebody's seat is free.
    pub const EXIT: &str = "exit";
    /// An entry. Also a request of clients.
    pub const CHAT: &str = "chat";
    /// A change to an entry, which is an entry itself.
    pub const CHANGE: &str = "change";
    /// Something for two people only.
    pub const WHISPER: &str = "whisper";
    /// Somebody is writing.
    pub const TYPING: &str = "typing";
    /// Somebody is only away, or back.
    pub const PRESENCE: &str = "presence";
    /// The owner has sent the client's visitor out.
    pub const KICKED: &str = "kicked";
    /// Somebody reported a message to the owner.
    pub const REPORT: &str = "report";
    /// In an event stream of a room: what the room is like, before its entries.
    pub const JOINED: &str = "joined";
    /// A request without an ack failed.
    pub const REFUSED: &str = "refused";
    /// The room is gone.
    pub const CLOSE: &str = "close";
    /// The server stops: come back in a moment.
    pub const RESTART: &str = "restart";
    /// A request of clients: an older page.
    pub const HISTORY: &str = "history";
    /// A request of clients: give the seat up.
    pub const LEAVE: &str = "leave";

    /// Everything that the server sends without being asked.
    #[cfg(test)]
    pub(crate) const FROM_SERVER: &[&str] = &[
        NEW_ROOM,
        REMOVE_ROOM,
        UPDATE_ROOM,
        ROOMS,
        TIME,
        JOIN,
        EXIT,
        CHAT,
        CHANGE,
        WHISPER,
        TYPING,
        PRESENCE,
        KICKED,
        REPORT,
        JOINED,
        REFUSED,
        CLOSE,
        RESTART,
    ];
}

#[cfg(test)]
mod examples;
#[cfg(test)]
mod tests;
