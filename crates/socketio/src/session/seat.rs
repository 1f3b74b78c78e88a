//! A session's place in one namespace: the hook that lets it in, its events one after the other, the
//! hook at its end.

use std::collections::VecDeque;
use std::future::ready;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::future::BoxFuture;

use crate::namespace::{Connecting, RawEvent, RawNamespace, Refusal, State};
use crate::reason::Reason;
use crate::socket::RawSocket;

/// What a client hears when the hook that decides about it panics.
const INTERNAL_ERROR: &str = "internal error";

/// A place in a namespace.
pub(super) struct Seat {
    pub(super) namespace: Arc<RawNamespace>,
    phase: Phase,
    /// The handler or hook that is at work.
    running: Option<BoxFuture<'static, ()>>,
    waiting: VecDeque<RawEvent>,
    waiting_bytes: usize,
}

enum Phase {
    Connecting(BoxFuture<'static, Result<State, Refusal>>),
    Open(Arc<RawSocket>),
    /// What has come in is handled, then the socket's end.
    Leaving(Arc<RawSocket>),
    Left,
}

/// What came of a turn.
pub(super) enum Turn {
    /// Nothing to do for now.
    Idle,
    /// The namespace's hook has decided; tell the client.
    Decided(Result<State, Refusal>),
    /// Nothing is left of this place.
    Over,
}

impl Seat {
    pub(super) fn new(namespace: Arc<RawNamespace>, connecting: Connecting) -> Self {
        let hook = guarded(|| namespace.application().connect(connecting));
        // One that panics before it is a future lets nobody in, like one that panics later.
        let hook = hook.unwrap_or_else(|| Box::pin(ready(Err(Refusal::new(INTERNAL_ERROR)))));
        let phase = Phase::Connecting(hook);
        Self { namespace, phase, running: None, waiting: VecDeque::new(), waiting_bytes: 0 }
    }

    /// The socket, from when it is let in until it leaves.
    pub(super) fn socket(&self) -> Option<&Arc<RawSocket>> {
        match &self.phase {
            Phase::Open(core) => Some(core),
            Phase::Connecting(_) | Phase::Leaving(_) | Phase::Left => None,
        }
    }

    /// Whether events may still come in.
    pub(super) fn takes_events(&self) -> bool {
        match &self.phase {
            Phase::Connecting(_) => true,
            Phase::Open(core) => core.ended().is_none(),
            Phase::Leaving(_) | Phase::Left => false,
        }
    }

    /// The hook has let the socket in: its first hook runs before any event.
    pub(super) fn open(&mut self, core: Arc<RawSocket>) {
        let hook = guarded(|| self.namespace.application().connected(&core));
        self.running = hook.flatten();
        self.phase = Phase::Open(core);
    }

    /// An event waits for its turn.
    pub(super) fn push(&mut self, event: RawEvent) {
        self.waiting_bytes += event.bytes();
        self.waiting.push_back(event);
    }

    /// How many events wait, and their bytes.
    pub(super) fn load(&self) -> (usize, usize) {
        (self.waiting.len(), self.waiting_bytes)
    }

    /// The socket is over. What has come in is still handled, unless the client is not to be heard.
    pub(super) fn end(&mut self, reason: Reason) {
        match std::mem::replace(&mut self.phase, Phase::Left) {
            // A hook that has not decided is dropped: it has let nobody in.
            Phase::Connecting(_) | Phase::Left => self.forget(),
            Phase::Leaving(core) => self.phase = Phase::Leaving(core),
            Phase::Open(core) => {
                core.end(reason);
                self.leave(core);
            }
        }
    }

    fn leave(&mut self, core: Arc<RawSocket>) {
        let reason = core.ended().unwrap_or(Reason::TransportClose);
        if !reason.handles_rest() || reason == Reason::ServerDisconnect {
            self.forget();
        }
        self.phase = Phase::Leaving(core);
    }

    fn forget(&mut self) {
        self.waiting = VecDeque::new();
        self.waiting_bytes = 0;
    }

    /// Lets hooks and handlers work until they wait.
    pub(super) fn turn(&mut self, context: &mut Context<'_>) -> Turn {
        loop {
            if let Some(running) = &mut self.running {
                match guarded(|| running.as_mut().poll(context)) {
                    Some(Poll::Pending) => return Turn::Idle,
                    Some(Poll::Ready(())) | None => self.running = None,
                }
                continue;
            }
            match &mut self.phase {
                Phase::Connecting(hook) => {
                    return match guarded(|| hook.as_mut().poll(context)) {
                        Some(Poll::Pending) => Turn::Idle,
                        Some(Poll::Ready(decision)) => Turn::Decided(decision),
                        None => Turn::Decided(Err(Refusal::new(INTERNAL_ERROR))),
                    };
                }
                Phase::Left => return Turn::Over,
                Phase::Open(core) | Phase::Leaving(core) => {
                    let core = core.clone();
                    let is_leaving = matches!(self.phase, Phase::Leaving(_));
                    if !is_leaving && core.ended().is_some() {
                        self.leave(core);
                    } else if let Some(event) = self.waiting.pop_front() {
                        self.waiting_bytes -= event.bytes();
                        let begun = guarded(|| core.namespace().application().event(&core, &event));
                        self.running = begun.flatten();
                    } else if is_leaving {
                        self.finish(&core);
                    } else {
                        self.waiting.shrink_to_fit();
                        return Turn::Idle;
                    }
                }
            }
        }
    }

    /// The last hook.
    fn finish(&mut self, core: &Arc<RawSocket>) {
        let reason = core.ended().unwrap_or(Reason::TransportClose);
        self.phase = Phase::Left;
        let hook = guarded(|| core.namespace().application().disconnected(core, reason));
        self.running = hook.flatten();
    }
}

/// A panic costs the event in whose handler it happened, and nothing else.
fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work))
        .inspect_err(|_| tracing::error!("a handler of a socket panicked"))
        .ok()
}
