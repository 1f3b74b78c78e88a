//! WebSocket frames (RFC 6455), as a server reads and writes them.

mod header;
mod reader;

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest as _, Sha1};

use reader::Incomplete;

/// The longest payload of a control frame, in bytes (RFC 6455 §5.5).
const CONTROL_BYTES_MAX: usize = 125;
/// The longest reason of a close frame, in bytes: what the code leaves of a control frame.
const REASON_BYTES_MAX: usize = CONTROL_BYTES_MAX - 2;
/// The longest header of a server: two bytes and a 64-bit length.
pub(crate) const SERVER_HEADER_BYTES_MAX: usize = 10;
/// What is hashed behind the client's key (RFC 6455 §1.3).
const ACCEPT_SUFFIX: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// What a client may send in one message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FrameLimits {
    /// The bytes of one message, over all its fragments.
    pub message_bytes_max: usize,
    /// The frames one fragmented message may consist of; empty ones count.
    pub fragments_max: usize,
}

/// What a frame carries (RFC 6455 §5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opcode {
    /// A further fragment of a message.
    Continuation = 0,
    /// Text, or its first fragment.
    Text = 1,
    /// Bytes, or their first fragment.
    Binary = 2,
    /// The end of the connection.
    Close = 8,
    /// A question whether the other side is there.
    Ping = 9,
    /// The answer to a ping.
    Pong = 10,
}

/// One message of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Received<'a> {
    /// A text message.
    Text(Cow<'a, str>),
    /// A binary message.
    Binary(Cow<'a, [u8]>),
    /// A ping: its payload is to be sent back as a pong.
    Ping(Cow<'a, [u8]>),
    /// A pong; what it carries is of no use to anybody.
    Pong,
    /// The client closes, with this code if it gave one.
    Close(Option<u16>),
}

/// Why the connection has to be closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FrameError {
    /// The message is larger than allowed.
    #[error("message too large")]
    TooLarge,
    /// A text message is not UTF-8.
    #[error("text that is not UTF-8")]
    InvalidUtf8,
    /// The client broke the protocol.
    #[error("protocol error: {0}")]
    Protocol(&'static str),
}

/// Reads the frames of one client, in whatever pieces they come. Holds memory only while something
/// is incomplete, and then no more than twice what came.
#[derive(Debug, Default)]
pub(crate) struct FrameReader {
    incomplete: Option<Box<Incomplete>>,
}

/// Writes the header of a server's frame, without a mask, and returns its length: 2, 4 or 10.
pub(crate) fn write_header(
    header: &mut [u8; SERVER_HEADER_BYTES_MAX],
    opcode: Opcode,
    length: usize,
) -> usize {
    let [first, second, long @ ..] = header;
    *first = 0x80 | opcode as u8;
    if let Ok(short) = u8::try_from(length)
        && short < 126
    {
        *second = short;
        return 2;
    }
    if let Ok(medium) = u16::try_from(length) {
        let [high, low, ..] = long;
        *second = 126;
        [*high, *low] = medium.to_be_bytes();
        return 4;
    }
    *second = 127;
    *long = (length as u64).to_be_bytes();
    SERVER_HEADER_BYTES_MAX
}

/// A whole close frame. The reason is cut to what a control frame can carry.
pub(crate) fn close_frame(code: u16, reason: &str) -> Vec<u8> {
    let reason = reason.get(..reason.floor_char_boundary(REASON_BYTES_MAX)).unwrap_or_default();
    control_frame(Opcode::Close, &code.to_be_bytes(), reason.as_bytes())
}

/// A whole pong frame that answers a ping with its payload.
pub(crate) fn pong_frame(payload: &[u8]) -> Vec<u8> {
    let payload = payload.get(..CONTROL_BYTES_MAX).unwrap_or(payload);
    control_frame(Opcode::Pong, payload, &[])
}

fn control_frame(opcode: Opcode, beginning: &[u8], rest: &[u8]) -> Vec<u8> {
    let length = beginning.len().saturating_add(rest.len());
    let mut header = [0; SERVER_HEADER_BYTES_MAX];
    let header_length = write_header(&mut header, opcode, length);
    let mut frame = Vec::with_capacity(header_length.saturating_add(length));
    frame.extend(header.iter().take(header_length));
    frame.extend_from_slice(beginning);
    frame.extend_from_slice(rest);
    frame
}

/// The `Sec-WebSocket-Accept` that answers a `Sec-WebSocket-Key` (RFC 6455 §4.2.2).
pub(crate) fn accept_key(key: &str) -> String {
    let mut hash = Sha1::new();
    hash.update(key.as_bytes());
    hash.update(ACCEPT_SUFFIX);
    STANDARD.encode(hash.finalize())
}
