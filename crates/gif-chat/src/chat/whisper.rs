//! Whispers: what only its sender and one participant see.

use super::{
    AuthorId, Chat, ChatError, ClientId, Identity, MessageId, MessageText, RoomId, SeatRequest,
    Timestamp, Visitor,
};

/// A whisper, as one of its two people has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whisper {
    /// Its id; both people's copies have the same.
    pub id: MessageId,
    /// Its room.
    pub room: RoomId,
    /// Its place among the whispers that this reader has in the room: 1, 2, 3, … without gaps.
    pub private_seq: u64,
    /// The room's `seq` that it follows.
    pub anchor: u64,
    /// Who whispers.
    pub by: Identity,
    /// To whom.
    pub to: Identity,
    /// What.
    pub text: MessageText,
    /// The sender's own name for it.
    pub client_id: Option<ClientId>,
    /// When it was committed.
    pub created_at: Timestamp,
}

/// Asks for a whisper. Takes a seat first when the visitor has none.
#[derive(Clone, Debug)]
pub struct WhisperRequest {
    /// The seat of the sender.
    pub seat: SeatRequest,
    /// To whom.
    pub to: AuthorId,
    /// What is whispered.
    pub text: MessageText,
    /// The sender's own name for it.
    pub client_id: Option<ClientId>,
    /// So many whispers of each reader are kept in a room; the oldest go first.
    pub kept_max: u64,
}

/// A whisper that is on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whispered {
    /// Its id.
    pub id: MessageId,
    /// Its place among the sender's whispers.
    pub private_seq: u64,
    /// When it was committed first.
    pub created_at: Timestamp,
    /// GIFs that no entry shows any more: taking a seat can push them out of the log.
    pub unreferenced_gifs: Vec<String>,
}

/// Which whispers a reader wants with a part of the log.
#[derive(Clone, Copy, Debug)]
pub enum PrivateQuery {
    /// Those before a `private_seq` that follow an entry of the page.
    WithPage {
        /// This one and later ones are left out.
        before: u64,
    },
    /// Everything after a `private_seq`.
    After(u64),
}

/// A part of a reader's whispers, oldest first.
#[derive(Clone, Debug, Default)]
pub struct PrivatePage {
    /// The whispers.
    pub whispers: Vec<Whisper>,
    /// The newest `private_seq`; 0 when there are none.
    pub head: u64,
    /// Whether there are more than the bounds let through.
    pub more: bool,
}

impl Chat {
    /// Whispers to one participant, and returns when that is on disk.
    pub async fn whisper(
        &self,
        visitor: &Visitor,
        room: &RoomId,
        to: AuthorId,
        (text, client_id): (&str, Option<ClientId>),
    ) -> Result<Whispered, ChatError> {
        let text = MessageText::parse(text, &self.limits)?;
        self.quota.whisper(visitor)?;
        let seat = self.seat_request(visitor, room);
        if to == seat.author {
            return Err(ChatError::invalid("to", "recipient_self"));
        }
        let grace_ends_at = seat.grace_ends_at;
        let kept_max = self.limits.whispers_kept_max;
        let request = WhisperRequest { seat, to, text, client_id, kept_max };
        let mut whispered = self.store.whisper(request).await?;
        if let Some(deadline) = grace_ends_at {
            self.life.expect(deadline);
        }
        self.discard(std::mem::take(&mut whispered.unreferenced_gifs)).await;
        Ok(whispered)
    }

    /// Takes no whispers from somebody any more, or takes them again.
    pub async fn block(
        &self,
        visitor: &Visitor,
        room: &RoomId,
        other: AuthorId,
        on: bool,
    ) -> Result<(), ChatError> {
        self.quota.act(visitor)?;
        let author = self.keys.author(room, &visitor.session);
        if other == author {
            return Err(ChatError::invalid("id", "yourself"));
        }
        Ok(self.store.block(room, &author, &other, on).await?)
    }
}
