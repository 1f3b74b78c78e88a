//! The Socket.IO door. Every event is named on one screen, `open_chat`. `wire` is the only home of
//! payloads, `engine` the only file that names the engine's crate, `dispatcher` the only one that
//! announces, to sockets and to event streams.

mod audience;
mod dispatcher;
mod engine;
mod handshake;
mod lobby;
mod room;
mod room_list;
mod streams;
pub mod wire;

use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio_util::task::TaskTracker;

use audience::Audience;
pub use dispatcher::FEED_BATCHES_MAX;
use engine::Namespace;
pub use engine::{Admission, Engine, EngineLimits, engine, routes};
pub use handshake::Handshake;
use lobby::Onlooker;
use room::Member;
use room_list::RoomList;
pub use streams::{EventStream, EventStreams, StreamLimits};
use streams::{MailboxLimits, Viewers};
use wire::{event, namespace};

use crate::chat::{Chat, Event, RoomState};

/// What every socket of a room may need.
#[derive(Clone)]
struct House {
    chat: Arc<Chat>,
    list: Arc<RoomList>,
}

/// The open door.
pub struct Door {
    audience: Arc<Audience>,
    streams: EventStreams,
}

/// What exists when the door opens.
pub struct Opening {
    /// The use cases.
    pub chat: Arc<Chat>,
    /// The rooms, before any event of this run.
    pub rooms: Vec<RoomState>,
    /// The number of this run.
    pub run: u32,
    /// What the store commits.
    pub feed: mpsc::Receiver<Vec<Event>>,
    /// Limits of event streams.
    pub stream_limits: StreamLimits,
}

impl Door {
    /// Opens the namespaces onto these rooms and starts the dispatcher, which ends with the feed and
    /// is one of the `background` tasks. Event streams are `work`.
    #[must_use]
    pub fn open(
        engine: &Engine,
        opening: Opening,
        (work, background): (&TaskTracker, &TaskTracker),
    ) -> Self {
        let Opening { chat, rooms, run, feed, stream_limits } = opening;
        let mailboxes = MailboxLimits {
            bytes_max: stream_limits.backlog_bytes_max,
            events_max: stream_limits.backlog_events_max,
        };
        let list = Arc::new(RoomList::new(rooms, (chat.epoch(), run), mailboxes));
        let viewers = Arc::new(Viewers::new(chat.epoch(), mailboxes));
        let house = House { chat, list: list.clone() };
        let streams =
            EventStreams::new(house.clone(), viewers.clone(), stream_limits, work.clone());
        let lobby = open_lobby(engine, &house);
        let chat = open_chat(engine, house);
        let audience = Arc::new(Audience { list, lobby, chat, viewers });
        background.spawn(dispatcher::dispatch(feed, audience.clone()));
        Self { audience, streams }
    }

    /// For those who only watch.
    #[must_use]
    pub fn streams(&self) -> EventStreams {
        self.streams.clone()
    }

    /// Tells every listener to come back after about `delay`, and ends the event streams.
    pub fn announce_restart(&self, delay: Duration) {
        let delay_ms = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
        self.audience.announce_restart(&wire::Restart { delay_ms });
    }
}

fn open_lobby(engine: &Engine, house: &House) -> Namespace<Onlooker> {
    let House { chat, list } = house.clone();
    engine
        .namespace(namespace::LOBBY)
        .connect(|asking| ready(Ok(lobby::identify(&asking))))
        .connected(move |socket| lobby::greet(&list, chat.now(), &socket))
        .fallback(lobby::refuse)
        .open()
}

fn open_chat(engine: &Engine, house: House) -> Namespace<Member> {
    let mut chat = engine
        .namespace(namespace::CHAT)
        .connect(move |asking| ready(Ok(room::identify(&house, &asking))))
        .on(event::JOIN, room::join)
        .on(event::CHAT, room::send)
        .on(event::HISTORY, room::history)
        .on(event::LEAVE, room::leave);
    for name in wire::ACTS.iter().copied() {
        chat = chat.on(name, move |socket, request| room::act(name, socket, request));
    }
    chat.fallback(room::refuse).disconnected(|socket, _reason| room::disconnected(socket)).open()
}
