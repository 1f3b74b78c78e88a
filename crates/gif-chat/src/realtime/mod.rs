//! The Socket.IO door. Every event is named on one screen, [`Door::open`]. `wire` is the only home of
//! payloads, `engine` the only file that names the engine's crate, `dispatcher` the only one that
//! announces.

mod audience;
mod dispatcher;
mod engine;
mod handshake;
mod lobby;
mod room;
pub mod wire;

use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio_util::task::TaskTracker;

use audience::{Audience, RoomList};
pub use dispatcher::FEED_BATCHES_MAX;
pub use engine::{Admission, Engine, EngineLimits, engine, routes};
pub use handshake::Handshake;
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
}

impl Door {
    /// Opens the namespaces onto these rooms and starts the dispatcher, which ends with the feed.
    #[must_use]
    pub fn open(
        engine: &Engine,
        chat: Arc<Chat>,
        rooms: Vec<RoomState>,
        (feed, tasks): (mpsc::Receiver<Vec<Event>>, &TaskTracker),
    ) -> Self {
        let list = Arc::new(RoomList::new(rooms));
        let (greeted, asked) = (list.clone(), chat.clone());
        let lobby = engine
            .namespace(namespace::LOBBY)
            .connect(|asking| ready(Ok(lobby::identify(&asking))))
            .connected(move |socket| lobby::greet(&greeted, asked.now(), &socket))
            .fallback(lobby::refuse)
            .open();
        let house = House { chat, list: list.clone() };
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
        let chat = chat
            .fallback(room::refuse)
            .disconnected(|socket, _reason| room::disconnected(socket))
            .open();
        let audience = Arc::new(Audience { list, lobby, chat });
        tasks.spawn(dispatcher::dispatch(feed, audience.clone()));
        Self { audience }
    }

    /// Tells every socket to come back after about `delay`.
    pub fn announce_restart(&self, delay: Duration) {
        let delay_ms = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
        self.audience.tell_all(event::RESTART, &wire::Restart { delay_ms });
    }
}
