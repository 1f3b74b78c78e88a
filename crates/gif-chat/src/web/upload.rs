//! Receiving a GIF.

use axum::extract::multipart::{Field, Multipart};
use axum::extract::{DefaultBodyLimit, FromRequest as _, Request, State};
use http::{HeaderMap, StatusCode, header};

use super::Web;
use super::address::Named;
use super::answer::Refusal;
use super::body::discard;
use super::caller::Caller;
use super::posts::post;
use super::rooms::room_id;
use crate::chat::{ChatError, GifReference, Network, Reason};
use crate::gifs::{GifError, Incoming, Kept};

/// Permission first, then the bytes into a temporary file, then the row. Answers `ok` when both are
/// on disk.
pub(super) async fn gif(
    State(web): State<Web>,
    caller: Caller,
    Named(id): Named,
    headers: HeaderMap,
    request: Request,
) -> Result<&'static str, Refusal> {
    let room = room_id(&id)?;
    let post = post(&headers)?;
    if let Err(error) = web.chat.may_post_gif(&caller.visitor, &room).await {
        discard(request.into_body()).await;
        return Err(Refusal(error));
    }
    let Some(_place) = web.uploads.enter(Network::of(caller.visitor.address)) else {
        return Err(Refusal(ChatError::Unavailable));
    };
    // The rest of the body does not change what is too large already.
    if announced_length(&headers).is_some_and(|length| length > web.upload_bytes_max()) {
        return Err(Refusal(ChatError::TooLarge));
    }
    let receiving = receive(&web, request);
    let incoming = tokio::time::timeout(web.upload_time_max, receiving)
        .await
        .map_err(|_elapsed| ChatError::BadRequest)??;
    let Kept { name, inspected, pin } = web.shelf.keep(incoming).await.map_err(|e| refusal(&e))?;
    let gif = GifReference {
        name: name.clone(),
        width: inspected.width,
        height: inspected.height,
        bytes: inspected.bytes,
    };
    let may_be_a_retry = post.client_id.is_some();
    let posted = web.chat.post_gif(&caller.visitor, &room, gif, post).await;
    // The row is committed, or there is none: the file may be judged again.
    drop(pin);
    // A retry of what has left the history already makes no row for the file that it brought.
    if may_be_a_retry || posted.is_err() {
        web.chat.forget_gif(name).await;
    }
    posted.map(|_appended| "ok").map_err(Refusal)
}

/// Room for the multipart envelope around the largest GIF, in bytes.
const ENVELOPE_BYTES_MAX: u64 = 64 * 1024;

impl super::Inner {
    fn upload_bytes_max(&self) -> u64 {
        self.gif_bytes_max.saturating_add(ENVELOPE_BYTES_MAX)
    }
}

/// In place of the framework's own limit of 2 MB.
pub(super) fn body_limit(web: &Web) -> DefaultBodyLimit {
    DefaultBodyLimit::max(usize::try_from(web.upload_bytes_max()).unwrap_or(usize::MAX))
}

fn announced_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

async fn receive(web: &Web, request: Request) -> Result<Incoming, ChatError> {
    let multipart = Multipart::from_request(request, &());
    let mut multipart = multipart.await.map_err(|_no_multipart| ChatError::BadRequest)?;
    while let Some(field) = multipart.next_field().await.map_err(|error| unreadable(&error))? {
        if field.name() == Some("gif") {
            return receive_file(web, field).await;
        }
    }
    Err(ChatError::invalid("gif", "gif_missing"))
}

async fn receive_file(web: &Web, mut field: Field<'_>) -> Result<Incoming, ChatError> {
    let mut incoming = web.shelf.receive().await.map_err(|error| refusal(&error))?;
    while let Some(chunk) = field.chunk().await.map_err(|error| unreadable(&error))? {
        incoming.write(chunk).await.map_err(|error| refusal(&error))?;
    }
    Ok(incoming)
}

fn unreadable(error: &axum::extract::multipart::MultipartError) -> ChatError {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ChatError::TooLarge,
        _ => ChatError::BadRequest,
    }
}

/// What the sender is told; the cause of our own failures goes to the log.
fn refusal(error: &GifError) -> ChatError {
    let values = match error {
        GifError::NotAGif => return ChatError::NotAGif,
        GifError::TooManyBytes { .. } => return ChatError::TooLarge,
        GifError::NoSpace => return ChatError::NoSpace,
        GifError::Busy => return ChatError::Unavailable,
        GifError::Io(cause) => {
            tracing::error!(%cause, "a GIF could not be stored");
            return ChatError::Unavailable;
        }
        GifError::Canvas { width_max, height_max, .. } => {
            vec![("width", u64::from(*width_max)), ("height", u64::from(*height_max))]
        }
        GifError::Frames { limit } => vec![("limit", u64::from(*limit))],
        GifError::Pixels { limit } => vec![("limit", *limit)],
        GifError::Duration { limit_ms } => vec![("limit", limit_ms / 1_000)],
        GifError::Truncated | GifError::Malformed { .. } | GifError::Empty | GifError::TooSlow => {
            Vec::new()
        }
    };
    ChatError::Invalid { field: "gif", reason: Reason { code: error.code(), values } }
}
