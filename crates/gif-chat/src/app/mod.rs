//! Puts everything together, and takes it apart again. The only place that knows everybody.

pub mod backup;
mod folder;
mod gif_files;
mod system;

use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use system::{OsRandom, SystemClock};

use crate::chat::{Chat, Clock, Event, Keys, Parts, RandomSource, Store, StoreError};
use crate::config::Config;
use crate::gifs::{GifLimits, Shelf, ShelfOptions};
use crate::realtime::{self, Door, Engine, EngineLimits, FEED_BATCHES_MAX, Opening, StreamLimits};
use crate::store::sqlite::{self, SqliteStore};
use crate::turnstile::Turnstile;
use crate::web::{Gate, Readiness, ServeLimits, Services, Stop, Web};
use gif_files::StoredGifs;

/// What the server takes from outside besides its configuration.
#[derive(Clone)]
pub struct Environment {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn RandomSource>,
}

impl Default for Environment {
    fn default() -> Self {
        Self { clock: Arc::new(SystemClock::new()), random: Arc::new(OsRandom) }
    }
}

/// Why the server did not start. Shown to the person who starts it.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data folder.
    #[error("the data folder {folder} cannot be used: {source}")]
    Folder {
        /// Which.
        folder: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The folder is a backup. Under its old epoch clients would take what they have for what is there.
    #[error(
        "{0} is a backup, not a data folder; copy it into an empty data folder with \
         `gif-chat restore`"
    )]
    Backup(PathBuf),
    /// The database.
    #[error(transparent)]
    Store(#[from] sqlite::OpenError),
    /// The address.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The store took no writes.
    #[error("the database cannot be written: {0}")]
    Write(#[from] StoreError),
}

/// A running server. Dropping it without [`App::stop`] leaves its tasks running.
pub struct App {
    address: SocketAddr,
    chat: Arc<Chat>,
    store: Arc<dyn Store>,
    sessions: Turnstile,
    door: Door,
    engine: Engine,
    readiness: Readiness,
    /// Requests and sockets.
    work: TaskTracker,
    /// The dispatcher, which ends with the store.
    background: TaskTracker,
    /// Ends the task that settles what is over.
    settled: CancellationToken,
    stop: Stop,
    stop_time_max: Duration,
}

/// How long after a restart clients are asked to come back.
const RESTART_DELAY: Duration = Duration::from_secs(1);

impl App {
    /// Starts a server: binds (port 0 takes a free one), opens the data folder, opens the doors.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        Self::start_in(config, Environment::default()).await
    }

    /// The same with a clock and randomness of one's own.
    pub async fn start_in(config: Config, environment: Environment) -> Result<Self, StartError> {
        let Kept { store, shelf, chat, events, run } = open_folder(&config, &environment).await?;
        let rooms = chat.rooms().await.map_err(StoreError::Refused)?;
        let (listener, address) = listen(&config).await?;
        let (work, background) = (TaskTracker::new(), TaskTracker::new());
        let room = system::room_within_file_limit(config.connections_max, config.sockets_max);
        let sessions = Turnstile::new(room.sockets, config.sockets_per_address_max);
        let limits = engine_limits(&config, room.sockets);
        let engine = realtime::engine(limits, Gate::new(sessions.clone()));
        let stream_limits = stream_limits(&config);
        let opening = Opening { chat: chat.clone(), rooms, run, feed: events, stream_limits };
        let door = Door::open(&engine, opening, (&work, &background));
        let readiness = Readiness::new(chat.clone(), shelf.clone());
        let services = Services {
            chat: chat.clone(),
            shelf,
            random: environment.random,
            readiness: readiness.clone(),
            tasks: work.clone(),
            sessions: sessions.clone(),
            streams: door.streams(),
        };
        let router = Web::new(&config, services).router(realtime::routes(&engine));
        let app = Self {
            address,
            chat,
            store,
            sessions,
            door,
            engine,
            readiness,
            work,
            background,
            settled: CancellationToken::new(),
            stop: Stop::default(),
            stop_time_max: config.stop_time_max,
        };
        app.run(listener, router, serve_limits(&config, room.connections));
        Ok(app)
    }

    fn run(&self, listener: TcpListener, router: axum::Router, limits: ServeLimits) {
        let stop = (self.work.clone(), self.stop.clone());
        self.work.spawn(crate::web::serve(listener, router, limits, stop));
        let (chat, settled) = (self.chat.clone(), self.settled.clone());
        self.work.spawn(async move {
            // A panic while something is settled must not end the end of rooms.
            let live = || AssertUnwindSafe(chat.live(settled.cancelled())).catch_unwind();
            while live().await.is_err() {
                tracing::error!("the task that ends seats and rooms panicked");
            }
        });
    }

    /// Where the server listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many sessions there are: of Socket.IO, and event streams.
    #[must_use]
    pub fn sessions(&self) -> usize {
        self.sessions.count()
    }

    /// Stops: sockets and event streams are told and end, then nobody is let in any more, requests finish, the writer is
    /// flushed. Takes at most the configured time; what has not finished by then is cut off, and
    /// nothing that was acknowledged is lost.
    pub async fn stop(self) {
        let part = self.stop_time_max / 4;
        self.readiness.drain();
        // Nobody's seat ends because its socket is sent away.
        self.settled.cancel();
        self.door.announce_restart(RESTART_DELAY);
        let cut_off = self.engine.shutdown(part).await;
        if cut_off > 0 {
            tracing::warn!(cut_off, "sockets are cut off");
        }
        // Only now: a client that polls fetches the announcement with a connection of its own.
        self.stop.accepting.cancel();
        self.work.close();
        if tokio::time::timeout(part, self.work.wait()).await.is_err() {
            tracing::warn!(left = self.work.len(), "requests are cut off");
            self.stop.connections.cancel();
            drop(tokio::time::timeout(part, self.work.wait()).await);
        }
        self.store.close().await;
        self.background.close();
        drop(tokio::time::timeout(part, self.background.wait()).await);
        tracing::info!("stopped");
    }
}

