//! What the domain asks of a store, in its own words. Implementations live in `crate::store`.

use std::time::Duration;

use async_trait::async_trait;

use super::outage::StoreError;
use super::{
    AuthorId, Ban, Body, ChangeRequest, Changed, ClientId, Entry, Invitation, ListedRoom,
    MessageId, NewRoom, Order, Origin, Participant, PrivatePage, PrivateQuery, Redemption, Report,
    ReportRequest, RoomId, RoomSettings, RoomState, SessionId, Timestamp, WhisperRequest,
    Whispered,
};

/// What a visitor is to a room.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The room.
    pub room: RoomState,
    /// The hash of its password, if it is secret.
    pub password_hash: Option<String>,
    /// Whether the visitor may read and take a seat.
    pub admitted: bool,
    /// Whether the visitor holds a seat.
    pub seated: bool,
    /// Whether the visitor runs the room.
    pub owner: bool,
    /// Until when the visitor may not come in.
    pub banned_until: Option<Timestamp>,
    /// Until when the visitor may not write.
    pub muted_until: Option<Timestamp>,
}

/// Who wants to know what they are to a room.
#[derive(Clone, Debug)]
pub struct Asking {
    /// The visitor.
    pub session: SessionId,
    /// What rooms remember of the visitor's address, where addresses can be kept out.
    pub network: Option<String>,
    /// Now.
    pub now: Timestamp,
}

/// Asks for a seat, or renews the one that the visitor has.
#[derive(Clone, Debug)]
pub struct SeatRequest {
    /// The room.
    pub room: RoomId,
    /// Who.
    pub session: SessionId,
    /// The visitor's public id there.
    pub author: AuthorId,
    /// What the room remembers of the visitor's address, where addresses can be kept out.
    pub network: Option<String>,
    /// Now.
    pub now: Timestamp,
    /// Asked without a connection: when a new or kept seat ends. Asked by a connection: nothing,
    /// and the seat is held until [`Store::release_seat`].
    pub grace_ends_at: Option<Timestamp>,
    /// The socket that asks.
    pub origin: Option<Origin>,
    /// What the room may keep: whatever happens to a seat is an entry of its log.
    pub history: HistoryLimits,
}

/// What a room may keep of its log. The oldest entries go first.
#[derive(Clone, Copy, Debug)]
pub struct HistoryLimits {
    /// Entries.
    pub entries_max: u64,
    /// Bytes of GIFs, each counted once.
    pub gif_bytes_max: u64,
    /// Messages that fell out of the log whose retries are still recognised, for
    /// [`HistoryLimits::RETRIES_KEPT_FOR`]. The oldest are forgotten first.
    pub retries_max: u64,
}

impl HistoryLimits {
    /// How long a retry is recognised at least, whatever became of the message.
    pub const RETRIES_KEPT_FOR: Duration = Duration::from_hours(24);
}

/// A seat that the visitor holds now.
#[derive(Clone, Debug)]
pub struct Seat {
    /// Who the visitor is in this room.
    pub participant: Participant,
    /// Counts up with each connection, so that a late release cannot free a newer seat.
    pub generation: u64,
    /// GIFs that fell out of the history and that no entry shows any more.
    pub unreferenced_gifs: Vec<String>,
}

/// What becomes of a seat that was held by a connection.
#[derive(Clone, Copy, Debug)]
pub enum Release {
    /// The last connection is gone: the seat is kept until then.
    Grace(Timestamp),
    /// The visitor left: the seat is free now, the room is kept until then if nobody else is in it.
    Leave(Timestamp),
}

/// Asks for a new entry. Takes a seat first when the visitor has none.
#[derive(Clone, Debug)]
pub struct Append {
    /// The seat of the sender.
    pub seat: SeatRequest,
    /// What is said.
    pub body: Body,
    /// The sender's own name for it.
    pub client_id: Option<ClientId>,
    /// The `seq` of the entry that it answers.
    pub reply_to: Option<u64>,
}

/// An entry that is on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appended {
    /// Its id.
    pub id: MessageId,
    /// Its place in the log.
    pub seq: u64,
    /// When it was committed first.
    pub created_at: Timestamp,
    /// GIFs that fell out of the history and that no entry shows any more.
    pub unreferenced_gifs: Vec<String>,
}

