//! The accept loop: connections in, requests out, each within limits.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

use super::Connection;

/// Limits of the accept loop.
#[derive(Clone, Copy, Debug)]
pub struct ServeLimits {
    /// Connections at the same time; more wait in the kernel's queue.
    pub connections_max: usize,
    /// Longest time for a client to send its request's headers.
    pub header_read_time_max: Duration,
}

/// How long to wait when the process has no file descriptors left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Accepts until `stop`, then lets each connection finish its request; `cut` ends them all.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: ServeLimits,
    (tasks, stop, cut): (TaskTracker, CancellationToken, CancellationToken),
) {
    let places = Arc::new(Semaphore::new(limits.connections_max.min(Semaphore::MAX_PERMITS)));
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => return,
            accepted = accept(&listener, &places) => accepted,
        };
        match accepted {
            Ok((stream, peer, place)) => {
                let connection =
                    Connection { peer: peer.ip().to_canonical(), cut: cut.child_token() };
                let serving =
                    serve_connection(stream, router.clone(), connection, limits, stop.clone());
                tasks.spawn(async move {
                    serving.await;
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(ACCEPT_PAUSE) => {}
                }
            }
        }
    }
}

async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> io::Result<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let place = places.clone().acquire_owned().await.map_err(io::Error::other)?;
    let (stream, peer) = listener.accept().await?;
    // Without it a small answer waits for the client's delayed acknowledgement, some 40 ms.
    stream.set_nodelay(true)?;
    Ok((stream, peer, place))
}

async fn serve_connection(
    stream: TcpStream,
    router: Router,
    connection: Connection,
    limits: ServeLimits,
    stop: CancellationToken,
) {
    let stream = Cuttable::new(stream, &connection.cut);
    let service = router.map_request(move |mut request: http::Request<Incoming>| {
        request.extensions_mut().insert(connection.clone());
        request.map(Body::new)
    });
    let mut builder = hyper::server::conn::http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_read_time_max)
        .max_buf_size(HEADER_BYTES_MAX);
    let http = builder
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
        .with_upgrades();
    tokio::pin!(http);
    tokio::select! {
        _ended = &mut http => {}
        () = stop.cancelled() => {
            http.as_mut().graceful_shutdown();
            drop(http.await);
        }
    }
}

/// What the headers of one request may take, in bytes.
const HEADER_BYTES_MAX: usize = 64 * 1024;

/// A stream that can be cut from outside. Also while a reader does not read: a write that waits for
/// room in the kernel wakes up and fails.
struct Cuttable {
    stream: TcpStream,
    reading: Pin<Box<WaitForCancellationFutureOwned>>,
    writing: Pin<Box<WaitForCancellationFutureOwned>>,
}

impl Cuttable {
    fn new(stream: TcpStream, cut: &CancellationToken) -> Self {
        Self {
            stream,
            reading: Box::pin(cut.clone().cancelled_owned()),
            writing: Box::pin(cut.clone().cancelled_owned()),
        }
    }

    /// Reading and writing may belong to two tasks: each waits by itself.
    fn poll_cut_writing(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        is_cut(&mut self.writing, context)
    }
}

fn is_cut(
    waiting: &mut Pin<Box<WaitForCancellationFutureOwned>>,
    context: &mut Context<'_>,
) -> io::Result<()> {
    match waiting.as_mut().poll(context) {
        Poll::Ready(()) => Err(io::ErrorKind::ConnectionAborted.into()),
        Poll::Pending => Ok(()),
    }
}

impl AsyncRead for Cuttable {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        is_cut(&mut self.reading, context)?;
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Cuttable {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_cut_writing(context)?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.poll_cut_writing(context)?;
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
