//! How a test says what kind of client it wants.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64};

use futures_util::StreamExt as _;
use reqwest::Url;
use reqwest::header::{COOKIE, HeaderMap, HeaderName, HeaderValue, ORIGIN};
use serde_json::Value;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::SocketClient;
use super::driver::{Flow, Reader, Sink, Source, Writer, drive};
use super::endpoint::{ConnectError, Endpoint, Opening};
use super::inbox::{DEADLINE, Mailbox};

/// How many orders may wait for the writer; a test that sends more at once waits.
const ORDERS_MAX: usize = 1024;

/// How a client reaches the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    /// A WebSocket from the first byte on.
    WebSocket,
    /// HTTP long polling for good.
    Polling,
    /// HTTP long polling first, then a probed WebSocket, as browsers do.
    Upgrade,
}

impl Transport {
    /// Every way in, for tests whose promise holds on all of them.
    pub(crate) const ALL: [Self; 3] = [Self::WebSocket, Self::Polling, Self::Upgrade];
}

/// Collects what a client sends at its handshake; made by [`SocketClient::builder`].
#[derive(Clone, Debug)]
pub(crate) struct SocketClientBuilder {
    endpoint: Endpoint,
    namespace: String,
    transport: Transport,
    auth: Option<Value>,
    engine_only: bool,
    silent: bool,
}

impl SocketClientBuilder {
    pub(super) fn new(base_url: &str) -> Self {
        let base = Url::parse(base_url).expect("a base URL such as http://127.0.0.1:8080");
        assert_eq!(base.scheme(), "http", "this client speaks plain HTTP only");
        let endpoint = Endpoint { base, headers: HeaderMap::new(), receive_buffer_bytes: None };
        Self {
            endpoint,
            namespace: "/".to_owned(),
            transport: Transport::WebSocket,
            auth: None,
            engine_only: false,
            silent: false,
        }
    }

    /// The namespace to connect to; `/` unless told.
    pub(crate) fn namespace(mut self, namespace: &str) -> Self {
        namespace.clone_into(&mut self.namespace);
        self
    }

    /// The way in; a WebSocket unless told.
    pub(crate) fn transport(mut self, transport: Transport) -> Self {
        self.transport = transport;
        self
    }

    /// Adds `name=value` to the cookies of every request.
    pub(crate) fn cookie(self, cookie: &str) -> Self {
        let kept = self.endpoint.headers.get(COOKIE).and_then(|cookies| cookies.to_str().ok());
        let cookies = kept.map_or_else(|| cookie.to_owned(), |kept| format!("{kept}; {cookie}"));
        self.replace_header(COOKIE, &cookies)
    }

    /// Adds a header to every request.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        let name = HeaderName::try_from(name).expect("a header name");
        let value = HeaderValue::from_str(value).expect("a header value");
        self.endpoint.headers.append(name, value);
        self
    }

    /// The origin of the page that a browser would connect from; none unless told.
    pub(crate) fn origin(self, origin: &str) -> Self {
        self.replace_header(ORIGIN, origin)
    }

    /// The payload of the namespace's CONNECT.
    pub(crate) fn auth(mut self, auth: Value) -> Self {
        self.auth = Some(auth);
        self
    }

    /// Makes the kernel hold little for a client that does not read, so that a server notices
    /// soon. For WebSocket connections, the upgraded one too; the kernel doubles the number and
    /// has a minimum of about 2 KiB.
    pub(crate) fn receive_buffer_bytes(mut self, bytes: u32) -> Self {
        self.endpoint.receive_buffer_bytes = Some(bytes);
        self
    }

    /// Opens the engine but connects to no namespace, as a stranger does who only holds sessions.
    pub(crate) fn engine_only(mut self) -> Self {
        self.engine_only = true;
        self
    }

    /// Leaves the server's pings unanswered.
    pub(crate) fn silent(mut self) -> Self {
        self.silent = true;
        self
    }

    /// Connects: the answer is a client whose namespace has been entered, and whose upgrade, if
    /// one was asked for, is complete.
    pub(crate) async fn connect(self) -> Result<SocketClient, ConnectError> {
        let opened = timeout(DEADLINE, Box::pin(self.open())).await;
        let client = opened.unwrap_or(Err(ConnectError::TimedOut("the handshake")))?;
        if !self.engine_only {
            client.connect_namespace(self.auth).await?;
        }
        if self.transport == Transport::Upgrade {
            client.upgrade().await?;
        }
        Ok(client)
    }

    async fn open(&self) -> Result<SocketClient, ConnectError> {
        let mut endpoint = self.endpoint.clone();
        let (source, sink, opening) = if self.transport == Transport::WebSocket {
            let (socket, opening) = endpoint.open_websocket().await?;
            let (sink, stream) = socket.split();
            (Source::WebSocket(stream), Sink::WebSocket(sink), opening)
        } else {
            let (polling, opening) = endpoint.open_polling().await?;
            (Source::Polling(polling.clone()), Sink::Polling(polling), opening)
        };
        Ok(self.start(endpoint, opening, source, sink))
    }

    fn start(
        &self,
        endpoint: Endpoint,
        opening: Opening,
        source: Source,
        sink: Sink,
    ) -> SocketClient {
        let mailbox = Mailbox::new();
        let flow = watch::Sender::new(Flow::Reading);
        let (orders, pending_orders) = mpsc::channel(ORDERS_MAX);
        let (handovers, pending_handovers) = mpsc::channel(1);
        let reader = Reader {
            source,
            early: opening.early,
            namespace: self.namespace.clone(),
            mailbox: mailbox.clone(),
            flow: flow.clone(),
            handovers: pending_handovers,
            pongs: (!self.silent).then(|| orders.clone()),
            incomplete: None,
        };
        let writer = Writer { sink, orders: pending_orders };
        let mut driver = JoinSet::new();
        driver.spawn(drive(reader, writer, mailbox.clone()));
        SocketClient {
            namespace: self.namespace.clone(),
            handshake: opening.handshake,
            set_cookies: opening.set_cookies,
            endpoint,
            mailbox,
            flow,
            orders,
            handovers,
            websocket: AtomicBool::new(self.transport == Transport::WebSocket),
            next_acknowledgement: AtomicU64::new(0),
            driver: Mutex::new(driver),
        }
    }

    fn replace_header(mut self, name: HeaderName, value: &str) -> Self {
        let value = HeaderValue::from_str(value).expect("a header value");
        self.endpoint.headers.insert(name, value);
        self
    }
}