/// Which entries to read.
#[derive(Clone, Copy, Debug)]
pub enum HistoryQuery {
    /// The newest.
    Newest {
        /// At most so many.
        limit: usize,
        /// At most so many bytes of content, but at least one entry.
        bytes_max: usize,
    },
    /// The newest page before a `seq`.
    Before {
        /// This `seq` and later ones are left out.
        seq: u64,
        /// At most so many.
        limit: usize,
        /// At most so many bytes of content, but at least one entry.
        bytes_max: usize,
    },
    /// Everything after a `seq`, oldest first, bounded in entries and bytes.
    After {
        /// This `seq` and earlier ones are left out.
        seq: u64,
        /// At most so many.
        limit: usize,
        /// At most so many bytes of content, but at least one entry.
        bytes_max: usize,
    },
}

/// A part of a room's log, oldest first, and where the log stands; all from one snapshot.
#[derive(Clone, Debug)]
pub struct HistoryPage {
    /// The entries.
    pub entries: Vec<Entry>,
    /// The newest `seq`; 0 in an empty log.
    pub head: u64,
    /// The oldest `seq` kept.
    pub first: u64,
    /// Whether there is more than the bounds let through.
    pub more: bool,
    /// Who runs the room.
    pub owner: AuthorId,
    /// Who is in the room.
    pub participants: Vec<Participant>,
    /// What the room is like.
    pub settings: RoomSettings,
    /// What only the reader sees; nothing when nobody in particular reads.
    pub personal: Option<Personal>,
}

/// Who reads a part of the log.
#[derive(Clone, Debug)]
pub struct Reader {
    /// The visitor's public id in the room.
    pub author: AuthorId,
    /// Which whispers to read.
    pub private: PrivateQuery,
    /// Now.
    pub now: Timestamp,
}

/// What only one reader of a room sees.
#[derive(Clone, Debug, Default)]
pub struct Personal {
    /// Whether the reader holds a seat.
    pub seated: bool,
    /// Until when the reader may not write.
    pub muted_until: Option<Timestamp>,
    /// Their whispers.
    pub private: PrivatePage,
    /// Whose whispers they do not take.
    pub blocked: Vec<AuthorId>,
    /// For the owner: what was reported.
    pub reports: Option<Vec<Report>>,
}

/// Something that is gone.
#[derive(Clone, Debug, Default)]
pub struct Removed {
    /// GIFs that no entry shows any more.
    pub unreferenced_gifs: Vec<String>,
}

/// What passed deadlines ended.
#[derive(Clone, Debug, Default)]
pub struct Settled {
    /// GIFs that no entry shows any more.
    pub unreferenced_gifs: Vec<String>,
    /// When there is something to end next.
    pub next_deadline: Option<Timestamp>,
}

/// Rooms, seats and messages, durably. Every method that changes something is one atomic operation
/// and returns after its commit is on disk and its events are in the feed.
#[async_trait]
pub trait Store: Send + Sync {
    /// The random value of this data folder.
    fn epoch(&self) -> &str;

    /// Makes a room and admits its maker. Refuses with `too_fast` when the maker has too many open.
    async fn make_room(&self, room: NewRoom) -> Result<RoomState, StoreError>;

    /// All rooms, newest first.
    async fn rooms(&self) -> Result<Vec<RoomState>, StoreError>;

    /// All rooms, newest first, and what a visitor is to each.
    async fn listed_rooms(&self, session: &SessionId) -> Result<Vec<ListedRoom>, StoreError>;

    /// What a visitor is to a room; nothing when there is no such room.
    async fn standing(
        &self,
        room: &RoomId,
        asking: &Asking,
    ) -> Result<Option<Standing>, StoreError>;

    /// Lets a visitor into a secret room. Refuses with `not_found`.
    async fn admit(&self, room: &RoomId, session: &SessionId) -> Result<(), StoreError>;

    /// Takes or renews a seat and announces a new participant's entry. Refuses with `not_found`,
    /// `not_admitted`, `room_full`.
    async fn take_seat(&self, request: SeatRequest) -> Result<Seat, StoreError>;

