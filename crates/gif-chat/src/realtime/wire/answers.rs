//! Answers to requests, and what the server says about itself.

use serde::Serialize;

use super::{Alias, Ban, Entry, Invitation, Participant, Report, RoomSettings, Whisper};
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
    /// With `too_fast`, `muted` and `banned`: when it is worth trying again.
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
        let retry_after_ms = error
            .retry_after()
            .map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).max(1));
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
#[serde(rename_all = "camelCase")]
pub struct You {
    id: String,
    user: String,
    alias: Alias,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<String>,
    /// While the owner lets you not write: until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    muted_until: Option<String>,
}

impl You {
    pub(super) fn new(
        you: &chat::Participant,
        muted_until: Option<chat::Timestamp>,
        session: Option<String>,
    ) -> Self {
        Self {
            id: you.author.to_string(),
            user: you.colour.to_string(),
            alias: (&you.alias).into(),
            session,
            muted_until: muted_until.map(|until| until.to_string()),
        }
    }
}

/// The answer to `join`.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct Joined {
    #[cfg_attr(test, ts(type = "true"))]
    ok: bool,
    epoch: String,
    #[cfg_attr(test, ts(type = "number"))]
    head: u64,
    #[cfg_attr(test, ts(type = "number"))]
    first: u64,
    reset: bool,
    /// There are more entries or whispers: ask again with what you have now.
    more: bool,
    messages: Vec<Entry>,
    /// Whispers, from you or to you.
    private: Vec<Whisper>,
    /// The newest `privateSeq`.
    #[cfg_attr(test, ts(type = "number"))]
    private_head: u64,
    you: You,
    owner: String,
    participants: Vec<Participant>,
    room: RoomSettings,
    /// Whose whispers you do not take.
    blocked: Vec<String>,
    /// For the owner: what was reported.
    #[serde(skip_serializing_if = "Option::is_none")]
    reports: Option<Vec<Report>>,
}

impl Joined {
    pub(crate) fn new(joined: &chat::Joined, epoch: &str, session: Option<String>) -> Self {
        let page = &joined.page;
        let personal = page.personal.clone().unwrap_or_default();
        let private = &personal.private;
        Self {
            ok: true,
            epoch: epoch.to_owned(),
            head: page.head,
            first: page.first,
            reset: joined.reset,
            more: page.more || (joined.resumes_private && private.more),
            messages: page.entries.iter().map(Into::into).collect(),
            private: private.whispers.iter().map(Into::into).collect(),
            private_head: private.head,
            you: You::new(&joined.you, personal.muted_until, session),
            owner: page.owner.to_string(),
            participants: page.participants.iter().map(Into::into).collect(),
            room: (&page.settings).into(),
            blocked: personal.blocked.iter().map(ToString::to_string).collect(),
            reports: personal.reports.map(|all| all.iter().map(Into::into).collect()),
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
    /// Whispers, from you or to you, that follow one of these messages.
    private: Vec<Whisper>,
    /// There are more such whispers: ask again with `beforePrivate`.
    more: bool,
}

impl From<&chat::HistoryPage> for History {
    fn from(page: &chat::HistoryPage) -> Self {
        let private = page.personal.as_ref().map(|personal| &personal.private);
        let whispers = private.iter().flat_map(|private| &private.whispers);
        Self {
            ok: true,
            messages: page.entries.iter().map(Into::into).collect(),
            private: whispers.map(Into::into).collect(),
            more: private.is_some_and(|private| private.more),
        }
    }
}

/// The answer to `edit`, `delete` and `react`: where the change stands in the log.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Changed {
    #[cfg_attr(test, ts(type = "true"))]
    ok: bool,
    #[cfg_attr(test, ts(type = "number"))]
    seq: u64,
    created_at: String,
}

impl From<chat::Changed> for Changed {
    fn from(changed: chat::Changed) -> Self {
        Self { ok: true, seq: changed.seq, created_at: changed.created_at.to_string() }
    }
}

/// The answer to `whisper`.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Whispered {
    #[cfg_attr(test, ts(type = "true"))]
    ok: bool,
    #[serde(rename = "_id")]
    id: String,
    #[cfg_attr(test, ts(type = "number"))]
    private_seq: u64,
    created_at: String,
}

impl From<chat::Whispered> for Whispered {
    fn from(whispered: chat::Whispered) -> Self {
        Self {
            ok: true,
            id: whispered.id.to_string(),
            private_seq: whispered.private_seq,
            created_at: whispered.created_at.to_string(),
        }
    }
}

/// The answer to what there is nothing else to say about.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Done {
    pub(crate) ok: bool,
}

/// The answer to `kick`, `mute` and `close`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Deadline {
    pub(crate) ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) until: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) closes_at: Option<String>,
}

/// The answer to `invite`. The token is told once, and kept nowhere.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Invited {
    pub(crate) ok: bool,
    pub(crate) id: String,
    pub(crate) token: String,
    pub(crate) expires_at: String,
}

/// The answers to `bans`, `invitations` and `reports`.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Listed {
    /// Who was sent out.
    Bans { ok: bool, bans: Vec<Ban> },
    /// The invitations that hold.
    Invitations { ok: bool, invitations: Vec<Invitation> },
    /// What was reported.
    Reports { ok: bool, reports: Vec<Report> },
}
