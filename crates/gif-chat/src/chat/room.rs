//! Rooms and the people in them.

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

use super::{Alias, AuthorId, ChatError, Colour, Limits, RoomId, SessionId, Timestamp};

/// A room's title: trimmed, in Unicode NFC, without control characters, 1 to 100 graphemes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomTitle(String);

impl RoomTitle {
    /// Reads a title, or says which rule it breaks.
    pub fn parse(text: &str, limits: &Limits) -> Result<Self, ChatError> {
        let limit = limits.room_title_graphemes_max;
        let too_long = || ChatError::over_limit("title", "title_too_long", limit);
        // A grapheme can be of any length: the bytes are bounded too, before any work is done.
        if text.len() > limit.saturating_mul(GRAPHEME_BYTES_MAX) {
            return Err(too_long());
        }
        let title = printable(text);
        let title = title.trim();
        if title.is_empty() {
            return Err(ChatError::invalid("title", "title_empty"));
        }
        if title.graphemes(true).count() > limit {
            return Err(too_long());
        }
        Ok(Self(title.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a generous grapheme takes (a family emoji with skin tones has 41 bytes).
pub(super) const GRAPHEME_BYTES_MAX: usize = 64;

/// A text for one line, in Unicode NFC.
pub(super) fn printable(text: &str) -> String {
    text.chars().filter(|letter| !is_unprintable(*letter)).nfc().collect()
}

/// Control characters, and the directional overrides and isolates with which a title could turn the
/// text around it (UAX #9, "explicit directional formatting").
fn is_unprintable(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

/// How many seats a room has, from 2 to 1,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capacity(u32);

impl Capacity {
    /// Reads a number of seats, or says which rule it breaks.
    pub fn parse(seats: i64, limits: &Limits) -> Result<Self, ChatError> {
        let range = Limits::ROOM_SEATS_MIN..=limits.room_seats_max;
        u32::try_from(seats).ok().filter(|seats| range.contains(seats)).map(Self).ok_or_else(|| {
            ChatError::Invalid {
                field: "max",
                reason: super::Reason {
                    code: "max_out_of_range",
                    values: vec![
                        ("min", u64::from(*range.start())),
                        ("max", u64::from(*range.end())),
                    ],
                },
            }
        })
    }

    /// The number of seats.
    #[must_use]
    pub fn get(self) -> u32 {
        self.0
    }
}

/// A room's password as somebody typed it: 1 to 128 bytes. It never leaves the request that brought
/// it; only its hash is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// Reads a password; an empty one means that the room is open.
    pub fn parse(text: String, limits: &Limits) -> Result<Option<Self>, ChatError> {
        let limit = limits.room_password_bytes_max;
        if text.len() > limit {
            return Err(ChatError::over_limit("password", "password_too_long", limit));
        }
        Ok((!text.is_empty()).then_some(Self(text)))
    }

    /// The bytes to hash.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Password(hidden)")
    }
}

/// A room about to be made.
#[derive(Clone, Debug)]
pub struct NewRoom {
    /// Its id.
    pub id: RoomId,
    /// Its title.
    pub title: RoomTitle,
    /// Its seats.
    pub max: Capacity,
    /// The visitor who makes it, its first owner.
    pub owner: SessionId,
    /// The owner's public id in it.
    pub owner_author: AuthorId,
    /// The argon2id hash of its password, in PHC format, if it is secret.
    pub password_hash: Option<String>,
    /// When it is made.
    pub created_at: Timestamp,
    /// When it ends if nobody enters.
    pub empty_until: Timestamp,
    /// Rooms that one visitor may have open.
    pub rooms_open_max: u32,
}

/// What the lobby shows of a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomState {
    /// Its id.
    pub id: RoomId,
    /// Its title.
    pub title: String,
    /// Its seats.
    pub max: u32,
    /// Taken seats.
    pub count: u32,
    /// The owner's public id in it.
    pub owner: AuthorId,
    /// The owner's colour in it.
    pub owner_colour: Colour,
    /// The owner's alias in it.
    pub owner_alias: Alias,
    /// Whether it has a password.
    pub secret: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends unless somebody comes back; nothing while somebody is connected.
    pub closes_at: Option<Timestamp>,
    /// Whether nobody has been in it yet.
    pub fresh: bool,
    /// Whether nobody new comes in.
    pub locked: bool,
}

/// A room as one visitor sees it in the lobby.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedRoom {
    /// The room.
    pub room: RoomState,
    /// Whether the visitor may read it and take a seat.
    pub admitted: bool,
    /// Whether the visitor holds a seat.
    pub seated: bool,
}

/// What a visitor sees in the lobby.
#[derive(Clone, Debug)]
pub struct Lobby {
    /// All rooms, newest first.
    pub rooms: Vec<ListedRoom>,
    /// The time that the rooms' ends are told in.
    pub now: Timestamp,
}

/// A visitor who holds a seat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Participant {
    /// The public id in this room.
    pub author: AuthorId,
    /// The colour in this room.
    pub colour: Colour,
    /// The alias in this room.
    pub alias: Alias,
    /// Whether this is the owner.
    pub owner: bool,
    /// Whether the seat is only kept, without a connection.
    pub away: bool,
    /// When the seat was taken.
    pub since: Timestamp,
    /// Until when the owner lets them not write.
    pub muted_until: Option<Timestamp>,
}