    /// Changes a seat if it is still of that generation; otherwise does nothing.
    async fn release_seat(
        &self,
        request: SeatRequest,
        generation: u64,
        release: Release,
    ) -> Result<Removed, StoreError>;

    /// Puts an entry into the log. Refuses as [`Store::take_seat`], and with `conflict`.
    async fn append(&self, entry: Append) -> Result<Appended, StoreError>;

    /// Edits, removes, or gives a reaction. Refuses as [`Store::append`], and with `invalid`.
    async fn change(&self, request: ChangeRequest) -> Result<Changed, StoreError>;

    /// Whispers. Refuses as [`Store::append`], and with `invalid`.
    async fn whisper(&self, request: WhisperRequest) -> Result<Whispered, StoreError>;

    /// Takes no whispers from `other` any more, or takes them again. Refuses with `not_found`,
    /// `not_in_room`, and `invalid` for somebody who never was in the room.
    async fn block(
        &self,
        room: &RoomId,
        author: &AuthorId,
        other: &AuthorId,
        on: bool,
    ) -> Result<(), StoreError>;

    /// Reports a message to the owner. Refuses as [`Store::take_seat`], and with `invalid`.
    async fn report(&self, request: ReportRequest) -> Result<Removed, StoreError>;

    /// Does what an owner may do. Refuses with `not_found`, `not_owner` and `invalid`.
    async fn moderate(&self, order: Order) -> Result<Removed, StoreError>;

    /// Who was sent out, for the owner. Refuses with `not_found` and `not_owner`.
    async fn bans(
        &self,
        room: &RoomId,
        session: &SessionId,
        now: Timestamp,
    ) -> Result<Vec<Ban>, StoreError>;

    /// The invitations that hold, for the owner. Refuses with `not_found` and `not_owner`.
    async fn invitations(
        &self,
        room: &RoomId,
        session: &SessionId,
        now: Timestamp,
    ) -> Result<Vec<Invitation>, StoreError>;

    /// What was reported, for the owner. Refuses with `not_found` and `not_owner`.
    async fn reports(&self, room: &RoomId, session: &SessionId) -> Result<Vec<Report>, StoreError>;

    /// Admits whoever shows an invitation's token. Refuses with `not_found`, and `invalid` when no
    /// invitation that holds has it.
    async fn redeem(&self, redemption: Redemption) -> Result<(), StoreError>;

    /// Reads a part of the log, and what only `reader` sees. Pages hold messages; what comes after a
    /// `seq` holds every entry. Refuses with `not_found`.
    async fn history(
        &self,
        room: &RoomId,
        query: HistoryQuery,
        reader: Option<Reader>,
    ) -> Result<HistoryPage, StoreError>;

    /// Removes a room with all it held. Refuses with `not_found`, and `not_owner` unless `session`
    /// runs the room.
    async fn remove_room(&self, room: &RoomId, session: &SessionId) -> Result<Removed, StoreError>;

    /// Ends every seat and room whose deadline is over, hands rooms without an owner to the
    /// longest-present participant, and says what is due next.
    async fn settle(&self, now: Timestamp, history: HistoryLimits) -> Result<Settled, StoreError>;

    /// Gives every seat of an earlier run, and every empty room, a grace that ends then. Called once,
    /// before the doors open. Answers with the number of this run, which no other run within the
    /// epoch has, and which is greater than those before.
    async fn begin_run(&self, grace_ends_at: Timestamp) -> Result<u32, StoreError>;

    /// Whether some entry shows this GIF.
    async fn shows_gif(&self, name: &str) -> Result<bool, StoreError>;

    /// Writes something and makes it durable, to see whether that works.
    async fn probe(&self) -> Result<(), StoreError>;

    /// Finishes what was asked, closes the files and refuses everything later.
    async fn close(&self);
}

/// Where the bytes of GIFs live, as far as the domain cares.
#[async_trait]
pub trait GifFiles: Send + Sync {
    /// Deletes the files of these GIFs unless some entry shows them again by now.
    async fn discard(&self, names: Vec<String>);
}
