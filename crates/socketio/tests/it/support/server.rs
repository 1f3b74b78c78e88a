//! A server on a port of its own.

use std::net::SocketAddr;

use hyper_util::rt::TokioIo;
use socketio::serve::{ConnectionsMax, Doorman, ServeOptions, Stop, serve};
use socketio::{Config, Engine, Handshake};
use tokio::io::DuplexStream;
use tokio::net::{TcpListener, TcpSocket};
use tokio_util::task::TaskTracker;

use super::{Polling, WebSocket};

/// More connections than any test makes.
const CONNECTIONS_MAX: usize = 20_000;

/// What the kernel of a narrow server takes for a connection, in bytes.
const NARROW_BYTES: u32 = 16 * 1024;

/// A client of an engine over a stream that is not TCP, and that holds so many bytes.
pub(crate) async fn piped(engine: &Engine, bytes: usize) -> WebSocket<DuplexStream> {
    let (ours, theirs) = tokio::io::duplex(bytes);
    let service = hyper_util::service::TowerToHyperService::new(engine.service());
    let connection =
        hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(theirs), service);
    TaskTracker::new().spawn(connection.with_upgrades());
    WebSocket::open_over(ours).await
}

/// An engine that listens. It lives as long as the test's runtime.
pub(crate) struct Server<H = Handshake> {
    pub(crate) engine: Engine<H>,
    pub(crate) address: SocketAddr,
    /// The connections.
    pub(crate) tasks: TaskTracker,
    pub(crate) stop: Stop,
}

impl Server {
    /// With an application, if the default one does not do.
    pub(crate) async fn with(config: Config, describe: impl FnOnce(&Engine)) -> Self {
        let engine = Engine::new(config);
        describe(&engine);
        Self::of(engine).await
    }

    /// With an application that echoes.
    pub(crate) async fn echoing(config: Config) -> Self {
        Self::with(config, super::echo).await
    }
}

impl<H: Send + Sync + 'static> Server<H> {
    pub(crate) async fn of(engine: Engine<H>) -> Self {
        Self::guarded(engine, ConnectionsMax::new(CONNECTIONS_MAX), ServeOptions::default()).await
    }

    pub(crate) async fn guarded(
        engine: Engine<H>,
        doorman: impl Doorman,
        options: ServeOptions,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::listening(listener, engine, doorman, options)
    }

    /// One whose kernel takes little for a connection, so that a client's pace is felt soon.
    pub(crate) fn narrow(engine: Engine<H>) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        // What is accepted inherits it.
        socket.set_send_buffer_size(NARROW_BYTES).unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let listener = socket.listen(64).unwrap();
        let doorman = ConnectionsMax::new(CONNECTIONS_MAX);
        Self::listening(listener, engine, doorman, ServeOptions::default())
    }

    fn listening(
        listener: TcpListener,
        engine: Engine<H>,
        doorman: impl Doorman,
        options: ServeOptions,
    ) -> Self {
        let address = listener.local_addr().unwrap();
        let (tasks, stop) = (TaskTracker::new(), Stop::default());
        let serving = (tasks.clone(), stop.clone());
        tasks.spawn(serve(listener, engine.service(), doorman, options, serving));
        Self { engine, address, tasks, stop }
    }

    /// A session over a WebSocket.
    pub(crate) async fn websocket(&self) -> WebSocket {
        WebSocket::open(self.address).await
    }

    /// A session over a WebSocket, in the main namespace.
    pub(crate) async fn client(&self) -> WebSocket {
        let mut client = self.websocket().await;
        client.enter("/").await;
        client
    }

    /// A session that polls.
    pub(crate) async fn polling(&self) -> Polling {
        Polling::open(self.address).await
    }

    /// A session that polls, in the main namespace.
    pub(crate) async fn polling_client(&self) -> Polling {
        let mut client = self.polling().await;
        client.enter("/").await;
        client
    }

    /// How many sessions have ended for a reason, by the name it is counted under.
    pub(crate) fn ended(&self, name: &str) -> u64 {
        let counters = self.engine.counters();
        let found = counters.ended.iter().find(|(known, _)| *known == name);
        found.unwrap_or_else(|| panic!("nothing is counted under {name}")).1
    }
}
