//! What all lessons need and none is about: where they listen, who is there, when they end.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::{env, error::Error, io, sync::Arc};

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use axum::http::HeaderMap;
use axum::middleware::map_request;
use ipnet::IpNet;
use socketio::serve::PeerAddress;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

const PORT: u16 = 8005;

/// Serves on `PORT` until Ctrl-C or SIGTERM, with the log on stderr. Open connections are not waited
/// for: they are the lesson's own.
#[expect(clippy::disallowed_methods, reason = "three variables need no configuration")]
#[expect(clippy::print_stdout, reason = "the address is for whoever started it, not for a log")]
pub async fn serve(app: Router) -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt().with_writer(io::stderr).init();
    let port = env::var("PORT").map_or(Ok(PORT), |port| port.parse::<u16>())?;
    let trusted = trusted_proxies(&env::var("TRUSTED_PROXIES").unwrap_or_default())?;
    let app = app.layer(map_request(move |request| {
        std::future::ready(with_client_address(request, &trusted))
    }));
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    println!("http://localhost:{}", listener.local_addr()?.port());
    tokio::select! {
        served = axum::serve(listener, app) => served?,
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}

/// Networks or single addresses, with commas between them.
fn trusted_proxies(list: &str) -> Result<Arc<[IpNet]>, Box<dyn Error>> {
    let names = list.split(',').map(str::trim).filter(|name| !name.is_empty());
    let network = |name: &str| match name.parse::<IpAddr>() {
        Ok(address) => Ok(IpNet::from(address)),
        Err(_) => name.parse::<IpNet>(),
    };
    Ok(names.map(network).collect::<Result<_, _>>()?)
}

/// Lets `ConnectInfo`, and the Socket.IO engine, name the client instead of the proxy.
fn with_client_address(mut request: Request, trusted: &[IpNet]) -> Request {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().copied();
    if let Some(ConnectInfo(peer)) = peer {
        let client = client_address(peer.ip(), request.headers(), trusted);
        let client = SocketAddr::new(client, peer.port());
        request.extensions_mut().insert(ConnectInfo(client));
        request.extensions_mut().insert(PeerAddress(client));
    }
    request
}

/// The right-most hop that is no trusted proxy: what stands left of it anybody can have written.
fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let lines = headers.get_all("x-forwarded-for").iter().rev();
    let hops = lines.flat_map(|line| line.to_str().unwrap_or_default().rsplit(','));
    let is_trusted = |address| trusted.iter().any(|network| network.contains(&address));
    let addresses = hops.map_while(|hop| hop.trim().parse().ok());
    addresses.fold(peer, |client, hop| if is_trusted(client) { hop } else { client })
}
