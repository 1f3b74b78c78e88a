//! Pages that the server renders: what the templates in `templates/` see.

use askama::Template;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, StatusCode, header};

use super::assets::{Icons, Program};
use super::message_rows::MessageRow;
use super::preferences::Theme;
use crate::chat::{
    Alias, Capacity, ChatError, Colour, Limits, ListedRoom, Lobby, RoomTitle, Standing, Timestamp,
};
use crate::i18n::Locale;

/// The colours behind text, light and dark; the same as `--page` in `web/src/styles/tokens.css`.
pub(super) const BACKGROUNDS: [&str; 2] = ["#f7f9f7", "#141a18"];

/// What every template has.
pub(super) struct Page {
    pub(super) locale: &'static str,
    pub(super) nonce: String,
    pub(super) style: String,
    pub(super) settings_script: String,
    pub(super) icons: Icons,
    pub(super) theme: Theme,
    /// Where a choice made on this page leads back to.
    pub(super) back: String,
    pub(super) reader: Locale,
}

impl Page {
    pub(super) fn text(&self, key: &str) -> &'static str {
        self.reader.text(key)
    }

    pub(super) fn fill(&self, key: &str, name: &str, value: impl std::fmt::Display) -> String {
        self.reader.fill(key, name, value)
    }
}

#[derive(Template)]
#[template(path = "lobby.html")]
pub(super) struct LobbyPage {
    page: Page,
    error: Option<String>,
    rooms: Vec<RoomRow>,
    /// A line without a room, for the script to fill in.
    blank: RoomRow,
    now: String,
    searched_from: usize,
    colour_rules: String,
    script: String,
    /// What the script will need.
    preloads: Vec<String>,
}

/// From so many rooms on there is a field to find one.
const ROOMS_SEARCHED_FROM: usize = 8;

impl LobbyPage {
    pub(super) fn new(page: Page, lobby: &Lobby, error: Option<String>, program: &Program) -> Self {
        let row = |listed| RoomRow::new(listed, lobby.now, page.reader);
        Self {
            error,
            rooms: lobby.rooms.iter().map(row).collect(),
            blank: RoomRow::blank(),
            now: lobby.now.to_string(),
            searched_from: ROOMS_SEARCHED_FROM,
            colour_rules: colour_rules(&lobby.rooms),
            script: program.script.clone(),
            preloads: program.preloads(page.reader),
            page,
        }
    }
}

#[expect(clippy::struct_excessive_bools, reason = "the template asks for one after the other")]
struct RoomRow {
    id: String,
    title: String,
    secret: bool,
    seats: String,
    full: bool,
    /// What the visitor is to the room.
    standing: &'static str,
    owner_colour: String,
    owner_alias: String,
    colour_class: String,
    closes_at: Option<String>,
    closing: String,
    fresh: bool,
    /// Whether nobody new comes in.
    locked: bool,
}

#[derive(Template)]
#[template(path = "create.html")]
pub(super) struct CreatePage {
    pub(super) page: Page,
    typed: Typed,
    error: Option<String>,
    title_error: Option<String>,
    max_error: Option<String>,
    password_error: Option<String>,
    rules: Rules,
    script: String,
}

/// What somebody has typed into the create form. A password is never given back, but the form says
/// that it has to be typed again: without it the room would be open.
pub(super) struct Typed {
    pub(super) title: String,
    pub(super) max: String,
    pub(super) password: bool,
}

/// The limits of the create form and the sentences about them, for its script to say beforehand.
struct Rules {
    title_graphemes_max: usize,
    seats_min: u32,
    seats_max: u32,
    password_bytes_max: usize,
    title_empty: String,
    title_too_long: String,
    max_out_of_range: String,
    password_too_long: String,
}

impl Rules {
    fn new(limits: &Limits, reader: Locale) -> Self {
        let (title, password) = (limits.room_title_graphemes_max, limits.room_password_bytes_max);
        let said =
            |error: Option<ChatError>| error.map_or_else(String::new, |e| reader.sentence(&e));
        let too_long = |field, code, limit| Some(ChatError::over_limit(field, code, limit));
        Self {
            title_graphemes_max: title,
            seats_min: Limits::ROOM_SEATS_MIN,
            seats_max: limits.room_seats_max,
            password_bytes_max: password,
            title_empty: said(RoomTitle::parse("", limits).err()),
            title_too_long: said(too_long("title", "title_too_long", title)),
            max_out_of_range: said(Capacity::parse(0, limits).err()),
            password_too_long: said(too_long("password", "password_too_long", password)),
        }
    }
}

impl CreatePage {
    /// The form with what was typed, and the sentence of a refusal: beside its field if it has one.
    pub(super) fn new(
        page: Page,
        limits: &Limits,
        typed: Typed,
        error: Option<&ChatError>,
        script: String,
    ) -> Self {
        let field_of = |error: &ChatError| match error {
            ChatError::Invalid { field, .. } => Some(*field),
            _ => None,
        };
        let sentence = |name: Option<&str>| {
            let about = error.filter(|error| field_of(error) == name);
            about.map(|error| page.reader.sentence(error))
        };
        Self {
            error: sentence(None),
            title_error: sentence(Some("title")),
            max_error: sentence(Some("max")),
            password_error: sentence(Some("password")),
            rules: Rules::new(limits, page.reader),
            typed,
            page,
            script,
        }
    }
}

