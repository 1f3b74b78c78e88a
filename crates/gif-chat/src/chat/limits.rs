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
    /// Longest client id or idempotency key, in bytes.
    pub const CLIENT_ID_BYTES_MAX: usize = 64;
}
