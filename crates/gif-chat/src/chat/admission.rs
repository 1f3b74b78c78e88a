//! Making rooms, letting people in, closing rooms.

use super::{
    Asking, Capacity, Chat, ChatError, Lobby, NewRoom, Password, RoomId, RoomState, RoomTitle,
    Standing, Visitor,
};

impl Chat {
    /// Makes a room. Its maker is admitted and owns it, but takes no seat yet.
    pub async fn make_room(
        &self,
        visitor: &Visitor,
        title: RoomTitle,
        max: Capacity,
        password: Option<Password>,
    ) -> Result<RoomState, ChatError> {
        self.quota.room(visitor)?;
        let password_hash = match password {
            Some(password) => Some(self.hasher.hash(password).await?),
            None => None,
        };
        let id = RoomId::random(&*self.random);
        let now = self.clock.now();
        let room = NewRoom {
            owner_author: self.keys.author(&id, &visitor.session),
            id,
            title,
            max,
            owner: visitor.session.clone(),
            password_hash,
            created_at: now,
            empty_until: now.plus(self.grace),
            rooms_open_max: self.limits.rooms_open_max,
        };
        let empty_until = room.empty_until;
        let made = self.store.make_room(room).await?;
        self.life.expect(empty_until);
        Ok(made)
    }

    /// All rooms, newest first.
    pub async fn rooms(&self) -> Result<Vec<RoomState>, ChatError> {
        Ok(self.store.rooms().await?)
    }

    /// The lobby as the visitor sees it.
    pub async fn lobby(&self, visitor: &Visitor) -> Result<Lobby, ChatError> {
        let rooms = self.store.listed_rooms(&visitor.session).await?;
        Ok(Lobby { rooms, now: self.now() })
    }

    /// What the visitor is to a room. Takes no seat and revives nothing: robots follow links.
    pub async fn standing(&self, visitor: &Visitor, room: &RoomId) -> Result<Standing, ChatError> {
        let asking = Asking {
            session: visitor.session.clone(),
            network: self.network(visitor, room),
            now: self.now(),
        };
        self.store.standing(room, &asking).await?.ok_or(ChatError::NotFound)
    }

    /// What the visitor is to a room that they may read. Refuses with `banned` and `not_admitted`.
    pub async fn admitted_standing(
        &self,
        visitor: &Visitor,
        room: &RoomId,
    ) -> Result<Standing, ChatError> {
        let standing = self.standing(visitor, room).await?;
        self.check_ban(&standing)?;
        if !standing.admitted {
            return Err(ChatError::NotAdmitted);
        }
        Ok(standing)
    }

    /// Refuses somebody who was sent out and may not come back yet.
    pub fn check_ban(&self, standing: &Standing) -> Result<(), ChatError> {
        match standing.banned_until {
            Some(until) => Err(ChatError::Banned { retry_after: self.now().until(until) }),
            None => Ok(()),
        }
    }

    /// Admits the visitor to a room if the password is right. Whoever is admitted already needs none.
    pub async fn enter(
        &self,
        visitor: &Visitor,
        room: &RoomId,
        password: Option<Password>,
    ) -> Result<(), ChatError> {
        let standing = self.standing(visitor, room).await?;
        self.check_ban(&standing)?;
        let Some(hash) = standing.password_hash.filter(|_| !standing.admitted) else {
            return Ok(());
        };
        let password = password.ok_or(ChatError::WrongPassword)?;
        let guess = self.quota.guess(room, visitor)?;
        match self.hasher.verify(password, hash).await {
            Ok(true) => guess.forgive(),
            Ok(false) => return Err(ChatError::WrongPassword),
            Err(error) => {
                guess.forgive();
                return Err(error);
            }
        }
        Ok(self.store.admit(room, &visitor.session).await?)
    }

    /// Closes a room for its owner. When this returns, everything that the room held is gone.
    pub async fn close_room(&self, visitor: &Visitor, room: &RoomId) -> Result<(), ChatError> {
        let removed = self.store.remove_room(room, &visitor.session).await?;
        self.discard(removed.unreferenced_gifs).await;
        Ok(())
    }
}