/// What the data folder holds, opened.
struct Kept {
    store: Arc<dyn Store>,
    shelf: Shelf,
    chat: Arc<Chat>,
    events: mpsc::Receiver<Vec<Event>>,
    /// The number of this run.
    run: u32,
}

/// Opens the data folder and settles what an earlier run left in it.
async fn open_folder(config: &Config, environment: &Environment) -> Result<Kept, StartError> {
    let Environment { clock, random } = environment.clone();
    let failed = |source| StartError::Folder { folder: config.data.clone(), source };
    folder::prepare(&config.data).map_err(failed)?;
    if backup::is_backup(&config.data) {
        return Err(StartError::Backup(config.data.clone()));
    }
    let (feed, events) = mpsc::channel(FEED_BATCHES_MAX);
    // The store's lock on the folder comes before anything else is touched in it.
    let store: Arc<dyn Store> =
        Arc::new(SqliteStore::open(&store_options(config), feed.clone(), random.clone())?);
    let secret = folder::secret(config, &*random).map_err(failed)?;
    let keys = Arc::new(Keys::derive(&secret));
    let gifs = config.data.join("gifs");
    let shelf = Shelf::open(&gifs, keys.gif_name(), shelf_options(config)).map_err(failed)?;
    let gif_files = Arc::new(StoredGifs::new(shelf.clone(), store.clone()));
    let chat = Arc::new(Chat::new(Parts {
        store: store.clone(),
        gif_files: gif_files.clone(),
        clock,
        random,
        keys,
        limits: config.limits(),
        grace: config.grace,
        feed,
    }));
    let run = chat.begin_run().await?;
    gif_files.sweep().await;
    Ok(Kept { store, shelf, chat, events, run })
}

async fn listen(config: &Config) -> Result<(TcpListener, SocketAddr), StartError> {
    let address = SocketAddr::new(config.bind, config.port);
    let failed = |source| StartError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

fn store_options(config: &Config) -> sqlite::Options {
    sqlite::Options {
        folder: config.data.clone(),
        writer_queue_max: config.writer_queue_max,
        writer_wait_max: config.writer_wait_max,
        writer_batch_max: config.writer_batch_max,
        readers: config.readers,
    }
}

fn shelf_options(config: &Config) -> ShelfOptions {
    let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let frame = u64::from(config.gif_width_max) * u64::from(config.gif_height_max);
    ShelfOptions {
        limits: GifLimits {
            bytes_max: config.gif_bytes_max,
            width_max: config.gif_width_max,
            height_max: config.gif_height_max,
            frames_max: config.gif_frames_max,
            duration_ms_max: millis(config.gif_duration_max),
            pixels_max: config.gif_pixels_max,
            decode_ms_max: millis(config.gif_decode_max),
            // One frame is as large as the canvas may be, at most.
            memory_bytes_max: frame.saturating_mul(2),
        },
        free_floor_bytes: config.free_disk_bytes_min,
        parallel: config.gif_decodes_at_once,
        waiting_max: config.gif_decodes_waiting_max,
    }
}

fn engine_limits(config: &Config, sessions_max: usize) -> EngineLimits {
    EngineLimits {
        message_bytes_max: config.socket_message_bytes_max,
        backlog_bytes_max: config.socket_backlog_bytes_max,
        backlog_packets_max: config.socket_backlog_packets_max,
        events_waiting_max: config.socket_events_waiting_max,
        packets_burst_max: config.socket_packets_burst_max,
        packets_per_second_max: config.socket_packets_per_second_max,
        write_time_max: config.socket_write_time_max,
        connect_time_max: config.socket_connect_time_max,
        ping_interval: config.socket_ping_interval,
        ping_time_max: config.socket_ping_time_max,
        sessions_max,
    }
}

fn stream_limits(config: &Config) -> StreamLimits {
    StreamLimits {
        heartbeat: config.event_stream_heartbeat,
        write_time_max: config.socket_write_time_max,
        backlog_bytes_max: config.socket_backlog_bytes_max,
        backlog_events_max: config.socket_backlog_packets_max,
    }
}

fn serve_limits(config: &Config, connections_max: usize) -> ServeLimits {
    ServeLimits {
        connections_max,
        connections_per_address_max: config.connections_per_address_max,
        trusted_proxies: config.trusted_proxies.clone(),
        header_read_time_max: config.header_read_time_max,
    }
}
