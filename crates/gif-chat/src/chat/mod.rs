//! What the product does: rooms, visitors, seats, messages and the rules about them.
//!
//! Nothing in here knows HTTP, Socket.IO, SQL or files. Both doors (`web`, `realtime`) call [`Chat`];
//! [`Chat`] decides with one atomic operation of the [`Store`] and never by looking first and acting
//! later. What was committed reaches people as [`Event`]s, in commit order, through the store's feed.

mod admission;
mod alias;
mod attempts;
mod change;
mod clock;
mod colour;
mod error;
mod event;
mod ids;
mod invitation;
mod keys;
mod life;
mod limits;
mod message;
mod moderation;
mod network;
mod outage;
mod password;
mod posting;
mod presence;
mod quota;
mod room;
mod seats;
mod store;
mod system;
mod whisper;

use std::sync::Arc;
use std::time::Duration;

pub use alias::{Alias, AliasNumber};
pub use change::{
    Change, ChangeKind, ChangeRequest, Changed, Emoji, Excerpt, Quote, Reaction, Wish,
};
pub use clock::{Clock, Timestamp};
pub use colour::Colour;
pub use error::{ChatError, Reason};
pub use event::{Announcement, CloseReason, Event, Feed, Origin, People};
pub use ids::{AuthorId, InvitationId, MessageId, RandomSource, RoomId, SessionId};
pub use invitation::{Invitation, InvitationToken, Redemption};
pub use keys::Keys;
pub use life::Life;
pub use limits::Limits;
pub use message::{Body, ClientId, Entry, GifReference, Identity, Message, MessageText, More};
pub use moderation::{Ban, Deed, Order, Remark, Report, ReportRequest, Settings, SettingsWish};
pub use network::Network;
pub use outage::{Outage, StoreError};
pub use password::PasswordHasher;
pub use posting::Post;
pub use quota::{Guess, Quota};
pub use room::{
    Capacity, ListedRoom, Lobby, NewRoom, Participant, Password, RoomSettings, RoomState, RoomTitle,
};
pub use seats::{Joined, Key, OlderPage, Resume};
pub use store::{
    Append, Appended, Asking, GifFiles, HistoryLimits, HistoryPage, HistoryQuery, Personal, Reader,
    Release, Removed, Seat, SeatRequest, Settled, Standing, Store,
};
pub use system::{SystemDetails, SystemKind, SystemLine};
pub use whisper::{PrivatePage, PrivateQuery, Whisper, WhisperRequest, Whispered};

use presence::Presence;

/// Who acts: one browser session, and where its requests come from. Made by the doors from the
/// signed cookie and the connection, never from a payload.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// The session that the signed cookie names.
    pub session: SessionId,
    /// The address that limits count against: the peer's, or what a trusted proxy reports.
    pub address: std::net::IpAddr,
}

/// The use cases. One value serves both doors; it is cheap to share and holds no room state but who
/// is connected to this process.
pub struct Chat {
    store: Arc<dyn Store>,
    gif_files: Arc<dyn GifFiles>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn RandomSource>,
    keys: Arc<Keys>,
    hasher: PasswordHasher,
    quota: Quota,
    limits: Limits,
    grace: Duration,
    presence: Presence,
    life: Arc<Life>,
    /// Where the store hands over what it committed: for what is told without being kept.
    feed: tokio::sync::mpsc::WeakSender<Vec<Event>>,
}

/// What [`Chat`] is made of. `app.rs` fills it in; tests hand in their own clock and randomness.
pub struct Parts {
    /// Where rooms, seats and messages live.
    pub store: Arc<dyn Store>,
    /// Where the bytes of GIFs live.
    pub gif_files: Arc<dyn GifFiles>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness for ids.
    pub random: Arc<dyn RandomSource>,
    /// The keys that sign sessions and name authors.
    pub keys: Arc<Keys>,
    /// The limits in force.
    pub limits: Limits,
    /// How long an empty room, or the seat of a dropped visitor, is kept.
    pub grace: Duration,
    /// Where the store hands over what it committed.
    pub feed: Feed,
}

impl Chat {
    /// Puts the parts together.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self {
            quota: Quota::new(&parts.limits, parts.clock.clone()),
            hasher: PasswordHasher::new(parts.limits.password_hashes_at_once),
            life: Arc::new(Life::new()),
            presence: Presence::default(),
            // The listeners' end is the store's to say.
            feed: parts.feed.downgrade(),
            store: parts.store,
            gif_files: parts.gif_files,
            clock: parts.clock,
            random: parts.random,
            keys: parts.keys,
            limits: parts.limits,
            grace: parts.grace,
        }
    }

    /// The limits in force.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The keys that sign sessions.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// The random value of this data folder; a `seq` means something only within it.
    #[must_use]
    pub fn epoch(&self) -> &str {
        self.store.epoch()
    }

    /// The time that deadlines are told in.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Tells something that is true for a moment only. When too much waits, nobody hears of it.
    fn passing(&self, event: Event) {
        if let Some(feed) = self.feed.upgrade() {
            drop(feed.try_send(vec![event]));
        }
    }

    /// A fresh session for a visitor who has none.
    #[must_use]
    pub fn new_session(&self) -> SessionId {
        SessionId::random(&*self.random)
    }

    /// Whether the store takes writes right now, and if not, why. For readiness probes.
    pub async fn ready(&self) -> Result<(), Outage> {
        match self.store.probe().await {
            Ok(()) => Ok(()),
            Err(StoreError::Unavailable { outage, .. }) => Err(outage),
            Err(StoreError::Refused(_)) => Err(Outage::Other),
        }
    }
}
