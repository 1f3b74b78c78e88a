//! What people do in a room besides writing: one name, one payload and one answer on both doors.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::answers::{Changed, Deadline, Done, Invited, Listed, Whispered};
use super::requests::read;
use crate::chat::{
    AuthorId, Capacity, Chat, ChatError, ClientId, Emoji, InvitationId, InvitationToken, Limits,
    MessageText, Password, Remark, RoomId, RoomTitle, SettingsWish, Timestamp, Visitor, Wish,
};

/// An act that somebody asks for.
#[derive(Debug)]
pub(crate) enum Act {
    /// Change a message.
    Change { of: u64, wish: Wish },
    /// Say that one is writing.
    Typing,
    /// Whisper to one participant.
    Whisper { to: AuthorId, text: String, client_id: Option<ClientId> },
    /// Take no whispers from somebody, or take them again.
    Block { who: AuthorId, on: bool },
    /// Report a message to the owner.
    Report { of: u64, reason: Option<Remark> },
    /// Make somebody else the owner.
    HandOver(AuthorId),
    /// Send somebody out.
    Kick { who: AuthorId, seconds: Option<u64>, reason: Option<Remark> },
    /// Let somebody back in.
    Unban(AuthorId),
    /// Let somebody not write; 0: let them.
    Mute { who: AuthorId, seconds: u64 },
    /// Change what the room is like.
    Settings(Box<SettingsWish>),
    /// Make an invitation.
    Invite { seconds: Option<u64> },
    /// Take an invitation back.
    Revoke(InvitationId),
    /// Close the room in so many seconds.
    Close { seconds: u64 },
    /// Do not close it after all.
    Keep,
    /// Forget what was reported about a message.
    Dismiss { of: u64 },
    /// List who was sent out.
    Bans,
    /// List the invitations.
    Invitations,
    /// List what was reported.
    Reports,
}

/// The names of all acts: events of Socket.IO, and the last part of an address over HTTP.
pub(crate) const ACTS: &[&str] = &[
    "edit",
    "delete",
    "react",
    "typing",
    "whisper",
    "block",
    "report",
    "handover",
    "kick",
    "bans",
    "unban",
    "mute",
    "settings",
    "invite",
    "invitations",
    "revoke",
    "reports",
    "dismiss",
    "close",
    "keep",
];

/// Every field that some act has; each reads its own.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fields {
    seq: Option<u64>,
    chat: Option<String>,
    emoji: Option<String>,
    on: Option<bool>,
    to: Option<String>,
    client_id: Option<String>,
    id: Option<String>,
    reason: Option<String>,
    seconds: Option<u64>,
    title: Option<String>,
    max: Option<i64>,
    password: Option<String>,
    locked: Option<bool>,
    slow: Option<u64>,
}

impl Act {
    /// Reads an act, or says why it cannot be understood. A name that is not in [`ACTS`] is
    /// `bad_request`.
    pub(crate) fn parse(name: &str, payload: Value, limits: &Limits) -> Result<Self, ChatError> {
        let payload =
            if payload.is_null() { Value::Object(serde_json::Map::new()) } else { payload };
        let fields: Fields = read(payload)?;
        Ok(match name {
            "edit" => Self::Change {
                of: needed(fields.seq)?,
                wish: Wish::Edit(MessageText::parse(&needed(fields.chat)?, limits)?),
            },
            "delete" => Self::Change { of: needed(fields.seq)?, wish: Wish::Delete },
            "react" => {
                let (emoji, on) = (Emoji::parse(&needed(fields.emoji)?)?, needed(fields.on)?);
                Self::Change { of: needed(fields.seq)?, wish: Wish::React { emoji, on } }
            }
            "typing" => Self::Typing,
            "whisper" => Self::Whisper {
                to: person(fields.to, "to", "recipient_left")?,
                text: needed(fields.chat)?,
                client_id: fields.client_id.as_deref().map(ClientId::parse).transpose()?,
            },
            "report" => Self::Report { of: needed(fields.seq)?, reason: remark(fields.reason)? },
            "bans" => Self::Bans,
            "invitations" => Self::Invitations,
            "reports" => Self::Reports,
            "keep" => Self::Keep,
            _ => Self::order(name, fields, limits)?,
        })
    }

    fn order(name: &str, fields: Fields, limits: &Limits) -> Result<Self, ChatError> {
        let who = |id| person(id, "id", "person_unknown");
        Ok(match name {
            "block" => Self::Block { who: who(fields.id)?, on: needed(fields.on)? },
            "handover" => Self::HandOver(who(fields.id)?),
            "kick" => Self::Kick {
                who: who(fields.id)?,
                seconds: fields.seconds,
                reason: remark(fields.reason)?,
            },
            "unban" => Self::Unban(who(fields.id)?),
            "mute" => Self::Mute { who: who(fields.id)?, seconds: needed(fields.seconds)? },
            "settings" => Self::Settings(Box::new(settings(fields, limits)?)),
            "invite" => Self::Invite { seconds: fields.seconds },
            "revoke" => {
                let id = InvitationId::parse(&needed(fields.id)?);
                Self::Revoke(id.ok_or(InvitationToken::over())?)
            }
            "close" => Self::Close { seconds: needed(fields.seconds)? },
            "dismiss" => Self::Dismiss { of: needed(fields.seq)? },
            _ => return Err(ChatError::BadRequest),
        })
    }

