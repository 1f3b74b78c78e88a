//! What the server says in events and answers, as far as a visitor needs it (docs/protocol.md).

use serde::{Deserialize, Serialize};

use crate::history;

/// `join`.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Join<'text> {
    /// Where.
    pub room: &'text str,
    /// The epoch of what is known, on a return.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub epoch: Option<&'text str>,
    /// The last `seq` that is known, on a return.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
}

/// `chat`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Chat<'text> {
    /// What is said.
    pub chat: &'text str,
    /// The sender's own name for it.
    pub client_id: &'text str,
}

/// `history`.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct AskHistory {
    /// Entries before this `seq`.
    pub before: u64,
    /// At most so many.
    pub limit: usize,
}

/// The answer to `join`.
#[derive(Clone, Debug, Deserialize)]
pub struct Joined {
    /// Names the data folder's life.
    pub epoch: String,
    /// The newest `seq`.
    pub head: u64,
    /// The oldest `seq` that is kept.
    pub first: u64,
    /// Whether the page has to forget what it has.
    pub reset: bool,
    /// Whether there is more than fits into one answer.
    pub more: bool,
    /// Entries in their order.
    pub messages: Vec<Entry>,
    /// Who one is here.
    pub you: You,
    /// All who hold a seat.
    pub participants: Vec<Participant>,
}

/// Who one is in a room.
#[derive(Clone, Debug, Deserialize)]
pub struct You {
    /// The author id.
    pub id: String,
}

/// Who holds a seat.
#[derive(Clone, Debug, Deserialize)]
pub struct Participant {
    /// The author id.
    pub id: String,
}

/// The answer to `chat`.
#[derive(Clone, Debug, Deserialize)]
pub struct Sent {
    /// The entry's id.
    #[serde(rename = "_id")]
    pub id: String,
    /// Its place in the log.
    pub seq: u64,
}

/// The answer to `history`.
#[derive(Clone, Debug, Deserialize)]
pub struct HistoryPage {
    /// Entries in their order.
    pub messages: Vec<Entry>,
}

/// The answer to `leave`.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Left {}

/// `restart`: the server stops.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Restart {
    /// When to come back, in milliseconds.
    pub delay_ms: u64,
}

/// A refusal.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// Its code.
    pub error: String,
    /// A sentence for people.
    #[serde(default)]
    pub message: String,
    /// With `too_fast`: when to try again, in milliseconds.
    pub retry_after_ms: Option<u64>,
}

/// An entry of a room's log.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Its id.
    #[serde(rename = "_id")]
    pub id: String,
    /// Its place in the log.
    pub seq: u64,
    /// Who said it; system lines have none.
    pub author: Option<String>,
    /// A text.
    pub chat: Option<String>,
    /// A GIF's file name.
    pub gif: Option<String>,
    /// The sender's own name for it.
    pub client_id: Option<String>,
    /// Of system lines: what they say.
    pub system: Option<System>,
    /// With a live `join` or `exit`: taken seats.
    pub count: Option<u32>,
}

/// What a system line says.
#[derive(Clone, Debug, Deserialize)]
pub struct System {
    /// Its kind.
    pub kind: String,
    /// Whom it is about.
    pub author: String,
}

impl From<Entry> for history::Entry {
    fn from(entry: Entry) -> Self {
        let Entry { id, seq, author, chat, gif, client_id, system, count: _ } = entry;
        let (author, content) = match (system, gif) {
            (Some(line), _) => {
                let content = match line.kind.as_str() {
                    "join" => history::Content::Join,
                    "exit" => history::Content::Exit,
                    _ => history::Content::System(line.kind),
                };
                (line.author, content)
            }
            (None, Some(gif)) => (author.unwrap_or_default(), history::Content::Gif(gif)),
            (None, None) => {
                let text = chat.unwrap_or_default();
                (author.unwrap_or_default(), history::Content::Text(text))
            }
        };
        Self { seq, id, author, client_id, content }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(json: &str) -> history::Entry {
        serde_json::from_str::<Entry>(json).unwrap().into()
    }

    #[test]
    fn system_lines_are_about_somebody_and_texts_are_by_somebody() {
        let joined = r#"{"_id":"i","seq":1,"user":"system","chat":"…","count":3,
            "system":{"kind":"join","author":"a","user":"x"}}"#;
        assert_eq!(entry(joined).content, history::Content::Join);
        assert_eq!(entry(joined).author, "a");
        let text = r#"{"_id":"i","seq":2,"author":"b","chat":"hello","clientId":"c-1","new":1}"#;
        let text = entry(text);
        assert_eq!(text.content, history::Content::Text("hello".to_owned()));
        assert_eq!((text.author.as_str(), text.client_id.as_deref()), ("b", Some("c-1")));
    }
}
