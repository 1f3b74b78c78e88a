//! The page's files, embedded in the binary, and the official Socket.IO client.

use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, HeaderValue, header};
use rust_embed::{EmbeddedFile, RustEmbed};
use serde_json::Value;

use super::address::Named;
use super::answer::NoRoute;
use crate::i18n::Locale;

/// What `vite build` made. Names carry a hash of the content.
#[derive(RustEmbed)]
#[folder = "../../web/dist"]
struct Files;

/// The addresses that templates need, as the build's manifest gives them.
pub(super) struct Names {
    pub(super) style: String,
    pub(super) icons: Icons,
    pub(super) settings_script: String,
    pub(super) form_script: String,
    pub(super) lobby: Program,
    pub(super) room: Program,
}

/// A page's own script, and what it asks for as soon as it is there: a browser that hears of all at
/// once needs not wait for one after the other.
#[derive(Clone)]
pub(super) struct Program {
    pub(super) script: String,
    imports: Vec<String>,
    texts: [String; 2],
}

impl Program {
    /// The files that the script needs in that language.
    pub(super) fn preloads(&self, reader: Locale) -> Vec<String> {
        let [korean, english] = &self.texts;
        let texts = if reader == Locale::Ko { korean } else { english };
        self.imports.iter().chain([texts]).cloned().collect()
    }
}

/// The site's icon in its sizes, all made of one drawing.
#[derive(Clone)]
pub(super) struct Icons {
    pub(super) plain: String,
    /// With a dot, while there is something unread.
    pub(super) unread: String,
    pub(super) small: String,
    pub(super) large: String,
    /// Fills its square, so that a system may cut its own shape out of it.
    pub(super) maskable: String,
    pub(super) touch: String,
}

impl Names {
    pub(super) fn read() -> Self {
        let manifest = Files::get(".vite/manifest.json").map(|file| file.data).unwrap_or_default();
        let manifest: Value = serde_json::from_slice(&manifest).unwrap_or_default();
        let address = |source: &str| {
            let file = manifest.get(source).and_then(|entry| entry.get("file"));
            format!("/{}", file.and_then(Value::as_str).unwrap_or_default())
        };
        let program = |source: &str| {
            let mut imports = Vec::new();
            add_imports(&manifest, source, &mut imports);
            Program {
                script: address(source),
                imports: imports.into_iter().map(address).collect(),
                texts: ["ko", "en"]
                    .map(|tag| address(&format!("../crates/gif-chat/locales/{tag}.toml"))),
            }
        };
        Self {
            style: address("src/pages.css"),
            icons: Icons {
                plain: address("src/icon.svg"),
                unread: address("src/icon-unread.svg"),
                small: address("src/icon-192.png"),
                large: address("src/icon-512.png"),
                maskable: address("src/icon-maskable-512.png"),
                touch: address("src/icon-touch-180.png"),
            },
            settings_script: address("src/settings/main.ts"),
            lobby: program("src/lobby/main.ts"),
            room: program("src/room/main.ts"),
            form_script: address("src/forms/main.ts"),
        }
    }
}

/// The files that a program imports, and those that they import in turn.
fn add_imports<'m>(manifest: &'m Value, source: &str, found: &mut Vec<&'m str>) {
    let imports = manifest.get(source).and_then(|entry| entry.get("imports"));
    for import in imports.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
    {
        if !found.contains(&import) {
            found.push(import);
            add_imports(manifest, import, found);
        }
    }
}

const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// The client's name says no version: it is asked for again, and answered by its tag.
const ASK_AGAIN: &str = "no-cache";

pub(super) async fn serve(Named(path): Named, headers: HeaderMap) -> Response {
    send(&format!("assets/{path}"), &headers, FOR_EVER)
}

/// `/socket.io/socket.io.js` and its siblings.
pub(super) async fn serve_client(Named(file): Named, headers: HeaderMap) -> Response {
    send(&format!("socket.io/{file}"), &headers, ASK_AGAIN)
}

fn send(path: &str, headers: &HeaderMap, caching: &'static str) -> Response {
    // A development build reads the folder itself, where `..` has a meaning.
    let climbs = path.split(['/', '\\']).any(|part| part == "..");
    let Some(kind) = kind(path).filter(|_| !climbs) else {
        return NoRoute.into_response();
    };
    let Some(plain) = Files::get(path) else {
        return NoRoute.into_response();
    };
    let tag = format!("\"{}\"", hex::encode(plain.metadata.sha256_hash()));
    let known = headers.get(header::IF_NONE_MATCH).and_then(|known| known.to_str().ok());
    let mut response = if known.is_some_and(|known| known.contains(&tag)) {
        http::StatusCode::NOT_MODIFIED.into_response()
    } else {
        let (file, encoding) = encoded(path, plain, headers);
        let mut response = Body::from(file.data.into_owned()).into_response();
        if let Some(encoding) = encoding {
            let encoding = HeaderValue::from_static(encoding);
            response.headers_mut().insert(header::CONTENT_ENCODING, encoding);
        }
        response
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

/// The smallest form that the client takes; the build has compressed them beforehand.
fn encoded(
    path: &str,
    plain: EmbeddedFile,
    headers: &HeaderMap,
) -> (EmbeddedFile, Option<&'static str>) {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|accepted| accepted.to_str().ok());
    let accepts = |encoding: &str| {
        let mut wishes = accepted.unwrap_or_default().split(',').map(str::trim);
        wishes.any(|wish| {
            wish.split(';').next() == Some(encoding) && !wish.replace(' ', "").ends_with(";q=0")
        })
    };
    for (encoding, ending) in [("br", ".br"), ("gzip", ".gz")] {
        if accepts(encoding)
            && let Some(file) = Files::get(&format!("{path}{ending}"))
        {
            return (file, Some(encoding));
        }
    }
    (plain, None)
}

fn kind(path: &str) -> Option<&'static str> {
    let (_, ending) = path.rsplit_once('.')?;
    Some(match ending {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "map" | "json" => "application/json",
        _ => return None,
    })
}
