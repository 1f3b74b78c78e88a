//! What is said over Socket.IO: the plain contract of all peers, and the product's own.

use std::io::Write as _;

use memchr::memmem;

/// Numbers of messages begin here, so that all have the same number of digits.
const FIRST_NUMBER: u64 = 1_000_000_000;
/// Digits of a number.
const NUMBER_DIGITS: usize = 10;

/// How rooms are joined and messages are said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// Namespace `/`: `join` and `joined`, `chat` echoed to the room as it came.
    Plain,
    /// Namespace `/chat` of gif-chat: acks, entries with author and time.
    Product,
}

impl Dialect {
    /// Socket.IO's CONNECT.
    pub(crate) fn connect(self) -> &'static str {
        match self {
            Self::Plain => "40",
            Self::Product => "40/chat,",
        }
    }

    /// Whether a packet accepts the CONNECT.
    pub(crate) fn is_connected(self, packet: &[u8]) -> bool {
        packet.starts_with(match self {
            Self::Plain => b"40",
            Self::Product => b"40/chat,",
        })
    }

    /// Asks to enter a room.
    pub(crate) fn join(self, room: &str) -> String {
        match self {
            Self::Plain => format!("42[\"join\",\"{room}\"]"),
            Self::Product => format!("42/chat,0[\"join\",{{\"room\":\"{room}\"}}]"),
        }
    }

    /// Whether a packet says that the room was entered.
    pub(crate) fn is_joined(self, packet: &[u8]) -> bool {
        match self {
            Self::Plain => packet.starts_with(b"42[\"joined\""),
            Self::Product => packet.starts_with(b"43/chat,0[{\"ok\":true"),
        }
    }

    /// Whether a packet refuses anything that was asked.
    pub(crate) fn is_refusal(self, packet: &[u8]) -> bool {
        packet.starts_with(b"44")
            || self == Self::Product
                && packet.starts_with(b"43")
                && memmem::find(packet, b"[{\"ok\":false").is_some()
    }

    /// Writes message `number` of a room into `packet`, filled up to `bytes`. The product's carries
    /// as much text as the plain one, and is longer by what it says besides.
    pub(crate) fn write_chat(self, packet: &mut Vec<u8>, room: &str, number: u32, bytes: usize) {
        const PLAIN_BYTES: usize = r#"42["chat",{"room":"","n":,"t":""}]"#.len() + NUMBER_DIGITS;
        let number = FIRST_NUMBER + u64::from(number);
        let fill = match self {
            Self::Plain => bytes.saturating_sub(PLAIN_BYTES + room.len()),
            Self::Product => bytes.saturating_sub(PLAIN_BYTES + "r000".len()),
        };
        packet.clear();
        let begun = match self {
            Self::Plain => write!(packet, r#"42["chat",{{"room":"{room}","n":{number},"t":""#),
            Self::Product => {
                write!(packet, r#"42/chat,1["chat",{{"clientId":"{number}","chat":"{number} "#)
            }
        };
        debug_assert!(begun.is_ok(), "a list of bytes takes everything");
        packet.resize(packet.len() + fill, b'x');
        packet.extend_from_slice(b"\"}]");
    }

    /// The same for [`Dialect::Plain`] as a JSON body: for a server that takes messages by HTTP.
    pub(crate) fn write_body(packet: &mut Vec<u8>, room: &str, number: u32, bytes: usize) {
        Self::Plain.write_chat(packet, room, number, bytes);
        packet.drain(..r#"42["chat","#.len());
        packet.pop();
    }

    /// The number of the message that a packet delivers, if it delivers one.
    pub(crate) fn delivered(self, packet: &[u8]) -> Option<u32> {
        let rest = match self {
            Self::Plain => after(packet.strip_prefix(b"42[\"chat\",{")?, b"\"n\":")?,
            Self::Product => after(packet.strip_prefix(b"42/chat,[\"chat\",{")?, b",\"chat\":\"")?,
        };
        let digits = std::str::from_utf8(rest.get(..NUMBER_DIGITS)?).ok()?;
        u32::try_from(digits.parse::<u64>().ok()?.checked_sub(FIRST_NUMBER)?).ok()
    }
}

fn after<'a>(packet: &'a [u8], what: &[u8]) -> Option<&'a [u8]> {
    packet.get(memmem::find(packet, what)? + what.len()..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_message_has_exactly_the_bytes_that_are_asked_for_and_gives_its_number_back() {
        for (number, bytes) in [(0, 141), (4_000_000_000, 141), (7, 4096)] {
            let mut packet = Vec::new();
            Dialect::Plain.write_chat(&mut packet, "r000", number, bytes);
            assert_eq!(packet.len(), bytes);
            assert_eq!(Dialect::Plain.delivered(&packet), Some(number));
        }
    }

    #[test]
    fn a_message_that_comes_back_with_its_keys_in_another_order_is_understood() {
        let packet = br#"42["chat",{"t":"xx","n":1000000042,"room":"r000"}]"#;
        assert_eq!(Dialect::Plain.delivered(packet), Some(42));
    }

    #[test]
    fn a_posted_message_is_the_same_object() {
        let mut body = Vec::new();
        Dialect::write_body(&mut body, "r000", 7, 141);
        let value: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!((&value["room"], &value["n"]), (&"r000".into(), &1_000_000_007.into()));
    }

    #[test]
    fn an_entry_of_the_product_gives_its_number_and_a_system_line_does_not() {
        let entry = r#"42/chat,["chat",{"_id":"a","room":"b","seq":3,"alias":{"ko":"c"},"#;
        let said = format!("{entry}\"chat\":\"1000000042 xx\"}}]");
        assert_eq!(Dialect::Product.delivered(said.as_bytes()), Some(42));
        let system = format!("{entry}\"chat\":\"#123456님이\"}}]");
        assert_eq!(Dialect::Product.delivered(system.as_bytes()), None);
    }

    #[test]
    fn refusals_are_seen_in_both_dialects() {
        assert!(Dialect::Plain.is_refusal(b"44{\"message\":\"no\"}"));
        assert!(Dialect::Product.is_refusal(b"43/chat,1[{\"ok\":false,\"error\":\"too_fast\"}]"));
        assert!(!Dialect::Product.is_refusal(b"43/chat,1[{\"ok\":true}]"));
    }
}
