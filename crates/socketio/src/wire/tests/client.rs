//! What a client does with WebSocket frames, for the tests of the server's side.

use crate::wire::websocket::{FrameError, FrameLimits, FrameReader, Received};

pub(super) const TEXT: u8 = 0x81;
pub(super) const BINARY: u8 = 0x82;
pub(super) const CONTINUATION: u8 = 0x80;
pub(super) const CLOSE: u8 = 0x88;
pub(super) const PING: u8 = 0x89;
pub(super) const PONG: u8 = 0x8a;
/// To be taken away from the first byte of a frame that is not the last of its message.
pub(super) const LAST: u8 = 0x80;
pub(super) const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// Limits that no test reaches by chance.
pub(super) const WIDE: FrameLimits = FrameLimits { message_bytes_max: 1 << 20, fragments_max: 100 };

/// A masked frame with its length in the shortest form.
pub(super) fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    masked_frame(first, payload, MASK)
}

pub(super) fn masked_frame(first: u8, payload: &[u8], mask: [u8; 4]) -> Vec<u8> {
    let mut frame = match payload.len() {
        short @ ..126 => header(first, u8::try_from(short).unwrap(), &[]),
        medium @ ..65536 => header(first, 126, &u16::try_from(medium).unwrap().to_be_bytes()),
        long => header(first, 127, &(long as u64).to_be_bytes()),
    };
    frame.extend(mask);
    frame.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame
}

/// A header without its mask, with any length in any form.
pub(super) fn header(first: u8, short: u8, long: &[u8]) -> Vec<u8> {
    [&[first, 0x80 | short], long].concat()
}

/// Everything that is read from `bytes`, which come in the pieces that `cuts` makes.
pub(super) fn read_in_pieces(
    bytes: &[u8],
    cuts: &[usize],
    limits: &FrameLimits,
) -> (Vec<Received<'static>>, Option<FrameError>) {
    let mut reader = FrameReader::new();
    let mut received = Vec::new();
    let mut bounds: Vec<usize> = cuts.iter().map(|cut| (*cut).min(bytes.len())).collect();
    bounds.push(bytes.len());
    bounds.sort_unstable();
    let mut start = 0;
    for end in bounds {
        let mut piece = bytes[start..end].to_vec();
        start = end;
        let mut input = piece.as_mut_slice();
        loop {
            match reader.next(&mut input, limits) {
                Ok(Some(message)) => received.push(owned(message)),
                Ok(None) => break,
                Err(error) => return (received, Some(error)),
            }
        }
        assert!(input.is_empty(), "what is left of the input would never be read");
    }
    (received, None)
}

pub(super) fn read(bytes: &[u8]) -> (Vec<Received<'static>>, Option<FrameError>) {
    read_in_pieces(bytes, &[], &WIDE)
}

/// Why `bytes` are refused, however they come; nothing may be received before.
pub(super) fn refusal(bytes: &[u8], limits: &FrameLimits) -> Option<FrameError> {
    let one_by_one: Vec<usize> = (0..bytes.len()).collect();
    let (received, error) = read_in_pieces(bytes, &[], limits);
    assert_eq!(received, []);
    assert_eq!(read_in_pieces(bytes, &one_by_one, limits), (received, error));
    error
}

pub(super) fn owned(received: Received<'_>) -> Received<'static> {
    match received {
        Received::Text(text) => Received::Text(text.into_owned().into()),
        Received::Binary(bytes) => Received::Binary(bytes.into_owned().into()),
        Received::Ping(payload) => Received::Ping(payload.into_owned().into()),
        Received::Pong => Received::Pong,
        Received::Close(code) => Received::Close(code),
    }
}
