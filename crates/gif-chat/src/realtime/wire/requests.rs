//! What clients ask. Read strictly: a wrong type is `bad_request`, never a guess.

use serde::Deserialize;
use serde_json::Value;

use crate::chat::{
    ChatError, ClientId, InvitationToken, Key, Limits, OlderPage, Password, Post, Resume, RoomId,
};

/// CONNECT's `auth`: a client without cookies gives its session back.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct ConnectAuth {
    pub(crate) session: Option<String>,
}

impl ConnectAuth {
    /// What cannot be read says nothing.
    pub(crate) fn parse(payload: Value) -> Self {
        read(payload).unwrap_or_default()
    }
}

/// `join`: the course's page sends the room's id alone.
#[derive(Debug)]
pub(crate) struct JoinRequest {
    pub(crate) room: RoomId,
    /// Nothing when the course's page asks.
    pub(crate) ours: Option<Returning>,
}

/// What our own form of `join` adds.
#[derive(Debug)]
pub(crate) struct Returning {
    pub(crate) key: Key,
    pub(crate) resume: Resume,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct JoinObject {
    room: String,
    password: Option<String>,
    invitation: Option<String>,
    epoch: Option<String>,
    after: Option<u64>,
    after_private: Option<u64>,
}

impl JoinRequest {
    pub(crate) fn parse(payload: Value, limits: &Limits) -> Result<Self, ChatError> {
        if let Value::String(room) = payload {
            return Ok(Self { room: room_id(&room)?, ours: None });
        }
        let object: JoinObject = read(payload)?;
        let password = object.password.map(|text| Password::parse(text, limits)).transpose()?;
        let invitation = object.invitation.as_deref().map(InvitationToken::parse).transpose()?;
        let JoinObject { epoch, after, after_private, .. } = object;
        let resume = Resume { epoch, after, after_private };
        let ours =
            Some(Returning { key: Key { password: password.flatten(), invitation }, resume });
        Ok(Self { room: room_id(&object.room)?, ours })
    }
}

/// `chat`: the course's form names the room and claims a user; the claim is ignored.
#[derive(Debug)]
pub(crate) struct SendRequest {
    pub(crate) room: Option<String>,
    pub(crate) text: String,
    pub(crate) post: Post,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SendObject {
    chat: String,
    room: Option<String>,
    client_id: Option<String>,
    reply_to: Option<u64>,
}

impl SendRequest {
    pub(crate) fn parse(payload: Value) -> Result<Self, ChatError> {
        let object: SendObject = read(payload)?;
        let client_id = object.client_id.as_deref().map(ClientId::parse).transpose()?;
        let post = Post { client_id, reply_to: object.reply_to };
        Ok(Self { room: object.room, text: object.chat, post })
    }
}

/// `history`: an older page.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct HistoryObject {
    before: u64,
    limit: usize,
    before_private: Option<u64>,
}

/// Reads what `history` asks for.
pub(crate) fn older_page(payload: Value) -> Result<OlderPage, ChatError> {
    let HistoryObject { before, limit, before_private } = read(payload)?;
    Ok(OlderPage { before, limit, before_private })
}

/// Only objects have fields: serde would also take an array for them.
pub(super) fn read<T: for<'value> Deserialize<'value>>(payload: Value) -> Result<T, ChatError> {
    if !payload.is_object() {
        return Err(ChatError::BadRequest);
    }
    serde_json::from_value(payload).map_err(|_unreadable| ChatError::BadRequest)
}

fn room_id(text: &str) -> Result<RoomId, ChatError> {
    RoomId::parse(text).ok_or(ChatError::NotFound)
}
