//! A lean Socket.IO client for many visitors on few threads.
//!
//! A client is one task. What the server tells comes out of a bounded queue; whoever does not read
//! it keeps the client from reading, as a slow page does. Whoever drops it hears answers only.

mod answers;
mod door;
mod driver;
mod error;
mod gif;
pub mod packet;
pub mod payload;
mod polling;
mod room_log;
mod websocket;
pub mod wire;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

pub use door::{Door, Visitor};
pub use error::{AskError, ConnectError, End};
pub use gif::small_gif;
pub use room_log::read_log;

use answers::Asked;
use driver::{Line, drive};
use wire::{AskHistory, Chat, HistoryPage, Join, Joined, Left, Sent};

/// Longest time to get in.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(10);

/// Packets that may wait to be sent; beyond, whoever asks waits.
const ORDERS_MAX: usize = 256;

/// Events that may wait for the page; beyond, the client does not read on.
const EVENTS_MAX: usize = 128;

/// How a client reaches the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// A WebSocket from the first byte on.
    WebSocket,
    /// HTTP long polling for good.
    Polling,
}

/// What the server tells without being asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// What kind.
    pub name: String,
    /// Its first argument, as JSON.
    pub payload: String,
}

/// A connection to the rooms. Dropping it ends it.
#[derive(Debug)]
pub struct Client {
    orders: mpsc::Sender<String>,
    asked: Arc<Asked>,
    next_id: AtomicU64,
    end: watch::Receiver<Option<End>>,
    _driver: JoinSet<()>,
}

impl Client {
    /// Connects, and enters the namespace of the rooms. The second part is what the server tells.
    ///
    /// # Errors
    /// When the server cannot be reached, refuses, or takes too long.
    pub async fn connect(
        door: &Door,
        visitor: &Visitor,
        transport: Transport,
    ) -> Result<(Self, mpsc::Receiver<Event>), ConnectError> {
        let connecting = Box::pin(Self::enter(door, visitor, transport));
        timeout(CONNECT_TIME_MAX, connecting).await.unwrap_or(Err(ConnectError::TimedOut))
    }

    async fn enter(
        door: &Door,
        visitor: &Visitor,
        transport: Transport,
    ) -> Result<(Self, mpsc::Receiver<Event>), ConnectError> {
        let (orders, pending_orders) = mpsc::channel(ORDERS_MAX);
        let (events, told) = mpsc::channel(EVENTS_MAX);
        let (entered, entrance) = oneshot::channel();
        let (ended, end) = watch::channel(None);
        let asked = Arc::new(Asked::default());
        let pongs = orders.clone().downgrade();
        let line = Line { asked: asked.clone(), events, pongs, entered: Some(entered) };
        let mut driver = JoinSet::new();
        match transport {
            Transport::WebSocket => {
                let (source, sink) = websocket::open(door, visitor).await?;
                driver.spawn(drive(source, sink, line, pending_orders, ended));
            }
            Transport::Polling => {
                let (source, sink) = polling::open(door, visitor).await?;
                driver.spawn(drive(source, sink, line, pending_orders, ended));
            }
        }
        let hello = orders.send(packet::connect()).await;
        hello.map_err(|_gone| ConnectError::Broken("closed at once".to_owned()))?;
        let Ok(entrance) = entrance.await else {
            return Err(ConnectError::Broken(format!("{:?}", *end.borrow())));
        };
        entrance?;
        let client = Self { orders, asked, next_id: AtomicU64::new(0), end, _driver: driver };
        Ok((client, told))
    }

    /// Asks, and waits at most so long for the answer.
    ///
    /// # Errors
    /// See [`AskError`]: only a refusal and `TooMany` say that nothing was done.
    pub async fn ask<Answer: DeserializeOwned>(
        &self,
        event: &str,
        payload: &impl Serialize,
        within: Duration,
    ) -> Result<Answer, AskError> {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let text = packet::question(id, event, payload)
            .map_err(|error| AskError::Malformed(error.to_string()))?;
        let asking = async {
            let answer = self.asked.add(id)?;
            self.orders.send(text).await.map_err(|_gone| AskError::Ended)?;
            answer.wait().await
        };
        let answer = timeout(within, asking).await.unwrap_or(Err(AskError::TimedOut))?;
        answers::read(&answer)
    }

    /// Takes a seat, or catches up with what was said after `after`.
    ///
    /// # Errors
    /// As [`Client::ask`].
    pub async fn join(&self, join: &Join<'_>, within: Duration) -> Result<Joined, AskError> {
        self.ask("join", join, within).await
    }

    /// Says something in the room that was joined.
    ///
    /// # Errors
    /// As [`Client::ask`]. A retry with the same `clientId` is always safe.
    pub async fn chat(&self, chat: &Chat<'_>, within: Duration) -> Result<Sent, AskError> {
        self.ask("chat", chat, within).await
    }

    /// Reads the newest page before a `seq`.
    ///
    /// # Errors
    /// As [`Client::ask`].
    pub async fn history(
        &self,
        page: AskHistory,
        within: Duration,
    ) -> Result<HistoryPage, AskError> {
        self.ask("history", &page, within).await
    }

    /// Gives the seat up.
    ///
    /// # Errors
    /// As [`Client::ask`].
    pub async fn leave(&self, within: Duration) -> Result<(), AskError> {
        let answer: Result<Left, AskError> = self.ask("leave", &(), within).await;
        answer.map(|Left {}| ())
    }

    /// How it has ended, if it has.
    #[must_use]
    pub fn end(&self) -> Option<End> {
        self.end.borrow().clone()
    }

    /// Waits for its end.
    pub async fn ended(&self) -> End {
        let mut end = self.end.clone();
        let said = end.wait_for(Option::is_some).await.ok().and_then(|end| end.clone());
        said.unwrap_or_else(|| End::Broken("without a word".to_owned()))
    }
}
