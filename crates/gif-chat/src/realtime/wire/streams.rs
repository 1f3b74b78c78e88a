//! What an event stream says that a socket does not.

use serde::Serialize;

use super::{Participant, RoomSettings, You};
use crate::chat;

/// The id of an event in a stream: `<epoch>:<number>`, where the number is a room's `seq`, or the
/// revision of the lobby.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventId {
    /// The data folder in which the number means something.
    pub epoch: String,
    /// A `seq`, or a revision.
    pub number: u64,
}

impl EventId {
    /// Reads what a client gives back as `Last-Event-ID`. What we never said is as good as nothing.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (epoch, number) = text.split_once(':')?;
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        let number = number.parse().ok().filter(|_| is_number)?;
        Some(Self { epoch: epoch.to_owned(), number })
    }
}

impl std::fmt::Display for EventId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}:{}", self.epoch, self.number)
    }
}

/// The first event of a room's stream: what the room is like. The entries follow.
#[derive(Clone, Debug, Serialize)]
pub struct Watching {
    epoch: String,
    head: u64,
    first: u64,
    /// Forget what you have: the newest messages follow. Otherwise, what you have missed.
    reset: bool,
    you: You,
    owner: String,
    participants: Vec<Participant>,
    room: RoomSettings,
}

impl Watching {
    pub(crate) fn new(joined: &chat::Joined, epoch: &str, reset: bool) -> Self {
        let page = &joined.page;
        let personal = page.personal.as_ref();
        Self {
            epoch: epoch.to_owned(),
            head: page.head,
            first: page.first,
            reset,
            you: You::new(&joined.you, personal.and_then(|personal| personal.muted_until), None),
            owner: page.owner.to_string(),
            participants: page.participants.iter().map(Into::into).collect(),
            room: (&page.settings).into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::EventId;

    #[test]
    fn an_id_is_read_as_it_was_written_and_nothing_else_is_read() {
        let id = EventId { epoch: "5eed".to_owned(), number: 9 };
        assert_eq!(EventId::parse(&id.to_string()), Some(id));
        let beyond = format!("5eed:{}0", u64::MAX);
        for foreign in ["", "9", "5eed", "5eed:", ":", "5eed:+9", "5eed:-1", "5eed:9x", &beyond] {
            assert_eq!(EventId::parse(foreign), None, "{foreign}");
        }
    }
}