/// What a room is like, for those who are in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomSettings {
    /// Its title.
    pub title: String,
    /// Its seats.
    pub max: u32,
    /// Whether it has a password.
    pub secret: bool,
    /// Whether nobody new comes in.
    pub locked: bool,
    /// Seconds between two messages of one person; 0: none.
    pub slow_seconds: u32,
    /// When its owner closes it.
    pub closes_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn title(text: &str) -> Result<String, &'static str> {
        match RoomTitle::parse(text, &Limits::default()) {
            Ok(title) => Ok(title.as_str().to_owned()),
            Err(ChatError::Invalid { reason, .. }) => Err(reason.code),
            Err(_) => Err("other"),
        }
    }

    #[test]
    fn a_title_has_one_to_a_hundred_graphemes() {
        assert_eq!(title(""), Err("title_empty"));
        assert_eq!(title(" \t\n "), Err("title_empty"));
        assert_eq!(title("가"), Ok("가".to_owned()));
        let family = "👨‍👩‍👧‍👦";
        for (count, fits) in [(99, true), (100, true), (101, false)] {
            assert_eq!(title(&family.repeat(count)).is_ok(), fits, "{count} graphemes");
        }
        assert_eq!(title(&"e\u{301}".repeat(20_000)), Err("title_too_long"));
        // One grapheme of endless combining marks is still bounded.
        assert_eq!(title(&format!("a{}", "\u{301}".repeat(10_000))), Err("title_too_long"));
    }

    #[test]
    fn a_title_cannot_turn_the_text_around_it() {
        assert_eq!(title("방\u{202e}gnp.exe"), Ok("방gnp.exe".to_owned()));
        assert_eq!(title("두\r\n줄"), Ok("두줄".to_owned()));
    }

    #[test]
    fn a_room_has_two_to_a_thousand_seats() {
        let limits = Limits::default();
        for (seats, fits) in
            [(1, false), (2, true), (3, true), (999, true), (1000, true), (1001, false)]
        {
            assert_eq!(Capacity::parse(seats, &limits).is_ok(), fits, "{seats} seats");
        }
        assert!(Capacity::parse(-1, &limits).is_err());
        assert!(Capacity::parse(i64::MAX, &limits).is_err());
    }

    #[test]
    fn a_password_has_up_to_128_bytes() {
        let limits = Limits::default();
        for (bytes, fits) in [(127, true), (128, true), (129, false)] {
            assert_eq!(Password::parse("x".repeat(bytes), &limits).is_ok(), fits, "{bytes} bytes");
        }
        assert_eq!(Password::parse(String::new(), &limits), Ok(None));
    }
}
