//! Pages that the server renders: what the templates in `templates/` see.

use askama::Template;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, StatusCode, header};

use super::assets::Icons;
use super::preferences::Theme;
use crate::chat::{Alias, Body, ChatError, Colour, Entry, Identity, Message, RoomState, Standing};
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
    pub(super) page: Page,
    pub(super) error: Option<String>,
    pub(super) rooms: Vec<RoomRow>,
    pub(super) colour_rules: String,
    pub(super) script: String,
    /// What the script will need.
    pub(super) preloads: Vec<String>,
}

pub(super) struct RoomRow {
    id: String,
    title: String,
    secret: bool,
    max: u32,
    count: u32,
    owner_colour: String,
    owner_alias: String,
    colour_class: String,
    closes_at: Option<String>,
}

#[derive(Template)]
#[template(path = "create.html")]
pub(super) struct CreatePage {
    pub(super) page: Page,
    pub(super) title: String,
    pub(super) max: String,
    pub(super) password: String,
    pub(super) title_error: Option<String>,
    pub(super) max_error: Option<String>,
    pub(super) password_error: Option<String>,
}

impl CreatePage {
    /// The form with the values given, and the sentence of a refusal beside its field. A password
    /// is never given back.
    pub(super) fn new(page: Page, title: String, max: String, error: Option<&ChatError>) -> Self {
        let sentence = |name: &str| match error {
            Some(error @ ChatError::Invalid { field, .. }) if *field == name => {
                Some(page.reader.sentence(error))
            }
            _ => None,
        };
        Self {
            title_error: sentence("title"),
            max_error: sentence("max"),
            password_error: sentence("password"),
            page,
            title,
            max,
            password: String::new(),
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

pub(super) struct MessageRow {
    seq: u64,
    /// What the system says, if it is the system that speaks.
    kind: Option<&'static str>,
    own: bool,
    author: String,
    client_id: Option<String>,
    author_colour: String,
    alias: String,
    created_at: String,
    text: Option<String>,
    gif: Option<GifView>,
}

pub(super) struct GifView {
    name: String,
    width: u16,
    height: u16,
}

#[derive(Template)]
#[template(path = "password.html")]
pub(super) struct PasswordPage {
    pub(super) page: Page,
    pub(super) room_id: String,
    pub(super) room_title: String,
    pub(super) error: Option<String>,
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
    pub(super) fn new(room: &RoomState, reader: Locale) -> Self {
        Self {
            id: room.id.to_string(),
            title: room.title.clone(),
            secret: room.secret,
            max: room.max,
            count: room.count,
            owner_colour: room.owner_colour.to_string(),
            owner_alias: words(&room.owner_alias, reader),
            colour_class: colour_class(room.owner_colour),
            closes_at: room.closes_at.map(|at| at.to_string()),
        }
    }
}

/// Style rules that show each owner's colour on text, in each theme where it can be read (WCAG
/// 1.4.3); elsewhere the mark beside it has to do.
pub(super) fn colour_rules(rooms: &[RoomState]) -> String {
    let [light, dark] = BACKGROUNDS.map(Colour::parse);
    let mut rules: Vec<_> = rooms
        .iter()
        .map(|room| room.owner_colour)
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

fn words(alias: &Alias, reader: Locale) -> String {
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

impl MessageRow {
    pub(super) fn new(entry: &Entry, own: &crate::chat::AuthorId, reader: Locale) -> Self {
        let row = |who: &Identity| Self {
            seq: entry.seq,
            kind: None,
            own: false,
            author: who.author.to_string(),
            client_id: None,
            author_colour: who.colour.to_string(),
            alias: words(&who.alias, reader),
            created_at: entry.created_at.to_string(),
            text: None,
            gif: None,
        };
        match &entry.message {
            Message::System(line) => {
                let alias = words(&line.about.alias, reader);
                let kind = line.kind.as_str();
                let text = Some(reader.fill(&format!("system.{kind}"), "user", alias));
                Self { text, kind: Some(kind), ..row(&line.about) }
            }
            Message::Said { by, body, client_id, .. } => {
                let own = by.author == *own;
                let client_id = client_id.as_ref().filter(|_| own);
                let said =
                    Self { own, client_id: client_id.map(|id| id.as_str().to_owned()), ..row(by) };
                match body {
                    Body::Text(text) => Self { text: Some(text.as_str().to_owned()), ..said },
                    Body::Gif(gif) => {
                        let (width, height) = (gif.width, gif.height);
                        let gif = GifView { name: gif.name.clone(), width, height };
                        Self { gif: Some(gif), ..said }
                    }
                }
            }
        }
    }
}
