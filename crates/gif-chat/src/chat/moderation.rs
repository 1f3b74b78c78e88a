//! What the owner of a room may do, and what everybody may do about others.

use std::time::Duration;

use unicode_segmentation::UnicodeSegmentation;

use super::{
    AuthorId, Capacity, Chat, ChatError, HistoryLimits, Identity, InvitationId, InvitationToken,
    Limits, Password, Reason, RoomId, RoomTitle, SessionId, Timestamp, Visitor,
};

/// A short text of the owner or of somebody who reports: one line, at most 200 graphemes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark(String);

impl Remark {
    /// Reads a remark, or says which rule it breaks; a blank one is none.
    pub fn parse(text: &str) -> Result<Option<Self>, ChatError> {
        let limit = Limits::REMARK_GRAPHEMES_MAX;
        let too_long = || ChatError::over_limit("reason", "reason_too_long", limit);
        if text.len() > limit.saturating_mul(super::room::GRAPHEME_BYTES_MAX) {
            return Err(too_long());
        }
        let text = super::room::printable(text);
        let text = text.trim();
        if text.graphemes(true).count() > limit {
            return Err(too_long());
        }
        Ok((!text.is_empty()).then(|| Self(text.to_owned())))
    }

    /// A remark that was parsed before it was stored.
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What an owner may do.
#[derive(Clone, Debug)]
pub enum Deed {
    /// Make another participant the owner.
    HandOver(AuthorId),
    /// Send somebody out, until then.
    Kick {
        /// Whom.
        who: AuthorId,
        /// Why.
        reason: Option<Remark>,
        /// When they may come back.
        until: Timestamp,
        /// Whether their address is kept out as well.
        address_too: bool,
        /// How long the room is kept if nobody is in it any more.
        empty_until: Timestamp,
    },
    /// Let somebody back in.
    Unban(AuthorId),
    /// Let somebody not write, until then; nothing: let them write again.
    Mute {
        /// Whom.
        who: AuthorId,
        /// Until when.
        until: Option<Timestamp>,
    },
    /// Change what the room is like.
    Settings(Box<Settings>),
    /// Keep an invitation.
    Invite {
        /// Its id.
        id: InvitationId,
        /// The hash of its token.
        token_hash: String,
        /// When it ends.
        expires_at: Timestamp,
    },
    /// Take an invitation back.
    Revoke(InvitationId),
    /// Close the room then.
    Close(Timestamp),
    /// Do not close it after all.
    Keep,
    /// Forget what was reported about an entry.
    Dismiss(u64),
}

/// What an owner changes; nothing stays as it is.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The title.
    pub title: Option<RoomTitle>,
    /// The seats.
    pub max: Option<Capacity>,
    /// The hash of the password, or that there shall be none.
    pub password_hash: Option<Option<String>>,
    /// Whether nobody new comes in.
    pub locked: Option<bool>,
    /// Seconds between two messages of one person.
    pub slow_seconds: Option<u32>,
}

/// What an owner asks to change, before its password is hashed.
#[derive(Clone, Debug, Default)]
pub struct SettingsWish {
    /// The title.
    pub title: Option<RoomTitle>,
    /// The seats.
    pub max: Option<Capacity>,
    /// The password, or that there shall be none.
    pub password: Option<Option<Password>>,
    /// Whether nobody new comes in.
    pub locked: Option<bool>,
    /// Seconds between two messages of one person.
    pub slow_seconds: Option<u32>,
}

/// An owner's deed, with who does it and when.
#[derive(Clone, Debug)]
pub struct Order {
    /// In which room.
    pub room: RoomId,
    /// Who asks; refused with `not_owner` unless this visitor runs the room.
    pub session: SessionId,
    /// Now.
    pub now: Timestamp,
    /// What the room may keep: what is done is an entry of its log.
    pub history: HistoryLimits,
    /// What is done.
    pub deed: Deed,
}

/// Somebody who was sent out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ban {
    /// Who.
    pub who: Identity,
    /// Until when.
    pub until: Timestamp,
    /// Since when.
    pub created_at: Timestamp,
    /// Why.
    pub reason: Option<Remark>,
}

/// What somebody reported to the owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The `seq` of the message.
    pub seq: u64,
    /// Who reported it.
    pub by: Identity,
    /// Why.
    pub reason: Option<Remark>,
    /// When.
    pub created_at: Timestamp,
}

