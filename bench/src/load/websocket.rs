//! The little of RFC 6455 that a client needs which trusts its server: frames read in place, frames
//! written masked.

use anyhow::{Result, ensure};

/// A text frame.
pub(crate) const TEXT: u8 = 1;
/// The other side ends the connection.
pub(crate) const CLOSE: u8 = 8;
/// A ping of the WebSocket protocol itself.
pub(crate) const PING: u8 = 9;
/// Its answer.
pub(crate) const PONG: u8 = 10;

/// What every client frame is masked with. RFC 6455 asks for an unpredictable key to protect proxies
/// from scripts; there is neither here, and a fixed one costs nothing to make.
const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// A length of this says that two bytes with the real one follow.
const TWO_BYTES: u8 = 0x7e;
/// And this that eight do.
const EIGHT_BYTES: u8 = 0x7f;

/// Longest frame that a server may send, in bytes.
const FRAME_BYTES_MAX: usize = 1024 * 1024;

/// One complete frame of a server.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Frame<'a> {
    /// What it is, RFC 6455 section 5.2.
    pub(crate) opcode: u8,
    /// What it brings.
    pub(crate) payload: &'a [u8],
}

/// The first frame of `input` and how many bytes it takes there; nothing while it is incomplete.
pub(crate) fn next(input: &[u8]) -> Result<Option<(Frame<'_>, usize)>> {
    let Some(([first, second], rest)) = input.split_first_chunk() else { return Ok(None) };
    ensure!(first & 0xf0 == 0x80, "the server sent a fragment or set reserved bits");
    ensure!(second & 0x80 == 0, "the server masked a frame");
    let (length, header, rest) = match *second {
        TWO_BYTES => match rest.split_first_chunk() {
            Some((length, rest)) => (usize::from(u16::from_be_bytes(*length)), 4, rest),
            None => return Ok(None),
        },
        EIGHT_BYTES => match rest.split_first_chunk() {
            Some((length, rest)) => (usize::try_from(u64::from_be_bytes(*length))?, 10, rest),
            None => return Ok(None),
        },
        short => (usize::from(short), 2, rest),
    };
    ensure!(length <= FRAME_BYTES_MAX, "the server sent a frame of {length} bytes");
    let frame = |payload| (Frame { opcode: first & 0x0f, payload }, header + length);
    Ok(rest.get(..length).map(frame))
}

/// Appends a frame to `out`.
pub(crate) fn write(out: &mut Vec<u8>, opcode: u8, payload: &[u8]) {
    out.push(0x80 | opcode);
    match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
        (Ok(length), _) if length < TWO_BYTES => out.push(0x80 | length),
        (_, Ok(length)) => {
            out.push(0x80 | TWO_BYTES);
            out.extend_from_slice(&length.to_be_bytes());
        }
        _ => {
            out.push(0x80 | EIGHT_BYTES);
            out.extend_from_slice(&(payload.len() as u64).to_be_bytes());
        }
    }
    out.extend_from_slice(&MASK);
    out.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_read_only_once_it_is_complete() {
        let mut input = vec![0x81, 126, 0, 200];
        input.extend([b'x'; 200]);
        for cut in 0..input.len() {
            assert_eq!(next(&input[..cut]).unwrap(), None, "{cut} bytes");
        }
        input.extend([0x89, 0]);
        let (frame, taken) = next(&input).unwrap().unwrap();
        assert_eq!((frame.opcode, frame.payload.len(), taken), (TEXT, 200, 204));
        let (frame, taken) = next(&input[taken..]).unwrap().unwrap();
        assert_eq!((frame.opcode, frame.payload.len(), taken), (PING, 0, 2));
    }

    #[test]
    fn what_a_server_must_not_send_is_an_error() {
        assert!(next(&[0x01, 0]).is_err(), "a fragment");
        assert!(next(&[0x81, 0x80, 0, 0, 0, 0]).is_err(), "a masked frame");
        assert!(next(&[0x81, 127, 0, 0, 0, 1, 0, 0, 0, 0]).is_err(), "four gigabytes");
    }

    #[test]
    fn a_written_frame_carries_its_length_and_is_masked() {
        for (length, header) in [(5, 2), (125, 2), (126, 4), (65_535, 4), (65_536, 10)] {
            let mut out = Vec::new();
            write(&mut out, TEXT, &vec![b'a'; length]);
            assert_eq!(out.len(), header + 4 + length);
            assert_eq!(out[header + 4], b'a' ^ MASK[0]);
            assert_eq!(out[out.len() - 1], b'a' ^ MASK[(length - 1) % 4]);
        }
    }
}