    /// Does it, in the name of `visitor`.
    pub(crate) async fn perform(
        self,
        chat: &Chat,
        visitor: &Visitor,
        room: &RoomId,
    ) -> Result<Answer, ChatError> {
        match self {
            Self::Change { of, wish } => {
                Ok(Answer::Changed(chat.change(visitor, room, of, wish).await?.into()))
            }
            Self::Whisper { to, text, client_id } => {
                let whispered = chat.whisper(visitor, room, to, (&text, client_id)).await?;
                Ok(Answer::Whispered(whispered.into()))
            }
            Self::Typing => done(chat.typing(visitor, room).await),
            Self::Block { who, on } => done(chat.block(visitor, room, who, on).await),
            Self::Report { of, reason } => done(chat.report(visitor, room, of, reason).await),
            Self::HandOver(to) => done(chat.hand_over(visitor, room, to).await),
            Self::Unban(who) => done(chat.unban(visitor, room, who).await),
            Self::Settings(wish) => done(chat.change_settings(visitor, room, *wish).await),
            Self::Revoke(id) => done(chat.revoke(visitor, room, id).await),
            Self::Keep => done(chat.keep_room(visitor, room).await),
            Self::Dismiss { of } => done(chat.dismiss(visitor, room, of).await),
            Self::Kick { who, seconds, reason } => {
                Ok(until(Some(chat.kick(visitor, room, who, (seconds, reason)).await?)))
            }
            Self::Mute { who, seconds } => Ok(until(chat.mute(visitor, room, who, seconds).await?)),
            Self::Close { seconds } => {
                let closes_at = chat.close_in(visitor, room, seconds).await?;
                let closes_at = closes_at.map(|at| at.to_string());
                Ok(Answer::Deadline(Deadline { ok: true, until: None, closes_at }))
            }
            Self::Invite { seconds } => {
                let (id, token, expires_at) = chat.invite(visitor, room, seconds).await?;
                Ok(Answer::Invited(Invited {
                    ok: true,
                    id: id.to_string(),
                    token: token.reveal().to_owned(),
                    expires_at: expires_at.to_string(),
                }))
            }
            Self::Bans | Self::Invitations | Self::Reports => self.list(chat, visitor, room).await,
        }
    }

    async fn list(
        self,
        chat: &Chat,
        visitor: &Visitor,
        room: &RoomId,
    ) -> Result<Answer, ChatError> {
        let ok = true;
        Ok(Answer::Listed(match self {
            Self::Bans => {
                let bans = chat.bans(visitor, room).await?;
                Listed::Bans { ok, bans: bans.iter().map(Into::into).collect() }
            }
            Self::Invitations => {
                let all = chat.invitations(visitor, room).await?;
                Listed::Invitations { ok, invitations: all.iter().map(Into::into).collect() }
            }
            _ => {
                let reports = chat.reports(visitor, room).await?;
                Listed::Reports { ok, reports: reports.iter().map(Into::into).collect() }
            }
        }))
    }
}

/// What an act is answered.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Answer {
    /// It is done.
    Done(Done),
    /// A message is another one now.
    Changed(Changed),
    /// It was whispered.
    Whispered(Whispered),
    /// It holds until then.
    Deadline(Deadline),
    /// There is an invitation.
    Invited(Invited),
    /// What was asked for.
    Listed(Listed),
}

fn done(result: Result<(), ChatError>) -> Result<Answer, ChatError> {
    result.map(|()| Answer::Done(Done { ok: true }))
}

fn until(until: Option<Timestamp>) -> Answer {
    let until = until.map(|until| until.to_string());
    Answer::Deadline(Deadline { ok: true, until, closes_at: None })
}

fn needed<T>(field: Option<T>) -> Result<T, ChatError> {
    field.ok_or(ChatError::BadRequest)
}

/// What is no id is nobody's.
fn person(
    id: Option<String>,
    field: &'static str,
    reason: &'static str,
) -> Result<AuthorId, ChatError> {
    AuthorId::parse(&needed(id)?).ok_or(ChatError::invalid(field, reason))
}

fn remark(reason: Option<String>) -> Result<Option<Remark>, ChatError> {
    reason.map_or(Ok(None), |reason| Remark::parse(&reason))
}

fn settings(fields: Fields, limits: &Limits) -> Result<SettingsWish, ChatError> {
    Ok(SettingsWish {
        title: fields.title.map(|title| RoomTitle::parse(&title, limits)).transpose()?,
        max: fields.max.map(|max| Capacity::parse(max, limits)).transpose()?,
        password: fields.password.map(|password| Password::parse(password, limits)).transpose()?,
        locked: fields.locked,
        // What is more than that is too much anyhow.
        slow_seconds: fields.slow.map(|seconds| u32::try_from(seconds).unwrap_or(u32::MAX)),
    })
}
