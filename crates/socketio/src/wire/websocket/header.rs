use super::{CONTROL_BYTES_MAX, FrameError, Opcode};

/// What a client says in front of a payload.
#[derive(Clone, Copy, Debug)]
pub(super) struct Header {
    pub(super) opcode: Opcode,
    /// Whether the message ends with this frame.
    pub(super) last: bool,
    pub(super) mask: [u8; 4],
    /// The bytes of the payload.
    pub(super) length: usize,
}

/// Reads a header and says how long it is; `None` if its end is missing. What the first two bytes
/// make wrong is refused before the others are there.
pub(super) fn parse(bytes: &[u8]) -> Result<Option<(Header, usize)>, FrameError> {
    let [first, second, rest @ ..] = bytes else { return Ok(None) };
    if first & 0x70 != 0 {
        return Err(FrameError::Protocol("reserved bits"));
    }
    let opcode = Opcode::parse(first & 0x0f).ok_or(FrameError::Protocol("reserved opcode"))?;
    let last = first & 0x80 != 0;
    if second & 0x80 == 0 {
        return Err(FrameError::Protocol("frame without a mask"));
    }
    let short = second & 0x7f;
    if opcode.is_control() && usize::from(short) > CONTROL_BYTES_MAX {
        return Err(FrameError::Protocol("long control frame"));
    }
    if opcode.is_control() && !last {
        return Err(FrameError::Protocol("fragmented control frame"));
    }
    let Some((length, after)) = parse_length(short, rest)? else { return Ok(None) };
    let Some((mask, after)) = after.split_first_chunk::<4>() else { return Ok(None) };
    let length = usize::try_from(length).ok().ok_or(FrameError::TooLarge)?;
    let header = Header { opcode, last, mask: *mask, length };
    Ok(Some((header, bytes.len().saturating_sub(after.len()))))
}

/// A payload's length, and what follows it (RFC 6455 §5.2: in as few bytes as it needs).
fn parse_length(short: u8, rest: &[u8]) -> Result<Option<(u64, &[u8])>, FrameError> {
    let (length, rest, least) = match short {
        126 => {
            let Some((bytes, rest)) = rest.split_first_chunk::<2>() else { return Ok(None) };
            (u64::from(u16::from_be_bytes(*bytes)), rest, 126)
        }
        127 => {
            let Some((bytes, rest)) = rest.split_first_chunk::<8>() else { return Ok(None) };
            (u64::from_be_bytes(*bytes), rest, 1 << 16)
        }
        short => (u64::from(short), rest, 0),
    };
    if length < least {
        return Err(FrameError::Protocol("length not in its shortest form"));
    }
    if length >> 63 != 0 {
        return Err(FrameError::Protocol("length with the highest bit set"));
    }
    Ok(Some((length, rest)))
}

impl Opcode {
    fn parse(bits: u8) -> Option<Self> {
        match bits {
            0 => Some(Self::Continuation),
            1 => Some(Self::Text),
            2 => Some(Self::Binary),
            8 => Some(Self::Close),
            9 => Some(Self::Ping),
            10 => Some(Self::Pong),
            _ => None,
        }
    }

    pub(super) fn is_control(self) -> bool {
        matches!(self, Self::Close | Self::Ping | Self::Pong)
    }
}
