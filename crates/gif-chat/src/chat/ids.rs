//! Ids. Each is a type of its own, exists only if well-formed, and is made from handed-in randomness.

use std::fmt;

/// Where random bytes come from. The real one asks the operating system.
pub trait RandomSource: Send + Sync {
    /// Fills `bytes` with random bytes fit for secrets.
    fn fill(&self, bytes: &mut [u8]);
}

/// 128 bits, written as 32 lowercase hex characters.
const HEX_LENGTH: usize = 32;

fn is_hex_id(text: &str) -> bool {
    text.len() == HEX_LENGTH
        && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

macro_rules! hex_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// The id that `text` is, if it is 32 lowercase hex characters.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                is_hex_id(text).then(|| Self(text.to_owned()))
            }

            /// The id of these 128 bits.
            #[must_use]
            pub fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(hex::encode(bytes))
            }

            /// 32 lowercase hex characters.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    };
}

macro_rules! random_id {
    ($name:ident) => {
        impl $name {
            /// A new id of 128 random bits.
            #[must_use]
            pub fn random(source: &dyn RandomSource) -> Self {
                let mut bytes = [0; 16];
                source.fill(&mut bytes);
                Self::from_bytes(bytes)
            }
        }
    };
}

macro_rules! shown_id {
    ($name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    };
}

hex_id! {
    /// A room. Whoever knows it may open the room's page, so it cannot be guessed.
    RoomId
}
hex_id! {
    /// One browser session. A secret of its visitor: it is shown to nobody and never logged.
    SessionId
}
hex_id! {
    /// A participant's public id in one room.
    AuthorId
}
hex_id! {
    /// An entry of a room's log (`_id` on the wire).
    MessageId
}
hex_id! {
    /// An invitation to a room. Knowing it admits nobody.
    InvitationId
}
random_id!(RoomId);
random_id!(InvitationId);
random_id!(SessionId);
random_id!(MessageId);
shown_id!(RoomId);
shown_id!(AuthorId);
shown_id!(MessageId);
shown_id!(InvitationId);

impl fmt::Debug for SessionId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SessionId(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_thirty_two_lowercase_hex_characters_are_an_id() {
        let good = "0123456789abcdef0123456789abcdef";
        assert!(RoomId::parse(good).is_some());
        for bad in [
            "",
            "0123456789abcdef0123456789abcde",
            "0123456789abcdef0123456789abcdef0",
            "0123456789ABCDEF0123456789abcdef",
            "../../../../etc/passwd0123456789",
            "__proto__",
        ] {
            assert!(RoomId::parse(bad).is_none(), "{bad} passed as an id");
        }
    }

    #[test]
    fn a_session_id_does_not_show_in_debug_output() {
        let session = SessionId::from_bytes([7; 16]);
        assert!(!format!("{session:?}").contains("0707"));
    }
}
