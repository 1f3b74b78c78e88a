//! Many visitors in many rooms, who listen.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde::Deserialize;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::latency::Latencies;
use super::open_loop::due_by_text;
use crate::client::wire::Join;
use crate::client::{Client, Door, Event, Transport, Visitor};

/// Visitors who come in at the same time.
const ENTERING_MAX: usize = 32;

/// Longest wait for an answer while they come in.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(30);

/// How often it is looked whether everything has been heard.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Least seats of a room.
const SEATS_MIN: u32 = 2;

/// What all visitors together have heard.
#[derive(Debug)]
pub struct Heard {
    /// From when times count; nothing is due before.
    begin: OnceLock<Instant>,
    counts: Mutex<HeardCounts>,
}

#[derive(Debug)]
struct HeardCounts {
    latencies: Latencies,
    /// Connections that have ended while they should not.
    lost: u64,
}

/// Visitors in their rooms.
#[derive(Debug)]
pub struct Audience {
    /// All of them; those of one room stand together.
    pub clients: Vec<Arc<Client>>,
    listeners: JoinSet<()>,
}

/// Who is to come.
#[derive(Clone, Copy, Debug)]
pub struct Seating {
    /// So many rooms.
    pub rooms: usize,
    /// So many visitors in each.
    pub people: usize,
    /// Of these, such a share over polling, from 0 to 1.
    pub polling: f64,
}

impl Seating {
    /// Spreads those who poll evenly.
    fn transport(&self, number: usize) -> Transport {
        let before = |number: usize| {
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            (f64::from(number) * self.polling).floor()
        };
        if before(number + 1) > before(number) { Transport::Polling } else { Transport::WebSocket }
    }
}

impl Audience {
    /// Makes the rooms and lets everybody in. Without ears they hear answers only.
    ///
    /// # Errors
    /// When somebody does not get in.
    pub async fn gather(door: &Door, seating: Seating, ears: Option<&Arc<Heard>>) -> Result<Self> {
        let owner = Visitor::arrive(door).await?;
        let seats = u32::try_from(seating.people).unwrap_or(u32::MAX).max(SEATS_MIN);
        let mut places = Vec::new();
        for _ in 0..seating.rooms {
            let room = owner.make_room(door, "load", seats).await?;
            places.extend(std::iter::repeat_n(room, seating.people));
        }
        let entering = places.into_iter().enumerate().map(|(number, room)| {
            let (door, transport) = (door.clone(), seating.transport(number));
            async move { enter(&door, &room, transport).await }
        });
        let entered: Vec<_> = stream::iter(entering).buffered(ENTERING_MAX).try_collect().await?;
        let mut audience = Self { clients: Vec::new(), listeners: JoinSet::new() };
        for (client, events) in entered {
            audience.clients.push(Arc::new(client));
            if let Some(heard) = ears {
                audience.listeners.spawn(listen(events, heard.clone()));
            }
        }
        Ok(audience)
    }
}

async fn enter(
    door: &Door,
    room: &str,
    transport: Transport,
) -> Result<(Client, mpsc::Receiver<Event>)> {
    let visitor = Visitor::arrive(door).await?;
    let (client, events) = Client::connect(door, &visitor, transport).await?;
    let join = Join { room, ..Join::default() };
    client.join(&join, ANSWER_TIME_MAX).await.context("somebody did not get in")?;
    Ok((client, events))
}

#[derive(Deserialize)]
struct Said {
    chat: Option<String>,
}

async fn listen(mut events: mpsc::Receiver<Event>, heard: Arc<Heard>) {
    while let Some(event) = events.recv().await {
        if event.name != "chat" {
            continue;
        }
        let said: Option<Said> = serde_json::from_str(&event.payload).ok();
        let text = said.and_then(|said| said.chat);
        let due = text.as_deref().and_then(due_by_text);
        if let (Some(due), Some(begin)) = (due, heard.begin.get()) {
            let now = begin.elapsed();
            heard.lock().latencies.add(due, now);
        }
    }
    heard.lock().lost += 1;
}

impl Heard {
    /// Nothing yet.
    ///
    /// # Errors
    /// Never, see [`Latencies::new`].
    pub fn new() -> Result<Self> {
        let counts = HeardCounts { latencies: Latencies::new()?, lost: 0 };
        Ok(Self { begin: OnceLock::new(), counts: Mutex::new(counts) })
    }

    /// The load begins now. Once only.
    pub fn count_from(&self, begin: Instant) {
        self.begin.get_or_init(|| begin);
    }

    /// Waits until so many messages were heard, at most so long.
    pub async fn until(&self, count: u64, within: Duration) {
        let end = Instant::now() + within;
        while self.lock().latencies.count() < count && Instant::now() < end {
            sleep(LOOK_EVERY).await;
        }
    }

    /// From when a message was due to when somebody heard it, of all who did.
    #[must_use]
    pub fn latencies(&self) -> Latencies {
        self.lock().latencies.clone()
    }

    /// How many connections have ended.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.lock().lost
    }

    fn lock(&self) -> MutexGuard<'_, HeardCounts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_who_poll_are_spread_evenly() {
        let polls = |polling: f64| {
            let seating = Seating { rooms: 1, people: 8, polling };
            (0..8).filter(|number| seating.transport(*number) == Transport::Polling).collect()
        };
        let none: Vec<usize> = polls(0.0);
        assert!(none.is_empty());
        assert_eq!(polls(0.25), [3, 7]);
        assert_eq!(polls(1.0), [0, 1, 2, 3, 4, 5, 6, 7]);
    }
}
