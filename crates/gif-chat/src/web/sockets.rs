//! In front of the Socket.IO engine: who may open a session, and whose session it is.

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, Response, StatusCode, header};
use http_body_util::Full;

use super::caller::Caller;
use crate::chat::Network;
use crate::realtime::{Admission, Handshake};
use crate::turnstile::Turnstile;

/// How long a refused client should wait before it tries again, in seconds.
pub(super) const RETRY_AFTER_SECONDS: &str = "5";

/// Counts sessions, and keeps foreign visitors out of others' sessions.
pub struct Gate {
    sessions: Turnstile,
}

impl Gate {
    /// A gate that lets through as many sessions as this turnstile does.
    #[must_use]
    pub fn new(sessions: Turnstile) -> Self {
        Self { sessions }
    }
}

impl Admission for Gate {
    type Handshake = Handshake;

    fn open(&self, request: &Parts) -> Result<Handshake, Box<Response<Full<Bytes>>>> {
        let caller = request.extensions.get::<Caller>().cloned().ok_or_else(later)?;
        let Caller { visitor, has_cookie, locale, .. } = caller;
        let place = self.sessions.enter(Network::of(visitor.address)).ok_or_else(later)?;
        Ok(Handshake { visitor, has_cookie, locale, place })
    }

    /// A client that keeps no cookies has only the session's id to show; for all others the id
    /// without the cookie is a stolen one.
    fn is_same(&self, handshake: &Handshake, request: &Parts) -> bool {
        request.extensions.get().is_some_and(|caller: &Caller| {
            let keeps_none = !caller.has_cookie && !handshake.has_cookie;
            keeps_none || handshake.visitor.session == caller.visitor.session
        })
    }
}

/// The answer when there are as many sessions as there may be.
fn later() -> Box<Response<Full<Bytes>>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    let retry_after = HeaderValue::from_static(RETRY_AFTER_SECONDS);
    response.headers_mut().insert(header::RETRY_AFTER, retry_after);
    Box::new(response)
}
