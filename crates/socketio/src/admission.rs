//! Who may open a session, and what is kept of its first request.

use std::any::Any;
use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderName, Response};
use http_body_util::Full;

use crate::serve::PeerAddress;

/// Decides about sessions. The engine keeps of a request only what this makes of it: headers are
/// large, and sessions are many and long.
pub trait Admission: Send + Sync + 'static {
    /// What is kept for as long as the session lives.
    type Handshake: Send + Sync + 'static;

    /// Looks at the first request of a session: lets it in, or answers it.
    ///
    /// # Errors
    /// The answer to a request that may not open a session, such as 403 or 503.
    fn open(&self, request: &Parts) -> Result<Self::Handshake, Box<Response<Full<Bytes>>>>;

    /// Whether a later request for this session (a poll, a body, an upgrade) comes from the client
    /// that opened it. If not, it is answered as if there were no such session.
    fn is_same(&self, handshake: &Self::Handshake, request: &Parts) -> bool {
        let _ = (handshake, request);
        true
    }
}

/// Lets everybody in, and keeps the address and the headers that are asked for.
#[derive(Clone, Debug, Default)]
pub struct Everybody {
    headers: Vec<HeaderName>,
}

impl Everybody {
    /// Keeps these headers of the first request.
    #[must_use]
    pub fn keeping(headers: impl IntoIterator<Item = HeaderName>) -> Self {
        Self { headers: headers.into_iter().collect() }
    }
}

/// What [`Everybody`] keeps.
#[derive(Clone, Debug, Default)]
pub struct Handshake {
    address: Option<IpAddr>,
    headers: Option<Box<HeaderMap>>,
}

impl Handshake {
    /// Where the request came from, if the server says so by a [`PeerAddress`].
    #[must_use]
    pub fn address(&self) -> Option<IpAddr> {
        self.address
    }

    /// A header that was asked for.
    #[must_use]
    pub fn header(&self, name: &HeaderName) -> Option<&http::HeaderValue> {
        self.headers.as_ref()?.get(name)
    }
}

impl Admission for Everybody {
    type Handshake = Handshake;

    fn open(&self, request: &Parts) -> Result<Handshake, Box<Response<Full<Bytes>>>> {
        let address = request.extensions.get::<PeerAddress>().map(|peer| peer.0.ip());
        let mut kept = HeaderMap::new();
        for name in &self.headers {
            for value in request.headers.get_all(name) {
                kept.append(name, value.clone());
            }
        }
        let headers = (!kept.is_empty()).then(|| Box::new(kept));
        Ok(Handshake { address, headers })
    }
}

/// What is kept, without its type.
type Kept = Arc<dyn Any + Send + Sync>;

/// The answer to a request that is not let in.
type Refused = Box<Response<Full<Bytes>>>;

/// The same without the type.
pub(crate) trait RawAdmission: Send + Sync {
    fn open(&self, request: &Parts) -> Result<Kept, Refused>;

    fn is_same(&self, handshake: &(dyn Any + Send + Sync), request: &Parts) -> bool;
}

impl<A: Admission> RawAdmission for A {
    fn open(&self, request: &Parts) -> Result<Kept, Refused> {
        Ok(Arc::new(Admission::open(self, request)?))
    }

    fn is_same(&self, handshake: &(dyn Any + Send + Sync), request: &Parts) -> bool {
        handshake
            .downcast_ref::<A::Handshake>()
            .is_some_and(|handshake| Admission::is_same(self, handshake, request))
    }
}
