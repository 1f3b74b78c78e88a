//! Rooms, people and entries of the log.

use serde::Serialize;

use super::event;
use crate::chat;
use crate::i18n::Locale;

/// A participant's two-word name, in every language that the page speaks.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Alias {
    ko: String,
    en: String,
}

impl From<&chat::Alias> for Alias {
    fn from(alias: &chat::Alias) -> Self {
        Self { ko: alias.ko.clone(), en: alias.en.clone() }
    }
}

/// A visitor who holds a seat. `user` is the room colour.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Participant {
    id: String,
    user: String,
    alias: Alias,
    owner: bool,
    away: bool,
    since: String,
}

impl From<&chat::Participant> for Participant {
    fn from(participant: &chat::Participant) -> Self {
        Self {
            id: participant.author.to_string(),
            user: participant.colour.to_string(),
            alias: (&participant.alias).into(),
            owner: participant.owner,
            away: participant.away,
            since: participant.since.to_string(),
        }
    }
}

/// A room as the lobby lists it. `owner` is the owner's room colour.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct Room {
    #[serde(rename = "_id")]
    id: String,
    title: String,
    max: u32,
    owner: String,
    owner_alias: Alias,
    password: bool,
    created_at: String,
    count: u32,
    /// While nobody is connected: when the room ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    closes_at: Option<String>,
    /// Whether nobody has been in it yet.
    fresh: bool,
}

impl From<&chat::RoomState> for Room {
    fn from(room: &chat::RoomState) -> Self {
        Self {
            id: room.id.to_string(),
            title: room.title.clone(),
            max: room.max,
            owner: room.owner_colour.to_string(),
            owner_alias: (&room.owner_alias).into(),
            password: room.secret,
            created_at: room.created_at.to_string(),
            count: room.count,
            closes_at: room.closes_at.map(|at| at.to_string()),
            fresh: room.fresh,
        }
    }
}

/// What a system line says; every client words it in its own language.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct System {
    #[cfg_attr(test, ts(type = "\"join\" | \"exit\" | \"owner\""))]
    kind: &'static str,
    author: String,
    user: String,
    alias: Alias,
}

/// Anything in a room's log. Text and GIFs carry an author; system lines carry `system`, and come
/// from the user "system" with a Korean text, as the course's pages expect.
#[derive(Clone, Debug, Serialize)]
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
            user: String::new(),
            created_at: entry.created_at.to_string(),
            author: None,
            alias: None,
            chat: None,
            gif: None,
            width: None,
            height: None,
            client_id: None,
            reply_to: None,
            system: None,
            participant: None,
            count: None,
            participants: None,
        };
        match &entry.message {
            chat::Message::System(line) => blank.with_system(line),
            chat::Message::Said { by, body, client_id, reply_to } => Self {
                user: by.colour.to_string(),
                author: Some(by.author.to_string()),
                alias: Some((&by.alias).into()),
                client_id: client_id.as_ref().map(|id| id.as_str().to_owned()),
                reply_to: *reply_to,
                ..blank.with_body(body)
            },
        }
    }
}

impl Entry {
    fn with_system(self, line: &chat::SystemLine) -> Self {
        let user = line.about.colour.to_string();
        let text = Locale::Ko.fill(&format!("system.{}", line.kind.as_str()), "user", &user);
        Self {
            user: "system".to_owned(),
            chat: Some(text),
            system: Some(System {
                kind: line.kind.as_str(),
                author: line.about.author.to_string(),
                user,
                alias: (&line.about.alias).into(),
            }),
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

/// The event under which an announcement travels, and its payload.
pub(crate) fn announcement(announcement: &chat::Announcement) -> (&'static str, Entry) {
    let entry = Entry::from(&announcement.entry);
    let entry = match &announcement.people {
        Some(people) => entry.with_people(people),
        None => entry,
    };
    let name = match &announcement.entry.message {
        chat::Message::System(line) => match line.kind {
            chat::SystemKind::Join => event::JOIN,
            chat::SystemKind::Exit => event::EXIT,
            chat::SystemKind::Owner => event::CHAT,
        },
        chat::Message::Said { .. } => event::CHAT,
    };
    (name, entry)
}
