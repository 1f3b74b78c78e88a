//! Packets of Engine.IO protocol 4, as `engine.io-parser` 5 reads them.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::PacketError;

/// Between the packets of one polling payload.
pub(crate) const SEPARATOR: char = '\u{1e}';

/// Node's `Buffer.from(…, "base64")` asks neither for padding nor for trailing bits of zero.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// One Engine.IO packet of a client. What an open, close, upgrade or noop packet carries has no
/// meaning and is dropped.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum EnginePacket<'a> {
    /// The handshake; only servers send it.
    Open,
    /// The end of the transport.
    Close,
    /// A ping; a client sends it as `2probe` only.
    Ping(&'a str),
    /// The answer to a ping.
    Pong(&'a str),
    /// A Socket.IO packet.
    Message(&'a str),
    /// Bytes that came as base64: in a polling payload, or as text from a client that was told not
    /// to use binary frames.
    Binary(Vec<u8>),
    /// The upgrade to this transport is done.
    Upgrade,
    /// Nothing.
    Noop,
}

/// Reads one packet, such as a WebSocket text message is.
pub(crate) fn decode_text(text: &str) -> Result<EnginePacket<'_>, PacketError> {
    let Some(&first) = text.as_bytes().first() else { return Err(PacketError::Empty) };
    let data = text.get(1..).ok_or(PacketError::UnknownType)?;
    match first {
        b'0' => Ok(EnginePacket::Open),
        b'1' => Ok(EnginePacket::Close),
        b'2' => Ok(EnginePacket::Ping(data)),
        b'3' => Ok(EnginePacket::Pong(data)),
        b'4' => Ok(EnginePacket::Message(data)),
        b'5' => Ok(EnginePacket::Upgrade),
        b'6' => Ok(EnginePacket::Noop),
        b'b' => decode_base64(data).map(EnginePacket::Binary),
        _ => Err(PacketError::UnknownType),
    }
}

/// Reads the body of a polling POST: one to `packets_max` packets.
pub(crate) fn decode_payload(
    body: &str,
    packets_max: usize,
) -> Result<Vec<EnginePacket<'_>>, PacketError> {
    let mut packets = Vec::new();
    for packet in body.split(SEPARATOR) {
        if packets.len() >= packets_max {
            return Err(PacketError::TooManyPackets);
        }
        packets.push(decode_text(packet)?);
    }
    Ok(packets)
}

/// Both alphabets, as Node takes them; but what belongs to neither is refused, not skipped.
fn decode_base64(data: &str) -> Result<Vec<u8>, PacketError> {
    let decoded = if data.contains(['-', '_']) {
        LENIENT.decode(data.replace('-', "+").replace('_', "/"))
    } else {
        LENIENT.decode(data)
    };
    decoded.ok().ok_or(PacketError::Base64)
}
