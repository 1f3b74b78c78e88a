//! The embedded store: SQLite in WAL mode with `synchronous=FULL`, one writer thread that commits in
//! groups, and a few readers.
//!
//! `schema` makes and checks the file, `writer` commits, `readers` read; `seats`, `entries` and
//! `rooms` are the operations, each a function over one transaction.

mod bans;
mod changes;
mod copy;
mod entries;
mod history;
mod identities;
mod invitations;
mod moderation;
mod people;
mod purge;
mod readers;
mod retries;
mod rooms;
mod rows;
mod schema;
mod seats;
mod settings;
mod settle;
mod whispers;
mod writer;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;

use crate::chat::{
    Append, Appended, Asking, AuthorId, Ban, ChangeRequest, Changed, CloseReason, Feed,
    HistoryLimits, HistoryPage, HistoryQuery, Invitation, ListedRoom, NewRoom, Order, RandomSource,
    Reader, Redemption, Release, Removed, Report, ReportRequest, RoomId, RoomState, Seat,
    SeatRequest, SessionId, Settled, Standing, Store, StoreError, Timestamp, WhisperRequest,
    Whispered,
};
pub use copy::{Contents, Restoring, copy_database, inspect_copy, knows_authors};
use readers::Readers;
use writer::{Moment, Writer};

/// How the store is set up. Limits and paths; no rule of the product is in here.
#[derive(Clone, Debug)]
pub struct Options {
    /// The data folder; the database is `gif-chat.sqlite` in it.
    pub folder: PathBuf,
    /// Operations that may wait for the writer.
    pub writer_queue_max: usize,
    /// How long an operation waits for a place among them.
    pub writer_wait_max: Duration,
    /// Operations in one commit.
    pub writer_batch_max: usize,
    /// Connections for reading.
    pub readers: usize,
}

/// Why the store could not be opened. Shown to the person who starts the server.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another server holds the folder.
    #[error(
        "another gif-chat server uses the data folder {0}; stop it, or choose another folder \
         with GIFCHAT_DATA"
    )]
    Locked(PathBuf),
    /// The SQLite library is too old.
    #[error(
        "SQLite {found} has a bug that corrupts databases in WAL mode; 3.51.3 or later is needed"
    )]
    LibraryTooOld {
        /// The version that was linked.
        found: &'static str,
    },
    /// The folder comes from a newer server.
    #[error(
        "the data folder was written by a newer gif-chat (schema {found}, this one knows {known}); \
         start the newer version"
    )]
    SchemaTooNew {
        /// In the file.
        found: i64,
        /// The newest this server knows.
        known: i64,
    },
    /// A restore was cut short.
    #[error("a restore into the data folder {0} was cut short; empty the folder and restore again")]
    HalfRestored(PathBuf),
    /// The file is not as SQLite left it.
    #[error(
        "the database in {folder} is damaged ({finding}); move the folder away and restore a \
         backup with `gif-chat restore`, or begin anew"
    )]
    Damaged {
        /// Where.
        folder: PathBuf,
        /// The first thing that is wrong.
        finding: String,
    },
    /// The file system said no.
    #[error("the data folder {folder} cannot be used: {source}")]
    Folder {
        /// Which.
        folder: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// SQLite said no.
    #[error("the database in {folder} cannot be opened: {source}")]
    Database {
        /// Where.
        folder: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
}

impl OpenError {
    /// What an SQLite error means while a database is opened.
    fn database(folder: &Path, source: rusqlite::Error) -> Self {
        let folder = folder.to_owned();
        if source.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseCorrupt) {
            return Self::Damaged { folder, finding: source.to_string() };
        }
        Self::Database { folder, source }
    }

    fn damaged(folder: &Path, finding: String) -> Self {
        Self::Damaged { folder: folder.to_owned(), finding }
    }

    fn folder(folder: &Path, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Folder { folder: folder.to_owned(), source: std::io::Error::other(source) }
    }
}

/// The embedded store.
pub struct SqliteStore {
    epoch: String,
    writer: Writer,
    readers: Readers,
    /// Held until the store is closed, so that no second server opens the folder.
    lock: Mutex<Option<File>>,
}

impl SqliteStore {
    /// Opens or makes the database in the folder, and starts the writer.
    pub fn open(
        options: &Options,
        feed: Feed,
        random: Arc<dyn RandomSource>,
    ) -> Result<Self, OpenError> {
        schema::check_library()?;
        let lock = schema::lock(&options.folder)?;
        if options.folder.join(copy::UNFINISHED).exists() {
            return Err(OpenError::HalfRestored(options.folder.clone()));
        }
        let path = database_path(&options.folder);
        let failed = |error| OpenError::database(&options.folder, error);
        let mut connection = schema::open_writer(&path).map_err(failed)?;
        schema::check(&connection, &options.folder)?;
        schema::migrate(&mut connection, &options.folder)?;
        schema::empty_log(&connection).map_err(failed)?;
        let epoch = schema::epoch(&connection, &*random).map_err(failed)?;
        let readers = Readers::open(&path, options.readers).map_err(failed)?;
        let writer = Writer::start(connection, options, feed, random);
        Ok(Self { epoch, writer, readers, lock: Mutex::new(Some(lock)) })
    }
}

fn database_path(folder: &Path) -> PathBuf {
    folder.join("gif-chat.sqlite")
}

#[async_trait]
impl Store for SqliteStore {
    fn epoch(&self) -> &str {
        &self.epoch
    }

