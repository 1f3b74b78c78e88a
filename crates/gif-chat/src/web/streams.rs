//! Server-Sent Events: the lobby, or a room, for those who only watch.

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, HeaderName, HeaderValue, header};

use super::Web;
use super::address::Named;
use super::answer::Refusal;
use super::caller::Caller;
use super::rooms::room_id;
use super::sockets::RETRY_AFTER_SECONDS;
use crate::chat::{ChatError, Network};
use crate::realtime::EventStream;
use crate::realtime::wire::EventId;

/// The type of an event stream (HTML standard, "Server-sent events").
const EVENT_STREAM: HeaderValue = HeaderValue::from_static("text/event-stream");

/// What a reader has that comes back (the same).
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// Keeps nginx from collecting events before it passes them on.
const UNBUFFERED: HeaderName = HeaderName::from_static("x-accel-buffering");

/// The rooms, and every change to them.
pub(super) async fn lobby(State(web): State<Web>, caller: Caller, headers: HeaderMap) -> Response {
    let Some(place) = web.sessions.enter(Network::of(caller.visitor.address)) else {
        return later();
    };
    let stream = web.streams.watch_lobby(place, last_event_id(&headers).as_ref());
    answer(Body::from_stream(stream))
}

/// What is said in a room. Takes a seat.
pub(super) async fn room(
    State(web): State<Web>,
    caller: Caller,
    Named(id): Named,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let room = room_id(&id)?;
    let Some(place) = web.sessions.enter(Network::of(caller.visitor.address)) else {
        return Ok(later());
    };
    let watching = web.streams.watch_room(place, (caller.visitor, room), last_event_id(&headers));
    let stream: EventStream = watching.await?;
    Ok(answer(Body::from_stream(stream)))
}

/// Whether there would be a stream, for whoever asks without wanting it: takes no seat.
pub(super) async fn room_head(
    State(web): State<Web>,
    caller: Caller,
    Named(id): Named,
) -> Result<Response, Refusal> {
    web.chat.admitted_standing(&caller.visitor, &room_id(&id)?).await?;
    Ok(answer(Body::empty()))
}

/// The same for the lobby.
pub(super) async fn lobby_head() -> Response {
    answer(Body::empty())
}

fn answer(body: Body) -> Response {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, EVENT_STREAM);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(UNBUFFERED, HeaderValue::from_static("no"));
    response
}

/// The answer when there are as many sessions as there may be.
fn later() -> Response {
    let mut response = Refusal(ChatError::Unavailable).into_response();
    let seconds = HeaderValue::from_static(RETRY_AFTER_SECONDS);
    response.headers_mut().insert(header::RETRY_AFTER, seconds);
    response
}

/// What a reader gives back that we never said is as good as nothing.
fn last_event_id(headers: &HeaderMap) -> Option<EventId> {
    EventId::parse(headers.get(LAST_EVENT_ID)?.to_str().ok()?)
}
