//! HTTP long-polling: one request that waits for packets, one that brings some. A second of either
//! kind at the same time contradicts the first and ends the session, as with the reference server.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{self, Context, Waker};

use bytes::Bytes;

use super::{Link, Session};
use crate::lock;
use crate::reason::Reason;

/// The Engine.IO packet that says nothing but lets a waiting poll return.
const NOOP: &[u8] = b"6";

/// The Engine.IO packet that ends a session.
const CLOSE: &[u8] = b"1";

/// What is known of a client that polls.
#[derive(Default)]
pub(super) struct State {
    /// The poll that waits.
    poll: Option<Waker>,
    is_polled: bool,
    is_posted: bool,
    upgrade: Upgrade,
}

/// How far an upgrade has come.
#[derive(Default, PartialEq, Eq)]
enum Upgrade {
    #[default]
    None,
    /// A WebSocket is being opened; no other may be.
    Claimed,
    /// It has been probed: polls return at once, so that the client can pause.
    Probed,
}

impl State {
    /// Whether the client is about to be reached over a WebSocket, and listens there already.
    pub(super) fn is_probed(&self) -> bool {
        self.upgrade == Upgrade::Probed
    }

    /// The waiting poll looks again.
    pub(super) fn wake(&mut self) {
        if let Some(poll) = self.poll.take() {
            poll.wake();
        }
    }
}

/// Why a request cannot be served.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum PollRefusal {
    /// The session goes on over a WebSocket.
    NotPolling,
    /// The session has ended.
    Gone,
    /// Another one is under way; the session ends.
    Overlap,
}

impl Session {
    /// A poll begins.
    pub(crate) fn poll(self: &Arc<Self>) -> Result<Poll, PollRefusal> {
        self.begin(|state| std::mem::replace(&mut state.is_polled, true))?;
        Ok(Poll { session: self.clone(), is_answered: false })
    }

    /// A body with packets is about to be read.
    pub(crate) fn post(self: &Arc<Self>) -> Result<Post, PollRefusal> {
        self.begin(|state| std::mem::replace(&mut state.is_posted, true))?;
        Ok(Post { session: self.clone(), is_delivered: false })
    }

    fn begin(&self, claim: impl FnOnce(&mut State) -> bool) -> Result<(), PollRefusal> {
        let mut state = lock(&self.state);
        let polling = match &mut state.link {
            Link::Polling(polling) => polling,
            Link::WebSocket(_) => return Err(PollRefusal::NotPolling),
            Link::Gone => return Err(PollRefusal::Gone),
        };
        if claim(polling) {
            state.end(Reason::TransportError);
            return Err(PollRefusal::Overlap);
        }
        Ok(())
    }

    /// Whether an upgrade may begin now; if so, none other may until it has failed.
    pub(crate) fn begin_upgrade(&self) -> bool {
        let mut state = lock(&self.state);
        let has_ended = state.ending.is_some();
        match &mut state.link {
            Link::Polling(polling) if polling.upgrade == Upgrade::None && !has_ended => {
                polling.upgrade = Upgrade::Claimed;
                true
            }
            _ => false,
        }
    }

    /// The WebSocket has shown that it works: polls return, so that the client can let go of polling.
    pub(crate) fn probed(&self) {
        if let Link::Polling(polling) = &mut lock(&self.state).link {
            polling.upgrade = Upgrade::Probed;
            polling.wake();
        }
    }

    /// The upgrade came to nothing; polling goes on, or ends.
    pub(crate) fn upgrade_failed(&self) {
        let mut state = lock(&self.state);
        let Link::Polling(polling) = &mut state.link else {
            return;
        };
        let was_probed = polling.is_probed();
        polling.upgrade = Upgrade::None;
        if let Some(reason) = state.ending.filter(|_| was_probed) {
            state.say_goodbye(reason);
            state.wake_driver();
        }
    }
}

/// A poll under way. Dropped without an answer, its client has gone, and the session ends.
pub(crate) struct Poll {
    session: Arc<Session>,
    is_answered: bool,
}

impl Future for Poll {
    type Output = Vec<u8>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> task::Poll<Vec<u8>> {
        let session = self.session.clone();
        let mut state = lock(&session.state);
        let super::State { link, outbound, .. } = &mut *state;
        let body = match link {
            Link::Polling(polling) if !outbound.is_empty() => {
                polling.is_polled = false;
                let (body, taken) = outbound.take_body();
                session.shared.counters().sent(taken.packets, taken.bytes);
                body
            }
            Link::Polling(polling) if polling.upgrade == Upgrade::Probed => {
                polling.is_polled = false;
                NOOP.to_vec()
            }
            Link::Polling(polling) => {
                polling.poll = Some(context.waker().clone());
                return task::Poll::Pending;
            }
            Link::WebSocket(_) => NOOP.to_vec(),
            Link::Gone => CLOSE.to_vec(),
        };
        // The driver of a session that has ended waits for its goodbye to be fetched.
        state.wake_driver();
        drop(state);
        self.is_answered = true;
        task::Poll::Ready(body)
    }
}

impl Drop for Poll {
    fn drop(&mut self) {
        if self.is_answered {
            return;
        }
        if let Link::Polling(polling) = &mut lock(&self.session.state).link {
            (polling.is_polled, polling.poll) = (false, None);
        }
        self.session.hang_up();
    }
}

/// A body under way. Dropped before it is delivered, its client has gone, and the session ends.
pub(crate) struct Post {
    session: Arc<Session>,
    is_delivered: bool,
}

impl Post {
    /// Hands the body to the driver, once it has taken the one before it. Whether it did: what comes
    /// after the session has ended is not handled.
    pub(crate) async fn deliver(mut self, body: Bytes) -> bool {
        let mut body = Some(body);
        let is_taken = std::future::poll_fn(|context| {
            let mut state = lock(&self.session.state);
            if state.ending.is_some() {
                return task::Poll::Ready(false);
            }
            let mail = state.mail.get_or_insert_default();
            if mail.body.is_some() {
                mail.post = Some(context.waker().clone());
                return task::Poll::Pending;
            }
            // Also when the session has been upgraded meanwhile: nothing that came is lost.
            mail.body = body.take();
            state.wake_driver();
            task::Poll::Ready(true)
        })
        .await;
        self.is_delivered = true;
        is_taken
    }

    /// The body is larger than allowed.
    pub(crate) fn too_large(mut self) {
        self.is_delivered = true;
        self.session.end(Reason::TooLarge);
    }
}

impl Drop for Post {
    fn drop(&mut self) {
        if let Link::Polling(polling) = &mut lock(&self.session.state).link {
            polling.is_posted = false;
        }
        if !self.is_delivered {
            self.session.hang_up();
        }
    }
}

impl Session {
    /// A request's client has gone away in the middle of it.
    fn hang_up(&self) {
        let mut state = lock(&self.state);
        if let Link::Polling(_) = state.link {
            state.end(Reason::TransportClose);
        }
    }
}
