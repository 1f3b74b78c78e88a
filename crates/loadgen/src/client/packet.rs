//! Socket.IO packets as they stand inside Engine.IO texts. Written from the protocol documents and
//! not shared with the server, so that an error of the server cannot hide behind the same error
//! here.

use serde::Serialize;
use serde_json::value::RawValue;

/// The one namespace that a client enters: the rooms.
pub const NAMESPACE: &str = "/chat";

/// What an Engine.IO text says to a client. Payloads are JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inbound<'text> {
    /// The engine is open: the handshake.
    Open(&'text str),
    /// The engine ends.
    Close,
    /// Are you there? The rest belongs into the answer.
    Ping(&'text str),
    /// The namespace has been entered.
    Connected,
    /// The namespace cannot be entered, and why.
    Refused(&'text str),
    /// The server has shown the client out, for good.
    Disconnected,
    /// An event, and its first argument; `null` if it has none.
    Event {
        /// Which one.
        name: String,
        /// Its first argument.
        payload: &'text str,
    },
    /// The answer to a question, and its first argument; `null` if it has none.
    Acknowledged {
        /// To which question.
        id: u64,
        /// Its first argument.
        payload: &'text str,
    },
    /// Nothing that concerns this client.
    Nothing,
    /// Not what the protocols allow.
    Malformed,
}

/// Reads one Engine.IO text.
#[must_use]
pub fn read(text: &str) -> Inbound<'_> {
    let Some((kind, rest)) = text.split_at_checked(1) else { return Inbound::Malformed };
    match kind {
        "0" => Inbound::Open(rest),
        "1" => Inbound::Close,
        "2" => Inbound::Ping(rest),
        "3" | "6" => Inbound::Nothing,
        "4" => read_message(rest).unwrap_or(Inbound::Malformed),
        _ => Inbound::Malformed,
    }
}

fn read_message(text: &str) -> Option<Inbound<'_>> {
    let (kind, rest) = text.split_at_checked(1)?;
    let rest = match rest.strip_prefix(NAMESPACE) {
        Some("") => "",
        Some(rest) => rest.strip_prefix(',')?,
        None => return Some(Inbound::Nothing),
    };
    match kind {
        "0" => Some(Inbound::Connected),
        "1" => Some(Inbound::Disconnected),
        "2" => {
            let mut arguments = arguments(rest.trim_start_matches(|c: char| c.is_ascii_digit()))?;
            let name = serde_json::from_str(arguments.next()?).ok()?;
            Some(Inbound::Event { name, payload: arguments.next().unwrap_or("null") })
        }
        "3" => {
            let (id, list) = rest.split_at(rest.find('[')?);
            let payload = arguments(list)?.next().unwrap_or("null");
            Some(Inbound::Acknowledged { id: id.parse().ok()?, payload })
        }
        "4" => Some(Inbound::Refused(rest)),
        _ => None,
    }
}

fn arguments(list: &str) -> Option<impl Iterator<Item = &str>> {
    let arguments: Vec<&RawValue> = serde_json::from_str(list).ok()?;
    Some(arguments.into_iter().map(RawValue::get))
}

/// Whether a text is an event of the namespace, without reading it.
#[must_use]
pub fn is_event(text: &str) -> bool {
    text.starts_with("42")
}

/// Asks to enter the namespace.
#[must_use]
pub fn connect() -> String {
    format!("40{NAMESPACE},")
}

/// An event that wants the answer `id`.
///
/// # Errors
/// When the payload has no JSON.
pub fn question(id: u64, name: &str, payload: &impl Serialize) -> serde_json::Result<String> {
    let arguments = serde_json::to_string(&(name, payload))?;
    Ok(format!("42{NAMESPACE},{id}{arguments}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_and_answers_are_told_apart_with_their_first_argument() {
        let event = |name: &str, payload| Inbound::Event { name: name.to_owned(), payload };
        for (text, expected) in [
            (r#"42/chat,["chat",{"a":"]"}]"#, event("chat", r#"{"a":"]"}"#)),
            (r#"42/chat,7["x"]"#, event("x", "null")),
            (
                r#"43/chat,12[{"ok":true}, 1]"#,
                Inbound::Acknowledged { id: 12, payload: r#"{"ok":true}"# },
            ),
            ("43/chat,0[]", Inbound::Acknowledged { id: 0, payload: "null" }),
            (r#"40/chat,{"sid":"x"}"#, Inbound::Connected),
            ("41/chat", Inbound::Disconnected),
            ("41/chat,", Inbound::Disconnected),
            (r#"44/chat,{"message":"no"}"#, Inbound::Refused(r#"{"message":"no"}"#)),
            (r#"42["chat",1]"#, Inbound::Nothing),
            ("0{}", Inbound::Open("{}")),
            ("2", Inbound::Ping("")),
            ("2probe", Inbound::Ping("probe")),
            ("1", Inbound::Close),
            ("6", Inbound::Nothing),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn what_no_protocol_allows_is_said_to_be_malformed() {
        for text in [
            "",
            "9",
            "4",
            "ä",
            "42/chat,",
            "42/chat,[]",
            "42/chat,[1]",
            "42/chat,[\"a\"",
            "43/chat,[]",
            "43/chat,x[]",
            "43/chat,1",
            "42/chatter,[\"a\"]",
            "47/chat,[]",
            "43/chat,99999999999999999999[]",
            "42/chat,{\"a\":1}",
        ] {
            assert_eq!(read(text), Inbound::Malformed, "{text}");
        }
    }

    #[test]
    fn a_question_names_its_answer() {
        let text = question(3, "chat", &serde_json::json!({"chat": "안녕"})).unwrap();
        assert_eq!(text, r#"42/chat,3["chat",{"chat":"안녕"}]"#);
        assert!(is_event(&text) && !is_event("43/chat,3[]"));
    }

    proptest::proptest! {
        #[test]
        fn nothing_that_a_server_sends_is_a_panic(
            text in ".{0,40}",
            rest in r#"4[0-9]?(/chat)?,?[0-9]{0,3}[\["a-z\],]{0,8}"#,
        ) {
            let _read = (read(&text), read(&rest));
        }
    }
}
