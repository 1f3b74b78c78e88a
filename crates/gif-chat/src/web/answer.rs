//! From refusals to answers: one place for the status, the JSON and the page.

use axum::Json;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, Method, StatusCode, header};

use super::Web;
use super::caller::Caller;
use super::pages::{self, ErrorPage};
use crate::chat::ChatError;
use crate::realtime::wire::Failure;

/// A handler's refusal. Carries no words: [`explain`] finds them in the reader's language.
#[derive(Clone, Debug)]
pub(super) struct Refusal(pub(super) ChatError);

impl From<ChatError> for Refusal {
    fn from(error: ChatError) -> Self {
        Self(error)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = status(&self.0).into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Nothing is served under this address.
#[derive(Clone, Copy)]
pub(super) struct NoRoute;

impl IntoResponse for NoRoute {
    fn into_response(self) -> Response {
        let mut response = StatusCode::NOT_FOUND.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// A handler panicked; the log knows more.
#[derive(Clone, Copy)]
pub(super) struct Internal;

impl IntoResponse for Internal {
    fn into_response(self) -> Response {
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The HTTP status of each code.
pub(super) fn status(error: &ChatError) -> StatusCode {
    match error {
        ChatError::BadRequest => StatusCode::BAD_REQUEST,
        ChatError::WrongPassword => StatusCode::UNAUTHORIZED,
        ChatError::NotAdmitted
        | ChatError::NotInRoom
        | ChatError::NotOwner
        | ChatError::Banned { .. }
        | ChatError::Muted { .. }
        | ChatError::Locked
        | ChatError::CrossSite => StatusCode::FORBIDDEN,
        ChatError::NotFound => StatusCode::NOT_FOUND,
        ChatError::Conflict | ChatError::AlreadyJoined | ChatError::RoomFull => {
            StatusCode::CONFLICT
        }
        ChatError::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ChatError::NotAGif | ChatError::Invalid { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        ChatError::TooFast { .. } => StatusCode::TOO_MANY_REQUESTS,
        ChatError::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ChatError::NoSpace => StatusCode::INSUFFICIENT_STORAGE,
    }
}

/// Gives refusals their words: JSON for clients that accept it, a page for people.
pub(super) async fn explain(State(web): State<Web>, request: Request, next: Next) -> Response {
    let caller = request.extensions().get::<Caller>().cloned();
    let asked = (request.method().clone(), request.uri().clone());
    let mut response = next.run(request).await;
    let Some(caller) = caller else {
        return response;
    };
    if let Some(Refusal(error)) = response.extensions_mut().remove::<Refusal>() {
        let message = caller.locale.sentence(&error);
        let json = Json(Failure::body(&error, caller.locale));
        let asked_to_wait = response.headers_mut().remove(header::RETRY_AFTER);
        let mut explained = write(&web, &caller, (status(&error), message), json, &error);
        if let Some(seconds) = asked_to_wait {
            explained.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        say_when_to_retry(&mut explained, &error);
        return explained;
    }
    if response.extensions_mut().remove::<NoRoute>().is_some() {
        let message = caller.locale.fill("error.page_not_found", "request", named(&asked));
        let json = Json(serde_json::json!({ "error": "not_found", "message": message }));
        return write(&web, &caller, (StatusCode::NOT_FOUND, message), json, &"no route");
    }
    if response.extensions_mut().remove::<Internal>().is_some() {
        let message = caller.locale.text("error.internal").to_owned();
        let json = Json(serde_json::json!({ "error": "internal", "message": message }));
        let answer = (StatusCode::INTERNAL_SERVER_ERROR, message);
        return write(&web, &caller, answer, json, &"a handler panicked");
    }
    response
}

/// Tells programs when it is worth trying again.
pub(super) fn say_when_to_retry(response: &mut Response, error: &ChatError) {
    if let Some(retry_after) = error.retry_after() {
        let seconds = retry_after.as_millis().div_ceil(1_000).max(1).to_string();
        if let Ok(seconds) = HeaderValue::from_str(&seconds) {
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
    }
}

/// The request as the error page names it: without the query, which may hold a password.
fn named((method, uri): &(Method, http::Uri)) -> String {
    let path = percent_encoding::percent_decode_str(uri.path()).decode_utf8_lossy();
    format!("{method} {}", path.chars().take(200).collect::<String>())
}

fn write(
    web: &Web,
    caller: &Caller,
    (status, message): (StatusCode, String),
    json: impl IntoResponse,
    detail: &dyn std::fmt::Debug,
) -> Response {
    if !caller.wants_page {
        return (status, json).into_response();
    }
    let page = ErrorPage {
        page: web.page(caller),
        status: status.as_u16(),
        message,
        request_id: caller.request_id.clone(),
        detail: web.development.then(|| format!("{detail:?}")),
    };
    pages::html(status, &page)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_document_names_every_code_beside_its_status() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/protocol.md");
        let document = std::fs::read_to_string(path).unwrap();
        let retry_after = Duration::from_secs(1);
        let all = [
            ChatError::BadRequest,
            ChatError::WrongPassword,
            ChatError::NotAdmitted,
            ChatError::NotInRoom,
            ChatError::NotOwner,
            ChatError::Banned { retry_after },
            ChatError::Muted { retry_after },
            ChatError::Locked,
            ChatError::CrossSite,
            ChatError::NotFound,
            ChatError::Conflict,
            ChatError::AlreadyJoined,
            ChatError::RoomFull,
            ChatError::TooLarge,
            ChatError::NotAGif,
            ChatError::invalid("chat", "text_empty"),
            ChatError::TooFast { retry_after },
            ChatError::Unavailable,
            ChatError::NoSpace,
        ];
        for error in all {
            let row = format!("| {} | ", status(&error).as_u16());
            let found = document.lines().find(|line| line.starts_with(&row)).unwrap_or_default();
            assert!(found.contains(&format!("`{}`", error.code())), "{error:?} in {found}");
        }
    }
}
