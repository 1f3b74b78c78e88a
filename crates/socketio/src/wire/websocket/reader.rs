#![expect(
    clippy::mut_mut,
    reason = "input is advanced, and what is borrowed from it outlives that"
)]

use std::borrow::Cow;

use super::header::{self, Header};
use super::{FrameError, FrameLimits, FrameReader, Opcode, Received};

/// What has come of something whose end has not.
#[derive(Debug, Default)]
pub(super) struct Incomplete {
    /// The beginning of a header.
    header: Vec<u8>,
    /// The frame whose payload is coming.
    frame: Option<Frame>,
    /// What has come of a control frame's payload.
    control: Vec<u8>,
    /// What has come of a message.
    message: Option<Message>,
}

/// A frame, and how many bytes of its payload have come.
#[derive(Clone, Copy, Debug)]
struct Frame {
    header: Header,
    taken: usize,
}

/// A message of several frames, or of one that comes in pieces.
#[derive(Debug)]
struct Message {
    text: bool,
    bytes: Vec<u8>,
    /// How much of a text's bytes is known to be UTF-8.
    valid: usize,
    fragments: usize,
}

impl FrameReader {
    /// A reader at the beginning of a connection.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Whether a frame or a message has been begun and not ended.
    pub(crate) fn is_incomplete(&self) -> bool {
        self.incomplete.is_some()
    }

    /// The next message of `input`, which is advanced past what was taken. `None`: all of `input`
    /// was taken and more is needed. A frame that is complete in `input` and a message of its own
    /// is unmasked in place and borrowed. After an error the connection is to be closed.
    pub(crate) fn next<'a>(
        &mut self,
        input: &mut &'a mut [u8],
        limits: &FrameLimits,
    ) -> Result<Option<Received<'a>>, FrameError> {
        let received = self.read(input, limits);
        if received.is_err() {
            self.incomplete = None;
        }
        received
    }

    /// How much memory is held for what is incomplete, in bytes.
    #[cfg(test)]
    pub(crate) fn held_bytes(&self) -> usize {
        self.incomplete.as_ref().map_or(0, |incomplete| {
            let message = incomplete.message.as_ref().map_or(0, |message| message.bytes.capacity());
            let buffers = [message, incomplete.header.capacity(), incomplete.control.capacity()];
            size_of::<Incomplete>() + buffers.iter().sum::<usize>()
        })
    }

    fn read<'a>(
        &mut self,
        input: &mut &'a mut [u8],
        limits: &FrameLimits,
    ) -> Result<Option<Received<'a>>, FrameError> {
        while !input.is_empty() {
            let begun = self.incomplete.as_mut().and_then(|incomplete| incomplete.frame.take());
            let frame = match begun {
                Some(frame) => frame,
                None => match self.header(input)? {
                    Some(header) => self.admit(header, limits)?,
                    None => return Ok(None),
                },
            };
            if let Some(received) = self.payload(frame, input)? {
                return Ok(Some(received));
            }
        }
        Ok(None)
    }

    /// Takes a header from `input`, or all of `input` if the header's end is not there.
    fn header(&mut self, input: &mut &mut [u8]) -> Result<Option<Header>, FrameError> {
        let begun = self.incomplete.as_mut().filter(|incomplete| !incomplete.header.is_empty());
        let Some(incomplete) = begun else {
            if let Some((header, length)) = header::parse(input)? {
                let _ = input.split_off_mut(..length);
                return Ok(Some(header));
            }
            let rest = std::mem::take(input);
            self.incomplete.get_or_insert_default().header.extend_from_slice(rest);
            return Ok(None);
        };
        while let Some(byte) = input.split_off_first_mut() {
            incomplete.header.push(*byte);
            if let Some((header, _)) = header::parse(&incomplete.header)? {
                incomplete.header = Vec::new();
                return Ok(Some(header));
            }
        }
        Ok(None)
    }

    /// Checks what a header says against what came before it and the limits, before any of the
    /// payload is kept.
    fn admit(&mut self, header: Header, limits: &FrameLimits) -> Result<Frame, FrameError> {
        let frame = Frame { header, taken: 0 };
        if header.opcode.is_control() {
            return Ok(frame);
        }
        let message = self.incomplete.as_mut().and_then(|incomplete| incomplete.message.as_mut());
        let (assembled, fragments) = match (header.opcode, message) {
            (Opcode::Continuation, Some(message)) => {
                message.fragments = message.fragments.saturating_add(1);
                (message.bytes.len(), message.fragments)
            }
            (Opcode::Continuation, None) => {
                return Err(FrameError::Protocol("continuation of no message"));
            }
            (_, Some(_)) => return Err(FrameError::Protocol("message inside a message")),
            (_, None) => (0, 1),
        };
        if assembled.saturating_add(header.length) > limits.message_bytes_max {
            return Err(FrameError::TooLarge);
        }
        let fragmented = header.opcode == Opcode::Continuation || !header.last;
        if fragmented && fragments > limits.fragments_max {
            return Err(FrameError::Protocol("too many fragments"));
        }
        Ok(frame)
    }

    /// Takes what `input` has of a frame's payload. `None`: the frame or its message goes on.
    fn payload<'a>(
        &mut self,
        mut frame: Frame,
        input: &mut &'a mut [u8],
    ) -> Result<Option<Received<'a>>, FrameError> {
        let Header { opcode, last, mask, length } = frame.header;
        let missing = length.saturating_sub(frame.taken);
        let piece = input.split_off_mut(..missing.min(input.len())).unwrap_or_default();
        unmask(piece, mask, frame.taken);
        if frame.taken == 0 && piece.len() == length && opcode != Opcode::Continuation && last {
            self.release(opcode);
            return whole(opcode, piece).map(Some);
        }

        frame.taken = frame.taken.saturating_add(piece.len());
        let incomplete = self.incomplete.get_or_insert_default();
        if opcode.is_control() {
            incomplete.control.extend_from_slice(piece);
        } else {
            incomplete.append(opcode, piece)?;
        }
        if frame.taken < length {
            incomplete.frame = Some(frame);
            return Ok(None);
        }
        if opcode.is_control() {
            let payload = std::mem::take(&mut incomplete.control);
            self.release(opcode);
            return control(opcode, Cow::Owned(payload)).map(Some);
        }
        if !last {
            return Ok(None);
        }
        let message = incomplete.message.take();
        self.incomplete = None;
        message.map(Message::finish).transpose()
    }

    /// Gives the memory back once a frame of this kind is complete. After a control frame, a message
    /// may wait for its next fragment.
    fn release(&mut self, opcode: Opcode) {
        let idle = |incomplete: &mut Box<Incomplete>| incomplete.message.is_none();
        self.incomplete.take_if(|incomplete| !opcode.is_control() || idle(incomplete));
    }
}

