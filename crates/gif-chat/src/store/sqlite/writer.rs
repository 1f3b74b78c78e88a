//! The one thread that writes, with group commit.
//!
//! It takes everything that waits (bounded), runs each operation in a savepoint, commits once, hands
//! the committed events to the feed, and only then answers the callers. So a lone message pays one
//! commit and a flood pays one per batch, without a timer; and what people see is in commit order.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

use super::Options;
use super::purge::Purge;
use super::rooms::state;
use super::rows::{outage, unavailable};
use crate::chat::{
    Event, Feed, HistoryLimits, Outage, RandomSource, RoomId, SeatRequest, StoreError, Timestamp,
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
    /// Why an operation could be neither kept nor undone: then nothing of its batch may be kept.
    broken: Option<Failure>,
}

/// Why nothing of a batch was kept.
#[derive(Clone, Debug)]
struct Failure {
    outage: Outage,
    cause: String,
}

impl Failure {
    fn of(error: &rusqlite::Error) -> Self {
        Self { outage: outage(error), cause: error.to_string() }
    }
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

type Answer = Box<dyn FnOnce(Result<(), &Failure>) + Send>;
/// Runs an operation, or tells its caller why it is not run.
type Job = Box<dyn FnOnce(Result<&mut Work<'_>, &Failure>) -> Option<Answer> + Send>;

/// Hands operations to the writer's thread.
pub(super) struct Writer {
    queue: Mutex<Option<mpsc::Sender<Job>>>,
    wait_max: Duration,
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
        let mut thread =
            WriterThread { connection, feed, random, purge: Purge::default(), distrust: None };
        let thread = std::thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || thread.serve(jobs, batch_max));
        if let Err(error) = &thread {
            tracing::error!(%error, "the writer's thread could not be started");
        }
        Self {
            queue: Mutex::new(Some(queue)),
            wait_max: options.writer_wait_max,
            thread: Mutex::new(thread.ok()),
        }
    }

    /// Runs an operation and returns its result once it is committed, or once it is certain that
    /// nothing of it was kept.
    pub(super) async fn run<T, F>(&self, operation: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Work<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let closed = || StoreError::unavailable(Outage::Closed, "the store is closed");
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |turn| {
            let lost = |failure: &Failure| {
                Err(StoreError::unavailable(failure.outage, failure.cause.clone()))
            };
            // A caller that has gone away is normal: the entry is kept and announced anyway.
            let work = match turn {
                Ok(work) => work,
                Err(failure) => {
                    drop(answer.send(lost(failure)));
                    return None;
                }
            };
            let result = in_savepoint(work, operation);
            Some(Box::new(move |committed| {
                drop(answer.send(committed.map_or_else(lost, |()| result)));
            }))
        });
        // A storm of joins waits a moment for its turn. Callers are as many as sockets and requests,
        // which are limited; none waits longer than that.
        let sending = queue.ok_or_else(closed)?;
        sending.send_timeout(job, self.wait_max).await.map_err(|error| match error {
            mpsc::error::SendTimeoutError::Timeout(_) => {
                StoreError::unavailable(Outage::Busy, "the writer's queue is full")
            }
            mpsc::error::SendTimeoutError::Closed(_) => closed(),
        })?;
        drop(sending);
        let result = answered.await.unwrap_or_else(|_dropped| {
            Err(StoreError::unavailable(Outage::Other, "the operation did not run"))
        });
        if let Err(StoreError::Unavailable { outage: Outage::Other, cause }) = &result {
            // Neither the disk nor a rule: a fault of ours.
            tracing::error!(%cause, "an operation failed");
        }
        result
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
    control(work.connection, "SAVEPOINT operation").map_err(unavailable)?;
    let ran = catch_unwind(AssertUnwindSafe(|| operation(work)));
    let result = ran.unwrap_or_else(|_panic| {
        Err(StoreError::unavailable(Outage::Other, "the operation panicked"))
    });
    let ended = match &result {
        Ok(_) => control(work.connection, "RELEASE operation"),
        Err(error) => {
            work.changes = Changes::default();
            // After a full disk or an I/O error SQLite may have rolled back the whole batch: then
            // there is no savepoint left, and nothing may run after it, since it would be committed
            // by itself, without its neighbours.
            if work.connection.is_autocommit() {
                work.changes.broken = Some(rolled_back(error));
                return result;
            }
            control(work.connection, "ROLLBACK TO operation")
                .and_then(|()| control(work.connection, "RELEASE operation"))
        }
    };
    work.changes.broken = ended.err().map(|error| Failure::of(&error));
    result
}

/// Each operation has these: they are parsed once.
fn control(connection: &Connection, statement: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(statement)?.execute([]).map(drop)
}

