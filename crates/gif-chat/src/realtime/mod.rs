//! The Socket.IO door. Every event is named on two screens: here what a socket may open, in `room`
//! what it may ask. `wire` is the only home of payloads, `engine` the only file that names the
//! library, `dispatcher` the only one that announces.

mod audience;
mod dispatcher;
mod engine;
mod handshake;
mod lobby;
mod room;
pub mod wire;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio_util::task::TaskTracker;

use audience::Audience;
pub use dispatcher::FEED_BATCHES_MAX;
pub use engine::{Engine, EngineLimits};
pub use handshake::{Handshake, Sessions};

use crate::chat::{Chat, Event, RoomState};

/// What the sockets share.
#[derive(Clone)]
pub struct Door {
    chat: Arc<Chat>,
    audience: Arc<Audience>,
}

impl Door {
    /// A door onto these rooms, closed until [`Door::open`].
    #[must_use]
    pub fn new(chat: Arc<Chat>, rooms: Vec<RoomState>) -> Self {
        let audience = Arc::new(Audience::default());
        audience.begin(rooms);
        Self { chat, audience }
    }

    /// Starts the dispatcher and opens the namespaces.
    pub fn open(&self, engine: &Engine, feed: mpsc::Receiver<Vec<Event>>, tasks: &TaskTracker) {
        tasks.spawn(dispatcher::dispatch(feed, self.audience.clone()));
        let door = self.clone();
        engine.namespace(wire::namespace::LOBBY, move |peer, auth, inbox| {
            lobby::serve(door.clone(), peer, auth, inbox)
        });
        let door = self.clone();
        engine.namespace(wire::namespace::CHAT, move |peer, auth, inbox| {
            room::serve(door.clone(), peer, auth, inbox)
        });
    }

    /// Tells every socket to come back after about `delay`.
    pub fn announce_restart(&self, delay: Duration) {
        let delay_ms = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
        self.audience.tell_all(wire::event::RESTART, &wire::Restart { delay_ms });
    }
}
