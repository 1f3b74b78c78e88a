//! One client: what waits for it, over which connection it is reached, and how it ends. A session
//! has one task, its driver, which lives through an upgrade.

mod driver;
mod flusher;
mod heartbeat;
mod id;
mod inbound;
mod outbound;
mod polling;
mod seat;
mod stream;
mod times;

use std::any::Any;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use tokio::time::Instant;

pub(crate) use driver::{Driver, ping};
pub(crate) use flusher::Flusher;
pub(crate) use id::Id;
pub(crate) use outbound::{Bounds, Outbound};
pub(crate) use polling::PollRefusal;
pub(crate) use stream::Stream;

use crate::engine::Shared;
use crate::lock;
use crate::reason::Reason;
use crate::wire::frame::{Frame, Frames};
use crate::wire::websocket::close_frame;
use outbound::{Taken, Written};

/// One client. Kept by the engine's list until it ends, by its task, and by its sockets. What every
/// packet needs comes first, so that it is close together in memory.
#[repr(C)]
pub(crate) struct Session {
    /// Which of the engine's flushers writes for this session.
    flusher: Arc<Flusher>,
    shared: Arc<Shared>,
    state: Mutex<State>,
    id: Id,
    /// What the application keeps of the first request.
    handshake: Arc<dyn Any + Send + Sync>,
}

/// What the tasks that send to a client and the one that drives it share.
#[repr(C)]
struct State {
    outbound: Outbound,
    /// A flusher knows that something waits.
    dirty: bool,
    /// The session ends now, whatever waits.
    cut: bool,
    /// The client's own close code, which it gets back (RFC 6455 §5.5.1).
    client_code: Option<u16>,
    /// Since when the connection has taken nothing, while something waits.
    blocked_since: Option<Instant>,
    ending: Option<Reason>,
    link: Link,
    driver: Option<Waker>,
    /// Handed to the driver with its next turn. Nothing, but for a client that polls or has just been
    /// upgraded.
    mail: Option<Box<Mail>>,
}

/// Over what the client is reached.
enum Link {
    Polling(polling::State),
    WebSocket(Stream),
    /// The connection has ended.
    Gone,
}

/// What came in for the driver.
#[derive(Default)]
pub(crate) struct Mail {
    /// A polling body, not yet decoded.
    pub(crate) body: Option<Bytes>,
    /// The request that brings the next one, and waits until this one is taken.
    pub(crate) post: Option<Waker>,
    /// The connection that the session goes on over, and what it has read already.
    pub(crate) upgraded: Option<Vec<u8>>,
}

impl Mail {
    /// Takes what is there; a body only if there is room for it. What was posted before an upgrade
    /// comes before what the WebSocket brings.
    fn take(mail: &mut Option<Box<Self>>, takes_body: bool) -> (Option<Bytes>, Option<Vec<u8>>) {
        let Some(waiting) = mail else {
            return (None, None);
        };
        let body = if takes_body { waiting.body.take() } else { None };
        if body.is_some()
            && let Some(post) = waiting.post.take()
        {
            post.wake();
        }
        if waiting.body.is_some() {
            return (body, None);
        }
        let upgraded = waiting.upgraded.take();
        *mail = None;
        (body, upgraded)
    }
}

impl Session {
    pub(crate) fn new(
        shared: Arc<Shared>,
        flusher: Arc<Flusher>,
        handshake: Arc<dyn Any + Send + Sync>,
    ) -> Arc<Self> {
        let state = State {
            outbound: Outbound::default(),
            link: Link::Polling(polling::State::default()),
            mail: None,
            ending: None,
            client_code: None,
            cut: false,
            dirty: false,
            blocked_since: None,
            driver: None,
        };
        Arc::new(Self { id: Id::random(), shared, handshake, flusher, state: Mutex::new(state) })
    }

