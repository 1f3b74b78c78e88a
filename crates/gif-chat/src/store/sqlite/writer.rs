//! The one thread that writes, with group commit.
//!
//! It takes everything that waits (bounded), runs each operation in a savepoint, commits once, hands
//! the committed events to the feed, and only then answers the callers. So a lone message pays one
//! commit and a flood pays one per batch, without a timer; and what people see is in commit order.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

use super::Options;
use super::rooms::state;
use super::rows::unavailable;
use crate::chat::{
    Event, Feed, HistoryLimits, RandomSource, RoomId, SeatRequest, StoreError, Timestamp,
};

/// What an operation works with.
pub(super) struct Work<'batch> {
    /// Inside the batch's transaction.
    pub(super) connection: &'batch Connection,
    /// Randomness for ids.
    pub(super) random: &'batch dyn RandomSource,
    /// What the operation has to tell.
    pub(super) changes: Changes,
}

/// What an operation, or a batch, has to tell after its commit.
#[derive(Default)]
pub(super) struct Changes {
    /// In the order in which things happened.
    pub(super) events: Vec<Event>,
    /// Rooms whose state in the lobby is another now.
    pub(super) touched: Vec<RoomId>,
    /// GIFs that no entry shows any more.
    pub(super) unreferenced_gifs: Vec<String>,
    /// Whether a room was removed, and its remains must leave the write-ahead log.
    pub(super) removed: bool,
    /// Whether an operation could be neither kept nor undone: then nothing of its batch may be kept.
    broken: bool,
}

/// When an operation happens, and what a log may keep from then on.
#[derive(Clone, Copy)]
pub(super) struct Moment {
    pub(super) now: Timestamp,
    pub(super) history: HistoryLimits,
}

impl Moment {
    pub(super) fn of(request: &SeatRequest) -> Self {
        Self { now: request.now, history: request.history }
    }
}

type Answer = Box<dyn FnOnce(Result<(), String>) + Send>;
type Job = Box<dyn FnOnce(&mut Work<'_>) -> Answer + Send>;

/// Hands operations to the writer's thread.
pub(super) struct Writer {
    queue: Mutex<Option<mpsc::Sender<Job>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    pub(super) fn start(
        connection: Connection,
        options: &Options,
        feed: Feed,
        random: Arc<dyn RandomSource>,
    ) -> Self {
        let (queue, jobs) = mpsc::channel(options.writer_queue_max.max(1));
        let batch_max = options.writer_batch_max.max(1);
        let mut thread = WriterThread { connection, feed, random, purge_due: false };
        let thread = std::thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || thread.serve(jobs, batch_max));
        if let Err(error) = &thread {
            tracing::error!(%error, "the writer's thread could not be started");
        }
        Self { queue: Mutex::new(Some(queue)), thread: Mutex::new(thread.ok()) }
    }

    /// Runs an operation and returns its result once it is committed, or once it is certain that
    /// nothing of it was kept.
    pub(super) async fn run<T, F>(&self, operation: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Work<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let closed = || StoreError::Unavailable("the store is closed".to_owned());
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |work| {
            let result = in_savepoint(work, operation);
            Box::new(move |committed| {
                let lost = |cause| Err(StoreError::Unavailable(cause));
                // A caller that has gone away is normal: the entry is kept and announced anyway.
                drop(answer.send(committed.map_or_else(lost, |()| result)));
            })
        });
        // A full queue answers at once: waiting callers would be a queue without a limit.
        queue.ok_or_else(closed)?.try_send(job).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => {
                StoreError::Unavailable("the writer's queue is full".to_owned())
            }
            mpsc::error::TrySendError::Closed(_) => closed(),
        })?;
        answered.await.unwrap_or_else(|_dropped| {
            Err(StoreError::Unavailable("the operation did not run".to_owned()))
        })
    }

    /// Lets the thread finish what waits, and waits for it.
    pub(super) async fn close(&self) {
        drop(self.queue.lock().unwrap_or_else(PoisonError::into_inner).take());
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let joined = tokio::task::spawn_blocking(move || thread.join());
            if !matches!(joined.await, Ok(Ok(()))) {
                tracing::error!("the writer's thread ended with a panic");
            }
        }
    }
}

