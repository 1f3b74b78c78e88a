//! Links that admit to a secret room, so that its password never travels.

use sha2::{Digest as _, Sha256};

use super::{Chat, ChatError, InvitationId, RandomSource, RoomId, SessionId, Timestamp, Visitor};

/// What an invitation's link carries in its fragment: 128 random bits as 32 hex characters. Only its
/// hash is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct InvitationToken(InvitationId);

impl InvitationToken {
    /// A new one.
    #[must_use]
    pub fn random(source: &dyn RandomSource) -> Self {
        Self(InvitationId::random(source))
    }

    /// Reads a token; what is none belongs to no invitation.
    pub fn parse(text: &str) -> Result<Self, ChatError> {
        InvitationId::parse(text).map(Self).ok_or(Self::over())
    }

    /// The refusal of a token that does not hold, or not any more.
    #[must_use]
    pub fn over() -> ChatError {
        ChatError::invalid("invitation", "invitation_over")
    }

    /// The token, for its maker alone.
    #[must_use]
    pub fn reveal(&self) -> &str {
        self.0.as_str()
    }

    /// What is kept of it. It has 128 random bits: nobody finds it from its hash by trying.
    #[must_use]
    pub fn hash(&self) -> String {
        hex::encode(Sha256::digest(self.0.as_str()))
    }
}

impl std::fmt::Debug for InvitationToken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("InvitationToken(hidden)")
    }
}

/// An invitation that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Its id; it admits nobody.
    pub id: InvitationId,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// How many visitors it has admitted.
    pub uses: u64,
}

/// Somebody shows a token.
#[derive(Clone, Debug)]
pub struct Redemption {
    /// Of which room.
    pub room: RoomId,
    /// Who.
    pub session: SessionId,
    /// The hash of the token.
    pub token_hash: String,
    /// Now.
    pub now: Timestamp,
}

impl Chat {
    /// Admits the visitor if the token is that of an invitation that holds. Whoever is admitted
    /// already needs none.
    pub async fn redeem(
        &self,
        visitor: &Visitor,
        room: &RoomId,
        token: InvitationToken,
    ) -> Result<(), ChatError> {
        let standing = self.standing(visitor, room).await?;
        self.check_ban(&standing)?;
        if standing.admitted {
            return Ok(());
        }
        let guess = self.quota.guess(room, visitor)?;
        let redemption = Redemption {
            room: room.clone(),
            session: visitor.session.clone(),
            token_hash: token.hash(),
            now: self.now(),
        };
        let redeemed = self.store.redeem(redemption).await.map_err(ChatError::from);
        if redeemed.as_ref().is_err_and(|error| *error == InvitationToken::over()) {
            return redeemed;
        }
        guess.forgive();
        redeemed
    }
}