#[derive(Template)]
#[template(path = "room.html")]
pub(super) struct RoomPage {
    pub(super) page: Page,
    pub(super) room: RoomHead,
    /// The reader's author id.
    pub(super) you: String,
    pub(super) messages: Vec<MessageRow>,
    pub(super) script: String,
    /// What the script will need.
    pub(super) preloads: Vec<String>,
}

pub(super) struct RoomHead {
    id: String,
    title: String,
    max: u32,
    count: u32,
    secret: bool,
    owner_alias: String,
    owner_colour: String,
}

#[derive(Template)]
#[template(path = "password.html")]
pub(super) struct PasswordPage {
    pub(super) page: Page,
    pub(super) room_id: String,
    pub(super) room_title: String,
    pub(super) error: Option<String>,
    pub(super) script: String,
}

#[derive(Template)]
#[template(path = "error.html")]
pub(super) struct ErrorPage {
    pub(super) page: Page,
    pub(super) status: u16,
    pub(super) message: String,
    pub(super) request_id: String,
    pub(super) detail: Option<String>,
}

/// An answer with a page. A page says nothing that another visitor may see: it is never stored.
pub(super) fn html(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(text) => {
            let kind = HeaderValue::from_static("text/html; charset=utf-8");
            let cache = HeaderValue::from_static("no-store");
            let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, cache)];
            (status, headers, text).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

impl RoomRow {
    fn new(listed: &ListedRoom, now: Timestamp, reader: Locale) -> Self {
        let room = &listed.room;
        Self {
            id: room.id.to_string(),
            title: room.title.clone(),
            secret: room.secret,
            seats: format!("{} / {}", room.count, room.max),
            full: room.count >= room.max,
            standing: standing(listed),
            owner_colour: room.owner_colour.to_string(),
            owner_alias: words(&room.owner_alias, reader),
            colour_class: colour_class(room.owner_colour),
            closes_at: room.closes_at.map(|at| at.to_string()),
            closing: room.closes_at.map_or_else(String::new, |at| closing(now, at, reader)),
            fresh: room.fresh,
            locked: room.locked,
        }
    }

    fn blank() -> Self {
        Self {
            id: String::new(),
            title: String::new(),
            secret: false,
            seats: String::new(),
            full: false,
            standing: "",
            owner_colour: "none".to_owned(),
            owner_alias: String::new(),
            colour_class: String::new(),
            closes_at: None,
            closing: String::new(),
            fresh: false,
            locked: false,
        }
    }
}

/// What a visitor is to a room, in one word for the page.
fn standing(listed: &ListedRoom) -> &'static str {
    match listed {
        ListedRoom { seated: true, .. } => "seated",
        ListedRoom { room, admitted: true, .. } if room.secret => "admitted",
        _ => "",
    }
}

/// How long a closing room is still there.
fn closing(now: Timestamp, closes_at: Timestamp, reader: Locale) -> String {
    match now.until(closes_at).as_millis().div_ceil(1_000) {
        0 => reader.text("lobby.closing_soon").to_owned(),
        seconds => reader.fill("lobby.closing", "seconds", seconds),
    }
}

/// Style rules that show each owner's colour on text, in each theme where it can be read (WCAG
/// 1.4.3); elsewhere the mark beside it has to do.
fn colour_rules(rooms: &[ListedRoom]) -> String {
    let [light, dark] = BACKGROUNDS.map(Colour::parse);
    let mut rules: Vec<_> = rooms
        .iter()
        .map(|listed| listed.room.owner_colour)
        .map(|colour| {
            let [light, dark] = [light, dark].map(|background| {
                let readable = background
                    .is_some_and(|page| colour.contrast(page) >= Colour::TEXT_CONTRAST_MIN);
                if readable { colour.to_string() } else { "var(--ink)".to_owned() }
            });
            format!(".{}{{color:light-dark({light},{dark})}}", colour_class(colour))
        })
        .collect();
    rules.sort_unstable();
    rules.dedup();
    rules.concat()
}

fn colour_class(colour: Colour) -> String {
    format!("colour-{}", colour.to_string().trim_start_matches('#'))
}

pub(super) fn words(alias: &Alias, reader: Locale) -> String {
    match reader {
        Locale::Ko => alias.ko.clone(),
        Locale::En => alias.en.clone(),
    }
}

impl RoomHead {
    pub(super) fn new(standing: &Standing, reader: Locale) -> Self {
        let room = &standing.room;
        Self {
            id: room.id.to_string(),
            title: room.title.clone(),
            max: room.max,
            count: room.count,
            secret: room.secret,
            owner_alias: words(&room.owner_alias, reader),
            owner_colour: room.owner_colour.to_string(),
        }
    }
}
