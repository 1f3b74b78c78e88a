//! Event streams: what sockets hear, for those who only watch. The lobby's and a room's, read as a
//! browser's `EventSource` reads them.

mod admission;
mod endings;
mod hostile;
mod limits;
mod lobby;
mod lobby_resume;
mod logs;
mod origin;
mod reader;
mod room;
mod room_resume;
mod seats;
mod slow;
mod stopping;

/// The path of the lobby's stream.
const LOBBY: &str = "/events";

/// The path of a room's stream.
fn of(room: &str) -> String {
    format!("/room/{room}/events")
}
