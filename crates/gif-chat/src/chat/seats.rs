//! Joining, leaving, and reading what was said.

use super::{
    Change, Chat, ChatError, HistoryPage, HistoryQuery, Limits, Origin, Participant, Password,
    RoomId, SeatRequest, Visitor,
};

/// What a client that was here before remembers.
#[derive(Clone, Debug, Default)]
pub struct Resume {
    /// The epoch it spoke with.
    pub epoch: Option<String>,
    /// The last `seq` it has.
    pub after: Option<u64>,
}

/// The answer to a join.
#[derive(Clone, Debug)]
pub struct Joined {
    /// Who the visitor is in this room.
    pub you: Participant,
    /// What the client does not have.
    pub page: HistoryPage,
    /// Whether the client must forget what it has.
    pub reset: bool,
}

impl Chat {
    /// Takes a seat for a socket of the visitor: one seat, however many sockets. Every success is
    /// followed by one [`Chat::disconnected`] or [`Chat::leave`].
    pub async fn take_seat(
        &self,
        visitor: &Visitor,
        room: &RoomId,
        password: Option<Password>,
        origin: Option<Origin>,
    ) -> Result<Participant, ChatError> {
        if password.is_some() {
            self.enter(visitor, room, password).await?;
        }
        self.presence.arrive(room, &visitor.session);
        let request =
            SeatRequest { origin, grace_ends_at: None, ..self.seat_request(visitor, room) };
        match self.store.take_seat(request).await {
            Ok(seat) => {
                self.presence.seated(room, &visitor.session, seat.generation);
                self.discard(seat.unreferenced_gifs).await;
                Ok(seat.participant)
            }
            Err(error) => {
                self.disconnected(visitor, room).await;
                Err(error.into())
            }
        }
    }

    /// What a client that has just taken its seat, and listens already, is missing.
    pub async fn catch_up(
        &self,
        room: &RoomId,
        you: Participant,
        resume: Resume,
    ) -> Result<Joined, ChatError> {
        let Some(seq) = resume.after else {
            let page = self.newest(room).await?;
            return Ok(Joined { you, page, reset: false });
        };
        let same_epoch = resume.epoch.is_none_or(|epoch| epoch == self.store.epoch());
        if same_epoch {
            let query = HistoryQuery::After {
                seq,
                limit: Limits::RESUME_ENTRIES_MAX,
                bytes_max: Limits::RESUME_BYTES_MAX,
            };
            let page = self.store.history(room, query).await?;
            if seq.saturating_add(1) >= page.first && seq <= page.head {
                return Ok(Joined { you, page, reset: false });
            }
        }
        let page = self.newest(room).await?;
        Ok(Joined { you, page, reset: true })
    }

    /// An older page. Only for visitors who may read the room.
    pub async fn history(
        &self,
        visitor: &Visitor,
        room: &RoomId,
        before: u64,
        limit: usize,
    ) -> Result<HistoryPage, ChatError> {
        let standing = self.standing(visitor, room).await?;
        if !standing.admitted {
            return Err(ChatError::NotAdmitted);
        }
        let limit = limit.clamp(1, Limits::PAGE_ENTRIES);
        let bytes_max = Limits::PAGE_BYTES_MAX;
        let query = HistoryQuery::Before { seq: before, limit, bytes_max };
        Ok(self.store.history(room, query).await?)
    }

    /// The newest page.
    pub async fn newest(&self, room: &RoomId) -> Result<HistoryPage, ChatError> {
        let (limit, bytes_max) = (Limits::PAGE_ENTRIES, Limits::PAGE_BYTES_MAX);
        Ok(self.store.history(room, HistoryQuery::Newest { limit, bytes_max }).await?)
    }

    /// A socket of the visitor is gone. With the last one, the seat's grace begins.
    pub async fn disconnected(&self, visitor: &Visitor, room: &RoomId) {
        if let Some(generation) = self.presence.depart(room, &visitor.session) {
            let ends_at = self.clock.now().plus(self.grace);
            self.release(visitor, room, generation, Change::Grace(ends_at)).await;
        }
    }

    /// A socket of the visitor leaves for good. With the last one, the seat is free at once.
    pub async fn leave(&self, visitor: &Visitor, room: &RoomId) {
        if let Some(generation) = self.presence.depart(room, &visitor.session) {
            let empty_until = self.clock.now().plus(self.grace);
            self.release(visitor, room, generation, Change::Leave(empty_until)).await;
        }
    }

    async fn release(&self, visitor: &Visitor, room: &RoomId, generation: u64, change: Change) {
        let request = self.seat_request(visitor, room);
        let (Change::Grace(deadline) | Change::Leave(deadline)) = change;
        match self.store.change_seat(request.clone(), generation, change).await {
            Ok(removed) => self.discard(removed.unreferenced_gifs).await,
            Err(error) => {
                // The seat must not be held for ever by nobody: the life task tries again.
                tracing::warn!(%room, %error, "a seat could not be released yet");
                self.life.owe(request, generation, change);
            }
        }
        self.life.expect(deadline);
    }

    /// A seat without a connection: it is kept for one grace.
    pub(super) fn seat_request(&self, visitor: &Visitor, room: &RoomId) -> SeatRequest {
        let now = self.clock.now();
        SeatRequest {
            room: room.clone(),
            session: visitor.session.clone(),
            author: self.keys.author(room, &visitor.session),
            now,
            grace_ends_at: Some(now.plus(self.grace)),
            origin: None,
            history: self.limits.history,
        }
    }
}
