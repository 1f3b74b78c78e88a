//! In front of the Socket.IO engine: who may open a session, and whose session it is.

use std::collections::HashMap;

use axum::extract::{Query, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, StatusCode, header};

use super::Web;
use super::caller::{Caller, Connection};

/// How long a refused client should wait before it tries again, in seconds.
const RETRY_AFTER_SECONDS: &str = "5";

/// Counts new sessions, and keeps foreign visitors out of others' sessions.
pub(super) async fn handshake(
    State(web): State<Web>,
    caller: Caller,
    connection: Option<axum::Extension<Connection>>,
    mut request: Request,
    next: Next,
) -> Response {
    let query: Result<Query<HashMap<String, String>>, _> = Query::try_from_uri(request.uri());
    let Ok(Query(query)) = query else {
        return unknown_session();
    };
    let Some(axum::Extension(connection)) = connection else {
        return unknown_session();
    };
    let Some(sid) = query.get("sid") else {
        let Caller { visitor, has_cookie, locale, .. } = caller;
        let Some(handshake) = web.sessions.begin(visitor, has_cookie, locale, connection.cut)
        else {
            return too_many();
        };
        request.extensions_mut().insert(handshake);
        return next.run(request).await;
    };
    if let Some(session) = web.sessions.find(sid) {
        // A client that keeps no cookies has only the session's id to show; for all others the id
        // without the cookie is a stolen one.
        let other = session.visitor.session != caller.visitor.session;
        let stolen = other && (caller.has_cookie || session.has_cookie);
        if session.has_ended() || stolen {
            return unknown_session();
        }
        if query.get("transport").is_some_and(|transport| transport == "websocket") {
            session.upgraded(connection.cut);
        }
    }
    next.run(request).await
}

/// As the reference server answers a session id that it does not know.
fn unknown_session() -> Response {
    let body = r#"{"code":1,"message":"Session ID unknown"}"#;
    (StatusCode::BAD_REQUEST, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

fn too_many() -> Response {
    let retry_after = HeaderValue::from_static(RETRY_AFTER_SECONDS);
    (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, retry_after)]).into_response()
}