/// Asks to report a message. Takes a seat first when the visitor has none.
#[derive(Clone, Debug)]
pub struct ReportRequest {
    /// The seat of who reports.
    pub seat: super::SeatRequest,
    /// The `seq` of the message.
    pub of: u64,
    /// Why.
    pub reason: Option<Remark>,
}

impl Chat {
    /// Makes another participant the owner.
    pub async fn hand_over(
        &self,
        owner: &Visitor,
        room: &RoomId,
        to: AuthorId,
    ) -> Result<(), ChatError> {
        self.moderate(owner, room, Deed::HandOver(to)).await
    }

    /// Sends somebody out, and says until when.
    pub async fn kick(
        &self,
        owner: &Visitor,
        room: &RoomId,
        who: AuthorId,
        (seconds, reason): (Option<u64>, Option<Remark>),
    ) -> Result<Timestamp, ChatError> {
        let seconds = seconds.unwrap_or(Limits::BAN_SECONDS_DEFAULT);
        let time = within(seconds, Limits::BAN_SECONDS_MIN, self.limits.ban_seconds_max)?;
        let now = self.now();
        let (until, empty_until) = (now.plus(time), now.plus(self.grace));
        let address_too = self.limits.address_bans;
        let deed = Deed::Kick { who, reason, until, address_too, empty_until };
        self.moderate(owner, room, deed).await?;
        self.life.expect(empty_until);
        Ok(until)
    }

    /// Lets somebody back in.
    pub async fn unban(
        &self,
        owner: &Visitor,
        room: &RoomId,
        who: AuthorId,
    ) -> Result<(), ChatError> {
        self.moderate(owner, room, Deed::Unban(who)).await
    }

    /// Lets somebody not write for so many seconds, and says until when; 0 lets them write again.
    pub async fn mute(
        &self,
        owner: &Visitor,
        room: &RoomId,
        who: AuthorId,
        seconds: u64,
    ) -> Result<Option<Timestamp>, ChatError> {
        let most = self.limits.mute_seconds_max;
        let time = (seconds > 0).then(|| within(seconds, Limits::MUTE_SECONDS_MIN, most));
        let until = time.transpose()?.map(|time| self.now().plus(time));
        self.moderate(owner, room, Deed::Mute { who, until }).await?;
        Ok(until)
    }

    /// Changes what the room is like: all of it, or nothing.
    pub async fn change_settings(
        &self,
        owner: &Visitor,
        room: &RoomId,
        wish: SettingsWish,
    ) -> Result<(), ChatError> {
        if let Some(seconds) = wish.slow_seconds
            && u64::from(seconds) > self.limits.slow_seconds_max
        {
            return Err(out_of_range("slow", 0, self.limits.slow_seconds_max));
        }
        let password_hash = match wish.password {
            // Hashing is dear: not for strangers.
            Some(Some(password)) => {
                if !self.standing(owner, room).await?.owner {
                    return Err(ChatError::NotOwner);
                }
                Some(Some(self.hasher.hash(password).await?))
            }
            Some(None) => Some(None),
            None => None,
        };
        let settings = Settings {
            title: wish.title,
            max: wish.max,
            password_hash,
            locked: wish.locked,
            slow_seconds: wish.slow_seconds,
        };
        self.moderate(owner, room, Deed::Settings(Box::new(settings))).await
    }

    /// Closes the room in so many seconds, and says when; at once with 0.
    pub async fn close_in(
        &self,
        owner: &Visitor,
        room: &RoomId,
        seconds: u64,
    ) -> Result<Option<Timestamp>, ChatError> {
        if seconds == 0 {
            self.close_room(owner, room).await?;
            return Ok(None);
        }
        let closes_at = self.now().plus(within(seconds, 0, Limits::COUNTDOWN_SECONDS_MAX)?);
        self.moderate(owner, room, Deed::Close(closes_at)).await?;
        self.life.expect(closes_at);
        Ok(Some(closes_at))
    }

    /// Does not close the room after all.
    pub async fn keep_room(&self, owner: &Visitor, room: &RoomId) -> Result<(), ChatError> {
        self.moderate(owner, room, Deed::Keep).await
    }

