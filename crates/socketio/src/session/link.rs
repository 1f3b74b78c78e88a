//! The two ends of an upgraded connection. A TCP stream can be written by whoever has something to
//! send; any other stream, such as TLS, is woken up through the session's task.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::upgrade::{Parts, Upgraded};
use hyper_util::rt::TokioIo;
use rustix::net::SendFlags;
use tokio::io::{AsyncRead as _, AsyncWrite as _, ReadBuf};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

/// What the client sends.
pub(crate) enum ReadEnd {
    Tcp(OwnedReadHalf),
    Other(Box<tokio::io::ReadHalf<TokioIo<Upgraded>>>),
}

/// What the client is sent.
pub(crate) enum WriteEnd {
    Tcp(OwnedWriteHalf),
    Other(Box<tokio::io::WriteHalf<TokioIo<Upgraded>>>),
}

/// Both ends, and what has been read of the connection beyond its upgrade.
pub(crate) fn open(upgraded: Upgraded) -> (ReadEnd, WriteEnd, Vec<u8>) {
    match upgraded.downcast::<TokioIo<TcpStream>>() {
        Ok(Parts { io, read_buf, .. }) => {
            let (read, write) = io.into_inner().into_split();
            // A copy, because the other is a large buffer with little or nothing in it.
            (ReadEnd::Tcp(read), WriteEnd::Tcp(write), read_buf.to_vec())
        }
        Err(upgraded) => {
            let (read, write) = tokio::io::split(TokioIo::new(upgraded));
            (ReadEnd::Other(Box::new(read)), WriteEnd::Other(Box::new(write)), Vec::new())
        }
    }
}

impl ReadEnd {
    /// Reads what has come, as far as it fits; nothing at the end.
    pub(crate) fn poll_read(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let mut buffer = ReadBuf::new(buffer);
        let read = match self {
            Self::Tcp(end) => Pin::new(end).poll_read(context, &mut buffer),
            Self::Other(end) => Pin::new(end).poll_read(context, &mut buffer),
        };
        read.map_ok(|()| buffer.filled().len())
    }
}

impl WriteEnd {
    /// Writes what the connection takes at once; `WouldBlock` when that is nothing, and for a stream
    /// that only the session's task can write.
    pub(crate) fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            // Not by tokio: what it knows of the connection lies elsewhere in memory, and who asks is
            // about to learn the same from the kernel.
            Self::Tcp(end) => {
                let stream: &TcpStream = end.as_ref();
                let flags = SendFlags::NOSIGNAL | SendFlags::DONTWAIT;
                Ok(rustix::net::send(stream, bytes, flags)?)
            }
            Self::Other(_) => Err(io::ErrorKind::WouldBlock.into()),
        }
    }

    /// Writes, or wakes the task once the connection takes more.
    pub(crate) fn poll_write(
        &mut self,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self {
            Self::Tcp(end) => Pin::new(end).poll_write(context, bytes),
            Self::Other(end) => Pin::new(end).poll_write(context, bytes),
        }
    }

    /// Sends what the stream itself still holds, as one with encryption does.
    pub(crate) fn poll_flush(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Tcp(_) => Poll::Ready(Ok(())),
            Self::Other(end) => Pin::new(end).poll_flush(context),
        }
    }

    /// Says that nothing more will be written.
    pub(crate) fn poll_shutdown(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Tcp(end) => Pin::new(end).poll_shutdown(context),
            Self::Other(end) => Pin::new(end).poll_shutdown(context),
        }
    }
}
