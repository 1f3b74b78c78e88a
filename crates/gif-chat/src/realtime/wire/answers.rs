//! Answers to requests, and what the server says about itself.

use serde::Serialize;

use super::{Alias, Entry, Participant};
use crate::chat;
use crate::i18n::Locale;

/// A refusal: in an ack with `ok: false`; the HTTP door answers the same without `ok`.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(type = "false"))]
    ok: Option<bool>,
    error: &'static str,
    message: String,
    /// With `invalid`: the field.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'static str>,
    /// With `invalid`: the rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    /// With `too_fast`: when it is worth trying again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(as = "Option<u32>"))]
    retry_after_ms: Option<u64>,
}

impl Failure {
    /// As an ack answers it.
    #[must_use]
    pub fn ack(error: &chat::ChatError, locale: Locale) -> Self {
        Self { ok: Some(false), ..Self::body(error, locale) }
    }

    /// As the HTTP door answers it.
    #[must_use]
    pub fn body(error: &chat::ChatError, locale: Locale) -> Self {
        let (field, reason) = match error {
            chat::ChatError::Invalid { field, reason } => (Some(*field), Some(reason.code)),
            _ => (None, None),
        };
        let retry_after_ms = match error {
            chat::ChatError::TooFast { retry_after } => {
                Some(u64::try_from(retry_after.as_millis()).unwrap_or(u64::MAX).max(1))
            }
            _ => None,
        };
        let message = locale.sentence(error);
        Self { ok: None, error: error.code(), message, field, reason, retry_after_ms }
    }
}

/// Why a request without an ack failed.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Refused {
    pub(crate) room: Option<String>,
    #[serde(flatten)]
    pub(crate) failure: Failure,
}

/// The room is gone.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Close {
    pub(crate) room: String,
    #[cfg_attr(test, ts(type = "\"owner\" | \"empty\""))]
    pub(crate) reason: &'static str,
}

/// The server stops.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Restart {
    #[cfg_attr(test, ts(type = "number"))]
    pub(crate) delay_ms: u64,
}

/// What time it is on the server, whatever a client's own clock says.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Time {
    now: String,
}

impl From<chat::Timestamp> for Time {
    fn from(now: chat::Timestamp) -> Self {
        Self { now: now.to_string() }
    }
}

/// Who one is in a room. `session` only for clients without a cookie.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct You {
    id: String,
    user: String,
    alias: Alias,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<String>,
}

/// The answer to `join`.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Joined {
    #[cfg_attr(test, ts(type = "true"))]
    ok: bool,
    epoch: String,
    #[cfg_attr(test, ts(type = "number"))]
    head: u64,
    #[cfg_attr(test, ts(type = "number"))]
    first: u64,
    reset: bool,
    more: bool,
    messages: Vec<Entry>,
    /// Whispers; none are sent yet.
    #[cfg_attr(test, ts(type = "never[]"))]
    private: [(); 0],
    you: You,
    owner: String,
    participants: Vec<Participant>,
}

impl Joined {
    pub(crate) fn new(joined: &chat::Joined, epoch: &str, session: Option<String>) -> Self {
        Self {
            ok: true,
            epoch: epoch.to_owned(),
            head: joined.page.head,
            first: joined.page.first,
            reset: joined.reset,
            more: joined.page.more,
            messages: joined.page.entries.iter().map(Into::into).collect(),
            private: [],
            you: You {
                id: joined.you.author.to_string(),
                user: joined.you.colour.to_string(),
                alias: (&joined.you.alias).into(),
                session,
            },
            owner: joined.page.owner.to_string(),
            participants: joined.page.participants.iter().map(Into::into).collect(),
        }
    }
}

/// The answer to `chat`.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Sent {
    #[cfg_attr(test, ts(type = "true"))]
    ok: bool,
    #[serde(rename = "_id")]
    id: String,
    #[cfg_attr(test, ts(type = "number"))]
    seq: u64,
    created_at: String,
}

impl From<chat::Appended> for Sent {
    fn from(appended: chat::Appended) -> Self {
        Self {
            ok: true,
            id: appended.id.to_string(),
            seq: appended.seq,
            created_at: appended.created_at.to_string(),
        }
    }
}

/// The answer to `history`.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct History {
    #[cfg_attr(test, ts(type = "true"))]
    ok: bool,
    messages: Vec<Entry>,
}

impl From<&chat::HistoryPage> for History {
    fn from(page: &chat::HistoryPage) -> Self {
        Self { ok: true, messages: page.entries.iter().map(Into::into).collect() }
    }
}

/// The answer to `leave`.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Left {
    pub(crate) ok: bool,
}
