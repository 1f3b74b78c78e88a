//! What a reader has chosen for every page: language and theme. Two cookies keep it, so that the
//! server writes each page right at once, with scripts or without.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::Web;
use super::answer::Refusal;
use super::body::Fields;
use super::caller;
use super::pages::BACKGROUNDS;
use crate::chat::ChatError;
use crate::i18n::Locale;

const LANGUAGE_COOKIE: &str = "gifchat-language";
const THEME_COOKIE: &str = "gifchat-theme";

/// Light, dark, or as the reader's system has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Theme {
    Auto,
    Light,
    Dark,
}

impl Theme {
    /// In the order of the menu.
    pub(super) const ALL: [Self; 3] = [Self::Auto, Self::Light, Self::Dark];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The key of its name in `locales/`.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Auto => "settings.auto",
            Self::Light => "settings.light",
            Self::Dark => "settings.dark",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.name() == name)
    }

    /// What the page's root says; nothing when the system decides.
    pub(super) fn fixed(self) -> Option<&'static str> {
        (self != Self::Auto).then(|| self.name())
    }

    /// The page's colour where the system is light, and where it is dark.
    pub(super) fn backgrounds(self) -> [&'static str; 2] {
        let [light, dark] = BACKGROUNDS;
        match self {
            Self::Auto => [light, dark],
            Self::Light => [light, light],
            Self::Dark => [dark, dark],
        }
    }
}

/// The language: the reader's choice, else what the browser asks for.
pub(super) fn language(headers: &HeaderMap) -> Locale {
    let chosen = caller::cookie(headers, LANGUAGE_COOKIE);
    chosen.and_then(|tag| Locale::tagged(&tag)).unwrap_or_else(|| {
        let wishes = headers.get(header::ACCEPT_LANGUAGE).and_then(|wishes| wishes.to_str().ok());
        Locale::preferred(wishes)
    })
}

/// The theme that the reader has chosen.
pub(super) fn theme(headers: &HeaderMap) -> Theme {
    let chosen = caller::cookie(headers, THEME_COOKIE);
    chosen.and_then(|name| Theme::named(&name)).unwrap_or(Theme::Auto)
}

/// Keeps a choice. A form gets its reader back to where they were, a script only hears that it is done.
pub(super) async fn choose(
    State(web): State<Web>,
    headers: HeaderMap,
    mut fields: Fields,
) -> Result<Response, Refusal> {
    let language = known(&mut fields, "language", Locale::tagged)?.map(Locale::tag);
    let theme = known(&mut fields, "theme", Theme::named)?.map(Theme::name);
    let mut response = if fields.is_json {
        Json(serde_json::json!({ "ok": true })).into_response()
    } else {
        let place = match fields.text("back")? {
            Some(path) => own_path(&path),
            None => referring(&web, &headers),
        };
        see_other(place.as_deref().unwrap_or("/"))
    };
    for (name, value) in [(LANGUAGE_COOKIE, language), (THEME_COOKIE, theme)] {
        if let Some(cookie) = value.and_then(|value| caller::kept_cookie(&web, name, value)) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    Ok(response)
}

/// One of the values that we know, or nothing where the field is missing.
fn known<Choice>(
    fields: &mut Fields,
    name: &'static str,
    parse: impl Fn(&str) -> Option<Choice>,
) -> Result<Option<Choice>, ChatError> {
    let value = fields.text(name)?;
    let choice = value.map(|value| parse(&value).ok_or(ChatError::invalid(name, "unknown_choice")));
    choice.transpose()
}

fn see_other(path: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    if let Ok(path) = HeaderValue::from_str(path) {
        response.headers_mut().insert(header::LOCATION, path);
    }
    response
}

/// Longest path that is gone back to, in bytes.
const PATH_BYTES_MAX: usize = 2_000;

/// What the URL standard percent-encodes in a path anyway.
const UNSAFE: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`');

/// The path, if it can only lead to a page of ours. Browsers take `//` and `/\` for the start of
/// another host, and drop tabs and line ends before they look.
fn own_path(path: &str) -> Option<String> {
    let is_own = path.starts_with('/')
        && !path.starts_with("//")
        && path.len() <= PATH_BYTES_MAX
        && !path.contains(|letter: char| letter == '\\' || letter.is_control());
    is_own.then(|| utf8_percent_encode(path, UNSAFE).to_string())
}

/// The page that sent the form, if it is ours.
fn referring(web: &Web, headers: &HeaderMap) -> Option<String> {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let page: Uri = text(header::REFERER)?.parse().ok()?;
    let origin = format!("{}://{}", page.scheme_str()?, page.authority()?);
    let is_ours = web.origin_rule.is_ours(&origin, text(header::HOST));
    own_path(page_behind(page.path())).filter(|_| is_ours)
}

/// The page that shows what an address is about: a refused form is shown under the address that it was
/// sent to, which cannot be opened.
pub(super) fn page_behind(path: &str) -> &str {
    if path == "/preferences" {
        return "/";
    }
    let mut sent_to = ["/enter", "/chat", "/gif"].into_iter();
    let room = sent_to.find_map(|action| path.strip_suffix(action));
    room.filter(|room| room.starts_with("/room/")).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_path_of_ours_is_gone_back_to() {
        for (path, expected) in [
            ("/", Some("/")),
            ("/room/abc", Some("/room/abc")),
            ("/room/abc?password=x", Some("/room/abc?password=x")),
            ("/%2F/evil.example", Some("/%2F/evil.example")),
            ("/방", Some("/%EB%B0%A9")),
            ("/\"><script>", Some("/%22%3E%3Cscript%3E")),
            ("", None),
            ("room", None),
            ("//evil.example", None),
            ("///evil.example", None),
            ("/\\evil.example", None),
            ("\\\\evil.example", None),
            ("/room\\..\\evil", None),
            ("/\t/evil.example", None),
            ("/\n/evil.example", None),
            ("/\r\nSet-Cookie: x=1", None),
            ("/\u{0}", None),
            ("/\u{85}", None),
            (" //evil.example", None),
            ("https://evil.example", None),
            ("javascript:alert(1)", None),
            ("data:text/html,x", None),
        ] {
            assert_eq!(own_path(path).as_deref(), expected, "{path:?}");
        }
        assert_eq!(own_path(&format!("/{}", "x".repeat(2_000))), None);
    }

    #[test]
    fn behind_a_refused_form_stands_its_page() {
        for (path, page) in [
            ("/room", "/room"),
            ("/room/abc", "/room/abc"),
            ("/room/abc/enter", "/room/abc"),
            ("/room/abc/gif", "/room/abc"),
            ("/gif", "/gif"),
            ("/nowhere/enter", "/nowhere/enter"),
            ("/preferences", "/"),
        ] {
            assert_eq!(page_behind(path), page);
        }
    }
}
