//! The accept loop: connections in, each within limits. The loop itself is the engine's; who may come
//! in is decided here.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use ipnet::IpNet;
use socketio::serve::ServeOptions;
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;

use crate::chat::Network;
use crate::turnstile::{Place, Turnstile};

pub(super) use socketio::serve::PeerAddress;
pub use socketio::serve::Stop;

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

/// Accepts until it is stopped, then lets each connection finish its request. A connection that has
/// become a WebSocket is counted as a session.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: ServeLimits,
    (tasks, stop): (TaskTracker, Stop),
) {
    let options = ServeOptions {
        header_read_time_max: limits.header_read_time_max,
        ..ServeOptions::default()
    };
    socketio::serve::serve(listener, router, Doorman::new(limits), options, (tasks, stop)).await;
}

/// Who may come in.
struct Doorman {
    addresses: Turnstile,
    proxies: Turnstile,
    trusted: Vec<IpNet>,
}

impl Doorman {
    fn new(limits: ServeLimits) -> Self {
        let all = limits.connections_max;
        Self {
            addresses: Turnstile::new(all, limits.connections_per_address_max),
            proxies: Turnstile::new(all, all),
            trusted: limits.trusted_proxies,
        }
    }
}

impl socketio::serve::Doorman for Doorman {
    type Place = Place;

    fn enter(&self, peer: SocketAddr) -> Option<Place> {
        let peer = peer.ip();
        let is_proxy = self.trusted.iter().any(|network| network.contains(&peer));
        let turnstile = if is_proxy { &self.proxies } else { &self.addresses };
        turnstile.enter(Network::of(peer))
    }
}
