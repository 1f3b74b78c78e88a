//! What the server says in a room's log.

use super::{Identity, Timestamp};

macro_rules! system_kinds {
    ($($(#[$doc:meta])* $kind:ident = $name:literal,)*) => {
        /// What a system line tells. Its details are in [`SystemLine`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum SystemKind {
            $($(#[$doc])* $kind,)*
        }

        impl SystemKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$kind,)*];

            /// The name on the wire and in the store.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)*
                }
            }

            /// The kind of that name.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                match text {
                    $($name => Some(Self::$kind),)*
                    _ => None,
                }
            }
        }
    };
}

system_kinds! {
    /// Somebody took a seat.
    Join = "join",
    /// Somebody's seat is free again.
    Exit = "exit",
    /// Somebody runs the room now; `by` handed it over.
    Owner = "owner",
    /// Somebody was sent out, and may not come back `until` then.
    Kick = "kick",
    /// Somebody who was sent out may come back.
    Unban = "unban",
    /// Somebody may not write `until` then.
    Mute = "mute",
    /// Somebody may write again.
    Unmute = "unmute",
    /// So many seconds (`number`) lie between two messages of one person; 0: no more.
    Slow = "slow",
    /// Nobody new comes in.
    Lock = "lock",
    /// Everybody may come in again.
    Unlock = "unlock",
    /// The title is `text` now.
    Title = "title",
    /// There are `number` seats now.
    Max = "max",
    /// The password is another one (`number` = 1), or gone (0).
    Password = "password",
    /// An invitation was made.
    Invite = "invite",
    /// An invitation was taken back.
    Revoke = "revoke",
    /// The room will be closed at `until`.
    Closing = "closing",
    /// The room will not be closed after all.
    Staying = "staying",
}

/// A system line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SystemLine {
    /// What happened.
    pub kind: SystemKind,
    /// To whom; where it concerns everybody, who did it.
    pub about: Identity,
    /// What else there is to tell.
    pub details: SystemDetails,
}

/// What a system line tells besides; which of it, its kind says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SystemDetails {
    /// Who did it to somebody else.
    pub by: Option<Identity>,
    /// A reason, or the new title.
    pub text: Option<String>,
    /// Until when, or at which time.
    pub until: Option<Timestamp>,
    /// Seconds, seats, or whether.
    pub number: Option<u64>,
}
