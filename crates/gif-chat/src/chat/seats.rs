//! Joining, leaving, and reading what was said.

use super::{
    Chat, ChatError, HistoryPage, HistoryQuery, InvitationToken, Limits, Network, Origin,
    Participant, Password, Personal, PrivateQuery, Reader, Release, RoomId, SeatRequest, Visitor,
};

/// What a client that was here before remembers.
#[derive(Clone, Debug, Default)]
pub struct Resume {
    /// The epoch it spoke with.
    pub epoch: Option<String>,
    /// The last `seq` it has.
    pub after: Option<u64>,
    /// The last `privateSeq` it has.
    pub after_private: Option<u64>,
}

/// What somebody brings who may not be admitted yet.
#[derive(Clone, Debug, Default)]
pub struct Key {
    /// The room's password.
    pub password: Option<Password>,
    /// An invitation's token.
    pub invitation: Option<InvitationToken>,
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
    /// Whether the whispers are those after the last that the client has.
    pub resumes_private: bool,
}

/// The `seq` of an older page, and how much of it.
#[derive(Clone, Copy, Debug)]
pub struct OlderPage {
    /// This `seq` and later ones are left out.
    pub before: u64,
    /// At most so many messages.
    pub limit: usize,
    /// This `privateSeq` and later ones are left out.
    pub before_private: Option<u64>,
}

/// The newest page of a room.
const NEWEST: HistoryQuery =
    HistoryQuery::Newest { limit: Limits::PAGE_ENTRIES, bytes_max: Limits::PAGE_BYTES_MAX };

impl Chat {
    /// Takes one join out of the budget. Asked first: whoever comes and goes too fast takes no seat,
    /// and leaves no lines in the log.
    pub fn may_join(&self, visitor: &Visitor) -> Result<(), ChatError> {
        self.quota.join(visitor)
    }

