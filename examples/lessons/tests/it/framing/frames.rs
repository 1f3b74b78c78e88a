//! Frames of a client, written byte by byte, so that they can be wrong in any way.

/// Kinds of frames (RFC 6455 §5.2).
pub(super) const CONTINUATION: u8 = 0x0;
pub(super) const TEXT: u8 = 0x1;
pub(super) const BINARY: u8 = 0x2;
pub(super) const CLOSE: u8 = 0x8;
pub(super) const PING: u8 = 0x9;
pub(super) const PONG: u8 = 0xa;

/// The bit of a message's last frame.
pub(super) const LAST: u8 = 0x80;
/// The bit of a frame with a mask.
const MASKED: u8 = 0x80;
/// The mask of a frame whose mask is not the subject.
pub(super) const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// A whole message in one frame.
pub(super) fn frame(opcode: u8, payload: &[u8]) -> Vec<u8> {
    masked(LAST | opcode, &shortest(payload.len()), MASK, payload)
}

/// A frame that others must follow before its message is complete.
pub(super) fn part(opcode: u8, payload: &[u8]) -> Vec<u8> {
    masked(opcode, &shortest(payload.len()), MASK, payload)
}

/// A message whose payload is cut at these places, one frame for each piece.
pub(super) fn parts(opcode: u8, payload: &[u8], cuts: &[usize]) -> Vec<Vec<u8>> {
    let bounds = [&[0], cuts, &[payload.len()]].concat();
    let mut frames = Vec::new();
    for (index, bound) in bounds.windows(2).enumerate() {
        let opcode = if index == 0 { opcode } else { CONTINUATION };
        let last = if index == cuts.len() { LAST } else { 0 };
        let piece = &payload[bound[0]..bound[1]];
        frames.push(masked(last | opcode, &shortest(piece.len()), MASK, piece));
    }
    frames
}

/// A frame with this first byte, these bytes that tell the length, and this mask.
pub(super) fn masked(first: u8, length: &[u8], mask: [u8; 4], payload: &[u8]) -> Vec<u8> {
    let masked = payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask);
    let mut frame = vec![first, MASKED | length[0]];
    frame.extend_from_slice(&length[1..]);
    frame.extend(mask);
    frame.extend(masked);
    frame
}

/// A frame without a mask, as only a server may send it.
pub(super) fn unmasked(first: u8, payload: &[u8]) -> Vec<u8> {
    [&[first], &shortest(payload.len())[..], payload].concat()
}

/// A close frame with a code and a reason.
pub(super) fn close(code: u16, reason: &[u8]) -> Vec<u8> {
    frame(CLOSE, &[&code.to_be_bytes(), reason].concat())
}

/// What tells a length in as few bytes as it needs.
pub(super) fn shortest(length: usize) -> Vec<u8> {
    match length {
        0..126 => vec![u8::try_from(length).unwrap()],
        126..65_536 => medium(u16::try_from(length).unwrap()),
        _ => long(length as u64),
    }
}

/// What tells a length in sixteen bits.
pub(super) fn medium(length: u16) -> Vec<u8> {
    [&[126], &length.to_be_bytes()[..]].concat()
}

/// What tells a length in sixty-four bits.
pub(super) fn long(length: u64) -> Vec<u8> {
    [&[127], &length.to_be_bytes()[..]].concat()
}

/// A message that both servers send back: to the engine it is an event.
pub(super) fn echo(text: &str) -> Vec<u8> {
    echo_of(text.as_bytes())
}

/// The same, with any bytes instead of a text.
pub(super) fn echo_of(text: &[u8]) -> Vec<u8> {
    [br#"42["echo",""#, text, br#""]"#].concat()
}

/// The same, so long in all.
pub(super) fn echo_of_length(length: usize) -> Vec<u8> {
    echo(&"x".repeat(length - echo("").len()))
}
