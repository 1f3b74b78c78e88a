//! Every key: its name, type, default and one sentence, in one place.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;

use super::sources::{Layer, Source};
use super::values::{LogFormat, PublicUrl, Secret, StoreChoice, Value};
use super::{Fault, Setting};

/// A key as `config print`, the command line and `config.example.toml` know it.
#[derive(Debug)]
pub struct Key {
    /// The name in TOML; the environment's is `GIFCHAT_` and this in capitals.
    pub name: &'static str,
    /// The default, as one would write it in the environment.
    pub default: &'static str,
    /// One sentence about it.
    pub about: &'static str,
}

macro_rules! keys {
    ($( $(#[doc = $about:literal])+ $name:ident: $type:ty = $default:literal; )*) => {
        /// The configuration in force.
        #[derive(Clone, Debug)]
        pub struct Config {
            $( $(#[doc = $about])+ pub $name: $type, )*
        }

        /// All keys.
        pub const KEYS: &[Key] = &[
            $( Key {
                name: stringify!($name),
                default: $default,
                about: concat!($($about),+),
            }, )*
        ];

        /// Takes each value from the strongest layer that has it.
        pub(super) fn resolve(
            layers: &[Layer],
            faults: &mut Vec<Fault>,
        ) -> (Option<Config>, Vec<Setting>) {
            let mut settings = Vec::with_capacity(KEYS.len());
            let mut keys = KEYS.iter();
            $( let $name: Option<$type> =
                keys.next().and_then(|key| pick(key, layers, faults, &mut settings)); )*
            let read = || Some(Config { $( $name: $name?, )* });
            (read(), settings)
        }
    };
}

fn pick<T: Value>(
    key: &'static Key,
    layers: &[Layer],
    faults: &mut Vec<Fault>,
    settings: &mut Vec<Setting>,
) -> Option<T> {
    let found = layers.iter().find_map(|layer| layer.0.get(key.name)).cloned();
    let (text, source) = found.unwrap_or((key.default.to_owned(), Source::Default));
    match T::read(&text) {
        Ok(value) => {
            settings.push(Setting { key, shown: value.show(), source });
            Some(value)
        }
        Err(hint) => {
            let name = match &source {
                Source::Variable(name) | Source::EnvFile(_, name) => name.clone(),
                _ => key.name.to_owned(),
            };
            faults.push(Fault { key: name, value: text, source, hint });
            None
        }
    }
}

keys! {
    /// Address to listen on.
    bind: IpAddr = "127.0.0.1";
    /// Port to listen on; 0 takes a free one. Also read from PORT.
    port: u16 = "8005";
    /// Folder for everything that is kept.
    data: PathBuf = "./data";
    /// Where rooms are kept.
    store: StoreChoice = "sqlite";
    /// How long an empty room, or the seat of a dropped visitor, is kept.
    grace: Duration = "30s";
    /// Address under which people reach the server; empty means: as the request says.
    public_url: PublicUrl = "";
    /// Secret that signs cookies; empty means: made at the first start and kept in the data folder. Also read from COOKIE_SECRET.
    cookie_secret: Secret = "";
    /// Proxies whose X-Forwarded-For is believed, as addresses or networks.
    trusted_proxies: Vec<IpNet> = "";
    /// What is logged, as a tracing filter.
    log: String = "info";
    /// How it is logged: text or json.
    log_format: LogFormat = "text";
    /// Whether error pages show details.
    development: bool = "false";
    /// Longest room title, in graphemes.
    room_title_graphemes_max: usize = "100";
    /// Longest room password, in bytes.
    room_password_bytes_max: usize = "128";
    /// Most seats that a room may have.
    room_seats_max: u32 = "1000";
    /// Longest message, in graphemes.
    message_text_graphemes_max: usize = "4000";
    /// Longest message, in bytes.
    message_text_bytes_max: usize = "16384";
    /// Largest GIF, in bytes.
    gif_bytes_max: u64 = "10485760";
    /// Widest GIF, in pixels.
    gif_width_max: u16 = "2048";
    /// Highest GIF, in pixels.
    gif_height_max: u16 = "2048";
    /// Most frames of a GIF.
    gif_frames_max: u32 = "1000";
    /// Longest loop of a GIF.
    gif_duration_max: Duration = "60s";
    /// Most pixels of a GIF, canvas times frames.
    gif_pixels_max: u64 = "200000000";
    /// Longest time to judge a GIF.
    gif_decode_max: Duration = "2s";
    /// GIFs judged at the same time.
    gif_decodes_at_once: usize = "2";
    /// GIFs waiting to be judged.
    gif_decodes_waiting_max: usize = "32";
    /// Longest time that an upload may take to arrive.
    gif_upload_time_max: Duration = "120s";
    /// Uploads that may arrive at the same time.
    gif_uploads_at_once: usize = "64";
    /// Of these from one address.
    gif_uploads_at_once_per_address: usize = "16";
    /// Largest request body that is not a GIF, in bytes.
    request_body_bytes_max: usize = "65536";
    /// Longest time that such a body may take to arrive.
    request_body_time_max: Duration = "30s";
    /// Largest Socket.IO message from a client, in bytes.
    socket_message_bytes_max: usize = "65536";
    /// Bytes that may wait for a client that reads slowly, over a socket or an event stream; one more ends its connection, and it comes back for what it missed. A page of history and the list of rooms must fit.
    socket_backlog_bytes_max: usize = "1048576";
    /// Packets that may wait for such a client; one more ends its connection.
    socket_backlog_packets_max: usize = "4096";
    /// How long a client may take nothing of what waits for it before its connection ends.
    socket_write_time_max: Duration = "10s";
    /// Events of one client that may wait to be handled; beyond, nothing more is read from it until some have been.
    socket_events_waiting_max: usize = "256";
    /// Packets that a client may send at once, whatever they are; one more ends its connection.
    socket_packets_burst_max: u32 = "2000";
    /// Packets per second after the burst.
    socket_packets_per_second_max: u32 = "500";
    /// How long a client may take to enter a namespace before its connection ends.
    socket_connect_time_max: Duration = "10s";
    /// How often the server asks a socket whether it is still there.
    socket_ping_interval: Duration = "25s";
    /// How long a socket may take to answer that, before it counts as gone.
    socket_ping_time_max: Duration = "20s";
    /// After so much silence an event stream sends a sign of life.
    event_stream_heartbeat: Duration = "15s";
    /// Sessions from one address: those of Socket.IO, and event streams.
    sockets_per_address_max: usize = "1000";
    /// Sessions in all.
    sockets_max: usize = "50000";
    /// Connections from one address; a trusted proxy may have more.
    connections_per_address_max: usize = "2000";
    /// Connections in all; the limit of open files may allow fewer.
    connections_max: usize = "60000";
    /// Longest time for a client to send its request's headers.
    header_read_time_max: Duration = "10s";
    /// Messages that a visitor may send at once.
    messages_burst: u32 = "10";
    /// Messages per second after the burst, per visitor.
    messages_per_second: u32 = "1";
    /// How many times a visitor's message budget one address has.
    messages_address_factor: u32 = "20";
    /// Reactions that a visitor may give or take back at once.
    reactions_burst: u32 = "20";
    /// Reactions per second after the burst, per visitor.
    reactions_per_second: u32 = "2";
    /// Whispers that a visitor may send at once.
    whispers_burst: u32 = "10";
    /// Whispers per second after the burst, per visitor.
    whispers_per_second: u32 = "1";
    /// Joins of a visitor at once; coming back and filling gaps are joins too.
    joins_burst: u32 = "60";
    /// Joins per second after the burst, per visitor.
    joins_per_second: u32 = "2";
    /// How many times that budget one address has: after a restart everybody behind it comes back at once.
    joins_address_factor: u32 = "100";
    /// Older pages that a visitor may read at once.
    pages_burst: u32 = "200";
    /// Older pages per second after the burst, per visitor.
    pages_per_second: u32 = "10";
    /// Orders of a room's owner, and blocks and reports of anybody, at once.
    acts_burst: u32 = "30";
    /// The same per second after the burst, per visitor.
    acts_per_second: u32 = "1";
    /// Whispers of each reader that a room keeps; the oldest go first.
    whispers_kept_max: u64 = "1000";
    /// Longest time that an owner may send somebody out for.
    ban_max: Duration = "168h";
    /// Longest time that an owner may mute somebody for.
    mute_max: Duration = "24h";
    /// Longest pause between two messages of one person in slow mode.
    slow_max: Duration = "1h";
    /// Longest time that an invitation may hold.
    invitation_max: Duration = "168h";
    /// Whether sending somebody out also keeps new visitors from the same address out of that room. Everybody behind one router has the same address.
    address_bans: bool = "false";
    /// GIFs per minute and visitor.
    gifs_per_minute: u32 = "10";
    /// GIFs per minute and address.
    gifs_per_minute_per_address: u32 = "100";
    /// Rooms that one visitor may have open.
    rooms_open_max: u32 = "5";
    /// Rooms per hour and visitor.
    rooms_per_hour: u32 = "10";
    /// Rooms per hour and address.
    rooms_per_hour_per_address: u32 = "100";
    /// Failed passwords per minute, room and visitor.
    passwords_per_minute: u32 = "5";
    /// Failed passwords per minute, room and address.
    passwords_per_minute_per_address: u32 = "30";
    /// Visitors and addresses whose budgets are remembered, for each kind of budget.
    budgets_max: usize = "100000";
    /// Password hashes computed at once; each takes 19 MiB while it runs.
    password_hashes_at_once: usize = "2";
    /// Entries kept per room; the oldest go first.
    history_entries_max: u64 = "10000";
    /// Bytes of GIFs kept per room; the oldest entries go first.
    history_gif_bytes_max: u64 = "209715200";
    /// Messages per room that fell out of the history and whose retries are still recognised, for 24 hours; each takes some 150 bytes on disk.
    history_retries_max: u64 = "1000000";
    /// Free disk space below which uploads are refused, in bytes.
    free_disk_bytes_min: u64 = "536870912";
    /// Operations that may wait for the database's writer.
    writer_queue_max: usize = "4096";
    /// How long an operation waits for a place among them before it is refused.
    writer_wait_max: Duration = "2s";
    /// Operations in one commit.
    writer_batch_max: usize = "512";
    /// Database connections for reading.
    readers: usize = "2";
    /// Longest time that a stop may take.
    stop_time_max: Duration = "10s";
}

impl Config {
    /// The limits of the domain.
    #[must_use]
    pub fn limits(&self) -> crate::chat::Limits {
        crate::chat::Limits {
            room_title_graphemes_max: self.room_title_graphemes_max,
            room_password_bytes_max: self.room_password_bytes_max,
            room_seats_max: self.room_seats_max,
            message_text_graphemes_max: self.message_text_graphemes_max,
            message_text_bytes_max: self.message_text_bytes_max,
            history: crate::chat::HistoryLimits {
                entries_max: self.history_entries_max,
                gif_bytes_max: self.history_gif_bytes_max,
                retries_max: self.history_retries_max,
            },
            messages_burst: self.messages_burst,
            messages_per_second: self.messages_per_second,
            messages_address_factor: self.messages_address_factor,
            gifs_per_minute: self.gifs_per_minute,
            gifs_per_minute_per_address: self.gifs_per_minute_per_address,
            rooms_open_max: self.rooms_open_max,
            rooms_per_hour: self.rooms_per_hour,
            rooms_per_hour_per_address: self.rooms_per_hour_per_address,
            passwords_per_minute: self.passwords_per_minute,
            passwords_per_minute_per_address: self.passwords_per_minute_per_address,
            reactions_burst: self.reactions_burst,
            reactions_per_second: self.reactions_per_second,
            whispers_burst: self.whispers_burst,
            whispers_per_second: self.whispers_per_second,
            joins_burst: self.joins_burst,
            joins_per_second: self.joins_per_second,
            joins_address_factor: self.joins_address_factor,
            pages_burst: self.pages_burst,
            pages_per_second: self.pages_per_second,
            acts_burst: self.acts_burst,
            acts_per_second: self.acts_per_second,
            whispers_kept_max: self.whispers_kept_max,
            ban_seconds_max: self.ban_max.as_secs(),
            mute_seconds_max: self.mute_max.as_secs(),
            slow_seconds_max: self.slow_max.as_secs(),
            invitation_seconds_max: self.invitation_max.as_secs(),
            address_bans: self.address_bans,
            budgets_max: self.budgets_max,
            password_hashes_at_once: self.password_hashes_at_once,
        }
    }
}