    async fn make_room(&self, room: NewRoom) -> Result<RoomState, StoreError> {
        self.writer.run(move |work| rooms::make(work, &room)).await
    }

    async fn rooms(&self) -> Result<Vec<RoomState>, StoreError> {
        self.readers.run(rooms::all).await
    }

    async fn listed_rooms(&self, session: &SessionId) -> Result<Vec<ListedRoom>, StoreError> {
        let session = session.clone();
        self.readers.run(move |connection| rooms::listed(connection, &session)).await
    }

    async fn standing(
        &self,
        room: &RoomId,
        asking: &Asking,
    ) -> Result<Option<Standing>, StoreError> {
        let (room, asking) = (room.clone(), asking.clone());
        self.readers.run(move |connection| rooms::standing(connection, &room, &asking)).await
    }

    async fn admit(&self, room: &RoomId, session: &SessionId) -> Result<(), StoreError> {
        let (room, session) = (room.clone(), session.clone());
        self.writer.run(move |work| rooms::admit(work.connection, &room, &session)).await
    }

    async fn take_seat(&self, request: SeatRequest) -> Result<Seat, StoreError> {
        self.writer.run(move |work| seats::take(work, &request)).await
    }

    async fn release_seat(
        &self,
        request: SeatRequest,
        generation: u64,
        release: Release,
    ) -> Result<Removed, StoreError> {
        self.writer.run(move |work| seats::release(work, &request, generation, release)).await
    }

    async fn append(&self, entry: Append) -> Result<Appended, StoreError> {
        self.writer.run(move |work| entries::append(work, &entry)).await
    }

    async fn change(&self, request: ChangeRequest) -> Result<Changed, StoreError> {
        self.writer.run(move |work| changes::change(work, &request)).await
    }

    async fn whisper(&self, request: WhisperRequest) -> Result<Whispered, StoreError> {
        self.writer.run(move |work| whispers::whisper(work, &request)).await
    }

    async fn block(
        &self,
        room: &RoomId,
        author: &AuthorId,
        other: &AuthorId,
        on: bool,
    ) -> Result<(), StoreError> {
        let (room, author, other) = (room.clone(), author.clone(), other.clone());
        self.writer
            .run(move |work| whispers::block(work.connection, &room, (&author, &other), on))
            .await
    }

    async fn report(&self, request: ReportRequest) -> Result<Removed, StoreError> {
        self.writer.run(move |work| moderation::report(work, &request)).await
    }

    async fn moderate(&self, order: Order) -> Result<Removed, StoreError> {
        self.writer.run(move |work| moderation::moderate(work, &order)).await
    }

    async fn bans(
        &self,
        room: &RoomId,
        session: &SessionId,
        now: Timestamp,
    ) -> Result<Vec<Ban>, StoreError> {
        let (room, session) = (room.clone(), session.clone());
        self.readers.run(move |connection| moderation::bans(connection, &room, &session, now)).await
    }

    async fn invitations(
        &self,
        room: &RoomId,
        session: &SessionId,
        now: Timestamp,
    ) -> Result<Vec<Invitation>, StoreError> {
        let (room, session) = (room.clone(), session.clone());
        self.readers
            .run(move |connection| invitations::list(connection, &room, &session, now))
            .await
    }

    async fn reports(&self, room: &RoomId, session: &SessionId) -> Result<Vec<Report>, StoreError> {
        let (room, session) = (room.clone(), session.clone());
        self.readers.run(move |connection| moderation::reports(connection, &room, &session)).await
    }

    async fn redeem(&self, redemption: Redemption) -> Result<(), StoreError> {
        self.writer.run(move |work| invitations::redeem(work.connection, &redemption)).await
    }

    async fn history(
        &self,
        room: &RoomId,
        query: HistoryQuery,
        reader: Option<Reader>,
    ) -> Result<HistoryPage, StoreError> {
        let room = room.clone();
        self.readers
            .run(move |connection| history::read(connection, &room, query, reader.as_ref()))
            .await
    }

    async fn remove_room(&self, room: &RoomId, session: &SessionId) -> Result<Removed, StoreError> {
        let (room, session) = (room.clone(), session.clone());
        self.writer
            .run(move |work| {
                rooms::check_owner(work.connection, &room, &session)?;
                let unreferenced_gifs = rooms::remove(work, &room, CloseReason::Owner)?;
                Ok(Removed { unreferenced_gifs })
            })
            .await
    }

    async fn settle(&self, now: Timestamp, history: HistoryLimits) -> Result<Settled, StoreError> {
        self.writer.run(move |work| settle::settle(work, Moment { now, history })).await
    }

    async fn begin_run(&self, grace_ends_at: Timestamp) -> Result<u32, StoreError> {
        self.writer.run(move |work| settle::begin_run(work.connection, grace_ends_at)).await
    }

    async fn shows_gif(&self, name: &str) -> Result<bool, StoreError> {
        let name = name.to_owned();
        self.readers.run(move |connection| history::shows_gif(connection, &name)).await
    }

    async fn probe(&self) -> Result<(), StoreError> {
        self.writer.run(|work| schema::probe(work.connection)).await
    }

    async fn close(&self) {
        self.readers.close();
        self.writer.close().await;
        // Whoever still holds the store can do nothing with it: the folder is free for the next.
        // Unlocked by name, because a process that is being started may hold a copy of the file.
        let lock = self.lock.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Err(error)) = lock.map(|lock| lock.unlock()) {
            tracing::warn!(%error, "the data folder could not be unlocked");
        }
    }
}
