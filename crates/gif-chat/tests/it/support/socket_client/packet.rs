//! Socket.IO packets as they stand inside Engine.IO messages, and the text form in which HTTP
//! long polling carries them.
//!
//! Written from the protocol documents and not shared with the server, so that an error of the
//! server cannot hide behind the same error here.

use serde_json::Value;

/// What separates the packets of one polling body.
const RECORD_SEPARATOR: char = '\u{1e}';

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The packet types of Socket.IO protocol 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Connect,
    Disconnect,
    Event,
    Acknowledgement,
    ConnectError,
}

/// One Socket.IO packet.
#[derive(Clone, Debug)]
pub(super) struct Packet {
    pub(super) kind: Kind,
    pub(super) namespace: String,
    /// The acknowledgement id, if the packet asks for one or is one.
    pub(super) id: Option<u64>,
    pub(super) payload: Value,
    /// How many binary messages follow that belong to this packet.
    pub(super) attachments: usize,
}

impl Packet {
    /// Reads the text of an Engine.IO message without its leading `4`; `None` is not Socket.IO.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (kind, binary) = match text.chars().next()? {
            '0' => (Kind::Connect, false),
            '1' => (Kind::Disconnect, false),
            '2' => (Kind::Event, false),
            '3' => (Kind::Acknowledgement, false),
            '4' => (Kind::ConnectError, false),
            '5' => (Kind::Event, true),
            '6' => (Kind::Acknowledgement, true),
            _ => return None,
        };
        let mut rest = text.get(1..)?;
        let mut attachments = 0;
        if binary {
            let (count, after) = rest.split_once('-')?;
            attachments = count.parse().ok()?;
            rest = after;
        }
        let mut namespace = "/";
        if rest.starts_with('/') {
            (namespace, rest) = rest.split_once(',').unwrap_or((rest, ""));
        }
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (id, json) = rest.split_at(digits);
        let id = if id.is_empty() { None } else { Some(id.parse().ok()?) };
        let payload =
            if json.is_empty() { Value::Null } else { serde_json::from_str(json).ok()? };
        Some(Self { kind, namespace: namespace.to_owned(), id, payload, attachments })
    }

    /// Puts received binary messages where their placeholders stand, each as an array of numbers:
    /// JSON has no bytes, and a test compares such an array as easily as a string.
    pub(super) fn fill(&mut self, attachments: &[Vec<u8>]) {
        fill_placeholders(&mut self.payload, attachments);
        self.attachments = 0;
    }
}

fn fill_placeholders(value: &mut Value, attachments: &[Vec<u8>]) {
    let placeholder = value.get("_placeholder") == Some(&Value::Bool(true));
    let number = value.get("num").and_then(Value::as_u64);
    if let (true, Some(number)) = (placeholder, number) {
        let index = usize::try_from(number).unwrap_or(usize::MAX);
        if let Some(bytes) = attachments.get(index) {
            *value = Value::from(bytes.clone());
        }
        return;
    }
    match value {
        Value::Array(items) => {
            for item in items {
                fill_placeholders(item, attachments);
            }
        }
        Value::Object(fields) => {
            for field in fields.values_mut() {
                fill_placeholders(field, attachments);
            }
        }
        _ => {}
    }
}

/// The Engine.IO text of a Socket.IO packet: `digit` is its type, `payload` its JSON or empty.
pub(super) fn encode(digit: u8, namespace: &str, id: Option<u64>, payload: &str) -> String {
    let namespace = if namespace == "/" { String::new() } else { format!("{namespace},") };
    let id = id.map(|id| id.to_string()).unwrap_or_default();
    format!("4{digit}{namespace}{id}{payload}")
}

/// One Engine.IO packet of a polling body.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum PollingPacket {
    Text(String),
    Binary(Vec<u8>),
}

/// Takes the body of a poll apart.
pub(super) fn split_polling_body(body: &str) -> Vec<PollingPacket> {
    body.split(RECORD_SEPARATOR)
        .filter(|record| !record.is_empty())
        .map(|record| match record.strip_prefix('b').map(base64_decode) {
            Some(Some(bytes)) => PollingPacket::Binary(bytes),
            _ => PollingPacket::Text(record.to_owned()),
        })
        .collect()
}

/// How polling carries a binary message.
pub(super) fn polling_binary(bytes: &[u8]) -> String {
    format!("b{}", base64_encode(bytes))
}

fn base64_encode(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let group = chunk.iter().fold(0_usize, |group, byte| (group << 8) | usize::from(*byte));
        let group = group << (8 * (3 - chunk.len()));
        for position in 0..4 {
            if position > chunk.len() {
                text.push('=');
            } else {
                text.push(char::from(BASE64[(group >> (18 - 6 * position)) & 63]));
            }
        }
    }
    text
}

fn base64_decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut group, mut bits) = (0_usize, 0);
    for symbol in text.trim_end_matches('=').bytes() {
        group = (group << 6) | BASE64.iter().position(|candidate| *candidate == symbol)?;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((group >> bits) & 255).ok()?);
            group &= (1 << bits) - 1;
        }
    }
    Some(bytes)
}
