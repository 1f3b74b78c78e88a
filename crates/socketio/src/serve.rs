//! An accept loop for HTTP/1.1 with upgrades, for servers whose connections are many and long.

use std::convert::Infallible;
use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use http_body::Body;
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Where a request's connection comes from. [`serve()`] adds it to each request's extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeerAddress(pub SocketAddr);

/// Limits of the accept loop.
#[derive(Clone, Debug)]
pub struct ServeOptions {
    /// Longest time for a client to send its request's headers, also between two requests.
    pub header_read_time_max: Duration,
    /// What the headers of one request may take, in bytes.
    pub header_bytes_max: usize,
    /// How long a client may leave unread or unacknowledged what it was sent. What is longer than the
    /// kernel's buffers would hold its connection and the answer for ever. Kept by the kernel, on
    /// Linux (`TCP_USER_TIMEOUT`).
    pub unread_time_max: Duration,
    /// How long to wait when the process has no file descriptors left.
    pub accept_pause: Duration,
    /// Refusals under way at the same time; beyond them connections are closed without a word.
    pub refusals_max: usize,
    /// How long a refused client has to read the answer.
    pub refusal_time_max: Duration,
}

impl Default for ServeOptions {
    fn default() -> Self {
        Self {
            header_read_time_max: Duration::from_secs(10),
            header_bytes_max: 64 * 1024,
            unread_time_max: Duration::from_secs(30),
            accept_pause: Duration::from_millis(100),
            refusals_max: 64,
            refusal_time_max: Duration::from_secs(1),
        }
    }
}

/// How a server stops.
#[derive(Clone, Debug, Default)]
pub struct Stop {
    /// Accepts no more; connections finish their request.
    pub accepting: CancellationToken,
    /// Ends the connections that have not finished.
    pub connections: CancellationToken,
}

/// Decides about connections before anything is read.
pub trait Doorman: Send + Sync + 'static {
    /// Kept for as long as HTTP is spoken over the connection; what it becomes by an upgrade is
    /// counted by the engine.
    type Place: Send + 'static;

    /// Lets a connection in, or not.
    fn enter(&self, peer: SocketAddr) -> Option<Self::Place>;
}

/// So many connections at the same time.
#[derive(Clone, Debug)]
pub struct ConnectionsMax(Arc<Semaphore>);

impl ConnectionsMax {
    /// At most so many.
    #[must_use]
    pub fn new(connections_max: usize) -> Self {
        Self(Arc::new(Semaphore::new(connections_max)))
    }
}

impl Doorman for ConnectionsMax {
    type Place = tokio::sync::OwnedSemaphorePermit;

    fn enter(&self, _peer: SocketAddr) -> Option<Self::Place> {
        self.0.clone().try_acquire_owned().ok()
    }
}

const TOO_MANY: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\n\
    Content-Length: 0\r\nConnection: close\r\n\r\n";

/// Accepts until it is stopped. Small answers leave at once (`TCP_NODELAY`), headers must come in
/// time, and running out of file descriptors is survived. Each connection is one task on `tasks`.
pub async fn serve<S, B>(
    listener: TcpListener,
    service: S,
    doorman: impl Doorman,
    options: ServeOptions,
    (tasks, stop): (TaskTracker, Stop),
) where
    S: tower_service::Service<Request<Incoming>, Response = Response<B>, Error = Infallible>
        + Clone
        + Send
        + 'static,
    S::Future: Send,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let refusals = Arc::new(Semaphore::new(options.refusals_max));
    loop {
        let accepted = tokio::select! {
            () = stop.accepting.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok((stream, peer)) => (stream, canonical(peer)),
            Err(error) if is_of_one_connection(&error) => continue,
            Err(error) => {
                tracing::warn!(%error, "connections cannot be accepted");
                let pause = tokio::time::sleep(options.accept_pause);
                stop.accepting.run_until_cancelled(pause).await;
                continue;
            }
        };
        // Without it a small answer waits for the client's delayed acknowledgement, some 40 ms.
        // Fails only for a connection that is gone already, which reading will find out.
        drop(stream.set_nodelay(true));
        #[cfg(target_os = "linux")]
        drop(set_unread_time_max(&stream, options.unread_time_max));
        let Some(place) = doorman.enter(peer) else {
            refuse(stream, &refusals, options.refusal_time_max, &tasks);
            continue;
        };
        let serving = connection(stream, peer, service.clone(), &options, stop.clone());
        tasks.spawn(async move {
            serving.await;
            drop(place);
        });
    }
}

/// Fails only for a connection that is gone already.
#[cfg(target_os = "linux")]
fn set_unread_time_max(stream: &TcpStream, time_max: Duration) -> io::Result<()> {
    let milliseconds = u32::try_from(time_max.as_millis()).unwrap_or(u32::MAX);
    Ok(rustix::net::sockopt::set_tcp_user_timeout(stream, milliseconds)?)
}

/// An IPv4 client of a socket for both versions is called by its IPv4 address.
fn canonical(peer: SocketAddr) -> SocketAddr {
    SocketAddr::new(peer.ip().to_canonical(), peer.port())
}

/// Whether only the connection that was about to be accepted is lost, and the next one is fine.
fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

/// Says "later" without reading a request, and lets the client read it.
fn refuse(
    mut stream: TcpStream,
    refusals: &Arc<Semaphore>,
    time_max: Duration,
    tasks: &TaskTracker,
) {
    let Ok(turn) = refusals.clone().try_acquire_owned() else {
        return;
    };
    tasks.spawn(async move {
        let _turn = turn;
        let refusing = async {
            stream.write_all(TOO_MANY).await?;
            stream.shutdown().await?;
            // Closing with something unread would throw the answer away.
            let mut rest = [0; 4_096];
            while stream.read(&mut rest).await? > 0 {}
            io::Result::Ok(())
        };
        drop(tokio::time::timeout(time_max, refusing).await);
    });
}

fn connection<S, B>(
    stream: TcpStream,
    peer: SocketAddr,
    service: S,
    options: &ServeOptions,
    stop: Stop,
) -> impl Future<Output = ()> + Send + use<S, B>
where
    S: tower_service::Service<Request<Incoming>, Response = Response<B>, Error = Infallible>
        + Clone
        + Send
        + 'static,
    S::Future: Send,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let mut builder = hyper::server::conn::http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(options.header_read_time_max)
        .max_buf_size(options.header_bytes_max);
    let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(PeerAddress(peer));
        service.clone().call(request)
    });
    async move {
        let http = builder.serve_connection(TokioIo::new(stream), service).with_upgrades();
        tokio::pin!(http);
        tokio::select! {
            _ended = &mut http => return,
            () = stop.accepting.cancelled() => http.as_mut().graceful_shutdown(),
            () = stop.connections.cancelled() => return,
        }
        drop(stop.connections.run_until_cancelled(http).await);
    }
}
