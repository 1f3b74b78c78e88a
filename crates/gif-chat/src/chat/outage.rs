//! Why a store cannot do something.

use super::ChatError;

/// Why a store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A rule of the domain, decided in the same atomic operation.
    #[error(transparent)]
    Refused(#[from] ChatError),
    /// The store cannot take this now. Nothing was acknowledged or announced, and a retry is safe.
    #[error("the store is unavailable: {cause}")]
    Unavailable {
        /// What is wrong, for the host.
        outage: Outage,
        /// For the log only.
        cause: String,
    },
}

impl StoreError {
    /// What cannot be done now.
    pub fn unavailable(outage: Outage, cause: impl Into<String>) -> Self {
        Self::Unavailable { outage, cause: cause.into() }
    }
}

/// What is wrong with a store that cannot take something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outage {
    /// The disk is full. Goes on by itself when there is space.
    NoSpace,
    /// The disk failed a read or a write. Goes on by itself when it works again.
    Disk,
    /// An fsync failed. The kernel reports that once and then forgets it, so no later success can
    /// be believed until the process starts anew.
    NotDurable,
    /// What is kept is not as it was written.
    Damaged,
    /// More waits than may, and did not become less in time.
    Busy,
    /// The server is stopping.
    Closed,
    /// Anything else; the log knows more.
    Other,
}

impl Outage {
    /// What the host should know and do.
    #[must_use]
    pub fn advice(self) -> &'static str {
        match self {
            Self::NoSpace => "the disk is full; make room, and it goes on by itself",
            Self::Disk => "the disk fails reads or writes; it is tried again",
            Self::NotDurable => {
                "an fsync failed, so nothing more is accepted; check the disk, then restart"
            }
            Self::Damaged => "the database is damaged; stop the server and restore a backup",
            Self::Busy => "the database is busy; it is tried again",
            Self::Closed => "the store is closed",
            Self::Other => "the store takes no writes; the log says why",
        }
    }
}
