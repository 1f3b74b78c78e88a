//! What is known of a connection from its first request, and how many connections there are.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio_util::sync::CancellationToken;

use crate::chat::{Network, Visitor};
use crate::i18n::Locale;

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
}

impl Handshake {
    /// The engine has given the session this id.
    pub(super) fn connected(self: &Arc<Self>, sid: &str) {
        *lock(&self.sid) = Some(sid.to_owned());
        lock(&self.sessions.state).by_sid.insert(sid.to_owned(), Arc::downgrade(self));
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
        let sid = lock(&self.sid).take();
        self.sessions.forget(&Network::of(self.visitor.address), sid.as_deref());
    }
}

/// All Socket.IO sessions of this process. Bounded in all and per address.
pub struct Sessions {
    all_max: usize,
    per_address_max: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    all: usize,
    per_address: HashMap<Network, usize>,
    by_sid: HashMap<String, Weak<Handshake>>,
}

impl Sessions {
    /// No sessions yet.
    #[must_use]
    pub fn new(all_max: usize, per_address_max: usize) -> Arc<Self> {
        Arc::new(Self { all_max, per_address_max, state: Mutex::default() })
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
        let mut state = lock(&self.state);
        let network = Network::of(visitor.address);
        let from_there = state.per_address.get(&network).copied().unwrap_or_default();
        if state.all >= self.all_max || from_there >= self.per_address_max {
            return None;
        }
        state.all += 1;
        state.per_address.insert(network, from_there + 1);
        drop(state);
        Some(Arc::new(Handshake {
            visitor,
            has_cookie,
            locale,
            transport: Mutex::new(transport),
            ended: CancellationToken::new(),
            sid: Mutex::default(),
            sessions: self.clone(),
        }))
    }

    /// The session of that id, once it has connected to a namespace.
    #[must_use]
    pub fn find(&self, sid: &str) -> Option<Arc<Handshake>> {
        lock(&self.state).by_sid.get(sid).and_then(Weak::upgrade)
    }

    /// How many sessions there are.
    #[must_use]
    pub fn count(&self) -> usize {
        lock(&self.state).all
    }

    fn forget(&self, network: &Network, sid: Option<&str>) {
        let mut state = lock(&self.state);
        state.all = state.all.saturating_sub(1);
        if let Some(count) = state.per_address.get_mut(network) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                state.per_address.remove(network);
            }
        }
        if let Some(sid) = sid {
            state.by_sid.remove(sid);
        }
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
    fn sessions_are_bounded_per_address_and_in_all() {
        let sessions = Sessions::new(3, 2);
        let first = begin(&sessions, "192.0.2.1");
        let second = begin(&sessions, "192.0.2.1");
        assert!(first.is_some() && second.is_some());
        assert!(begin(&sessions, "192.0.2.1").is_none());
        let third = begin(&sessions, "192.0.2.2");
        assert!(third.is_some());
        assert!(begin(&sessions, "192.0.2.3").is_none());
        drop(first);
        assert_eq!(sessions.count(), 2);
        assert!(begin(&sessions, "192.0.2.1").is_some());
    }

    #[test]
    fn a_session_is_found_by_its_id_until_it_ends() {
        let sessions = Sessions::new(3, 3);
        let handshake = begin(&sessions, "192.0.2.1").unwrap();
        handshake.connected("abc");
        assert!(sessions.find("abc").is_some());
        drop(handshake);
        assert!(sessions.find("abc").is_none());
        assert!(lock(&sessions.state).by_sid.is_empty());
        assert!(lock(&sessions.state).per_address.is_empty());
    }
}
