//! What becomes of messages: edits, removals, reactions, and quotes of them.

use unicode_segmentation::UnicodeSegmentation;

use super::{
    Alias, AuthorId, Body, Chat, ChatError, GifReference, Identity, Limits, MessageText, RoomId,
    SeatRequest, Timestamp, Visitor,
};

/// One emoji, as Unicode's list of emojis has it (UTS #51, `emoji-test.txt`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Emoji(String);

impl Emoji {
    /// Reads an emoji; anything else is refused. Its fully qualified form is kept, so that the same
    /// picture is the same reaction whoever sends it.
    pub fn parse(text: &str) -> Result<Self, ChatError> {
        let known = emojis::get(text).ok_or(ChatError::invalid("emoji", "emoji"))?;
        Ok(Self(known.as_str().to_owned()))
    }

    /// An emoji that was parsed before it was stored.
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The emoji.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One emoji at a message, and who gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reaction {
    /// The emoji.
    pub emoji: Emoji,
    /// Who gave it, in order.
    pub by: Vec<(AuthorId, Alias)>,
}

/// A message that another one answers, as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// Its place in the log.
    pub seq: u64,
    /// Who said it.
    pub by: Identity,
    /// What is shown of it; nothing when it was removed.
    pub excerpt: Option<Excerpt>,
}

/// What a quote shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Excerpt {
    /// The beginning of a text.
    Text(String),
    /// A GIF.
    Gif(GifReference),
}

impl Excerpt {
    /// The beginning of a text, at most [`Limits::QUOTE_GRAPHEMES_MAX`].
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        Self::Text(text.graphemes(true).take(Limits::QUOTE_GRAPHEMES_MAX).collect())
    }

    /// What a quote shows of a body.
    #[must_use]
    pub fn of(body: &Body) -> Self {
        match body {
            Body::Text(text) => Self::of_text(text.as_str()),
            Body::Gif(gif) => Self::Gif(gif.clone()),
        }
    }
}

/// A change to an earlier entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Who made it.
    pub by: Identity,
    /// The `seq` of the entry that it changes.
    pub of: u64,
    /// What it changes.
    pub kind: ChangeKind,
}

/// What a change does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// Another text: the present one, whichever edit this was; nothing once the message is removed.
    Edit(Option<MessageText>),
    /// The message is gone.
    Delete {
        /// Whether the owner removed somebody else's message.
        by_owner: bool,
    },
    /// An emoji was given or taken back.
    Reaction {
        /// Which.
        emoji: Emoji,
        /// Whether it was given.
        on: bool,
    },
}

impl ChangeKind {
    /// The name on the wire and in the store.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Edit(_) => "edit",
            Self::Delete { .. } => "delete",
            Self::Reaction { .. } => "reaction",
        }
    }
}

/// Asks for a change. Takes a seat first when the visitor has none.
#[derive(Clone, Debug)]
pub struct ChangeRequest {
    /// The seat of who asks.
    pub seat: SeatRequest,
    /// The `seq` of the message.
    pub of: u64,
    /// What to do with it.
    pub wish: Wish,
}

/// What somebody wants to do with a message.
#[derive(Clone, Debug)]
pub enum Wish {
    /// Say something else instead. Only the author, and only a text.
    Edit(MessageText),
    /// Take it back. The author, or the owner.
    Delete,
    /// Give an emoji, or take it back.
    React {
        /// Which.
        emoji: Emoji,
        /// Whether it is given.
        on: bool,
    },
}

/// A change that is on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// Its place in the log; of an earlier one when nothing was different.
    pub seq: u64,
    /// When it was made.
    pub created_at: Timestamp,
    /// GIFs that no entry shows any more.
    pub unreferenced_gifs: Vec<String>,
}

impl Chat {
    /// Edits, removes or reacts, and returns when that is on disk.
    pub async fn change(
        &self,
        visitor: &Visitor,
        room: &RoomId,
        of: u64,
        wish: Wish,
    ) -> Result<Changed, ChatError> {
        match &wish {
            Wish::Edit(_) | Wish::Delete => self.quota.message(visitor)?,
            Wish::React { .. } => self.quota.reaction(visitor)?,
        }
        let seat = self.seat_request(visitor, room);
        let grace_ends_at = seat.grace_ends_at;
        let mut changed = self.store.change(ChangeRequest { seat, of, wish }).await?;
        if let Some(deadline) = grace_ends_at {
            self.life.expect(deadline);
        }
        self.discard(std::mem::take(&mut changed.unreferenced_gifs)).await;
        Ok(changed)
    }

    /// Tells the others in the room that the visitor is writing. Not kept: whoever is not there now
    /// does not hear of it.
    pub async fn typing(&self, visitor: &Visitor, room: &RoomId) -> Result<(), ChatError> {
        self.quota.typing(visitor)?;
        let standing = self.standing(visitor, room).await?;
        if !standing.seated {
            return Err(ChatError::NotInRoom);
        }
        if let Some(until) = standing.muted_until {
            return Err(ChatError::Muted { retry_after: self.now().until(until) });
        }
        let author = self.keys.author(room, &visitor.session);
        self.passing(super::Event::Typing { room: room.clone(), author });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_emojis_are_reactions() {
        for good in ["👍", "❤️", "👍🏽", "👨‍👩‍👧‍👦", "🇰🇷"] {
            assert!(Emoji::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "a", "👍👍", "<b>", "👍 ", "1", "\u{202e}", &"👍".repeat(1_000)] {
            assert!(Emoji::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn an_emoji_has_one_form_whoever_sends_it() {
        assert_eq!(Emoji::parse("❤").unwrap(), Emoji::parse("❤\u{fe0f}").unwrap());
    }

    #[test]
    fn a_quote_shows_the_first_two_hundred_characters() {
        for (count, kept) in [(199, 199), (200, 200), (201, 200)] {
            let Excerpt::Text(text) = Excerpt::of_text(&"각".repeat(count)) else {
                panic!("a text became a GIF");
            };
            assert_eq!(text.graphemes(true).count(), kept);
        }
    }
}