    pub(crate) fn id(&self) -> Id {
        self.id
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    pub(crate) fn handshake(&self) -> &Arc<dyn Any + Send + Sync> {
        &self.handshake
    }

    /// Sends a packet after all that waits already. Whether it will be sent: a session that has
    /// ended, or that ends because too much waits, takes nothing.
    pub(crate) fn send(self: &Arc<Self>, frames: &Frames) -> bool {
        let mut state = lock(&self.state);
        if state.ending.is_some() {
            return false;
        }
        if state.outbound.push(frames, self.shared.bounds()).is_err() {
            state.end(Reason::Backlog);
            return false;
        }
        self.announce(&mut state);
        true
    }

    /// Sends a packet, unless a newer one of the same key replaces it while the client does not take
    /// it.
    pub(crate) fn send_latest(self: &Arc<Self>, key: u64, frames: &Frames) {
        let mut state = lock(&self.state);
        if state.ending.is_some() {
            return;
        }
        // A client that takes everything gets it where it was emitted among the others.
        let is_taken = matches!(state.link, Link::WebSocket(_)) && state.blocked_since.is_none();
        if !is_taken || state.outbound.push(frames, self.shared.bounds()).is_err() {
            state.outbound.push_latest(key, frames);
        }
        self.announce(&mut state);
    }

    /// Sends a frame that is part of no packet, such as a WebSocket pong.
    pub(crate) fn send_frame(self: &Arc<Self>, frame: Frame) {
        self.send(&Frames { first: frame, attachments: Vec::new() });
    }

    /// Whoever writes for this session learns that something waits.
    fn announce(self: &Arc<Self>, state: &mut State) {
        match &mut state.link {
            Link::Polling(polling) => polling.wake(),
            Link::WebSocket(_) if !state.dirty && state.blocked_since.is_none() => {
                state.dirty = true;
                self.flusher.add(self.clone());
            }
            Link::WebSocket(_) | Link::Gone => {}
        }
    }

    /// Writes what waits, as far as the connection takes it. Returns what it took.
    fn flush(&self) -> Taken {
        let mut state = lock(&self.state);
        state.dirty = false;
        let State { link: Link::WebSocket(stream), outbound, blocked_since: None, .. } =
            &mut *state
        else {
            return Taken::default();
        };
        let written = outbound.write(|bytes| stream.try_write(bytes));
        state.written(written)
    }

    /// Reads what the client has sent over its WebSocket, and how much that is; nothing when the
    /// connection has ended.
    fn poll_read(
        &self,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<Option<NonZeroUsize>> {
        match &mut lock(&self.state).link {
            Link::WebSocket(stream) => {
                stream.poll_read(context, buffer).map(|read| read.ok().and_then(NonZeroUsize::new))
            }
            Link::Polling(_) | Link::Gone => Poll::Ready(None),
        }
    }

    /// Writes by the driver, which is woken up when a blocked connection takes more. Since when it
    /// has taken nothing, if it is blocked.
    fn poll_flush(&self, context: &mut Context<'_>) -> Option<Instant> {
        let mut state = lock(&self.state);
        let State { link: Link::WebSocket(stream), outbound, blocked_since: Some(_), .. } =
            &mut *state
        else {
            return None;
        };
        let written = outbound.write(|bytes| match stream.poll_write(context, bytes) {
            Poll::Ready(written) => written,
            Poll::Pending => Err(std::io::ErrorKind::WouldBlock.into()),
        });
        let written = match (written, stream.poll_flush(context)) {
            (Ok((Written::All, taken)), Poll::Pending) => Ok((Written::Blocked, taken)),
            (Ok(_), Poll::Ready(Err(error))) => Err(error),
            (written, _) => written,
        };
        let taken = state.written(written);
        self.shared.counters().sent(taken.packets, taken.bytes);
        state.blocked_since
    }

    /// Ends the session. The first reason counts. What waits is still sent to a client that broke
    /// no rule.
    pub(crate) fn end(&self, reason: Reason) {
        lock(&self.state).end(reason);
    }

    /// Ends the session at once: nothing is written or waited for any more.
    pub(crate) fn cut(&self) {
        let mut state = lock(&self.state);
        state.ending.get_or_insert(Reason::Shutdown);
        state.cut = true;
        state.wake_driver();
    }

    /// The session goes on over this connection: the one that its upgrade led to.
    pub(crate) fn adopt(self: &Arc<Self>, stream: Stream, begun: Vec<u8>) {
        let mut state = lock(&self.state);
        let Link::Polling(polling) = &mut state.link else {
            return;
        };
        polling.wake();
        state.link = Link::WebSocket(stream);
        state.mail.get_or_insert_default().upgraded = Some(begun);
        if let Some(reason) = state.ending {
            state.say_goodbye(reason);
        } else if !state.outbound.is_empty() {
            self.announce(&mut state);
        }
        state.wake_driver();
    }

    /// The client has closed its WebSocket, with this code.
    fn client_closes(&self, code: Option<u16>) {
        lock(&self.state).client_code = code;
    }

    /// Wakes the driver: something that it looks at has changed.
    pub(crate) fn wake(&self) {
        lock(&self.state).wake_driver();
    }

    /// Whether the client is reached over a WebSocket.
    pub(crate) fn is_websocket(&self) -> bool {
        matches!(lock(&self.state).link, Link::WebSocket(_))
    }
}

impl State {
    fn wake_driver(&self) {
        if let Some(driver) = &self.driver {
            driver.wake_by_ref();
        }
    }

    /// Notes how far a write came. Returns what it took.
    fn written(&mut self, written: std::io::Result<(Written, Taken)>) -> Taken {
        let Ok((written, taken)) = written else {
            self.link = Link::Gone;
            self.end(Reason::TransportClose);
            return Taken::default();
        };
        if written == Written::All {
            self.blocked_since = None;
            return taken;
        }
        if taken.bytes > 0 || self.blocked_since.is_none() {
            self.blocked_since = Some(Instant::now());
        }
        self.wake_driver();
        taken
    }

    fn end(&mut self, reason: Reason) {
        if self.ending.is_some() {
            return;
        }
        self.ending = Some(reason);
        if !reason.lets_finish() {
            self.outbound.clear();
        }
        self.say_goodbye(reason);
        if let Some(post) = self.mail.as_mut().and_then(|mail| mail.post.take()) {
            // The body before it is not handled any more.
            post.wake();
        }
        self.wake_driver();
    }

    /// The last thing that a client is sent: why.
    fn say_goodbye(&mut self, reason: Reason) {
        match &mut self.link {
            // Told over the WebSocket, as soon as the client is reached there.
            Link::Polling(polling) if polling.is_probed() => polling.wake(),
            Link::Polling(polling) => {
                self.outbound.push_last(Frame::text("1"));
                polling.wake();
            }
            Link::WebSocket(_) => {
                let goodbye = match self.client_code {
                    Some(code) if reason == Reason::TransportClose => close_frame(code, ""),
                    _ => close_frame(reason.close_code(), reason.as_str()),
                };
                self.outbound.push_last(Frame::control(goodbye));
                // The driver writes it: a flusher keeps no session that has ended.
                self.blocked_since.get_or_insert_with(Instant::now);
            }
            Link::Gone => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_idle_session_is_small() {
        let sizes = [size_of::<Session>(), size_of::<Driver>(), size_of::<seat::Seat>()];
        assert!(sizes.iter().sum::<usize>() <= 640, "bytes of session, driver, seat: {sizes:?}");
    }
}
