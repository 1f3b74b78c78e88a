//! Lobby, create form, room page: what people open, and the forms on it.

use askama::Template;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, StatusCode, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use super::address::Named;
use super::answer::{Refusal, say_when_to_retry, status};
use super::body::Fields;
use super::caller::Caller;
use super::message_rows::MessageRow;
use super::pages::{self, CreatePage, LobbyPage, PasswordPage, RoomHead, RoomPage, Typed};
use super::{Web, content_security_policy};
use crate::chat::{
    Capacity, ChatError, InvitationToken, Limits, Password, RoomId, RoomTitle, Standing,
};
use crate::i18n::Locale;

#[derive(Deserialize)]
pub(super) struct LobbyQuery {
    error: Option<String>,
}

/// Longest text of `?error=` that is shown, in characters.
const ERROR_TEXT_MAX: usize = 200;

pub(super) async fn lobby(
    State(web): State<Web>,
    caller: Caller,
    query: Result<Query<LobbyQuery>, QueryRejection>,
) -> Result<Response, Refusal> {
    let lobby = web.chat.lobby(&caller.visitor).await?;
    let error = query.ok().and_then(|Query(query)| query.error).filter(|error| !error.is_empty());
    let error = error.map(|error| in_readers_language(&error, caller.locale));
    let page = web.page(&caller);
    let policy = content_security_policy(Some(&page.nonce));
    let lobby = LobbyPage::new(page, &lobby, error, &web.assets.lobby);
    let mut response = pages::html(StatusCode::OK, &lobby);
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    Ok(response)
}

/// Addresses carry the Korean text, as the course's pages do; known ones are said in the reader's
/// language.
fn in_readers_language(error: &str, reader: Locale) -> String {
    let known = [
        "error.not_found",
        "error.room_full",
        "error.wrong_password",
        "error.banned",
        "error.locked",
    ];
    let key = known.into_iter().find(|key| Locale::Ko.text(key) == error);
    key.map_or_else(
        || error.chars().take(ERROR_TEXT_MAX).collect(),
        |key| reader.text(key).to_owned(),
    )
}

/// To the lobby, which says why.
fn to_lobby(error: &ChatError) -> Response {
    let text = Locale::Ko.sentence(error);
    redirect(&format!("/?error={}", utf8_percent_encode(&text, UNRESERVED)))
}

/// Everything but the characters that RFC 3986 §2.3 calls unreserved.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// 302, as the course's server answers; the address is ASCII.
fn redirect(address: &str) -> Response {
    let mut response = StatusCode::FOUND.into_response();
    if let Ok(address) = HeaderValue::from_str(address) {
        response.headers_mut().insert(header::LOCATION, address);
    }
    response
}

pub(super) async fn create_form(State(web): State<Web>, caller: Caller) -> Response {
    let max = Limits::ROOM_SEATS_DEFAULT.to_string();
    let blank = Typed { title: String::new(), max, password: false };
    filled_form(&web, &caller, blank, None)
}

fn filled_form(web: &Web, caller: &Caller, typed: Typed, error: Option<&ChatError>) -> Response {
    let script = web.assets.form_script.clone();
    let page = web.page(caller);
    form(&CreatePage::new(page, web.chat.limits(), typed, error, script), error)
}

/// A page with a form, and why it comes back.
fn form(page: &impl Template, error: Option<&ChatError>) -> Response {
    let Some(error) = error else {
        return pages::html(StatusCode::OK, page);
    };
    let mut response = pages::html(status(error), page);
    say_when_to_retry(&mut response, error);
    response
}

pub(super) async fn create(
    State(web): State<Web>,
    caller: Caller,
    mut fields: Fields,
) -> Result<Response, Refusal> {
    let title = fields.text("title")?.unwrap_or_default();
    let seats = fields.number("max", i64::from(Limits::ROOM_SEATS_DEFAULT))?;
    let password = fields.text("password")?.unwrap_or_default();
    let has_password = !password.is_empty();
    let limits = web.chat.limits();
    let parsed = RoomTitle::parse(&title, limits).and_then(|title| {
        // What is no number is no number of seats.
        let capacity = Capacity::parse(seats.unwrap_or(-1), limits)?;
        Ok((title, capacity, Password::parse(password, limits)?))
    });
    let made = match parsed {
        Ok((title, max, password)) => {
            web.chat.make_room(&caller.visitor, title, max, password).await
        }
        Err(error) => Err(error),
    };
    match made {
        Ok(made) => Ok(redirect(&format!("/room/{}", made.id))),
        Err(error) if caller.wants_page && !fields.is_json => {
            let max = seats.map(|seats| seats.to_string()).unwrap_or_default();
            let typed = Typed { title, max, password: has_password };
            Ok(filled_form(&web, &caller, typed, Some(&error)))
        }
        Err(error) => Err(Refusal(error)),
    }
}

#[derive(Deserialize)]
pub(super) struct RoomQuery {
    password: Option<String>,
}

/// The room as somebody asks for it; what is no id is no room.
pub(super) fn room_id(text: &str) -> Result<RoomId, ChatError> {
    RoomId::parse(text).ok_or(ChatError::NotFound)
}

