//! Every limit of the domain, by name. The configuration fills it in.

use super::HistoryLimits;

/// The limits in force. Units stand last in each name.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Longest room title, in graphemes.
    pub room_title_graphemes_max: usize,
    /// Longest room password, in bytes.
    pub room_password_bytes_max: usize,
    /// Most seats that a room may have.
    pub room_seats_max: u32,
    /// Longest message, in graphemes.
    pub message_text_graphemes_max: usize,
    /// Longest message, in bytes.
    pub message_text_bytes_max: usize,
    /// What is kept of each room's log.
    pub history: HistoryLimits,
    /// Messages that a visitor may send at once.
    pub messages_burst: u32,
    /// Messages per second after the burst, per visitor.
    pub messages_per_second: u32,
    /// How many times a visitor's budget one address has, for messages.
    pub messages_address_factor: u32,
    /// GIFs per minute and visitor.
    pub gifs_per_minute: u32,
    /// GIFs per minute and address.
    pub gifs_per_minute_per_address: u32,
    /// Rooms that one visitor may have open.
    pub rooms_open_max: u32,
    /// Rooms per hour and visitor.
    pub rooms_per_hour: u32,
    /// Rooms per hour and address.
    pub rooms_per_hour_per_address: u32,
    /// Failed passwords per minute, room and visitor.
    pub passwords_per_minute: u32,
    /// Failed passwords per minute, room and address.
    pub passwords_per_minute_per_address: u32,
    /// Reactions that a visitor may give or take back at once.
    pub reactions_burst: u32,
    /// Reactions per second after the burst, per visitor.
    pub reactions_per_second: u32,
    /// Whispers that a visitor may send at once.
    pub whispers_burst: u32,
    /// Whispers per second after the burst, per visitor.
    pub whispers_per_second: u32,
    /// Joins of a visitor at once.
    pub joins_burst: u32,
    /// Joins per second after the burst, per visitor.
    pub joins_per_second: u32,
    /// Older pages that a visitor may read at once.
    pub pages_burst: u32,
    /// Older pages per second after the burst, per visitor.
    pub pages_per_second: u32,
    /// How many times a visitor's budget one address has, for joins: after a restart everybody
    /// behind it comes back at once.
    pub joins_address_factor: u32,
    /// Orders of an owner, and blocks and reports of anybody, at once.
    pub acts_burst: u32,
    /// The same per second after the burst, per visitor.
    pub acts_per_second: u32,
    /// Whispers of each reader that a room keeps.
    pub whispers_kept_max: u64,
    /// Longest time that somebody may be sent out for, in seconds.
    pub ban_seconds_max: u64,
    /// Longest time that somebody may be muted for, in seconds.
    pub mute_seconds_max: u64,
    /// Longest pause between two messages in slow mode, in seconds.
    pub slow_seconds_max: u64,
    /// Longest time that an invitation may hold, in seconds.
    pub invitation_seconds_max: u64,
    /// Whether sending somebody out also keeps out new visitors from the same address.
    pub address_bans: bool,
    /// Visitors and addresses whose budgets are remembered at once, for each kind of budget.
    pub budgets_max: usize,
    /// Password hashes computed at once; each takes 19 MiB while it runs.
    pub password_hashes_at_once: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            room_title_graphemes_max: 100,
            room_password_bytes_max: 128,
            room_seats_max: 1_000,
            message_text_graphemes_max: 4_000,
            message_text_bytes_max: 16 * 1024,
            history: HistoryLimits {
                entries_max: 10_000,
                gif_bytes_max: 200 * 1024 * 1024,
                retries_max: 1_000_000,
            },
            messages_burst: 10,
            messages_per_second: 1,
            messages_address_factor: 20,
            gifs_per_minute: 10,
            gifs_per_minute_per_address: 100,
            rooms_open_max: 5,
            rooms_per_hour: 10,
            rooms_per_hour_per_address: 100,
            passwords_per_minute: 5,
            passwords_per_minute_per_address: 30,
            reactions_burst: 20,
            reactions_per_second: 2,
            whispers_burst: 10,
            whispers_per_second: 1,
            joins_burst: 60,
            joins_per_second: 2,
            pages_burst: 200,
            pages_per_second: 10,
            joins_address_factor: 100,
            acts_burst: 30,
            acts_per_second: 1,
            whispers_kept_max: 1_000,
            ban_seconds_max: 7 * 24 * 60 * 60,
            mute_seconds_max: 24 * 60 * 60,
            slow_seconds_max: 60 * 60,
            invitation_seconds_max: 7 * 24 * 60 * 60,
            address_bans: false,
            budgets_max: 100_000,
            password_hashes_at_once: 2,
        }
    }
}