/// One refused operation must not undo its neighbours in the batch.
fn in_savepoint<T>(
    work: &mut Work<'_>,
    operation: impl FnOnce(&mut Work<'_>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    work.connection.execute_batch("SAVEPOINT operation").map_err(unavailable)?;
    let ran = catch_unwind(AssertUnwindSafe(|| operation(work)));
    let result = ran
        .unwrap_or_else(|_panic| Err(StoreError::Unavailable("the operation panicked".to_owned())));
    if result.is_err() {
        work.changes = Changes::default();
        // After a full disk SQLite may have rolled back the whole batch: then there is no
        // savepoint left, and the batch finds out by itself.
        if !work.connection.is_autocommit() {
            let undo = "ROLLBACK TO operation; RELEASE operation";
            work.changes.broken = work.connection.execute_batch(undo).is_err();
        }
        return result;
    }
    work.changes.broken = work.connection.execute_batch("RELEASE operation").is_err();
    result
}

struct WriterThread {
    connection: Connection,
    feed: Feed,
    random: Arc<dyn RandomSource>,
    purge_due: bool,
}

impl WriterThread {
    fn serve(&mut self, mut jobs: mpsc::Receiver<Job>, batch_max: usize) {
        while let Some(first) = jobs.blocking_recv() {
            let mut batch = vec![first];
            while batch.len() < batch_max
                && let Ok(job) = jobs.try_recv()
            {
                batch.push(job);
            }
            self.commit(batch);
        }
    }

    fn commit(&mut self, batch: Vec<Job>) {
        let mut answers = Vec::with_capacity(batch.len());
        match self.run_batch(batch, &mut answers) {
            Ok(changes) => {
                self.purge_due |= changes.removed;
                self.purge_removed();
                if !changes.events.is_empty() {
                    // Fails only when the dispatcher has ended, at the end of the process.
                    drop(self.feed.blocking_send(changes.events));
                }
                for answer in answers {
                    answer(Ok(()));
                }
            }
            Err(error) => {
                tracing::error!(%error, operations = answers.len(), "a commit failed");
                for answer in answers {
                    answer(Err(error.to_string()));
                }
            }
        }
    }

    /// Runs and commits. After an error nothing of the batch is kept; operations that did not run
    /// are dropped, which answers their callers.
    fn run_batch(
        &mut self,
        batch: Vec<Job>,
        answers: &mut Vec<Answer>,
    ) -> rusqlite::Result<Changes> {
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut told = Changes::default();
        for job in batch {
            let mut work = Work {
                connection: &transaction,
                random: &*self.random,
                changes: Changes::default(),
            };
            answers.push(job(&mut work));
            told.events.append(&mut work.changes.events);
            told.touched.append(&mut work.changes.touched);
            told.removed |= work.changes.removed;
            if work.changes.broken || transaction.is_autocommit() {
                // What cannot be undone alone is undone with its batch; and after a full disk or an
                // I/O error SQLite has undone the whole batch by itself. Nothing may run
                // after it: it would be committed by itself, without its neighbours.
                return Err(rusqlite::Error::SqliteFailure(
                    rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_ABORT_ROLLBACK),
                    Some("the batch was rolled back".to_owned()),
                ));
            }
        }
        tell_states(&transaction, &mut told)?;
        transaction.commit()?;
        Ok(told)
    }

    /// Empties the write-ahead log after a removal, so that the room's texts are in no file any
    /// more. A reader can keep it from that for a moment; then the next commit tries again.
    fn purge_removed(&mut self) {
        if !self.purge_due {
            return;
        }
        let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
        let blocked = self.connection.query_row(checkpoint, [], |row| row.get::<_, bool>(0));
        match blocked {
            Ok(blocked) => self.purge_due = blocked,
            Err(error) => tracing::warn!(%error, "the write-ahead log could not be emptied yet"),
        }
    }
}

/// Rooms that the batch changed, each once, as they are at its end.
fn tell_states(connection: &Connection, told: &mut Changes) -> rusqlite::Result<()> {
    let mut seen = std::collections::HashSet::new();
    for room in &told.touched {
        if seen.insert(room.clone())
            && let Some(state) = state(connection, room)?
        {
            told.events.push(Event::RoomChanged(state));
        }
    }
    Ok(())
}
