//! One TCP connection of the load generator.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use mio::net::TcpStream;
use mio::{Interest, Registry, Token};
use socket2::{Domain, Socket, Type};

/// Connections from one address; a few hundred thousand would run out of ports.
const CONNECTIONS_PER_ADDRESS: usize = 1000;

/// A connection, what has come in but is not complete, and what could not be written yet.
pub(crate) struct Link {
    stream: TcpStream,
    incomplete: Vec<u8>,
    unsent: Vec<u8>,
}

/// What reading brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fill {
    /// So many bytes are in the buffer, and more may be waiting.
    Full(usize),
    /// So many bytes are in the buffer, and nothing is waiting.
    Drained(usize),
    /// The server has ended the connection.
    Ended,
}

impl Link {
    /// Begins to connect; `index` chooses the source address. `receive_buffer` bounds what the kernel
    /// keeps for a reader that does not read, in bytes.
    pub(crate) fn open(
        registry: &Registry,
        token: Token,
        (target, index): (SocketAddr, usize),
        receive_buffer: Option<usize>,
    ) -> io::Result<Self> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        socket.set_nonblocking(true)?;
        socket.set_tcp_nodelay(true)?;
        if let Some(bytes) = receive_buffer {
            socket.set_recv_buffer_size(bytes)?;
        }
        socket.bind(&SocketAddr::new(source(index), 0).into())?;
        match socket.connect(&target.into()) {
            Err(error) if error.raw_os_error() != Some(EINPROGRESS) => return Err(error),
            _ => {}
        }
        let mut stream = TcpStream::from_std(socket.into());
        registry.register(&mut stream, token, Interest::READABLE | Interest::WRITABLE)?;
        Ok(Self { stream, incomplete: Vec::new(), unsent: Vec::new() })
    }

    /// Writes now what can be written now, and the rest when there is room.
    pub(crate) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        if !self.unsent.is_empty() {
            self.unsent.extend_from_slice(bytes);
            return Ok(());
        }
        let written = match self.stream.write(bytes) {
            Ok(written) => written,
            Err(error) if may_wait(&error) => 0,
            Err(error) => return Err(error),
        };
        self.unsent.extend_from_slice(bytes.get(written..).unwrap_or_default());
        Ok(())
    }

    /// There may be room for what could not be written.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        if self.unsent.is_empty() {
            return Ok(());
        }
        let unsent = std::mem::take(&mut self.unsent);
        self.send(&unsent)
    }

    /// Reads behind what was incomplete.
    pub(crate) fn read(&mut self, buffer: &mut [u8]) -> io::Result<Fill> {
        let held = self.incomplete.len();
        let Some((begin, rest)) = buffer.split_at_mut_checked(held) else {
            return Err(ErrorKind::OutOfMemory.into());
        };
        begin.copy_from_slice(&self.incomplete);
        self.incomplete.clear();
        match self.stream.read(rest) {
            Ok(0) => Ok(Fill::Ended),
            Ok(count) if count == rest.len() => Ok(Fill::Full(held + count)),
            Ok(count) => Ok(Fill::Drained(held + count)),
            Err(error) if may_wait(&error) => {
                self.keep(begin);
                Ok(Fill::Drained(0))
            }
            Err(error) => Err(error),
        }
    }

    /// Keeps what is incomplete until there is more.
    pub(crate) fn keep(&mut self, incomplete: &[u8]) {
        self.incomplete.extend_from_slice(incomplete);
    }
}

/// `EINPROGRESS` of Linux: the connection is being made.
const EINPROGRESS: i32 = 115;

/// A connection that is not made yet also says that it is not connected.
fn may_wait(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::NotConnected | ErrorKind::Interrupted)
}

fn source(index: usize) -> IpAddr {
    let last = u8::try_from(1 + index / CONNECTIONS_PER_ADDRESS % 250).unwrap_or(1);
    IpAddr::V4(Ipv4Addr::new(127, 0, 1, last))
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::time::{Duration, Instant};

    use mio::{Events, Poll};

    use super::*;

    /// More than the kernel takes.
    const BYTES: usize = 64 * 1024 * 1024;

    #[test]
    fn what_cannot_be_written_at_once_is_written_when_there_is_room() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let target = listener.local_addr().unwrap();
        let reader = std::thread::spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            io::copy(&mut stream.take(BYTES as u64), &mut io::sink()).unwrap()
        });
        let mut poll = Poll::new().unwrap();
        let mut link = Link::open(poll.registry(), Token(0), (target, 0), None).unwrap();
        link.send(&vec![b'x'; BYTES]).unwrap();
        assert!(!link.unsent.is_empty(), "the kernel took everything at once");
        let deadline = Instant::now() + Duration::from_secs(20);
        let mut events = Events::with_capacity(8);
        while !link.unsent.is_empty() {
            assert!(Instant::now() < deadline, "{} bytes are left", link.unsent.len());
            poll.poll(&mut events, Some(Duration::from_secs(1))).unwrap();
            link.flush().unwrap();
        }
        assert_eq!(reader.join().unwrap(), BYTES as u64);
    }
}
