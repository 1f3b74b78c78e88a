//! A visitor's page, as far as the server can tell (`web/src/room/connection.ts`): joins, shows the
//! log in order, sends one message at a time, and comes back after every break.

mod outbox;
mod stage;
mod timeline;
mod visit;
mod words;

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use tokio::sync::watch;
use tokio::time::sleep;

pub use outbox::{Message, Outbox};
pub use stage::{Board, Count, Phase, Stage, Tally};
pub use timeline::{Next, Timeline};

use crate::client::wire::Entry;
use crate::client::{Door, Transport, Visitor};
use crate::history::Seen;
use visit::Left;

/// What a page is and how patient it is.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The room that it shows.
    pub room: String,
    /// Under which name its record stands.
    pub viewer: String,
    /// How it reaches the server.
    pub transport: Transport,
    /// Longest wait for an answer.
    pub answer_time_max: Duration,
    /// How long it waits after a break before it comes back.
    pub return_after: Range<Duration>,
    /// Longest wait before it comes back to a server that has announced its restart.
    pub restart_wait_max: Duration,
    /// Decides everything that happens by chance in it.
    pub seed: u64,
}

/// What others may do to a page, and see of it.
#[derive(Clone, Debug)]
pub struct Handle {
    frozen: Arc<watch::Sender<bool>>,
    cursor: Arc<AtomicU64>,
}

impl Handle {
    /// The page reads nothing and sends nothing until it is thawed; its connection stays.
    pub fn freeze(&self) {
        self.frozen.send_replace(true);
    }

    /// It goes on.
    pub fn thaw(&self) {
        self.frozen.send_replace(false);
    }

    /// Up to this `seq` everything was shown.
    #[must_use]
    pub fn cursor(&self) -> u64 {
        self.cursor.load(Ordering::Relaxed)
    }
}

/// One page.
#[derive(Debug)]
pub struct Page {
    door: Door,
    visitor: Visitor,
    settings: Settings,
    stage: Arc<Stage>,
    phase: watch::Receiver<Phase>,
    frozen: watch::Receiver<bool>,
    handle: Handle,
    random: StdRng,
    timeline: Timeline,
    outbox: Outbox,
    /// Who one is here, once the server has said it.
    author: String,
    /// Messages that were written.
    written: u64,
    /// Times that the page was told to start over.
    starts_over: u64,
    has_finished: bool,
}

impl Page {
    /// A page that has not been opened yet.
    #[must_use]
    pub fn new(door: Door, visitor: Visitor, settings: Settings, stage: Arc<Stage>) -> Self {
        let frozen = Arc::new(watch::Sender::new(false));
        Self {
            door,
            visitor,
            phase: stage.phase(),
            stage,
            frozen: frozen.subscribe(),
            handle: Handle { frozen, cursor: Arc::default() },
            random: StdRng::seed_from_u64(settings.seed),
            settings,
            timeline: Timeline::default(),
            outbox: Outbox::default(),
            author: String::new(),
            written: 0,
            starts_over: 0,
            has_finished: false,
        }
    }

    /// For others.
    #[must_use]
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Lives until the phase is over.
    ///
    /// # Errors
    /// When the server has ended it for good; with the reason.
    pub async fn run(mut self) -> Result<(), String> {
        loop {
            match self.visit().await {
                Left::Done => return Ok(()),
                Left::Over(reason) => return Err(format!("{}: {reason}", self.settings.viewer)),
                Left::Lost(wait) => sleep(wait).await,
            }
        }
    }

    /// How long to wait before coming back, with jitter so that not all come at once.
    fn wait(&mut self, restart: Option<Duration>) -> Duration {
        match restart {
            Some(delay) => {
                let delay = delay.min(self.settings.restart_wait_max);
                delay.mul_f64(self.random.random_range(0.5..1.5))
            }
            None => self.random.random_range(self.settings.return_after.clone()),
        }
    }

    fn is_talking(&self) -> bool {
        matches!(*self.phase.borrow(), Phase::Talking)
    }

    /// Says once that nothing is left to send, and whether nothing is left to show either.
    fn is_done(&mut self) -> bool {
        if self.is_talking() || !self.outbox.is_empty() {
            return false;
        }
        if !self.has_finished {
            self.has_finished = true;
            self.stage.finish();
        }
        match &*self.phase.borrow() {
            Phase::CatchingUp(heads) => {
                let head = heads.get(&self.settings.room).copied().unwrap_or_default();
                self.timeline.cursor() >= head
            }
            _ => false,
        }
    }

    /// The next message; while there is nothing more to say, only one that waits.
    fn next_message(&mut self) -> Option<Message> {
        let is_talking = self.is_talking();
        let Self { outbox, written, random, settings, .. } = self;
        outbox.next(|| {
            is_talking.then(|| {
                *written += 1;
                let client_id = format!("{}-{written}", settings.viewer);
                let text = format!("{client_id} {}", words::some(random));
                Message { client_id, text }
            })
        })
    }

    /// A reader sees these now.
    fn show(&mut self, shown: Vec<Entry>) {
        self.handle.cursor.store(self.timeline.cursor(), Ordering::Relaxed);
        let viewer = match self.starts_over {
            0 => self.settings.viewer.clone(),
            times => format!("{}/{times}", self.settings.viewer),
        };
        let room = &self.settings.room;
        self.stage.seen(shown.into_iter().map(|entry| Seen {
            room: room.clone(),
            viewer: viewer.clone(),
            entry: entry.into(),
        }));
    }
}
