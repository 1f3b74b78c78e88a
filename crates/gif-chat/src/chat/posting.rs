//! Saying something. Both doors end here.

use super::{
    Append, Appended, Body, Chat, ChatError, ClientId, GifReference, MessageText, RoomId, Visitor,
};

/// What a sender hands in besides the content.
#[derive(Clone, Debug, Default)]
pub struct Post {
    /// The sender's own name for the message.
    pub client_id: Option<ClientId>,
    /// The `seq` of the entry that it answers.
    pub reply_to: Option<u64>,
}

impl Chat {
    /// Stores a text, and returns when it is on disk. Everybody in the room is told by then, or will
    /// be, in the order of the log.
    pub async fn post_text(
        &self,
        visitor: &Visitor,
        room: &RoomId,
        text: &str,
        post: Post,
    ) -> Result<Appended, ChatError> {
        let text = MessageText::parse(text, &self.limits)?;
        self.quota.message(visitor)?;
        self.append(visitor, room, Body::Text(text), post).await
    }

    /// Whether the visitor may send a GIF into the room, asked before its bytes are read. Takes the
    /// GIF out of the budget.
    pub async fn may_post_gif(&self, visitor: &Visitor, room: &RoomId) -> Result<(), ChatError> {
        let standing = self.admitted_standing(visitor, room).await?;
        if let Some(until) = standing.muted_until {
            return Err(ChatError::Muted { retry_after: self.now().until(until) });
        }
        if !standing.seated && !standing.owner && standing.room.locked {
            return Err(ChatError::Locked);
        }
        if !standing.seated && standing.room.count >= standing.room.max {
            return Err(ChatError::RoomFull);
        }
        self.quota.gif(visitor)
    }

    /// Stores a GIF that lies on the shelf already, and returns when its row is on disk.
    pub async fn post_gif(
        &self,
        visitor: &Visitor,
        room: &RoomId,
        gif: GifReference,
        post: Post,
    ) -> Result<Appended, ChatError> {
        self.append(visitor, room, Body::Gif(gif), post).await
    }

    /// Removes a GIF that was put on the shelf for an entry that was not stored, unless another
    /// entry shows it.
    pub async fn forget_gif(&self, name: String) {
        self.discard(vec![name]).await;
    }

    /// Deletes the files of GIFs that nothing shows any more.
    pub(super) async fn discard(&self, names: Vec<String>) {
        if !names.is_empty() {
            self.gif_files.discard(names).await;
        }
    }

    async fn append(
        &self,
        visitor: &Visitor,
        room: &RoomId,
        body: Body,
        post: Post,
    ) -> Result<Appended, ChatError> {
        let seat = self.seat_request(visitor, room);
        let grace_ends_at = seat.grace_ends_at;
        let append = Append { seat, body, client_id: post.client_id, reply_to: post.reply_to };
        let mut appended = self.store.append(append).await?;
        if let Some(deadline) = grace_ends_at {
            self.life.expect(deadline);
        }
        self.discard(std::mem::take(&mut appended.unreferenced_gifs)).await;
        Ok(appended)
    }
}
