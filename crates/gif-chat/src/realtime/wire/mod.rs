//! Names and shapes of everything that travels over Socket.IO. Nothing else in the server builds a
//! payload; `web/src/wire.ts` is generated from here and held equal by a test.

mod answers;
mod entries;
mod requests;

pub use answers::{Close, Failure, History, Joined, Restart, Sent, Time, You};
pub(crate) use answers::{Left, Refused};
pub(crate) use entries::announcement;
pub use entries::{Alias, Entry, Participant, Room, System};
pub(crate) use requests::{ConnectAuth, HistoryRequest, JoinRequest, SendRequest};

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
}

#[cfg(test)]
mod tests;
