//! What the fuzz targets run: each takes any input and panics where a codec breaks its word.

use bytes::Bytes;
use serde_json::Value;

use crate::wire::PacketError;
use crate::wire::binary::{Binary, check_placeholders, with_attachments};
use crate::wire::packet::{Kind, PacketLimits, arguments, decode, event_parts};
use crate::wire::payload::{decode_payload, decode_text};
use crate::wire::strict::check;
use crate::wire::websocket::{FrameError, FrameLimits, FrameReader, Received};

const FRAME_LIMITS: FrameLimits = FrameLimits { message_bytes_max: 1024, fragments_max: 8 };
const PACKET_LIMITS: PacketLimits = PacketLimits { attachments_max: 4, namespace_bytes_max: 16 };
const PACKETS_MAX: usize = 8;
const ATTACHMENTS: usize = 2;
/// What both say to numbers that are no double.
const OUT_OF_RANGE: &str = "number out of range";

/// Frames mean the same however they are cut, and no message is larger than allowed. The first byte
/// says how many of the next ones are lengths of pieces; the frames follow.
pub fn websocket(bytes: &[u8]) {
    let Some((count, bytes)) = bytes.split_first() else { return };
    let Some((pieces, stream)) = bytes.split_at_checked(usize::from(count % 16)) else { return };
    let mut whole = Reading::default();
    whole.read(stream);
    let (mut cut, mut rest) = (Reading::default(), stream);
    for length in pieces {
        let (piece, after) = rest.split_at(usize::from(*length).min(rest.len()));
        cut.read(piece);
        rest = after;
    }
    cut.read(rest);
    assert_eq!(whole.received, cut.received);
    assert_eq!(whole.error, cut.error);
}

#[derive(Default)]
struct Reading {
    reader: FrameReader,
    received: Vec<Received<'static>>,
    error: Option<FrameError>,
}

impl Reading {
    fn read(&mut self, piece: &[u8]) {
        let mut piece = piece.to_vec();
        let mut input = piece.as_mut_slice();
        while self.error.is_none() {
            match self.reader.next(&mut input, &FRAME_LIMITS) {
                Ok(Some(received)) => self.received.push(owned(received)),
                Ok(None) => {
                    assert!(input.is_empty());
                    return;
                }
                Err(error) => self.error = Some(error),
            }
        }
    }
}

fn owned(received: Received<'_>) -> Received<'static> {
    match received {
        Received::Text(text) => {
            assert!(text.len() <= FRAME_LIMITS.message_bytes_max);
            Received::Text(text.into_owned().into())
        }
        Received::Binary(bytes) => {
            assert!(bytes.len() <= FRAME_LIMITS.message_bytes_max);
            Received::Binary(bytes.into_owned().into())
        }
        Received::Ping(payload) => {
            assert!(payload.len() <= 125);
            Received::Ping(payload.into_owned().into())
        }
        Received::Pong => Received::Pong,
        Received::Close(code) => Received::Close(code),
    }
}

/// A payload is what its packets are one by one.
pub fn payload(text: &str) {
    let separate: Result<Vec<_>, _> = text.split('\u{1e}').map(decode_text).collect();
    match decode_payload(text, PACKETS_MAX) {
        Ok(packets) => {
            assert!(packets.len() <= PACKETS_MAX);
            assert_eq!(Ok(packets), separate);
        }
        Err(_) => assert!(separate.is_err() || text.split('\u{1e}').count() > PACKETS_MAX),
    }
}

/// A packet that is accepted can be taken apart, and its head written again is the head it had, but
/// for zeros in front of numbers.
pub fn packet(text: &str) {
    let Ok(packet) = decode(text, &PACKET_LIMITS) else { return };
    assert!(packet.namespace.len() <= PACKET_LIMITS.namespace_bytes_max);
    assert!(packet.attachments <= PACKET_LIMITS.attachments_max);
    let binary = matches!(packet.kind, Kind::BinaryEvent | Kind::BinaryAck);
    assert_eq!(binary, packet.attachments > 0);
    if !packet.payload.is_empty() {
        assert!(text.ends_with(packet.payload));
        assert_eq!(check(packet.payload), Ok(()));
    }
    match packet.kind {
        Kind::Event | Kind::BinaryEvent => {
            let (name, rest) = event_parts(packet.payload).expect("an event has parts");
            let all = arguments(packet.payload).expect("an event is an array");
            let first: String = serde_json::from_str(all[0].get()).expect("a name is a string");
            assert_eq!(name, first);
            assert_eq!(rest.len() + 1, all.len());
        }
        Kind::Ack | Kind::BinaryAck => {
            arguments(packet.payload).expect("an acknowledgement is an array");
        }
        Kind::Connect | Kind::Disconnect | Kind::ConnectError => {}
    }
    let number = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
    let attachments = if binary { format!("{}-", packet.attachments) } else { String::new() };
    let again = format!(
        "{}{attachments}{},{}{}",
        packet.kind as u8,
        packet.namespace,
        number(packet.id),
        packet.payload
    );
    assert_eq!(decode(&again, &PACKET_LIMITS), Ok(packet));
}

/// What is accepted is JSON to `serde_json` too; what is refused is not, unless it is nested too
/// deep or has a key twice. About numbers at the very end of the range the two differ, because
/// `serde_json` rounds less exactly.
pub fn strict(text: &str) {
    let parsed = serde_json::from_str::<Value>(text);
    match (check(text), parsed) {
        (Ok(()), Ok(value)) => assert_eq!(check(&value.to_string()), Ok(())),
        (Ok(()), Err(error)) => assert!(error.to_string().starts_with(OUT_OF_RANGE), "{error}"),
        (Err(PacketError::Json("duplicate key" | "nested too deep" | OUT_OF_RANGE)), _) => {}
        (Err(error), parsed) => assert!(parsed.is_err(), "{error}"),
    }
}

/// The check of placeholders agrees with a plain walk over the parsed JSON, and what is read as
/// bytes are the attachments that the placeholders name.
pub fn binary(text: &str) {
    if check(text).is_err() {
        return;
    }
    let Ok(value) = serde_json::from_str::<Value>(text) else { return };
    assert_eq!(check_placeholders(text, ATTACHMENTS).is_ok(), has_its_attachments(&value));

    let attachments = [Bytes::from_static(b"a"), Bytes::from_static(b"b")];
    let read = with_attachments(&attachments, || serde_json::from_str::<Binary>(text));
    let expected = is_placeholder(&value).then(|| attachment_of(&value)).flatten();
    assert_eq!(read.ok().map(|binary| binary.0), expected.map(|index| attachments[index].clone()));
}

fn is_placeholder(value: &Value) -> bool {
    value.get("_placeholder") == Some(&Value::Bool(true))
}

fn attachment_of(value: &Value) -> Option<usize> {
    let index = usize::try_from(value.get("num")?.as_u64()?).ok()?;
    (index < ATTACHMENTS).then_some(index)
}

fn has_its_attachments(value: &Value) -> bool {
    if is_placeholder(value) && attachment_of(value).is_none() {
        return false;
    }
    match value {
        Value::Array(items) => items.iter().all(has_its_attachments),
        Value::Object(members) => members.values().all(has_its_attachments),
        _ => true,
    }
}
