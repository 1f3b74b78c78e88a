//! What people do in a room besides writing: the same acts as over Socket.IO.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};

use super::Web;
use super::address::NamedPair;
use super::answer::{NoRoute, Refusal};
use super::body::Fields;
use super::caller::Caller;
use super::rooms::room_id;
use crate::realtime::wire::{ACTS, Act};

/// Answers when what was asked is on disk.
pub(super) async fn perform(
    State(web): State<Web>,
    caller: Caller,
    NamedPair(id, name): NamedPair,
    fields: Fields,
) -> Result<Response, Refusal> {
    if !ACTS.contains(&name.as_str()) {
        return Ok(NoRoute.into_response());
    }
    let room = room_id(&id)?;
    let act = Act::parse(&name, fields.object(), web.chat.limits())?;
    let answer = act.perform(&web.chat, &caller.visitor, &room).await?;
    Ok(Json(answer).into_response())
}
