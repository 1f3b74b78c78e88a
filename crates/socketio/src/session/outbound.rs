//! What waits to be sent to one client: frames that all recipients share, bounded in number and in
//! bytes.

use std::cell::RefCell;
use std::io;

use smallvec::SmallVec;

use crate::wire::frame::{Frame, Frames};

/// How much is put together for one write, in bytes.
const WRITE_BYTES_MAX: usize = 64 * 1024;

/// Frames for which an emptied queue keeps its room; a longer one is given back.
const KEPT_ROOM_MAX: usize = 8;

/// Volatile events that may wait for one client, each the latest of its name.
const LATEST_MAX: usize = 16;

thread_local! {
    /// Where the frames of one write are put together. One for all connections of a thread.
    static TOGETHER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// More would wait than may.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Full;

/// How far a write came.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// Nothing waits any more.
    All,
    /// The connection takes no more for now.
    Blocked,
}

/// How much may wait.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    pub(crate) bytes_max: usize,
    pub(crate) packets_max: usize,
}

/// The queue of one client.
#[derive(Default)]
pub(crate) struct Outbound {
    /// One lone frame lies in here, and not in memory of its own.
    queue: SmallVec<[Frame; 1]>,
    bytes: usize,
    /// How much of the first frame is sent already.
    sent: usize,
    latest: Vec<(u64, Frames)>,
}

impl Outbound {
    /// Whether nothing waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.queue.is_empty() && self.latest.is_empty()
    }

    /// Appends the frames of one packet.
    pub(crate) fn push(&mut self, frames: &Frames, bounds: Bounds) -> Result<(), Full> {
        let attachments = &frames.attachments;
        let bytes = frames.first.bytes() + attachments.iter().map(Frame::bytes).sum::<usize>();
        let packets = 1 + attachments.len();
        if self.bytes + bytes > bounds.bytes_max || self.queue.len() + packets > bounds.packets_max
        {
            return Err(Full);
        }
        self.bytes += bytes;
        self.queue.push(frames.first.clone());
        if !attachments.is_empty() {
            self.queue.extend(attachments.iter().cloned());
        }
        Ok(())
    }

    /// Appends one frame however full the queue is: the last one of a connection.
    pub(crate) fn push_last(&mut self, frame: Frame) {
        self.bytes += frame.bytes();
        self.queue.push(frame);
    }

    /// Keeps the frames until the client takes more, or until newer ones come under this key.
    pub(crate) fn push_latest(&mut self, key: u64, frames: &Frames) {
        let known = self.latest.iter_mut().find(|(other, _)| *other == key);
        if let Some((_, waiting)) = known {
            *waiting = frames.clone();
            return;
        }
        if self.latest.len() >= LATEST_MAX {
            self.latest.remove(0);
        }
        self.latest.push((key, frames.clone()));
    }

    /// Forgets what waits, but for the rest of a frame that has been begun.
    pub(crate) fn clear(&mut self) {
        self.latest = Vec::new();
        self.queue.truncate(usize::from(self.sent > 0));
        self.bytes = self.queue.iter().map(Frame::bytes).sum();
        self.queue.shrink_to_fit();
    }

    /// Writes as much as `write` takes, in as few calls as possible. Returns also the bytes and
    /// frames that were taken.
    pub(crate) fn write(
        &mut self,
        mut write: impl FnMut(&[u8]) -> io::Result<usize>,
    ) -> io::Result<(Written, Taken)> {
        let mut taken = Taken::default();
        loop {
            if self.queue.is_empty() {
                self.take_latest();
            }
            let Some(first) = self.queue.first() else {
                self.give_room_back();
                return Ok((Written::All, taken));
            };
            let rest = first.websocket().get(self.sent..).unwrap_or_default();
            let alone = self.queue.len() == 1 || rest.len() >= WRITE_BYTES_MAX;
            let written = if alone {
                write(rest)
            } else {
                TOGETHER.with_borrow_mut(|together| {
                    self.gather(together);
                    write(together)
                })
            };
            match written {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(bytes) => {
                    taken.bytes += bytes;
                    taken.packets += self.advance(bytes);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    return Ok((Written::Blocked, taken));
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Everything that waits as one polling body: packets separated by U+001E.
    pub(crate) fn take_body(&mut self) -> (Vec<u8>, Taken) {
        self.take_latest();
        let length = self.queue.iter().map(|frame| frame.polling_len() + 1).sum();
        let mut body = Vec::with_capacity(length);
        let mut taken = Taken::default();
        for frame in self.queue.drain(..) {
            if !body.is_empty() {
                body.push(b'\x1e');
            }
            frame.write_polling(&mut body);
            taken.packets += 1;
        }
        taken.bytes = body.len();
        (self.bytes, self.sent) = (0, 0);
        self.give_room_back();
        (body, taken)
    }

    fn take_latest(&mut self) {
        for (_, frames) in std::mem::take(&mut self.latest) {
            self.bytes += frames.iter().map(Frame::bytes).sum::<usize>();
            self.queue.extend(frames.iter().cloned());
        }
    }

    fn gather(&self, together: &mut Vec<u8>) {
        together.clear();
        let mut skipped = self.sent;
        for frame in &self.queue {
            together.extend_from_slice(frame.websocket().get(skipped..).unwrap_or_default());
            skipped = 0;
            if together.len() >= WRITE_BYTES_MAX {
                return;
            }
        }
    }

    /// Lets go of what is sent; returns how many frames are whole.
    fn advance(&mut self, bytes: usize) -> usize {
        let mut whole = 0;
        self.sent += bytes;
        for frame in &self.queue {
            if self.sent < frame.bytes() {
                break;
            }
            self.sent -= frame.bytes();
            self.bytes -= frame.bytes();
            whole += 1;
        }
        self.queue.drain(..whole);
        whole
    }

    fn give_room_back(&mut self) {
        if self.queue.capacity() > KEPT_ROOM_MAX {
            self.queue = SmallVec::new();
        }
    }
}

/// What a connection took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Taken {
    pub(crate) bytes: usize,
    pub(crate) packets: usize,
}