impl Incomplete {
    fn append(&mut self, opcode: Opcode, piece: &[u8]) -> Result<(), FrameError> {
        let message = self.message.get_or_insert_with(|| Message {
            text: opcode == Opcode::Text,
            bytes: Vec::new(),
            valid: 0,
            fragments: 1,
        });
        message.bytes.extend_from_slice(piece);
        if message.text { message.validate() } else { Ok(()) }
    }
}

impl Message {
    fn finish(self) -> Result<Received<'static>, FrameError> {
        if !self.text {
            return Ok(Received::Binary(Cow::Owned(self.bytes)));
        }
        match String::from_utf8(self.bytes) {
            Ok(text) => Ok(Received::Text(Cow::Owned(text))),
            Err(_) => Err(FrameError::InvalidUtf8),
        }
    }

    /// Fails as soon as nothing that follows could make the text valid.
    fn validate(&mut self) -> Result<(), FrameError> {
        let new = self.bytes.get(self.valid..).unwrap_or_default();
        match std::str::from_utf8(new) {
            Ok(_) => self.valid = self.bytes.len(),
            Err(error) if error.error_len().is_some() => return Err(FrameError::InvalidUtf8),
            Err(error) => self.valid = self.valid.saturating_add(error.valid_up_to()),
        }
        Ok(())
    }
}

/// Undoes the mask of a piece that begins `offset` bytes into its payload.
fn unmask(piece: &mut [u8], mask: [u8; 4], offset: usize) {
    let mut mask = mask;
    mask.rotate_left(offset % 4);
    let word = u32::from_ne_bytes(mask);
    let (words, rest) = piece.as_chunks_mut::<4>();
    for bytes in words {
        *bytes = (u32::from_ne_bytes(*bytes) ^ word).to_ne_bytes();
    }
    for (byte, mask) in rest.iter_mut().zip(mask) {
        *byte ^= mask;
    }
}

/// What a frame says whose whole payload is here.
fn whole(opcode: Opcode, payload: &[u8]) -> Result<Received<'_>, FrameError> {
    match opcode {
        Opcode::Text => match std::str::from_utf8(payload) {
            Ok(text) => Ok(Received::Text(Cow::Borrowed(text))),
            Err(_) => Err(FrameError::InvalidUtf8),
        },
        Opcode::Binary | Opcode::Continuation => Ok(Received::Binary(Cow::Borrowed(payload))),
        Opcode::Close | Opcode::Ping | Opcode::Pong => control(opcode, Cow::Borrowed(payload)),
    }
}

fn control(opcode: Opcode, payload: Cow<'_, [u8]>) -> Result<Received<'_>, FrameError> {
    match opcode {
        Opcode::Close => close(&payload).map(Received::Close),
        Opcode::Ping => Ok(Received::Ping(payload)),
        _ => Ok(Received::Pong),
    }
}

/// The code of a close frame. A reason that is not UTF-8 is as wrong as a text that is not.
fn close(payload: &[u8]) -> Result<Option<u16>, FrameError> {
    if payload.is_empty() {
        return Ok(None);
    }
    let Some((code, reason)) = payload.split_first_chunk::<2>() else {
        return Err(FrameError::Protocol("close frame with half a code"));
    };
    let code = u16::from_be_bytes(*code);
    if !is_close_code(code) {
        return Err(FrameError::Protocol("invalid close code"));
    }
    match std::str::from_utf8(reason) {
        Ok(_) => Ok(Some(code)),
        Err(_) => Err(FrameError::InvalidUtf8),
    }
}

/// Codes that may be on the wire: RFC 6455 §7.4, and 1012 to 1014 of the IANA registry.
fn is_close_code(code: u16) -> bool {
    matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999)
}
