//! Entries of the log, and whispers beside it.

use serde::Serialize;

use super::{Alias, Participant, Person, Reaction, System, event};
use crate::chat;

/// Anything in a room's log. Text and GIFs carry an author; system lines carry `system`, and come
/// from the user "system" with a Korean text, as the course's pages expect.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    #[serde(rename = "_id")]
    id: String,
    room: String,
    #[cfg_attr(test, ts(type = "number"))]
    seq: u64,
    user: String,
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alias: Option<Alias>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chat: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gif: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    width: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(as = "Option<u32>"))]
    reply_to: Option<u64>,
    /// With `replyTo`: what it answers, while the server keeps that.
    #[serde(skip_serializing_if = "Option::is_none")]
    quote: Option<Quote>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, ts(as = "Option<Vec<Reaction>>"))]
    reactions: Vec<Reaction>,
    /// When its author changed it last.
    #[serde(skip_serializing_if = "Option::is_none")]
    edited: Option<String>,
    /// Nothing else is left of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted: Option<bool>,
    /// With `deleted`: the owner removed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    by_owner: Option<bool>,
    /// This entry changes another one, and is not shown itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<Change>,
    #[serde(skip_serializing_if = "Option::is_none")]
    system: Option<System>,
    /// With a live `join` or `exit`: who came or went.
    #[serde(skip_serializing_if = "Option::is_none")]
    participant: Option<Participant>,
    /// With a live `join` or `exit`: taken seats.
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u32>,
    /// With a live `join` or `exit`: everybody, while they are few.
    #[serde(skip_serializing_if = "Option::is_none")]
    participants: Option<Vec<Participant>>,
}

impl From<&chat::Entry> for Entry {
    fn from(entry: &chat::Entry) -> Self {
        let blank = Self {
            id: entry.id.to_string(),
            room: entry.room.to_string(),
            seq: entry.seq,
            created_at: entry.created_at.to_string(),
            ..Self::default()
        };
        match &entry.message {
            chat::Message::System(line) => Self {
                user: "system".to_owned(),
                chat: Some(super::system::korean(line)),
                system: Some(line.into()),
                ..blank
            },
            chat::Message::Said { by, body, client_id, reply_to, more } => Self {
                client_id: client_id.as_ref().map(|id| id.as_str().to_owned()),
                reply_to: *reply_to,
                quote: more.quote.as_ref().map(Into::into),
                reactions: more.reactions.iter().map(Into::into).collect(),
                edited: more.edited_at.map(|at| at.to_string()),
                ..blank.with_body(body).said_by(by)
            },
            chat::Message::Removed { by, by_owner, client_id } => Self {
                client_id: client_id.as_ref().map(|id| id.as_str().to_owned()),
                deleted: Some(true),
                by_owner: by_owner.then_some(true),
                ..blank.said_by(by)
            },
            chat::Message::Changed(change) => {
                Self { change: Some(change.into()), ..blank.said_by(&change.by) }
            }
        }
    }
}

impl Entry {
    fn said_by(self, who: &chat::Identity) -> Self {
        Self {
            user: who.colour.to_string(),
            author: Some(who.author.to_string()),
            alias: Some((&who.alias).into()),
            ..self
        }
    }

    fn with_body(self, body: &chat::Body) -> Self {
        match body {
            chat::Body::Text(text) => Self { chat: Some(text.as_str().to_owned()), ..self },
            chat::Body::Gif(gif) => Self {
                gif: Some(gif.name.clone()),
                width: Some(gif.width),
                height: Some(gif.height),
                ..self
            },
        }
    }

    fn with_people(self, people: &chat::People) -> Self {
        let all = people.participants.as_ref();
        Self {
            participant: Some((&people.participant).into()),
            count: Some(people.count),
            participants: all.map(|all| all.iter().map(Into::into).collect()),
            ..self
        }
    }
}

/// A message that another one answers.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct Quote {
    #[cfg_attr(test, ts(type = "number"))]
    seq: u64,
    author: String,
    user: String,
    alias: Alias,
    /// The beginning of its text, at most 200 graphemes.
    #[serde(skip_serializing_if = "Option::is_none")]
    chat: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gif: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    width: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted: Option<bool>,
}