    /// Forgets what was reported about a message.
    pub async fn dismiss(&self, owner: &Visitor, room: &RoomId, seq: u64) -> Result<(), ChatError> {
        self.moderate(owner, room, Deed::Dismiss(seq)).await
    }

    /// Makes an invitation that admits whoever shows its token, for so many seconds.
    pub async fn invite(
        &self,
        owner: &Visitor,
        room: &RoomId,
        seconds: Option<u64>,
    ) -> Result<(InvitationId, InvitationToken, Timestamp), ChatError> {
        let seconds = seconds.unwrap_or(Limits::INVITATION_SECONDS_DEFAULT);
        let time =
            within(seconds, Limits::INVITATION_SECONDS_MIN, self.limits.invitation_seconds_max)?;
        let (id, token) =
            (InvitationId::random(&*self.random), InvitationToken::random(&*self.random));
        let expires_at = self.now().plus(time);
        let deed = Deed::Invite { id: id.clone(), token_hash: token.hash(), expires_at };
        self.moderate(owner, room, deed).await?;
        Ok((id, token, expires_at))
    }

    /// Takes an invitation back: whoever it let in stays.
    pub async fn revoke(
        &self,
        owner: &Visitor,
        room: &RoomId,
        id: InvitationId,
    ) -> Result<(), ChatError> {
        self.moderate(owner, room, Deed::Revoke(id)).await
    }

    /// Who was sent out and may not come back yet. Only for the owner.
    pub async fn bans(&self, owner: &Visitor, room: &RoomId) -> Result<Vec<Ban>, ChatError> {
        self.quota.act(owner)?;
        Ok(self.store.bans(room, &owner.session, self.now()).await?)
    }

    /// The invitations that hold. Only for the owner.
    pub async fn invitations(
        &self,
        owner: &Visitor,
        room: &RoomId,
    ) -> Result<Vec<super::Invitation>, ChatError> {
        self.quota.act(owner)?;
        Ok(self.store.invitations(room, &owner.session, self.now()).await?)
    }

    /// What was reported. Only for the owner.
    pub async fn reports(&self, owner: &Visitor, room: &RoomId) -> Result<Vec<Report>, ChatError> {
        self.quota.act(owner)?;
        Ok(self.store.reports(room, &owner.session).await?)
    }

    /// Reports a message to the owner.
    pub async fn report(
        &self,
        visitor: &Visitor,
        room: &RoomId,
        of: u64,
        reason: Option<Remark>,
    ) -> Result<(), ChatError> {
        self.quota.act(visitor)?;
        let seat = self.seat_request(visitor, room);
        let grace_ends_at = seat.grace_ends_at;
        let removed = self.store.report(ReportRequest { seat, of, reason }).await?;
        if let Some(deadline) = grace_ends_at {
            self.life.expect(deadline);
        }
        self.discard(removed.unreferenced_gifs).await;
        Ok(())
    }

    async fn moderate(&self, owner: &Visitor, room: &RoomId, deed: Deed) -> Result<(), ChatError> {
        self.quota.act(owner)?;
        let order = Order {
            room: room.clone(),
            session: owner.session.clone(),
            now: self.now(),
            history: self.limits.history,
            deed,
        };
        let removed = self.store.moderate(order).await?;
        self.discard(removed.unreferenced_gifs).await;
        Ok(())
    }
}

fn within(seconds: u64, min: u64, max: u64) -> Result<Duration, ChatError> {
    if (min..=max).contains(&seconds) {
        return Ok(Duration::from_secs(seconds));
    }
    Err(out_of_range("seconds", min, max))
}

fn out_of_range(field: &'static str, min: u64, max: u64) -> ChatError {
    let values = vec![("min", min), ("max", max)];
    ChatError::Invalid { field, reason: Reason { code: "seconds_out_of_range", values } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remark_has_up_to_two_hundred_characters_on_one_line() {
        assert_eq!(Remark::parse(" \n "), Ok(None));
        for (count, fits) in [(199, true), (200, true), (201, false)] {
            assert_eq!(Remark::parse(&"각".repeat(count)).is_ok(), fits, "{count} characters");
        }
        let remark = Remark::parse("두\n줄\u{202e}").unwrap().unwrap();
        assert_eq!(remark.as_str(), "두줄");
    }
}
