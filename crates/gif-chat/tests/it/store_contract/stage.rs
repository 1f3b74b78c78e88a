//! A store with its feed, and short words for what the story asks of it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use gif_chat::app::OsRandom;
use gif_chat::chat::{
    Append, Appended, Asking, Body, Capacity, ChatError, ClientId, Event, Feed, GifReference,
    HistoryLimits, HistoryPage, HistoryQuery, Keys, Limits, Message, MessageText, NewRoom, Release,
    RoomId, RoomState, RoomTitle, Seat, SeatRequest, SessionId, Settled, Store, StoreError,
    Timestamp,
};
use tokio::sync::mpsc;

/// How long a seat or an empty room is kept.
pub(super) const GRACE: Duration = Duration::from_secs(30);

/// The last moment within a grace; a millisecond later it is over.
pub(super) const ALMOST_GRACE: Duration = Duration::from_millis(29_999);

/// What a room keeps unless a chapter says otherwise.
const HISTORY: HistoryLimits =
    HistoryLimits { entries_max: 10_000, gif_bytes_max: 1_000_000, retries_max: 1_000 };

/// More than any chapter tells before it looks.
const FEED_BATCHES: usize = 10_000;

/// A store, the events that it has told, and the time.
pub(super) struct Stage {
    pub(super) store: Arc<dyn Store>,
    pub(super) feed: Feed,
    events: mpsc::Receiver<Vec<Event>>,
    pub(super) now: Timestamp,
    keys: Keys,
}

/// A visitor of that number: the same number is the same visitor.
pub(super) fn visitor(number: u32) -> SessionId {
    let mut bytes = [0x5e; 16];
    bytes.iter_mut().zip(number.to_be_bytes()).for_each(|(to, from)| *to = from);
    SessionId::from_bytes(bytes)
}

