//! One connection of a limit.

use std::io::{self, ErrorKind, Read as _, Write as _};

use mio::net::TcpStream;

/// What may wait for one reader, in bytes; who needs more is disconnected.
const BACKLOG_BYTES_MAX: usize = 1024 * 1024;

/// A connection, what is incomplete, and what waits.
pub(super) struct Client {
    pub(super) upgraded: bool,
    pub(super) room: Option<Vec<u8>>,
    pub(super) dirty: bool,
    stream: TcpStream,
    incomplete: Vec<u8>,
    waiting: Vec<u8>,
    /// How much of `waiting` was written already.
    written: usize,
}

/// What reading brought.
pub(super) struct Reading {
    /// Bytes in the buffer.
    pub(super) filled: usize,
    /// Whether more may be waiting.
    pub(super) more: bool,
}

impl Client {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self {
            upgraded: false,
            room: None,
            dirty: false,
            stream,
            incomplete: Vec::new(),
            waiting: Vec::new(),
            written: 0,
        }
    }

    /// Writes at once if nothing waits.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if !self.waiting.is_empty() {
            return self.queue(bytes);
        }
        match self.stream.write(bytes) {
            Ok(written) if written == bytes.len() => Ok(()),
            Ok(written) => self.queue(bytes.get(written..).unwrap_or_default()),
            Err(error) if error.kind() == ErrorKind::WouldBlock => self.queue(bytes),
            Err(error) => Err(error),
        }
    }

    /// Lets bytes wait.
    pub(super) fn queue(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.waiting.len() - self.written + bytes.len() > BACKLOG_BYTES_MAX {
            return Err(ErrorKind::OutOfMemory.into());
        }
        self.waiting.extend_from_slice(bytes);
        Ok(())
    }

    /// Writes what waits, as far as there is room.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        match self.stream.write(self.waiting.get(self.written..).unwrap_or_default()) {
            Ok(written) => self.written += written,
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
        if self.written == self.waiting.len() {
            self.waiting.clear();
            self.written = 0;
        } else if self.written > BACKLOG_BYTES_MAX {
            self.waiting.drain(..self.written);
            self.written = 0;
        }
        Ok(())
    }

    /// Reads behind what was incomplete.
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> io::Result<Reading> {
        let held = self.incomplete.len();
        let Some((begin, rest)) = buffer.split_at_mut_checked(held) else {
            return Err(ErrorKind::OutOfMemory.into());
        };
        begin.copy_from_slice(&self.incomplete);
        let count = match self.stream.read(rest) {
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(count) => count,
            Err(error) if error.kind() == ErrorKind::WouldBlock => 0,
            Err(error) => return Err(error),
        };
        self.incomplete.clear();
        Ok(Reading { filled: held + count, more: count == rest.len() })
    }

    /// Keeps what is incomplete until there is more.
    pub(super) fn keep(&mut self, incomplete: &[u8]) {
        self.incomplete.extend_from_slice(incomplete);
    }
}
