//! What is known of a connection from its first request, and how many connections there are.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio_util::sync::CancellationToken;

use crate::chat::{Network, Visitor};
use crate::i18n::Locale;
use crate::turnstile::{Place, Turnstile};

/// The first request of a Socket.IO session, as the rest of the server cares about it. The engine
/// keeps it for as long as the session lives.
pub struct Handshake {
    /// Who opened the session.
    pub visitor: Visitor,
    /// Whether the visitor brought a cookie; if not, the session is told over the socket too.
    pub has_cookie: bool,
    /// The language of error texts.
    pub locale: Locale,
    /// Cuts the connection that carries the session now.
    transport: Mutex<CancellationToken>,
    ended: CancellationToken,
    sid: Mutex<Option<String>>,
    sessions: Arc<Sessions>,
    /// Counted for as long as the session lives.
    _place: Place,
}

impl Handshake {
    /// The engine has given the session this id.
    pub(super) fn connected(self: &Arc<Self>, sid: &str) {
        *lock(&self.sid) = Some(sid.to_owned());
        lock(&self.sessions.by_sid).insert(sid.to_owned(), Arc::downgrade(self));
    }

    /// The session goes on over another connection.
    pub fn upgraded(&self, transport: CancellationToken) {
        *lock(&self.transport) = transport;
    }

    /// Cuts the connection; later requests with this session are refused, so that a client that
    /// polls starts anew.
    pub(super) fn end_transport(&self) {
        self.ended.cancel();
        lock(&self.transport).cancel();
    }

    /// Whether the server has ended this session.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.ended.is_cancelled()
    }

    /// Cancelled once the server has ended this session.
    pub(super) fn ended(&self) -> CancellationToken {
        self.ended.clone()
    }
}

impl Drop for Handshake {
    fn drop(&mut self) {
        if let Some(sid) = lock(&self.sid).take() {
            lock(&self.sessions.by_sid).remove(&sid);
        }
    }
}

/// All Socket.IO sessions of this process. Bounded in all and per address.
pub struct Sessions {
    turnstile: Turnstile,
    by_sid: Mutex<HashMap<String, Weak<Handshake>>>,
}

impl Sessions {
    /// No sessions yet.
    #[must_use]
    pub fn new(all_max: usize, per_address_max: usize) -> Arc<Self> {
        let turnstile = Turnstile::new(all_max, per_address_max);
        Arc::new(Self { turnstile, by_sid: Mutex::default() })
    }

    /// Counts a new session, or refuses it when there are too many.
    #[must_use]
    pub fn begin(
        self: &Arc<Self>,
        visitor: Visitor,
        has_cookie: bool,
        locale: Locale,
        transport: CancellationToken,
    ) -> Option<Arc<Handshake>> {
        let place = self.turnstile.enter(Network::of(visitor.address))?;
        Some(Arc::new(Handshake {
            visitor,
            has_cookie,
            locale,
            transport: Mutex::new(transport),
            ended: CancellationToken::new(),
            sid: Mutex::default(),
            sessions: self.clone(),
            _place: place,
        }))
    }

    /// The session of that id, once it has connected to a namespace.
    #[must_use]
    pub fn find(&self, sid: &str) -> Option<Arc<Handshake>> {
        lock(&self.by_sid).get(sid).and_then(Weak::upgrade)
    }

    /// How many sessions there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.turnstile.count()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::SessionId;

    fn begin(sessions: &Arc<Sessions>, address: &str) -> Option<Arc<Handshake>> {
        let session = SessionId::from_bytes([1; 16]);
        let visitor = Visitor { session, address: address.parse().unwrap() };
        sessions.begin(visitor, true, Locale::Ko, CancellationToken::new())
    }

    #[test]
    fn a_session_is_found_by_its_id_until_it_ends() {
        let sessions = Sessions::new(3, 3);
        let handshake = begin(&sessions, "192.0.2.1").unwrap();
        handshake.connected("abc");
        assert!(sessions.find("abc").is_some());
        drop(handshake);
        assert!(sessions.find("abc").is_none());
        assert!(lock(&sessions.by_sid).is_empty());
        assert_eq!(sessions.count(), 0);
    }
}