    /// Takes a seat for a socket of the visitor: one seat, however many sockets. Every success is
    /// followed by one [`Chat::disconnected`] or [`Chat::leave`].
    pub async fn take_seat(
        &self,
        visitor: &Visitor,
        room: &RoomId,
        key: Key,
        origin: Option<Origin>,
    ) -> Result<Participant, ChatError> {
        if let Some(token) = key.invitation {
            self.redeem(visitor, room, token).await?;
        }
        if key.password.is_some() {
            self.enter(visitor, room, key.password).await?;
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

    /// What a client that has just taken its seat, and listens already, is missing. Refuses with
    /// `not_in_room` or `banned` when the seat was lost before the client could listen.
    pub async fn catch_up(
        &self,
        visitor: &Visitor,
        room: &RoomId,
        you: Participant,
        resume: Resume,
    ) -> Result<Joined, ChatError> {
        let same_epoch = resume.epoch.is_none_or(|epoch| epoch == self.store.epoch());
        let private = match resume.after_private.filter(|_| same_epoch) {
            Some(after) => PrivateQuery::After(after),
            None => PrivateQuery::WithPage { before: u64::MAX },
        };
        let reader = |private| Reader { author: you.author.clone(), private, now: self.now() };
        let mut reset = false;
        if let Some(seq) = resume.after {
            if same_epoch {
                let query = HistoryQuery::After {
                    seq,
                    limit: Limits::RESUME_ENTRIES_MAX,
                    bytes_max: Limits::RESUME_BYTES_MAX,
                };
                let page = self.store.history(room, query, Some(reader(private))).await?;
                if seq.saturating_add(1) >= page.first && seq <= page.head {
                    self.check_seat(visitor, room, page.personal.as_ref()).await?;
                    let resumes_private = matches!(private, PrivateQuery::After(_));
                    return Ok(Joined { you, page, reset, resumes_private });
                }
            }
            reset = true;
        }
        let private = if reset { PrivateQuery::WithPage { before: u64::MAX } } else { private };
        let page = self.store.history(room, NEWEST, Some(reader(private))).await?;
        self.check_seat(visitor, room, page.personal.as_ref()).await?;
        let resumes_private = matches!(private, PrivateQuery::After(_));
        Ok(Joined { you, page, reset, resumes_private })
    }

    /// Whether a client that has just taken its seat, and listens already, still has it.
    pub async fn check_in(&self, visitor: &Visitor, room: &RoomId) -> Result<(), ChatError> {
        let seated = self.admitted_standing(visitor, room).await?.seated;
        if seated { Ok(()) } else { Err(ChatError::NotInRoom) }
    }

    /// Somebody may be sent out between taking the seat and listening: then nobody tells them.
    async fn check_seat(
        &self,
        visitor: &Visitor,
        room: &RoomId,
        personal: Option<&Personal>,
    ) -> Result<(), ChatError> {
        if personal.is_some_and(|personal| personal.seated) {
            return Ok(());
        }
        self.admitted_standing(visitor, room).await?;
        Err(ChatError::NotInRoom)
    }

    /// An older page. Only for visitors who may read the room.
    pub async fn history(
        &self,
        visitor: &Visitor,
        room: &RoomId,
        page: OlderPage,
    ) -> Result<HistoryPage, ChatError> {
        self.quota.page(visitor)?;
        self.admitted_standing(visitor, room).await?;
        let limit = page.limit.clamp(1, Limits::PAGE_ENTRIES);
        let bytes_max = Limits::PAGE_BYTES_MAX;
        let query = HistoryQuery::Before { seq: page.before, limit, bytes_max };
        let reader = Reader {
            author: self.keys.author(room, &visitor.session),
            private: PrivateQuery::WithPage { before: page.before_private.unwrap_or(u64::MAX) },
            now: self.now(),
        };
        Ok(self.store.history(room, query, Some(reader)).await?)
    }

    /// The newest page.
    pub async fn newest(&self, room: &RoomId) -> Result<HistoryPage, ChatError> {
        Ok(self.store.history(room, NEWEST, None).await?)
    }

    /// A socket of the visitor is gone. With the last one, the seat's grace begins.
    pub async fn disconnected(&self, visitor: &Visitor, room: &RoomId) {
        if let Some(generation) = self.presence.depart(room, &visitor.session) {
            let ends_at = self.clock.now().plus(self.grace);
            self.release(visitor, room, generation, Release::Grace(ends_at)).await;
        }
    }

    /// A socket of the visitor leaves for good. With the last one, the seat is free at once.
    pub async fn leave(&self, visitor: &Visitor, room: &RoomId) {
        if let Some(generation) = self.presence.depart(room, &visitor.session) {
            let empty_until = self.clock.now().plus(self.grace);
            self.release(visitor, room, generation, Release::Leave(empty_until)).await;
        }
    }

    async fn release(&self, visitor: &Visitor, room: &RoomId, generation: u64, release: Release) {
        let request = self.seat_request(visitor, room);
        let (Release::Grace(deadline) | Release::Leave(deadline)) = release;
        match self.store.release_seat(request.clone(), generation, release).await {
            Ok(removed) => self.discard(removed.unreferenced_gifs).await,
            Err(error) => {
                // The seat must not be held for ever by nobody: the life task tries again.
                tracing::warn!(%room, %error, "a seat could not be released yet");
                self.life.owe(request, generation, release);
            }
        }
        self.life.expect(deadline);
    }

    /// What the room may remember of the visitor's address: nothing unless addresses can be kept out.
    pub(super) fn network(&self, visitor: &Visitor, room: &RoomId) -> Option<String> {
        let network = self.limits.address_bans.then(|| Network::of(visitor.address))?;
        Some(self.keys.network(room, &network))
    }

    /// A seat without a connection: it is kept for one grace.
    pub(super) fn seat_request(&self, visitor: &Visitor, room: &RoomId) -> SeatRequest {
        let now = self.clock.now();
        SeatRequest {
            room: room.clone(),
            session: visitor.session.clone(),
            author: self.keys.author(room, &visitor.session),
            network: self.network(visitor, room),
            now,
            grace_ends_at: Some(now.plus(self.grace)),
            origin: None,
            history: self.limits.history,
        }
    }
}
