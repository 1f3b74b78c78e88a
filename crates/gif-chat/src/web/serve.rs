//! The accept loop: connections in, requests out, each within limits.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use ipnet::IpNet;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

use super::Connection;
use super::cuttable::Cuttable;
use crate::chat::Network;
use crate::turnstile::{Place, Turnstile};

/// Limits of the accept loop.
#[derive(Clone, Debug)]
pub struct ServeLimits {
    /// Connections at the same time.
    pub connections_max: usize,
    /// Of these from one address, unless it is a trusted proxy, which speaks for many.
    pub connections_per_address_max: usize,
    /// Whose connections count only in all.
    pub trusted_proxies: Vec<IpNet>,
    /// Longest time for a client to send its request's headers.
    pub header_read_time_max: Duration,
}

/// How long to wait when the process has no file descriptors left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Refusals under way at the same time; beyond them connections are closed without a word.
const REFUSALS_MAX: usize = 64;

/// Accepts until `stop`, then lets each connection finish its request; `cut` ends them all.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: ServeLimits,
    (tasks, stop, cut): (TaskTracker, CancellationToken, CancellationToken),
) {
    let doorman = Doorman::new(&limits);
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok((stream, peer)) => (stream, peer.ip().to_canonical()),
            Err(error) if is_of_one_connection(&error) => continue,
            Err(error) => {
                tracing::warn!(%error, "connections cannot be accepted");
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(ACCEPT_PAUSE) => continue,
                }
            }
        };
        // Without it a small answer waits for the client's delayed acknowledgement, some 40 ms.
        // Fails only for a connection that is gone already, which reading will find out.
        drop(stream.set_nodelay(true));
        let Some(place) = doorman.enter(peer) else {
            doorman.refuse(stream, &tasks);
            continue;
        };
        let connection = Connection { peer, cut: cut.child_token() };
        let time_max = limits.header_read_time_max;
        let serving = serve_connection(stream, router.clone(), connection, time_max, stop.clone());
        tasks.spawn(async move {
            serving.await;
            drop(place);
        });
    }
}

/// Whether only the connection that was about to be accepted is lost, and the next one is fine.
fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

/// Who may come in, and what the others hear.
struct Doorman {
    addresses: Turnstile,
    proxies: Turnstile,
    trusted: Vec<IpNet>,
    refusals: Arc<Semaphore>,
}

impl Doorman {
    fn new(limits: &ServeLimits) -> Self {
        let all = limits.connections_max;
        Self {
            addresses: Turnstile::new(all, limits.connections_per_address_max),
            proxies: Turnstile::new(all, all),
            trusted: limits.trusted_proxies.clone(),
            refusals: Arc::new(Semaphore::new(REFUSALS_MAX)),
        }
    }

    fn enter(&self, peer: IpAddr) -> Option<Place> {
        let is_proxy = self.trusted.iter().any(|network| network.contains(&peer));
        let turnstile = if is_proxy { &self.proxies } else { &self.addresses };
        turnstile.enter(Network::of(peer))
    }

    /// Says "later" without reading a request, and lets the client read it.
    fn refuse(&self, mut stream: TcpStream, tasks: &TaskTracker) {
        let Ok(turn) = self.refusals.clone().try_acquire_owned() else {
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
            drop(tokio::time::timeout(REFUSAL_TIME_MAX, refusing).await);
        });
    }
}

/// How long a refused client has to read the answer.
const REFUSAL_TIME_MAX: Duration = Duration::from_secs(1);

const TOO_MANY: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\n\
    Content-Length: 0\r\nConnection: close\r\n\r\n";

async fn serve_connection(
    stream: TcpStream,
    router: Router,
    connection: Connection,
    header_read_time_max: Duration,
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
        .header_read_timeout(header_read_time_max)
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
