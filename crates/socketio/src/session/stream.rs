//! An upgraded connection. A TCP stream can be written by whoever has something to send; any other
//! stream, such as TLS, is woken up through the session's task.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::upgrade::{Parts, Upgraded};
use hyper_util::rt::TokioIo;
use rustix::net::SendFlags;
use tokio::io::{AsyncRead as _, AsyncWrite as _, ReadBuf};
use tokio::net::TcpStream;

/// A connection to a client.
pub(crate) enum Stream {
    /// Inside its session: one step less for each write.
    Tcp(TcpStream),
    Other(Box<TokioIo<Upgraded>>),
}

impl Stream {
    /// The stream, and what has been read of it beyond its upgrade.
    pub(crate) fn open(upgraded: Upgraded) -> (Self, Vec<u8>) {
        match upgraded.downcast::<TokioIo<TcpStream>>() {
            // A copy, because the other is a large buffer with little or nothing in it.
            Ok(Parts { io, read_buf, .. }) => (Self::Tcp(io.into_inner()), read_buf.to_vec()),
            Err(upgraded) => (Self::Other(Box::new(TokioIo::new(upgraded))), Vec::new()),
        }
    }

    /// Reads what has come, as far as it fits; nothing at the end.
    pub(crate) fn poll_read(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let mut buffer = ReadBuf::new(buffer);
        let read = match self {
            Self::Tcp(stream) => Pin::new(stream).poll_read(context, &mut buffer),
            Self::Other(stream) => Pin::new(stream).poll_read(context, &mut buffer),
        };
        read.map_ok(|()| buffer.filled().len())
    }

    /// Writes what the connection takes at once; `WouldBlock` when that is nothing, and for a stream
    /// that only the session's task can write.
    pub(crate) fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            // Not by tokio: what it knows of the connection lies elsewhere in memory, and who asks is
            // about to learn the same from the kernel.
            Self::Tcp(stream) => {
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
            Self::Tcp(stream) => Pin::new(stream).poll_write(context, bytes),
            Self::Other(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    /// Sends what the stream itself still holds, as one with encryption does.
    pub(crate) fn poll_flush(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Tcp(_) => Poll::Ready(Ok(())),
            Self::Other(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    /// Says that nothing more will be written.
    pub(crate) fn poll_shutdown(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Tcp(stream) => Pin::new(stream).poll_shutdown(context),
            Self::Other(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}
