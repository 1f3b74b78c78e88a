//! Everything that can be refused, with the stable code that both doors answer.

use std::time::Duration;

use super::StoreError;

/// Why something was refused. The code of each is part of the wire contract.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChatError {
    /// The request could not be understood.
    #[error("bad_request")]
    BadRequest,
    /// The room's password is another one.
    #[error("wrong_password")]
    WrongPassword,
    /// A secret room, and this visitor has not been admitted.
    #[error("not_admitted")]
    NotAdmitted,
    /// The socket has not joined this room.
    #[error("not_in_room")]
    NotInRoom,
    /// Only the owner may do this.
    #[error("not_owner")]
    NotOwner,
    /// The owner sent this visitor out.
    #[error("banned")]
    Banned {
        /// When they may come back.
        retry_after: Duration,
    },
    /// The owner lets this visitor not write.
    #[error("muted")]
    Muted {
        /// When they may write again.
        retry_after: Duration,
    },
    /// The owner lets nobody new in.
    #[error("locked")]
    Locked,
    /// The request comes from a page that is not ours.
    #[error("cross_site")]
    CrossSite,
    /// There is no such room, message or page.
    #[error("not_found")]
    NotFound,
    /// The same client id or idempotency key came with other content.
    #[error("conflict")]
    Conflict,
    /// This socket is in another room already.
    #[error("already_joined")]
    AlreadyJoined,
    /// All seats are taken.
    #[error("room_full")]
    RoomFull,
    /// The body is larger than allowed.
    #[error("too_large")]
    TooLarge,
    /// The upload is not a GIF.
    #[error("not_a_gif")]
    NotAGif,
    /// A field breaks a rule.
    #[error("invalid")]
    Invalid {
        /// The field, by its name on the wire.
        field: &'static str,
        /// The rule.
        reason: Reason,
    },
    /// A rate limit.
    #[error("too_fast")]
    TooFast {
        /// When it is worth trying again.
        retry_after: Duration,
    },
    /// The store or a pool cannot take this now; a retry is safe.
    #[error("unavailable")]
    Unavailable,
    /// The disk is too full for uploads.
    #[error("no_space")]
    NoSpace,
}

/// A rule that a field broke: a stable code, and the numbers that its sentence names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// Stable code, also the key of the sentence in `locales/`.
    pub code: &'static str,
    /// Values for the placeholders of the sentence.
    pub values: Vec<(&'static str, u64)>,
}

impl Reason {
    /// A rule without numbers.
    #[must_use]
    pub fn plain(code: &'static str) -> Self {
        Self { code, values: Vec::new() }
    }

    /// A rule with one limit.
    #[must_use]
    pub fn limit(code: &'static str, limit: u64) -> Self {
        Self { code, values: vec![("limit", limit)] }
    }
}

impl ChatError {
    /// A field that breaks a rule without numbers.
    #[must_use]
    pub fn invalid(field: &'static str, code: &'static str) -> Self {
        Self::Invalid { field, reason: Reason::plain(code) }
    }

    /// A field that breaks a limit.
    #[must_use]
    pub fn over_limit(field: &'static str, code: &'static str, limit: usize) -> Self {
        let limit = u64::try_from(limit).unwrap_or(u64::MAX);
        Self::Invalid { field, reason: Reason::limit(code, limit) }
    }

    /// When it is worth trying again, where that is known: in whole milliseconds, as clients are
    /// told, and never a part of one too early.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::TooFast { retry_after }
            | Self::Banned { retry_after }
            | Self::Muted { retry_after } => {
                let millis = retry_after.as_nanos().div_ceil(1_000_000);
                Some(Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX)))
            }
            _ => None,
        }
    }

    /// The stable code, e.g. `room_full`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadRequest => "bad_request",
            Self::WrongPassword => "wrong_password",
            Self::NotAdmitted => "not_admitted",
            Self::NotInRoom => "not_in_room",
            Self::NotOwner => "not_owner",
            Self::Banned { .. } => "banned",
            Self::Muted { .. } => "muted",
            Self::Locked => "locked",
            Self::CrossSite => "cross_site",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::AlreadyJoined => "already_joined",
            Self::RoomFull => "room_full",
            Self::TooLarge => "too_large",
            Self::NotAGif => "not_a_gif",
            Self::Invalid { .. } => "invalid",
            Self::TooFast { .. } => "too_fast",
            Self::Unavailable => "unavailable",
            Self::NoSpace => "no_space",
        }
    }
}

impl From<StoreError> for ChatError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Refused(refusal) => refusal,
            StoreError::Unavailable { .. } => Self::Unavailable,
        }
    }
}
