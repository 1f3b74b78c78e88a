//! Just enough of the WebSocket handshake and of its frames for the limits.

use std::io::{self, ErrorKind};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use memchr::memmem;
use sha1::{Digest as _, Sha1};

/// The other side ends the connection.
pub(super) const CLOSE: u8 = 8;

/// RFC 6455 section 1.3.
const ACCEPT_SALT: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// The answer to a complete request for a WebSocket, the Engine.IO handshake included, and how many
/// bytes the request took.
pub(super) fn upgrade(input: &[u8]) -> Option<(Vec<u8>, usize)> {
    let end = memmem::find(input, b"\r\n\r\n")?;
    let head = std::str::from_utf8(input.get(..end)?).ok()?;
    let mut lines = head.split("\r\n").filter_map(|line| line.split_once(':'));
    let (_, key) = lines.find(|(name, _)| name.eq_ignore_ascii_case("sec-websocket-key"))?;
    let accept = STANDARD.encode(Sha1::digest(format!("{}{ACCEPT_SALT}", key.trim())));
    let open = r#"0{"sid":"00000000000000000000","upgrades":[],"pingInterval":25000,"#;
    let open = format!(r#"{open}"pingTimeout":20000,"maxPayload":1000000}}"#);
    let answer = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {accept}\r\n\r\n"
    );
    Some(([answer.as_bytes(), &text(open.as_bytes())].concat(), end + 4))
}

/// Opcode and payload of the first frame, unmasked in place, and how many bytes the frame takes;
/// nothing while it is incomplete.
pub(super) fn unmask(input: &mut [u8]) -> io::Result<Option<(u8, &[u8], usize)>> {
    let Some(([first, second], rest)) = input.split_first_chunk() else { return Ok(None) };
    if first & 0xf0 != 0x80 || second & 0x80 == 0 {
        return Err(ErrorKind::InvalidData.into());
    }
    let (length, header) = match second & 0x7f {
        126 => match rest.split_first_chunk() {
            Some((length, _)) => (usize::from(u16::from_be_bytes(*length)), 4),
            None => return Ok(None),
        },
        127 => return Err(ErrorKind::InvalidData.into()),
        short => (usize::from(short), 2),
    };
    let opcode = first & 0x0f;
    let Some((mask, rest)) = input.get_mut(header..).and_then(<[u8]>::split_first_chunk_mut::<4>)
    else {
        return Ok(None);
    };
    let Some(payload) = rest.get_mut(..length) else { return Ok(None) };
    for (byte, mask) in payload.iter_mut().zip(mask.iter().cycle()) {
        *byte ^= mask;
    }
    Ok(Some((opcode, payload, header + 4 + length)))
}

/// A text frame of at most 65,535 bytes.
pub(super) fn text(payload: &[u8]) -> Vec<u8> {
    let mut frame = Vec::new();
    write_text(&mut frame, payload);
    frame
}

/// The same into memory that is there already.
pub(super) fn write_text(frame: &mut Vec<u8>, payload: &[u8]) {
    frame.clear();
    frame.push(0x81);
    match u8::try_from(payload.len()) {
        Ok(length) if length < 126 => frame.push(length),
        _ => {
            frame.push(126);
            let length = u16::try_from(payload.len()).unwrap_or(u16::MAX);
            frame.extend_from_slice(&length.to_be_bytes());
        }
    }
    frame.extend_from_slice(payload);
}

/// The room that a message is for.
pub(super) fn room(packet: &[u8]) -> &[u8] {
    let begin = b"42[\"chat\",{\"room\":\"";
    let rest = packet.strip_prefix(begin).unwrap_or_default();
    rest.split(|byte| *byte == b'"').next().unwrap_or_default()
}