impl From<&chat::Quote> for Quote {
    fn from(quote: &chat::Quote) -> Self {
        let Person { id: author, user, alias } = (&quote.by).into();
        let seq = quote.seq;
        let (chat, gif, width, height) = (None, None, None, None);
        let blank = Self { seq, author, user, alias, chat, gif, width, height, deleted: None };
        match &quote.excerpt {
            Some(chat::Excerpt::Text(text)) => Self { chat: Some(text.clone()), ..blank },
            Some(chat::Excerpt::Gif(gif)) => Self {
                gif: Some(gif.name.clone()),
                width: Some(gif.width),
                height: Some(gif.height),
                ..blank
            },
            None => Self { deleted: Some(true), ..blank },
        }
    }
}

/// A change to an earlier entry, by the author of the entry that carries it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct Change {
    #[cfg_attr(test, ts(type = "number"))]
    of: u64,
    #[cfg_attr(test, ts(type = "\"edit\" | \"delete\" | \"reaction\""))]
    kind: &'static str,
    /// With `edit`: the text as it is now; missing once the message was deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    chat: Option<String>,
    /// With `delete`: the owner removed somebody else's message.
    #[serde(skip_serializing_if = "Option::is_none")]
    by_owner: Option<bool>,
    /// With `reaction`.
    #[serde(skip_serializing_if = "Option::is_none")]
    emoji: Option<String>,
    /// With `reaction`: whether it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    on: Option<bool>,
}

impl From<&chat::Change> for Change {
    fn from(change: &chat::Change) -> Self {
        let (of, kind) = (change.of, change.kind.as_str());
        let blank = Self { of, kind, chat: None, by_owner: None, emoji: None, on: None };
        match &change.kind {
            chat::ChangeKind::Edit(text) => {
                Self { chat: text.as_ref().map(|text| text.as_str().to_owned()), ..blank }
            }
            chat::ChangeKind::Delete { by_owner } => {
                Self { by_owner: by_owner.then_some(true), ..blank }
            }
            chat::ChangeKind::Reaction { emoji, on } => {
                Self { emoji: Some(emoji.as_str().to_owned()), on: Some(*on), ..blank }
            }
        }
    }
}

/// A whisper, as one of its two people gets it: either they are its author, or it is to them.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct Whisper {
    #[serde(rename = "_id")]
    id: String,
    room: String,
    /// Its place among this reader's whispers in the room: 1, 2, 3, … without gaps.
    #[cfg_attr(test, ts(type = "number"))]
    private_seq: u64,
    /// The `seq` of the room that it follows.
    #[cfg_attr(test, ts(type = "number"))]
    anchor: u64,
    author: String,
    user: String,
    alias: Alias,
    to: Person,
    chat: String,
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
}

impl From<&chat::Whisper> for Whisper {
    fn from(whisper: &chat::Whisper) -> Self {
        let Person { id: author, user, alias } = (&whisper.by).into();
        Self {
            id: whisper.id.to_string(),
            room: whisper.room.to_string(),
            private_seq: whisper.private_seq,
            anchor: whisper.anchor,
            author,
            user,
            alias,
            to: (&whisper.to).into(),
            chat: whisper.text.as_str().to_owned(),
            created_at: whisper.created_at.to_string(),
            client_id: whisper.client_id.as_ref().map(|id| id.as_str().to_owned()),
        }
    }
}

/// The event under which an announcement travels, and its payload.
pub(crate) fn announcement(announcement: &chat::Announcement) -> (&'static str, Entry) {
    let entry = Entry::from(&announcement.entry);
    let name = match (&announcement.entry.message, &announcement.people) {
        (chat::Message::System(line), Some(_)) if line.kind == chat::SystemKind::Join => {
            event::JOIN
        }
        // Whoever was sent out has left as well.
        (chat::Message::System(_), Some(_)) => event::EXIT,
        (chat::Message::Changed(_), _) => event::CHANGE,
        _ => event::CHAT,
    };
    match &announcement.people {
        Some(people) => (name, entry.with_people(people)),
        None => (name, entry),
    }
}

/// The event under which an earlier entry is told in a stream, and its payload.
pub(crate) fn kept(entry: &chat::Entry) -> (&'static str, Entry) {
    let name = match &entry.message {
        chat::Message::System(line) => match line.kind {
            chat::SystemKind::Join => event::JOIN,
            chat::SystemKind::Exit | chat::SystemKind::Kick => event::EXIT,
            _ => event::CHAT,
        },
        chat::Message::Changed(_) => event::CHANGE,
        chat::Message::Said { .. } | chat::Message::Removed { .. } => event::CHAT,
    };
    (name, Entry::from(entry))
}