pub(super) async fn show(
    State(web): State<Web>,
    caller: Caller,
    Named(id): Named,
    query: Result<Query<RoomQuery>, QueryRejection>,
) -> Result<Response, Refusal> {
    let standing = match room_id(&id) {
        Ok(room) => web.chat.standing(&caller.visitor, &room).await,
        Err(error) => Err(error),
    };
    let standing = match standing {
        Ok(standing) => standing,
        Err(error @ ChatError::NotFound) => return Ok(to_lobby(&error)),
        Err(error) => return Err(Refusal(error)),
    };
    if let Some(password) = query.ok().and_then(|Query(query)| query.password) {
        return enter_by_address(&web, &caller, &standing.room.id, password).await;
    }
    if let Err(error) = web.chat.check_ban(&standing) {
        return Ok(to_lobby(&error));
    }
    if !standing.seated && !standing.owner && standing.room.locked {
        return Ok(to_lobby(&ChatError::Locked));
    }
    if !standing.seated && standing.room.count >= standing.room.max {
        return Ok(to_lobby(&ChatError::RoomFull));
    }
    if !standing.admitted {
        return Ok(password_form(&web, &caller, &standing, None));
    }
    room_page(&web, &caller, &standing).await
}

/// The course's page puts the password into the address. It is taken out of it at once.
async fn enter_by_address(
    web: &Web,
    caller: &Caller,
    room: &RoomId,
    password: String,
) -> Result<Response, Refusal> {
    let entered = match Password::parse(password, web.chat.limits()) {
        Ok(password) => web.chat.enter(&caller.visitor, room, password).await,
        Err(_too_long) => Err(ChatError::WrongPassword),
    };
    match entered {
        Ok(()) => Ok(redirect(&format!("/room/{room}"))),
        Err(
            error @ (ChatError::WrongPassword
            | ChatError::TooFast { .. }
            | ChatError::Banned { .. }),
        ) => Ok(to_lobby(&error)),
        Err(error) => Err(Refusal(error)),
    }
}

fn password_form(
    web: &Web,
    caller: &Caller,
    standing: &Standing,
    error: Option<&ChatError>,
) -> Response {
    let page = PasswordPage {
        page: web.page(caller),
        room_id: standing.room.id.to_string(),
        room_title: standing.room.title.clone(),
        error: error.map(|error| caller.locale.sentence(error)),
        script: web.assets.form_script.clone(),
    };
    form(&page, error)
}

async fn room_page(web: &Web, caller: &Caller, standing: &Standing) -> Result<Response, Refusal> {
    let room = &standing.room.id;
    let history = match web.chat.newest(room).await {
        Ok(history) => history,
        Err(error @ ChatError::NotFound) => return Ok(to_lobby(&error)),
        Err(error) => return Err(Refusal(error)),
    };
    let own = web.chat.keys().author(room, &caller.visitor.session);
    let row = |entry| MessageRow::new(entry, &own, caller.locale);
    let page = RoomPage {
        page: web.page(caller),
        room: RoomHead::new(standing, caller.locale),
        you: own.to_string(),
        messages: history.entries.iter().map(row).collect(),
        script: web.assets.room.script.clone(),
        preloads: web.assets.room.preloads(caller.locale),
    };
    Ok(pages::html(StatusCode::OK, &page))
}

pub(super) async fn enter(
    State(web): State<Web>,
    caller: Caller,
    Named(id): Named,
    mut fields: Fields,
) -> Result<Response, Refusal> {
    let room = room_id(&id)?;
    let entered = if let Some(token) = fields.text("invitation")? {
        match InvitationToken::parse(&token) {
            Ok(token) => web.chat.redeem(&caller.visitor, &room, token).await,
            Err(error) => Err(error),
        }
    } else {
        let password = fields.text("password")?.unwrap_or_default();
        match Password::parse(password, web.chat.limits()) {
            Ok(password) => web.chat.enter(&caller.visitor, &room, password).await,
            Err(error) => Err(error),
        }
    };
    let asked_by_page = caller.wants_page && !fields.is_json;
    match entered {
        Ok(()) if fields.is_json => Ok(Json(serde_json::json!({ "ok": true })).into_response()),
        Ok(()) => Ok(redirect(&format!("/room/{room}"))),
        Err(error @ (ChatError::NotFound | ChatError::Banned { .. })) if asked_by_page => {
            Ok(to_lobby(&error))
        }
        Err(ChatError::Unavailable) => Err(Refusal(ChatError::Unavailable)),
        Err(error) if asked_by_page => {
            let standing = web.chat.standing(&caller.visitor, &room).await?;
            Ok(password_form(&web, &caller, &standing, Some(&error)))
        }
        Err(error) => Err(Refusal(error)),
    }
}

/// What the visitor is to a room. Asking is no attempt at its password.
pub(super) async fn standing(
    State(web): State<Web>,
    caller: Caller,
    Named(id): Named,
) -> Result<Response, Refusal> {
    let standing = web.chat.standing(&caller.visitor, &room_id(&id)?).await?;
    let body = serde_json::json!({ "admitted": standing.admitted, "seated": standing.seated });
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response())
}

/// The owner closes the room. Answers when everything that it held is gone.
pub(super) async fn close(
    State(web): State<Web>,
    caller: Caller,
    Named(id): Named,
) -> Result<&'static str, Refusal> {
    web.chat.close_room(&caller.visitor, &room_id(&id)?).await?;
    Ok("ok")
}
