//! The HTTP door: every URL on one screen, and the layers around them in their order.

mod acts;
mod address;
mod answer;
mod assets;
mod body;
mod caller;
mod finish;
mod gif_files;
mod health;
mod log;
mod manifest;
mod message_rows;
mod origin;
mod pages;
mod posts;
mod preferences;
mod rooms;
mod serve;
mod sockets;
mod streams;
mod upload;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use http::{HeaderValue, Response, header};
use ipnet::IpNet;
use tokio_util::task::TaskTracker;

pub use health::Readiness;
pub use serve::{ServeLimits, Stop, serve};
pub use sockets::Gate;

use crate::chat::{Chat, RandomSource};
use crate::config::{Config, PublicUrl};
use crate::gifs::Shelf;
use crate::realtime::EventStreams;
use crate::turnstile::Turnstile;
use caller::Caller;
use origin::OriginRule;
use pages::Page;

/// What the handlers share. Cheap to clone.
#[derive(Clone)]
pub struct Web {
    inner: Arc<Inner>,
}

impl std::ops::Deref for Web {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.inner
    }
}

/// The parts of [`Web`].
pub struct Inner {
    chat: Arc<Chat>,
    shelf: Shelf,
    random: Arc<dyn RandomSource>,
    readiness: Readiness,
    tasks: TaskTracker,
    sessions: Turnstile,
    streams: EventStreams,
    uploads: Turnstile,
    upload_time_max: Duration,
    gif_bytes_max: u64,
    body_bytes_max: usize,
    body_time_max: Duration,
    origin_rule: OriginRule,
    public_url: PublicUrl,
    trusted_proxies: Vec<IpNet>,
    cookie_name: &'static str,
    development: bool,
    assets: assets::Names,
}

/// The services that the door stands in front of.
pub struct Services {
    /// The use cases.
    pub chat: Arc<Chat>,
    /// The GIF files.
    pub shelf: Shelf,
    /// Randomness for request ids and nonces.
    pub random: Arc<dyn RandomSource>,
    /// Whether the server is ready.
    pub readiness: Readiness,
    /// For writes that go on when their client hangs up; a stop waits for them.
    pub tasks: TaskTracker,
    /// Counts sessions: those of Socket.IO, and event streams.
    pub sessions: Turnstile,
    /// For those who only watch.
    pub streams: EventStreams,
}

impl Web {
    /// The door as it is configured.
    #[must_use]
    pub fn new(config: &Config, services: Services) -> Self {
        let https = config.public_url.is_https();
        let inner = Inner {
            uploads: Turnstile::new(
                config.gif_uploads_at_once,
                config.gif_uploads_at_once_per_address,
            ),
            upload_time_max: config.gif_upload_time_max,
            gif_bytes_max: config.gif_bytes_max,
            body_bytes_max: config.request_body_bytes_max,
            body_time_max: config.request_body_time_max,
            origin_rule: OriginRule {
                public_origin: config.public_url.origin(),
                loopback_only: config.bind.is_loopback(),
            },
            public_url: config.public_url.clone(),
            trusted_proxies: config.trusted_proxies.clone(),
            // The prefix makes browsers refuse the cookie from anywhere but this very host.
            cookie_name: if https { "__Host-gifchat" } else { "gifchat" },
            development: config.development,
            assets: assets::Names::read(),
            chat: services.chat,
            shelf: services.shelf,
            random: services.random,
            readiness: services.readiness,
            tasks: services.tasks,
            sessions: services.sessions,
            streams: services.streams,
        };
        Self { inner: Arc::new(inner) }
    }

    /// Every URL; `engine` answers under `/socket.io/`.
    pub fn router(self, engine: Router) -> Router {
        let pages = Router::new()
            .route("/", get(rooms::lobby))
            .route("/events", get(streams::lobby).head(streams::lobby_head))
            .route("/room", get(rooms::create_form).post(rooms::create))
            .route("/room/{id}", get(rooms::show).delete(rooms::close))
            .route("/room/{id}/enter", post(rooms::enter))
            .route("/room/{id}/standing", get(rooms::standing))
            .route("/room/{id}/events", get(streams::room).head(streams::room_head))
            .route("/room/{id}/chat", post(posts::chat))
            .route("/room/{id}/{act}", post(acts::perform))
            .route("/room/{id}/gif", post(upload::gif).layer(upload::body_limit(&self)))
            .route("/preferences", post(preferences::choose))
            .route("/manifest.webmanifest", get(manifest::serve))
            .route("/gif/{name}", get(gif_files::serve))
            .route("/assets/{*path}", get(assets::serve))
            .route("/livez", get(health::live))
            .route("/readyz", get(health::ready))
            .route("/socket.io/{file}", get(assets::serve_client))
            .fallback(no_route)
            .method_not_allowed_fallback(no_route);
        // The first of these layers is the innermost.
        pages
            .merge(engine.with_state(()))
            .layer(from_fn_with_state(self.tasks.clone(), finish::what_was_begun))
            .layer(from_fn_with_state(self.clone(), origin::check))
            .layer(from_fn_with_state(self.clone(), answer::explain))
            .layer(from_fn_with_state(self.clone(), log::requests))
            .layer(from_fn_with_state(self.clone(), caller::identify))
            .with_state(self)
    }

    fn new_request_id(&self) -> String {
        let mut bytes = [0; 8];
        self.random.fill(&mut bytes);
        hex::encode(bytes)
    }

    fn page(&self, caller: &Caller) -> Page {
        let mut nonce = [0; 16];
        self.random.fill(&mut nonce);
        Page {
            locale: caller.locale.tag(),
            nonce: hex::encode(nonce),
            style: self.assets.style.clone(),
            settings_script: self.assets.settings_script.clone(),
            icons: self.assets.icons.clone(),
            theme: caller.theme,
            back: preferences::page_behind(caller.uri.path()).to_owned(),
            reader: caller.locale,
        }
    }
}

async fn no_route() -> answer::NoRoute {
    answer::NoRoute
}

/// What a page may load and who may frame it: only ourselves, nobody. `nonce` allows one style
/// element.
fn content_security_policy(nonce: Option<&str>) -> String {
    let nonce = nonce.map(|nonce| format!(" 'nonce-{nonce}'")).unwrap_or_default();
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'{nonce}; img-src 'self' blob:; \
         font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; \
         frame-ancestors 'none'; base-uri 'none'; form-action 'self'; \
         require-trusted-types-for 'script'; trusted-types svelte-trusted-html"
    )
}

/// Headers of every answer, unless the handler has chosen its own.
fn add_security_headers<B>(response: &mut Response<B>, https: bool) {
    let headers = response.headers_mut();
    let mut add = |name, value| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    add(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    add(header::X_FRAME_OPTIONS, "DENY");
    // With `no-referrer` browsers send `Origin: null` with our own forms (Fetch standard, "append a
    // request Origin header"). This one tells other sites just as little: nothing.
    add(header::REFERRER_POLICY, "same-origin");
    add(header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    add(header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    let features = "camera=(), microphone=(), geolocation=(), payment=(), usb=()";
    add(header::HeaderName::from_static("permissions-policy"), features);
    if https {
        add(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY)
        && let Ok(policy) = HeaderValue::from_str(&content_security_policy(None))
    {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
}
