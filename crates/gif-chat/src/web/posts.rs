//! Saying something over HTTP.

use axum::extract::State;
use http::HeaderMap;

use super::Web;
use super::address::Named;
use super::answer::Refusal;
use super::body::Fields;
use super::caller::Caller;
use super::rooms::room_id;
use crate::chat::{ChatError, ClientId, Post};

/// Answers `ok` when the message is on disk.
pub(super) async fn chat(
    State(web): State<Web>,
    caller: Caller,
    Named(id): Named,
    headers: HeaderMap,
    mut fields: Fields,
) -> Result<&'static str, Refusal> {
    let text = fields.text("chat")?.ok_or(ChatError::invalid("chat", "text_empty"))?;
    // No entry has the number 0.
    let reply_to = fields.number("replyTo", 0)?.and_then(|seq| u64::try_from(seq).ok());
    let reply_to = reply_to.ok_or(ChatError::invalid("replyTo", "reply_to"))?;
    let post = Post { reply_to: Some(reply_to).filter(|seq| *seq > 0), ..post(&headers)? };
    web.chat.post_text(&caller.visitor, &room_id(&id)?, &text, post).await?;
    Ok("ok")
}

/// A retry names the same `Idempotency-Key`, and gets the first result.
pub(super) fn post(headers: &HeaderMap) -> Result<Post, ChatError> {
    let Some(key) = headers.get("idempotency-key") else {
        return Ok(Post::default());
    };
    let key = key.to_str().map_err(|_not_ascii| ChatError::BadRequest)?;
    Ok(Post { client_id: Some(ClientId::parse(key)?), reply_to: None })
}
