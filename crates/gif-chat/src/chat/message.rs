//! Entries of a room's log.

use unicode_segmentation::UnicodeSegmentation;

use super::{
    Alias, AuthorId, Change, ChatError, Colour, Limits, MessageId, Quote, Reaction, RoomId,
    SystemLine, Timestamp,
};

/// The text of a message: not blank, at most 4,000 graphemes and 16 KiB, without NUL.
#[derive(Clone, PartialEq, Eq)]
pub struct MessageText(String);

impl MessageText {
    /// Reads a text, or says which rule it breaks. The text is kept as it was typed but for NUL
    /// characters, which no client can show.
    pub fn parse(text: &str, limits: &Limits) -> Result<Self, ChatError> {
        let limit = limits.message_text_graphemes_max;
        if text.len() > limits.message_text_bytes_max {
            return Err(ChatError::over_limit("chat", "too_long", limit));
        }
        let text = text.replace('\0', "");
        if text.trim().is_empty() {
            return Err(ChatError::invalid("chat", "text_empty"));
        }
        if text.graphemes(true).count() > limit {
            return Err(ChatError::over_limit("chat", "too_long", limit));
        }
        Ok(Self(text))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for MessageText {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "MessageText({} bytes)", self.0.len())
    }
}

/// The sender's own name for a message (`clientId`, or the `Idempotency-Key` header): 1 to 64 visible
/// ASCII characters. A retry with the same one gets the first result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientId(String);

impl ClientId {
    /// Reads a client id, or says which rule it breaks.
    pub fn parse(text: &str) -> Result<Self, ChatError> {
        let fits = (1..=Limits::CLIENT_ID_BYTES_MAX).contains(&text.len());
        if fits && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Ok(Self(text.to_owned()));
        }
        Err(ChatError::over_limit("clientId", "client_id", Limits::CLIENT_ID_BYTES_MAX))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A GIF that lies on the shelf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GifReference {
    /// The file name under `/gif/`.
    pub name: String,
    /// Width of the canvas in pixels.
    pub width: u16,
    /// Height of the canvas in pixels.
    pub height: u16,
    /// Size of the file.
    pub bytes: u64,
}

/// What a sender gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Text.
    Text(MessageText),
    /// A GIF.
    Gif(GifReference),
}

/// Who somebody is in one room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The public id.
    pub author: AuthorId,
    /// The room colour.
    pub colour: Colour,
    /// The alias.
    pub alias: Alias,
}

/// What an entry shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// Somebody's text or GIF.
    Said {
        /// Who said it.
        by: Identity,
        /// What.
        body: Body,
        /// The sender's own name for it.
        client_id: Option<ClientId>,
        /// The `seq` of the entry that it answers.
        reply_to: Option<u64>,
        /// What became of it since, and what it answers.
        more: Box<More>,
    },
    /// Somebody's text or GIF that is gone: what is left of it.
    Removed {
        /// Who had said it.
        by: Identity,
        /// Whether the owner removed it, and not who had said it.
        by_owner: bool,
        /// The sender's own name for it.
        client_id: Option<ClientId>,
    },
    /// A change to an earlier entry. Not shown itself.
    Changed(Change),
    /// A system line.
    System(SystemLine),
}

/// What belongs to a message besides what was said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct More {
    /// What it answers, as that is now; nothing when that has left the log.
    pub quote: Option<Quote>,
    /// When its author changed it last.
    pub edited_at: Option<Timestamp>,
    /// In the order in which they were first given.
    pub reactions: Vec<Reaction>,
}

/// One entry of a room's log. Its `seq` counts 1, 2, 3, … without gaps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: MessageId,
    /// Its room.
    pub room: RoomId,
    /// Its place in the room's log.
    pub seq: u64,
    /// When it was committed.
    pub created_at: Timestamp,
    /// What it shows.
    pub message: Message,
}

impl MessageText {
    /// A text that was parsed before it was stored.
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
    }
}

impl ClientId {
    /// A client id that was parsed before it was stored.
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> Option<&'static str> {
        match MessageText::parse(text, &Limits::default()) {
            Ok(_) => None,
            Err(ChatError::Invalid { reason, .. }) => Some(reason.code),
            Err(_) => Some("other"),
        }
    }

    #[test]
    fn a_message_has_one_to_four_thousand_graphemes() {
        assert_eq!(code(" \n\0"), Some("text_empty"));
        for (count, expected) in [(3_999, None), (4_000, None), (4_001, Some("too_long"))] {
            assert_eq!(code(&"각".repeat(count)), expected, "{count} graphemes");
        }
    }

    #[test]
    fn a_message_has_at_most_16_kib() {
        let family = "👨‍👩‍👧‍👦";
        let size = |bytes: usize| format!("{}{}", family.repeat(600), "x".repeat(bytes - 600 * 25));
        assert_eq!(family.len(), 25);
        for (bytes, expected) in
            [(16 * 1024 - 1, None), (16 * 1024, None), (16 * 1024 + 1, Some("too_long"))]
        {
            assert_eq!(code(&size(bytes)), expected, "{bytes} bytes");
        }
    }

    #[test]
    fn a_client_id_has_up_to_64_visible_characters() {
        for (bytes, fits) in [(0, false), (1, true), (63, true), (64, true), (65, false)] {
            assert_eq!(ClientId::parse(&"x".repeat(bytes)).is_ok(), fits, "{bytes} bytes");
        }
        assert!(ClientId::parse("a b").is_err());
        assert!(ClientId::parse("한글").is_err());
    }
}