/// The refusal in an answer.
#[track_caller]
pub(super) fn refusal<T: std::fmt::Debug>(answer: Result<T, StoreError>) -> ChatError {
    match answer {
        Err(StoreError::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

pub(super) fn gif(name: &str, bytes: u64) -> Body {
    Body::Gif(GifReference { name: name.to_owned(), width: 4, height: 3, bytes })
}

pub(super) fn text(text: &str) -> Body {
    Body::Text(MessageText::parse(text, &Limits::default()).unwrap())
}

/// What an entry says, in one word: its text, the name of its GIF, or the kind of system line.
pub(super) fn word(message: &Message) -> String {
    match message {
        Message::System(line) => line.kind.as_str().to_owned(),
        Message::Changed(change) => format!("{} {}", change.kind.as_str(), change.of),
        Message::Removed { .. } => "removed".to_owned(),
        Message::Said { body: Body::Text(text), .. } => text.as_str().to_owned(),
        Message::Said { body: Body::Gif(gif), .. } => gif.name.clone(),
    }
}

impl Stage {
    pub(super) async fn set(
        open: &impl AsyncFn(&Path, Feed) -> Arc<dyn Store>,
        folder: &Path,
    ) -> Self {
        let (feed, events) = mpsc::channel(FEED_BATCHES);
        let store = open(folder, feed.clone()).await;
        let now = Timestamp::from_millis(1_790_000_000_000);
        Self { store, feed, events, now, keys: Keys::derive(b"story") }
    }

    pub(super) fn advance(&mut self, time: Duration) {
        self.now = self.now.plus(time);
    }

    /// A room about to be made by a visitor.
    pub(super) fn new_room(&self, title: &str, max: i64, maker: &SessionId) -> NewRoom {
        let id = RoomId::random(&OsRandom);
        NewRoom {
            owner_author: self.keys.author(&id, maker),
            id,
            title: RoomTitle::parse(title, &Limits::default()).unwrap(),
            max: Capacity::parse(max, &Limits::default()).unwrap(),
            owner: maker.clone(),
            password_hash: None,
            created_at: self.now,
            empty_until: self.now.plus(GRACE),
            rooms_open_max: 100,
        }
    }

    pub(super) async fn make_room(&self, title: &str, max: i64, maker: &SessionId) -> RoomState {
        self.store.make_room(self.new_room(title, max, maker)).await.unwrap()
    }

    pub(super) async fn make_secret_room(&self, title: &str, maker: &SessionId) -> RoomState {
        let room = self.new_room(title, 10, maker);
        let password_hash = Some("a hash".to_owned());
        self.store.make_room(NewRoom { password_hash, ..room }).await.unwrap()
    }

    /// Somebody who asks what they are to a room.
    pub(super) fn asking(&self, who: &SessionId) -> Asking {
        Asking { session: who.clone(), network: None, now: self.now }
    }

    /// A request of a connection.
    pub(super) fn request(&self, room: &RoomId, who: &SessionId) -> SeatRequest {
        SeatRequest {
            room: room.clone(),
            session: who.clone(),
            author: self.keys.author(room, who),
            network: None,
            now: self.now,
            grace_ends_at: None,
            origin: None,
            history: HISTORY,
        }
    }

    /// A request without a connection.
    pub(super) fn lone_request(&self, room: &RoomId, who: &SessionId) -> SeatRequest {
        SeatRequest { grace_ends_at: Some(self.now.plus(GRACE)), ..self.request(room, who) }
    }

    /// A connection of the visitor takes a seat.
    pub(super) async fn sit(&self, room: &RoomId, who: &SessionId) -> Seat {
        self.store.take_seat(self.request(room, who)).await.unwrap()
    }

    /// The last connection of the visitor is gone.
    pub(super) async fn drop_connection(&self, room: &RoomId, who: &SessionId, generation: u64) {
        self.release(room, who, generation, Release::Grace(self.now.plus(GRACE))).await;
    }

    pub(super) async fn leave(&self, room: &RoomId, who: &SessionId, generation: u64) {
        self.release(room, who, generation, Release::Leave(self.now.plus(GRACE))).await;
    }

    async fn release(&self, room: &RoomId, who: &SessionId, generation: u64, release: Release) {
        let request = self.request(room, who);
        self.store.release_seat(request, generation, release).await.unwrap();
    }

    pub(super) fn entry(&self, room: &RoomId, who: &SessionId, body: Body) -> Append {
        Append { seat: self.lone_request(room, who), body, client_id: None, reply_to: None }
    }

    pub(super) fn named_entry(
        &self,
        room: &RoomId,
        who: &SessionId,
        body: Body,
        client_id: &str,
    ) -> Append {
        let client_id = Some(ClientId::parse(client_id).unwrap());
        Append { client_id, ..self.entry(room, who, body) }
    }

    pub(super) async fn say(&self, room: &RoomId, who: &SessionId, said: &str) -> Appended {
        self.store.append(self.entry(room, who, text(said))).await.unwrap()
    }

    pub(super) async fn show(&self, room: &RoomId, who: &SessionId, name: &str) -> Appended {
        self.store.append(self.entry(room, who, gif(name, 100))).await.unwrap()
    }

    pub(super) async fn newest(&self, room: &RoomId) -> HistoryPage {
        let newest = HistoryQuery::Newest { limit: 1_000, bytes_max: usize::MAX };
        self.store.history(room, newest, None).await.unwrap()
    }

    /// The words of a room's whole log, each with its `seq`.
    pub(super) async fn log(&self, room: &RoomId) -> Vec<(u64, String)> {
        let page = self.newest(room).await;
        page.entries.iter().map(|entry| (entry.seq, word(&entry.message))).collect()
    }

    pub(super) async fn count(&self, room: &RoomId) -> u32 {
        self.state(room).await.map_or(0, |room| room.count)
    }

    pub(super) async fn state(&self, room: &RoomId) -> Option<RoomState> {
        let rooms = self.store.rooms().await.unwrap();
        rooms.into_iter().find(|state| state.id == *room)
    }

    /// When a room ends unless somebody comes back.
    pub(super) async fn closes_at(&self, room: &RoomId) -> Option<Timestamp> {
        self.state(room).await.unwrap().closes_at
    }

    /// Ends what is over by now.
    pub(super) async fn settle(&self) -> Settled {
        self.store.settle(self.now, HISTORY).await.unwrap()
    }

    /// Everything told since the last look.
    pub(super) fn told(&mut self) -> Vec<Event> {
        let mut told = Vec::new();
        while let Ok(mut batch) = self.events.try_recv() {
            told.append(&mut batch);
        }
        told
    }

    /// The entries among what was told since the last look, each with its `seq`.
    pub(super) fn told_entries(&mut self) -> Vec<(u64, String)> {
        let told = self.told();
        let entries = told.iter().filter_map(|event| match event {
            Event::Announced(told) => Some((told.entry.seq, word(&told.entry.message))),
            _ => None,
        });
        entries.collect()
    }
}
