//! The end of a turn: everything that was emitted while other tasks ran is written now, once per
//! recipient. A lone message costs one write per recipient, a flood far less.

use std::mem;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use futures_util::task::AtomicWaker;

use super::Session;
use super::outbound::Taken;
use crate::counters::Tally;
use crate::lock;

/// Sessions written to before other tasks get a turn.
const WRITES_PER_TURN_MAX: usize = 256;

/// The sessions that have something to be written. Bounded by the number of sessions, each of which
/// is in here once at most.
pub(crate) struct Flusher {
    tally: Arc<Tally>,
    dirty: Mutex<Vec<Arc<Session>>>,
    waker: AtomicWaker,
}

impl Flusher {
    pub(crate) fn new(tally: Arc<Tally>) -> Arc<Self> {
        Arc::new(Self { tally, dirty: Mutex::default(), waker: AtomicWaker::new() })
    }

    /// This session has something to be written. The session says so once until it is written.
    pub(crate) fn add(&self, session: Arc<Session>) {
        let is_first = {
            let mut dirty = lock(&self.dirty);
            dirty.push(session);
            dirty.len() == 1
        };
        if is_first {
            self.waker.wake();
        }
    }

    /// Writes until the end of the engine: the future of a task of its own.
    pub(crate) async fn run(self: Arc<Self>) {
        let mut turn: Vec<Arc<Session>> = Vec::new();
        std::future::poll_fn(|context: &mut Context<'_>| {
            self.waker.register(context.waker());
            if turn.is_empty() {
                mem::swap(&mut *lock(&self.dirty), &mut turn);
            }
            let rest = turn.len().saturating_sub(WRITES_PER_TURN_MAX);
            // From the end: taking from the front would move all the others. Between two sessions
            // there is no order to keep.
            let mut all = Taken::default();
            for session in turn.drain(rest..) {
                let taken = session.flush();
                all.packets += taken.packets;
                all.bytes += taken.bytes;
            }
            self.tally.sent(all.packets, all.bytes);
            if !turn.is_empty() || !lock(&self.dirty).is_empty() {
                context.waker().wake_by_ref();
            }
            Poll::<()>::Pending
        })
        .await;
    }
}
