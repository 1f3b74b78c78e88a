//! Packets of Socket.IO protocol 5, as `socket.io-parser` 4 reads them, only stricter where its
//! leniency is an accident of JavaScript: numbers are written in digits (no blanks, signs or
//! exponents), an event and an acknowledgement have a payload, an event's name is a string, and
//! nothing is between the head and the payload.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::{PacketError, strict};

/// `Number.MAX_SAFE_INTEGER` of JavaScript: ids above it would not come back as they were sent.
const ID_MAX: u64 = (1 << 53) - 1;
/// The namespace of a packet that names none.
const ROOT: &str = "/";

/// The kinds of packets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// Into a namespace, or the answer to it.
    Connect,
    /// Out of a namespace.
    Disconnect,
    /// An event.
    Event,
    /// The answer to an event.
    Ack,
    /// A namespace was refused; only servers send it.
    ConnectError,
    /// An event with attachments.
    BinaryEvent,
    /// The answer to an event, with attachments.
    BinaryAck,
}

/// One packet, its payload not yet taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Packet<'a> {
    /// What it is.
    pub kind: Kind,
    /// Where it belongs, `/` if it says nothing; as it came, with a query if it has one.
    pub namespace: &'a str,
    /// The id of the acknowledgement that is asked for or given.
    pub id: Option<u64>,
    /// How many binary messages follow; at least one for the binary kinds, none for the others.
    pub attachments: usize,
    /// JSON of the form the kind asks for, `""` when absent.
    pub payload: &'a str,
}

/// What a packet may announce.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PacketLimits {
    /// The attachments of one packet.
    pub attachments_max: usize,
    /// The length of a namespace.
    pub namespace_bytes_max: usize,
}

/// Reads one packet. A binary kind without attachments (`50-[…]`) is refused, as the reference
/// parser does.
pub(crate) fn decode<'a>(text: &'a str, limits: &PacketLimits) -> Result<Packet<'a>, PacketError> {
    let kind = text.bytes().next().and_then(Kind::parse).ok_or(PacketError::UnknownType)?;
    let rest = text.get(1..).unwrap_or_default();
    let (attachments, rest) =
        if kind.is_binary() { decode_attachments(rest, limits)? } else { (0, rest) };
    let (namespace, rest) = decode_namespace(rest, limits)?;
    let (id, payload) = decode_id(rest)?;
    check_payload(kind, payload)?;
    Ok(Packet { kind, namespace, id, attachments, payload })
}

/// The name and the arguments in the payload of an event.
pub(crate) fn event_parts(payload: &str) -> Result<(Cow<'_, str>, Vec<&RawValue>), PacketError> {
    visit(payload, EventVisitor)
}

/// The arguments in the payload of an acknowledgement.
pub(crate) fn arguments(payload: &str) -> Result<Vec<&RawValue>, PacketError> {
    visit(payload, ArgumentsVisitor)
}

impl Kind {
    fn parse(digit: u8) -> Option<Self> {
        match digit {
            b'0' => Some(Self::Connect),
            b'1' => Some(Self::Disconnect),
            b'2' => Some(Self::Event),
            b'3' => Some(Self::Ack),
            b'4' => Some(Self::ConnectError),
            b'5' => Some(Self::BinaryEvent),
            b'6' => Some(Self::BinaryAck),
            _ => None,
        }
    }

    fn is_binary(self) -> bool {
        matches!(self, Self::BinaryEvent | Self::BinaryAck)
    }
}

fn decode_attachments<'a>(
    text: &'a str,
    limits: &PacketLimits,
) -> Result<(usize, &'a str), PacketError> {
    let (digits, rest) = split_digits(text);
    let rest = rest.strip_prefix('-').ok_or(PacketError::Attachments)?;
    if digits.is_empty() {
        return Err(PacketError::Attachments);
    }
    let Ok(attachments) = digits.parse::<usize>() else {
        return Err(PacketError::TooManyAttachments);
    };
    match attachments {
        0 => Err(PacketError::Attachments),
        many if many > limits.attachments_max => Err(PacketError::TooManyAttachments),
        attachments => Ok((attachments, rest)),
    }
}

fn decode_namespace<'a>(
    text: &'a str,
    limits: &PacketLimits,
) -> Result<(&'a str, &'a str), PacketError> {
    if !text.starts_with('/') {
        return Ok((ROOT, text));
    }
    let (namespace, rest) = text.split_once(',').unwrap_or((text, ""));
    if namespace.len() > limits.namespace_bytes_max {
        return Err(PacketError::NamespaceTooLong);
    }
    Ok((namespace, rest))
}

/// An id in digits; zeros in front of it do not matter.
fn decode_id(text: &str) -> Result<(Option<u64>, &str), PacketError> {
    let (digits, rest) = split_digits(text);
    if digits.is_empty() {
        return Ok((None, rest));
    }
    let id = digits.parse().ok().filter(|id| *id <= ID_MAX).ok_or(PacketError::Id)?;
    Ok((Some(id), rest))
}

fn split_digits(text: &str) -> (&str, &str) {
    let end = text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// `isPayloadValid` of the reference parser. That the payload is JSON is known first, so its first
/// characters tell its form.
fn check_payload(kind: Kind, payload: &str) -> Result<(), PacketError> {
    if !payload.is_empty() {
        strict::check(payload)?;
    }
    let first = payload.bytes().next();
    let valid = match kind {
        Kind::Connect => matches!(first, None | Some(b'{')),
        Kind::Disconnect => first.is_none(),
        Kind::ConnectError => matches!(first, None | Some(b'{' | b'"')),
        Kind::Ack | Kind::BinaryAck => first == Some(b'['),
        Kind::Event | Kind::BinaryEvent => begins_with_name(payload),
    };
    if valid { Ok(()) } else { Err(PacketError::Payload) }
}

fn begins_with_name(payload: &str) -> bool {
    let Some(items) = payload.strip_prefix('[') else { return false };
    items.trim_start_matches([' ', '\t', '\n', '\r']).starts_with('"')
}

fn visit<'a, V: Visitor<'a>>(payload: &'a str, visitor: V) -> Result<V::Value, PacketError> {
    let mut deserializer = serde_json::Deserializer::from_str(payload);
    let value = deserializer.deserialize_seq(visitor).ok().ok_or(PacketError::Payload)?;
    deserializer.end().ok().ok_or(PacketError::Payload)?;
    Ok(value)
}

struct EventVisitor;

impl<'de> Visitor<'de> for EventVisitor {
    type Value = (Cow<'de, str>, Vec<&'de RawValue>);

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an array that begins with the name of an event")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let name: Option<Name<'de>> = items.next_element()?;
        let name = name.ok_or_else(|| serde::de::Error::invalid_length(0, &self))?;
        Ok((name.0, ArgumentsVisitor.visit_seq(items)?))
    }
}

struct ArgumentsVisitor;

impl<'de> Visitor<'de> for ArgumentsVisitor {
    type Value = Vec<&'de RawValue>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an array of arguments")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut arguments = Vec::new();
        while let Some(argument) = items.next_element()? {
            arguments.push(argument);
        }
        Ok(arguments)
    }
}

/// A string that is borrowed unless it has escapes; serde's own `Cow` never borrows.
struct Name<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(NameVisitor)
    }
}

struct NameVisitor;

impl<'de> Visitor<'de> for NameVisitor {
    type Value = Name<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the name of an event")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(Name(Cow::Borrowed(name)))
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Name(Cow::Owned(name.to_owned())))
    }
}