/// The batch was undone with the operation that met this.
fn rolled_back(error: &StoreError) -> Failure {
    let outage = match error {
        StoreError::Unavailable { outage, .. } => *outage,
        StoreError::Refused(_) => Outage::Other,
    };
    Failure { outage, cause: format!("the batch was rolled back: {error}") }
}

struct WriterThread {
    connection: Connection,
    feed: Feed,
    random: Arc<dyn RandomSource>,
    purge: Purge,
    /// Set once an fsync has failed: from then on nothing is accepted.
    distrust: Option<Failure>,
}

impl WriterThread {
    fn serve(&mut self, mut jobs: mpsc::Receiver<Job>, batch_max: usize) {
        while let Some(first) = self.next(&mut jobs) {
            let mut batch = vec![first];
            while batch.len() < batch_max
                && let Ok(job) = jobs.try_recv()
            {
                batch.push(job);
            }
            self.commit(batch);
        }
    }

    /// Waits for the next operation, and meanwhile does what could not be done at once. Nothing when
    /// the store is closed.
    fn next(&mut self, jobs: &mut mpsc::Receiver<Job>) -> Option<Job> {
        while self.distrust.is_none()
            && let Some(time_left) = self.purge.time_left()
            && let Ok(timer) = tokio::runtime::Builder::new_current_thread().enable_time().build()
        {
            let waiting = async { tokio::time::timeout(time_left, jobs.recv()).await };
            match timer.block_on(waiting) {
                Ok(next) => return next,
                Err(_elapsed) => self.purge_removed(),
            }
        }
        jobs.blocking_recv()
    }

    fn commit(&mut self, batch: Vec<Job>) {
        if let Some(failure) = &self.distrust {
            return refuse(batch, failure);
        }
        let mut answers = Vec::with_capacity(batch.len());
        match self.run_batch(batch, &mut answers) {
            Ok(changes) => {
                if changes.removed {
                    self.purge.ask();
                }
                self.purge_removed();
                if !changes.events.is_empty() {
                    // Fails only when the dispatcher has ended, at the end of the process.
                    drop(self.feed.blocking_send(changes.events));
                }
                for answer in answers {
                    answer(Ok(()));
                }
            }
            Err(failure) => {
                let Failure { outage, cause } = &failure;
                tracing::error!(?outage, %cause, operations = answers.len(), "a commit failed");
                self.judge(&failure);
                for answer in answers {
                    answer(Err(&failure));
                }
            }
        }
    }

    /// After a failed fsync the page cache may say that all is well while the disk has nothing:
    /// whatever is written from here on could be lost though its own fsync succeeds.
    fn judge(&mut self, failure: &Failure) {
        if failure.outage == Outage::NotDurable && self.distrust.is_none() {
            tracing::error!("nothing more is written until the server is started again");
            self.distrust = Some(failure.clone());
        }
    }

    /// Runs and commits. After an error nothing of the batch is kept, and operations that have not
    /// run are refused.
    fn run_batch(
        &mut self,
        batch: Vec<Job>,
        answers: &mut Vec<Answer>,
    ) -> Result<Changes, Failure> {
        let failed = |error: rusqlite::Error| Failure::of(&error);
        let transaction =
            match self.connection.transaction_with_behavior(TransactionBehavior::Immediate) {
                Ok(transaction) => transaction,
                Err(error) => {
                    let failure = failed(error);
                    refuse(batch, &failure);
                    return Err(failure);
                }
            };
        let mut told = Changes::default();
        let mut jobs = batch.into_iter();
        for job in jobs.by_ref() {
            let mut work = Work {
                connection: &transaction,
                random: &*self.random,
                changes: Changes::default(),
            };
            answers.extend(job(Ok(&mut work)));
            told.events.append(&mut work.changes.events);
            told.touched.append(&mut work.changes.touched);
            told.removed |= work.changes.removed;
            if let Some(failure) = work.changes.broken {
                // What cannot be undone alone is undone with its batch.
                refuse(jobs, &failure);
                return Err(failure);
            }
        }
        tell_states(&transaction, &mut told).map_err(failed)?;
        transaction.commit().map_err(failed)?;
        Ok(told)
    }

    /// What was committed stays so, whatever becomes of this.
    fn purge_removed(&mut self) {
        if let Err(error) = self.purge.run(&self.connection) {
            tracing::warn!(%error, "the write-ahead log could not be emptied yet");
            self.judge(&Failure::of(&error));
        }
    }
}

/// Answers operations that are not run.
fn refuse(jobs: impl IntoIterator<Item = Job>, failure: &Failure) {
    for job in jobs {
        drop(job(Err(failure)));
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
