//! Whether the process lives, and whether it should get traffic.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{StatusCode, header};
use tokio::sync::Mutex;

use super::Web;
use crate::chat::{Chat, Outage};
use crate::gifs::Shelf;

/// How long one look at the store answers for everybody: a probe is a real write.
const FRESH_FOR: Duration = Duration::from_secs(1);

/// When the store was looked at, and what was wrong.
type Look = (Instant, Option<Outage>);

/// Whether the server should get traffic. Cheap to clone.
#[derive(Clone)]
pub struct Readiness {
    chat: Arc<Chat>,
    shelf: Shelf,
    draining: Arc<AtomicBool>,
    last: Arc<Mutex<Option<Look>>>,
}

impl Readiness {
    /// Ready as long as the store takes writes, and the shelf GIFs.
    #[must_use]
    pub fn new(chat: Arc<Chat>, shelf: Shelf) -> Self {
        Self { chat, shelf, draining: Arc::default(), last: Arc::default() }
    }

    /// No more traffic, please: the server stops.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    async fn reason_against(&self) -> Option<&'static str> {
        if self.draining.load(Ordering::Relaxed) {
            return Some("stopping");
        }
        let mut last = self.last.lock().await;
        let outage = match *last {
            Some((looked, answer)) if looked.elapsed() < FRESH_FOR => answer,
            _ => {
                let answer = self.chat.ready().await.err();
                *last = Some((Instant::now(), answer));
                answer
            }
        };
        let broken = self.shelf.is_broken().then_some(Outage::NotDurable);
        outage.or(broken).map(Outage::advice)
    }
}

/// The process answers; nothing else is asked.
pub(super) async fn live() -> Response {
    plain(StatusCode::OK, "ok")
}

/// 503 with the reason while the server should get no traffic.
pub(super) async fn ready(State(web): State<Web>) -> Response {
    match web.readiness.reason_against().await {
        None => plain(StatusCode::OK, "ok"),
        Some(reason) => plain(StatusCode::SERVICE_UNAVAILABLE, reason),
    }
}

fn plain(status: StatusCode, text: &'static str) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store")], text).into_response()
}
