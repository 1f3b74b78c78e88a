//! Packets of the server, encoded once for all who get them.

use std::cell::Cell;
use std::fmt::{self, Display, Formatter};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde::ser::Error as _;
use serde_json::Value;

use super::binary::collecting;
use super::websocket::{Opcode, SERVER_HEADER_BYTES_MAX, write_header};

/// What is left free in front of a packet while it is written: the WebSocket header and, because
/// the number of attachments is known last, `45<number>-` with a number of up to twenty digits.
const HEADROOM: usize = SERVER_HEADER_BYTES_MAX + 24;
/// A scratch buffer that a large packet has grown beyond this, in bytes, is not kept.
const SCRATCH_BYTES_MAX: usize = 64 * 1024;

thread_local! {
    /// Packets are written here first, so that a frame is one allocation of exactly its size.
    static SCRATCH: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// One Engine.IO packet, encoded once with its WebSocket header and shared by all recipients. A
/// clone is one reference count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    /// The WebSocket header, which also tells the payload's kind and beginning, and the payload.
    bytes: Arc<[u8]>,
}

/// The frames of one Socket.IO packet, to be sent one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Frames {
    /// The packet.
    pub first: Frame,
    /// Its binary attachments.
    pub attachments: Vec<Frame>,
}

impl Frame {
    /// A packet that is text: its type and what it carries, such as `2`, `3probe` or `0{…}`.
    pub(crate) fn text(packet: &str) -> Self {
        Self::new(Opcode::Text, packet.as_bytes())
    }

    /// A message that is bytes.
    pub(crate) fn binary(payload: &[u8]) -> Self {
        Self::new(Opcode::Binary, payload)
    }

    /// A WebSocket control frame. It is for a WebSocket only: nothing polls for it.
    pub(crate) fn control(frame: Vec<u8>) -> Self {
        Self { bytes: frame.into() }
    }

    /// A whole WebSocket frame.
    pub(crate) fn websocket(&self) -> &[u8] {
        &self.bytes
    }

    /// How many bytes [`Frame::write_polling`] writes.
    pub(crate) fn polling_len(&self) -> usize {
        let payload = self.payload().len();
        if self.is_binary() {
            payload.div_ceil(3).saturating_mul(4).saturating_add(1)
        } else {
            payload
        }
    }

    /// Appends the packet as it stands in a polling payload: text as it is, bytes as base64 behind
    /// a `b`.
    pub(crate) fn write_polling(&self, body: &mut Vec<u8>) {
        if self.is_binary() {
            body.push(b'b');
            body.extend_from_slice(STANDARD.encode(self.payload()).as_bytes());
        } else {
            body.extend_from_slice(self.payload());
        }
    }

    /// What it counts towards a backlog: the length of [`Frame::websocket`].
    pub(crate) fn bytes(&self) -> usize {
        self.bytes.len()
    }

    fn new(opcode: Opcode, payload: &[u8]) -> Self {
        with_scratch(|scratch| {
            scratch.extend_from_slice(payload);
            finish(scratch, opcode, &[])
        })
    }

    fn is_binary(&self) -> bool {
        self.bytes.first().is_some_and(|first| first & 0x0f == Opcode::Binary as u8)
    }

    fn payload(&self) -> &[u8] {
        let header = match self.bytes.get(1) {
            Some(126) => 4,
            Some(127) => SERVER_HEADER_BYTES_MAX,
            _ => 2,
        };
        self.bytes.get(header..).unwrap_or_default()
    }
}

impl Frames {
    /// All of them, in the order in which they are sent.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Frame> {
        std::iter::once(&self.first).chain(&self.attachments)
    }
}

/// An event with one argument. It fails only if serializing the argument does.
pub(crate) fn event<T: Serialize + ?Sized>(
    namespace: &str,
    id: Option<u64>,
    name: &str,
    argument: &T,
) -> Result<Frames, serde_json::Error> {
    encode("2", "5", namespace, id, |scratch| {
        scratch.push(b'[');
        serde_json::to_writer(&mut *scratch, name)?;
        scratch.push(b',');
        serde_json::to_writer(&mut *scratch, argument)?;
        scratch.push(b']');
        Ok(())
    })
}

/// An event whose arguments are the items of what serializes as a sequence or tuple; anything else
/// is an error. (`()` is no tuple to serde: no arguments are `[(); 0]`.)
pub(crate) fn event_with<T: Serialize + ?Sized>(
    namespace: &str,
    id: Option<u64>,
    name: &str,
    arguments: &T,
) -> Result<Frames, serde_json::Error> {
    encode("2", "5", namespace, id, |scratch| {
        scratch.push(b'[');
        serde_json::to_writer(&mut *scratch, name)?;
        let end_of_name = scratch.len();
        write_array(scratch, arguments)?;
        // The array of the arguments goes on where the name's array was left open.
        let written = scratch.get_mut(end_of_name..).unwrap_or_default();
        if let [start, items @ .., _] = written
            && !items.trim_ascii().is_empty()
        {
            *start = b',';
        } else {
            scratch.truncate(end_of_name);
            scratch.push(b']');
        }
        Ok(())
    })
}