impl Limits {
    /// Fewest seats that a room may have: a conversation takes two.
    pub const ROOM_SEATS_MIN: u32 = 2;
    /// Seats of a room whose maker names no number.
    pub const ROOM_SEATS_DEFAULT: u32 = 10;
    /// Messages in the first page of a room.
    pub const PAGE_ENTRIES: usize = 100;
    /// Bytes of content in a page: fewer entries when they are long, so that a page and the list of
    /// participants fit into what may wait for a slow client.
    pub const PAGE_BYTES_MAX: usize = 512 * 1024;
    /// Entries in one answer to a returning client.
    pub const RESUME_ENTRIES_MAX: usize = 500;
    /// Bytes of content in one answer to a returning client.
    pub const RESUME_BYTES_MAX: usize = 256 * 1024;
    /// Up to how many participants the entry and exit events carry the whole list.
    pub const PARTICIPANTS_LISTED_MAX: u32 = 50;
    /// How much of a text a quote shows, in graphemes.
    pub const QUOTE_GRAPHEMES_MAX: usize = 200;
    /// Longest reason that an owner or somebody who reports gives, in graphemes.
    pub const REMARK_GRAPHEMES_MAX: usize = 200;
    /// Different emojis at one message.
    pub const EMOJIS_PER_MESSAGE_MAX: u32 = 20;
    /// Reactions at one message.
    pub const REACTIONS_PER_MESSAGE_MAX: u32 = 200;
    /// Whispers in one answer.
    pub const PRIVATE_ENTRIES_MAX: usize = 200;
    /// Bytes of whispers in one answer, but at least one whisper.
    pub const PRIVATE_BYTES_MAX: usize = 128 * 1024;
    /// Shortest and usual time that somebody is sent out for, in seconds.
    pub const BAN_SECONDS_MIN: u64 = 60;
    /// See [`Limits::BAN_SECONDS_MIN`].
    pub const BAN_SECONDS_DEFAULT: u64 = 10 * 60;
    /// Shortest time that somebody is muted for, in seconds.
    pub const MUTE_SECONDS_MIN: u64 = 60;
    /// Shortest and usual time that an invitation holds, in seconds.
    pub const INVITATION_SECONDS_MIN: u64 = 60;
    /// See [`Limits::INVITATION_SECONDS_MIN`].
    pub const INVITATION_SECONDS_DEFAULT: u64 = 24 * 60 * 60;
    /// Longest countdown before an owner closes a room, in seconds.
    pub const COUNTDOWN_SECONDS_MAX: u64 = 300;
    /// Invitations of a room that hold at once.
    pub const INVITATIONS_MAX: u32 = 20;
    /// Reports that a room keeps for its owner.
    pub const REPORTS_MAX: u32 = 100;
    /// People whose whispers one visitor may block in a room.
    pub const BLOCKS_MAX: u32 = 1_000;
    /// Typing signs that a visitor may send at once, and per second after that.
    pub const TYPING_BURST: u32 = 5;
    /// See [`Limits::TYPING_BURST`].
    pub const TYPING_PER_SECOND: u32 = 1;
    /// Longest client id or idempotency key, in bytes.
    pub const CLIENT_ID_BYTES_MAX: usize = 64;
}
