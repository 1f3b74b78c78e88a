//! Rooms and the people in them.

use serde::Serialize;

use crate::chat;

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

/// Somebody in a room. `user` is the room colour.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Person {
    pub(super) id: String,
    pub(super) user: String,
    pub(super) alias: Alias,
}

impl From<&chat::Identity> for Person {
    fn from(who: &chat::Identity) -> Self {
        Self {
            id: who.author.to_string(),
            user: who.colour.to_string(),
            alias: (&who.alias).into(),
        }
    }
}

/// A visitor who holds a seat. `user` is the room colour.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct Participant {
    id: String,
    user: String,
    alias: Alias,
    owner: bool,
    away: bool,
    since: String,
    /// While the owner lets them not write: until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    muted_until: Option<String>,
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
            muted_until: participant.muted_until.map(|until| until.to_string()),
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
    /// While nobody is connected, or its owner closes it: when the room ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    closes_at: Option<String>,
    /// Whether nobody has been in it yet.
    fresh: bool,
    /// Whether nobody new comes in.
    locked: bool,
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
            locked: room.locked,
        }
    }
}

/// What a room is like, for those who are in it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct RoomSettings {
    title: String,
    max: u32,
    /// Whether it has a password.
    secret: bool,
    /// Whether nobody new comes in.
    locked: bool,
    /// Seconds between two messages of one person; 0: none.
    slow: u32,
    /// While its owner closes it: when.
    #[serde(skip_serializing_if = "Option::is_none")]
    closes_at: Option<String>,
}

impl From<&chat::RoomSettings> for RoomSettings {
    fn from(settings: &chat::RoomSettings) -> Self {
        Self {
            title: settings.title.clone(),
            max: settings.max,
            secret: settings.secret,
            locked: settings.locked,
            slow: settings.slow_seconds,
            closes_at: settings.closes_at.map(|at| at.to_string()),
        }
    }
}

/// Somebody who was sent out.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct Ban {
    id: String,
    user: String,
    alias: Alias,
    until: String,
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl From<&chat::Ban> for Ban {
    fn from(ban: &chat::Ban) -> Self {
        let Person { id, user, alias } = (&ban.who).into();
        Self {
            id,
            user,
            alias,
            until: ban.until.to_string(),
            created_at: ban.created_at.to_string(),
            reason: ban.reason.as_ref().map(|reason| reason.as_str().to_owned()),
        }
    }
}

/// An invitation that holds.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Invitation {
    id: String,
    created_at: String,
    expires_at: String,
    #[cfg_attr(test, ts(type = "number"))]
    uses: u64,
}

impl From<&chat::Invitation> for Invitation {
    fn from(invitation: &chat::Invitation) -> Self {
        Self {
            id: invitation.id.to_string(),
            created_at: invitation.created_at.to_string(),
            expires_at: invitation.expires_at.to_string(),
            uses: invitation.uses,
        }
    }
}

/// What somebody reported to the owner.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct Report {
    #[cfg_attr(test, ts(type = "number"))]
    seq: u64,
    by: Person,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    created_at: String,
}

impl From<&chat::Report> for Report {
    fn from(report: &chat::Report) -> Self {
        Self {
            seq: report.seq,
            by: (&report.by).into(),
            reason: report.reason.as_ref().map(|reason| reason.as_str().to_owned()),
            created_at: report.created_at.to_string(),
        }
    }
}

/// Somebody is only away, or back.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Presence {
    pub(crate) id: String,
    pub(crate) away: bool,
}

/// Somebody is writing.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Typing {
    pub(crate) id: String,
}

/// The owner has sent this client's visitor out.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct Kicked {
    pub(crate) room: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    pub(crate) until: String,
}