/// An acknowledgement with one argument. It fails only if serializing the argument does.
pub(crate) fn ack<T: Serialize + ?Sized>(
    namespace: &str,
    id: u64,
    answer: &T,
) -> Result<Frames, serde_json::Error> {
    encode("3", "6", namespace, Some(id), |scratch| {
        scratch.push(b'[');
        serde_json::to_writer(&mut *scratch, answer)?;
        scratch.push(b']');
        Ok(())
    })
}

/// An acknowledgement with the items of a sequence or tuple, as in [`event_with`].
pub(crate) fn ack_with<T: Serialize + ?Sized>(
    namespace: &str,
    id: u64,
    answers: &T,
) -> Result<Frames, serde_json::Error> {
    encode("3", "6", namespace, Some(id), |scratch| write_array(scratch, answers))
}

/// The answer to a client that is let into a namespace.
pub(crate) fn connected(namespace: &str, sid: &str) -> Frame {
    let sid = Value::from(sid);
    Frame::text(&format!("40{}{{\"sid\":{sid}}}", Prefix(namespace)))
}

/// The answer to a client that is not let into a namespace.
pub(crate) fn refused(
    namespace: &str,
    message: &str,
    data: Option<&Value>,
) -> Result<Frame, serde_json::Error> {
    #[derive(Serialize)]
    struct Refusal<'a> {
        message: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        data: Option<&'a Value>,
    }
    let refusal = serde_json::to_string(&Refusal { message, data })?;
    Ok(Frame::text(&format!("44{}{refusal}", Prefix(namespace))))
}

/// What a client gets that is put out of a namespace.
pub(crate) fn disconnected(namespace: &str) -> Frame {
    Frame::text(&format!("41{}", Prefix(namespace)))
}

/// The namespace as it stands in front of an id or payload: nothing for `/`.
struct Prefix<'a>(&'a str);

impl Display for Prefix<'_> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        if self.0 == "/" { Ok(()) } else { write!(formatter, "{},", self.0) }
    }
}

/// Writes a Socket.IO packet of the type `plain`, or of the type `binary` if what `write` writes
/// has attachments.
fn encode(
    plain: &str,
    binary: &str,
    namespace: &str,
    id: Option<u64>,
    write: impl FnOnce(&mut Vec<u8>) -> Result<(), serde_json::Error>,
) -> Result<Frames, serde_json::Error> {
    with_scratch(|scratch| {
        if namespace != "/" {
            scratch.extend_from_slice(namespace.as_bytes());
            scratch.push(b',');
        }
        if let Some(id) = id {
            serde_json::to_writer(&mut *scratch, &id)?;
        }
        let (written, attachments) = collecting(|| write(scratch));
        written?;
        let first = if attachments.is_empty() {
            finish(scratch, Opcode::Text, &["4", plain])
        } else {
            finish(scratch, Opcode::Text, &["4", binary, &attachments.len().to_string(), "-"])
        };
        let attachments = attachments.iter().map(|bytes| Frame::binary(bytes)).collect();
        Ok(Frames { first, attachments })
    })
}

/// Writes what has to come out as a JSON array.
fn write_array<T: Serialize + ?Sized>(
    scratch: &mut Vec<u8>,
    items: &T,
) -> Result<(), serde_json::Error> {
    let start = scratch.len();
    serde_json::to_writer(&mut *scratch, items)?;
    if scratch.get(start) == Some(&b'[') {
        return Ok(());
    }
    Err(serde_json::Error::custom("the arguments are neither a sequence nor a tuple"))
}

/// Runs `write` with the thread's buffer, which has [`HEADROOM`] bytes in it and nothing else. A
/// packet that is encoded while another one is gets a buffer of its own.
fn with_scratch<R>(write: impl FnOnce(&mut Vec<u8>) -> R) -> R {
    let mut scratch = SCRATCH.take();
    scratch.clear();
    scratch.resize(HEADROOM, 0);
    let result = write(&mut scratch);
    if scratch.capacity() <= SCRATCH_BYTES_MAX {
        SCRATCH.set(scratch);
    }
    result
}

/// Writes `head` and the WebSocket header into the headroom, up to the payload behind it, and
/// copies the frame out.
fn finish(scratch: &mut [u8], opcode: Opcode, head: &[&str]) -> Frame {
    let mut start = HEADROOM;
    for part in head.iter().rev() {
        start = prepend(scratch, start, part.as_bytes());
    }
    let mut header = [0; SERVER_HEADER_BYTES_MAX];
    let payload_length = scratch.len().saturating_sub(start);
    let header_length = write_header(&mut header, opcode, payload_length);
    start = prepend(scratch, start, header.get(..header_length).unwrap_or_default());
    Frame { bytes: scratch.get(start..).unwrap_or_default().into() }
}

/// Writes `part` in front of `start` and returns where it begins.
fn prepend(scratch: &mut [u8], start: usize, part: &[u8]) -> usize {
    let begin = start.saturating_sub(part.len());
    if let Some(room) = scratch.get_mut(begin..start)
        && room.len() == part.len()
    {
        room.copy_from_slice(part);
    }
    begin
}
