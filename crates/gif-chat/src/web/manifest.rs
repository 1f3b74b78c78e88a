//! What a browser asks for before it installs the site as an app. There is no service worker: what
//! is installed is the site itself, always as the server has it now.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, header};
use serde_json::{Value, json};

use super::Web;
use super::caller::Caller;

/// Asked for again after a day; names and colours follow the reader's choice.
const CACHING: &str = "private, max-age=86400";
const DEPENDS_ON: &str = "accept-language, cookie";

pub(super) async fn serve(State(web): State<Web>, caller: Caller) -> Response {
    let kind = HeaderValue::from_static("application/manifest+json");
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, HeaderValue::from_static(CACHING)),
        (header::VARY, HeaderValue::from_static(DEPENDS_ON)),
    ];
    (headers, manifest(&web, &caller).to_string()).into_response()
}

fn manifest(web: &Web, caller: &Caller) -> Value {
    let text = |key| caller.locale.text(key);
    let [background, _in_a_dark_system] = caller.theme.backgrounds();
    let icons = &web.assets.icons;
    let icon = |address: &str, sizes: &str, kind: &str, purpose: &str| json!({ "src": address, "sizes": sizes, "type": kind, "purpose": purpose });
    json!({
        "id": "/",
        "name": text("site.name"),
        "short_name": text("site.name"),
        "description": text("install.description"),
        "lang": caller.locale.tag(),
        "dir": "ltr",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "theme_color": background,
        "background_color": background,
        "categories": ["social"],
        "icons": [
            icon(&icons.plain, "any", "image/svg+xml", "any"),
            icon(&icons.small, "192x192", "image/png", "any"),
            icon(&icons.large, "512x512", "image/png", "any"),
            icon(&icons.maskable, "512x512", "image/png", "maskable"),
        ],
    })
}
