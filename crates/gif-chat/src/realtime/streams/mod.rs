//! What sockets hear, for those who only watch: Server-Sent Events of the lobby and of a room. The
//! same dispatcher tells both; a stream of a room holds a seat as a socket does.

mod mailbox;
mod pipe;
mod room;
mod viewers;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio_util::task::TaskTracker;

pub(super) use mailbox::{Frame, MailboxLimits};
pub use pipe::EventStream;
use pipe::{Pace, Pipe};
use room::Watcher;
pub(super) use viewers::{Those, Viewers, Watch};

use super::House;
use super::wire::EventId;
use crate::chat::{ChatError, RoomId, Visitor};
use crate::turnstile::Place;

/// Limits of event streams.
#[derive(Clone, Copy, Debug)]
pub struct StreamLimits {
    /// After so much silence a sign of life is sent.
    pub heartbeat: Duration,
    /// How long a reader may take nothing of what waits for it.
    pub write_time_max: Duration,
    /// Bytes that may wait for a slow reader.
    pub backlog_bytes_max: usize,
    /// Events that may wait for a slow reader.
    pub backlog_events_max: usize,
}

/// Opens event streams. Cheap to clone.
#[derive(Clone)]
pub struct EventStreams {
    house: House,
    viewers: Arc<Viewers>,
    pace: Pace,
    tasks: TaskTracker,
}

impl EventStreams {
    pub(super) fn new(
        house: House,
        viewers: Arc<Viewers>,
        limits: StreamLimits,
        tasks: TaskTracker,
    ) -> Self {
        let StreamLimits { heartbeat, write_time_max, .. } = limits;
        Self { house, viewers, pace: Pace { heartbeat, write_time_max }, tasks }
    }

    /// The rooms, and every change to them. `place` is kept while the stream lasts; `last` is the id
    /// of the last event that the reader has. It ends at once when the server stops.
    #[must_use]
    pub fn watch_lobby(&self, place: Place, last: Option<&EventId>) -> EventStream {
        let now = self.house.chat.now();
        let Ok(watch) = self.house.list.watch(&self.viewers, last, now) else {
            return EventStream::ended();
        };
        let (pipe, stream) = Pipe::new(self.pace);
        self.tasks.spawn(async move {
            let _place = place;
            if pipe.begin(&watch).await.is_ok() {
                // What it knows was decided when it began to watch.
                drop(pipe.flow(&watch, 0).await);
            }
        });
        stream
    }

    /// What is said in a room. Takes a seat for as long as the stream lasts, with the refusals that
    /// a join has. It ends at once, without a seat, when the server stops.
    pub async fn watch_room(
        &self,
        place: Place,
        (visitor, room): (Visitor, RoomId),
        last: Option<EventId>,
    ) -> Result<EventStream, ChatError> {
        if self.viewers.are_closed() {
            return Ok(EventStream::ended());
        }
        self.house.chat.may_join(&visitor)?;
        let (answer, opened) = oneshot::channel();
        let watcher = Watcher { streams: self.clone(), visitor, room };
        // A reader that hangs up meanwhile must not keep the seat.
        self.tasks.spawn(async move {
            let _place = place;
            watcher.run(last, answer).await;
        });
        match opened.await.unwrap_or(Err(ChatError::Unavailable)) {
            Err(ChatError::Unavailable) if self.viewers.are_closed() => Ok(EventStream::ended()),
            opened => opened,
        }
    }
}
