//! The Socket.IO engine, for the rest of the server: namespaces, sockets, events. The only file that
//! names the library behind it, so that another engine can take its place.
//!
//! What the library does not do by itself is done here: events of one socket are handled in the
//! order in which they came, by one task; its queues are bounded, and a full one ends the connection
//! instead of losing something.

use std::convert::Infallible;
use std::future::{Future, ready};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use serde::Serialize;
use serde_json::Value;
use socketioxide::adapter::LocalAdapter;
use socketioxide::extract::{AckSender, Event, SocketRef, TryData};
use socketioxide::handler::{ConnectHandler as _, FromMessageParts};
use socketioxide::{ParserConfig, SocketIo};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::handshake::Handshake;

/// Limits of the engine.
#[derive(Clone, Copy, Debug)]
pub struct EngineLimits {
    /// Largest message from a client, in bytes.
    pub message_bytes_max: usize,
    /// Packets that may wait for a slow socket.
    pub backlog_packets_max: usize,
    /// Events of one socket that may wait to be handled.
    pub events_waiting_max: usize,
    /// How often a socket is asked whether it is still there.
    pub ping_interval: Duration,
    /// How long it may take to answer.
    pub ping_time_max: Duration,
}

/// How long a session may take to enter a namespace, or to upgrade.
const HANDSHAKE_TIME_MAX: Duration = Duration::from_secs(10);

/// How long a client may take to answer an event.
const ACK_TIME_MAX: Duration = Duration::from_secs(5);

/// The product takes no binary events: one attachment is enough to say so.
const ATTACHMENTS_MAX: usize = 1;

/// How long that attachment may take to arrive.
const ATTACHMENT_TIME_MAX: Duration = Duration::from_secs(5);

/// The engine. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    io: SocketIo,
    limits: EngineLimits,
    tasks: TaskTracker,
    next_peer: Arc<AtomicU64>,
    closed: CancellationToken,
}

impl Engine {
    /// An engine, and the routes at which it answers. Each socket gets one task on `tasks`.
    pub fn new(limits: EngineLimits, tasks: TaskTracker) -> (Router, Self) {
        let attachments = ParserConfig::common()
            .max_incoming_binaries(ATTACHMENTS_MAX)
            .max_incoming_binary_buf_size(limits.message_bytes_max)
            .packet_completion_timeout(ATTACHMENT_TIME_MAX);
        let (service, io) = SocketIo::builder()
            .req_path("/socket.io")
            .max_payload(u64::try_from(limits.message_bytes_max).unwrap_or(u64::MAX))
            // `max_payload` alone does not bound WebSocket messages.
            .ws_max_message_size(limits.message_bytes_max)
            .ws_max_frame_size(limits.message_bytes_max)
            .ws_read_buffer_size(4 * 1024)
            .max_buffer_size(limits.backlog_packets_max)
            .ping_interval(limits.ping_interval)
            .ping_timeout(limits.ping_time_max)
            .connect_timeout(HANDSHAKE_TIME_MAX)
            .upgrade_timeout(HANDSHAKE_TIME_MAX)
            .ack_timeout(ACK_TIME_MAX)
            .with_parser(attachments)
            .build_svc();
        // One service for both: as a layer it would be made anew, without sessions, for each.
        let routes = Router::new()
            .route_service("/socket.io/", service.clone())
            .route_service("/socket.io", service);
        (
            routes,
            Self { io, limits, tasks, next_peer: Arc::default(), closed: CancellationToken::new() },
        )
    }

    /// Opens a namespace. `serve` is the whole life of one socket: it reads the inbox until the
    /// inbox ends, which is when the socket is gone.
    pub fn namespace<S, F>(&self, path: &'static str, serve: S)
    where
        S: Fn(Peer, Value, Inbox) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let (limits, next_peer) = (self.limits, self.next_peer.clone());
        let closed = self.closed.clone();
        // Handlers are in place before CONNECT is answered: a client may join with its next packet.
        let prepare = move |socket: SocketRef, TryData(auth): TryData<Value>| {
            let prepared = Bearer::of(&socket, next_peer.fetch_add(1, Ordering::Relaxed));
            let ready_bearer = prepared.map(|bearer| {
                let events = listen(&socket, &bearer, limits.events_waiting_max);
                let ended = bearer.handshake.ended();
                let inbox = Inbox { events, ended, closed: closed.clone() };
                let waiting = (bearer, auth.unwrap_or(Value::Null), inbox);
                socket.extensions.insert(Waiting(Arc::new(Mutex::new(Some(waiting)))));
            });
            ready(ready_bearer.ok_or("this connection has no handshake"))
        };
        let tasks = self.tasks.clone();
        let start = move |socket: SocketRef| {
            if let Some((bearer, auth, inbox)) = Waiting::take(&socket) {
                tasks.spawn(serve(bearer.peer(socket), auth, inbox));
            }
            ready(())
        };
        self.io.ns(path, start.with(prepare));
    }

    /// Ends every connection, so that clients come back by themselves, and refuses new ones. Returns
    /// when what waited for them has been written, which a reader that does not read can delay.
    pub async fn close(&self) {
        // The library does not tell the handlers of sockets that end with it. Also when nobody waits
        // for slow readers any more, and this future is dropped.
        let _end_inboxes = self.closed.clone().drop_guard();
        self.io.close().await;
    }
}

/// What the middleware hands to the connect handler.
#[derive(Clone)]
struct Waiting(Arc<Mutex<Option<(Bearer, Value, Inbox)>>>);

impl Waiting {
    fn take(socket: &SocketRef) -> Option<(Bearer, Value, Inbox)> {
        let Self(waiting) = socket.extensions.remove()?;
        waiting.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

fn listen(
    socket: &SocketRef,
    bearer: &Bearer,
    events_waiting_max: usize,
) -> mpsc::Receiver<Incoming> {
    let (sender, receiver) = mpsc::channel(events_waiting_max.max(1));
    let sender = Arc::new(Mutex::new(Some(sender)));
    let on_event = {
        let (sender, bearer) = (sender.clone(), bearer.clone());
        move |socket: SocketRef,
              Event(name): Event,
              AckWanted(ack_wanted): AckWanted,
              TryData(payload): TryData<Value>,
              ack: AckSender| {
            let peer = bearer.clone().peer(socket);
            let ack = ack_wanted.then(|| Ack { ack, peer: peer.clone() });
            let incoming = Incoming { event: name, payload: payload.unwrap_or_default(), ack };
            let sender = sender.lock().unwrap_or_else(PoisonError::into_inner);
            let full = sender.as_ref().is_some_and(|sender| sender.try_send(incoming).is_err());
            if full {
                peer.end_transport("too many events are waiting");
            }
            ready(())
        }
    };
    socket.on_fallback(on_event);
    socket.on_disconnect(move || {
        // Ends the inbox once it is read: whoever reads it keeps the socket, and with it this handler.
        drop(sender.lock().unwrap_or_else(PoisonError::into_inner).take());
        ready(())
    });
    receiver
}

/// Whether the client waits for an ack.
struct AckWanted(bool);

impl FromMessageParts<LocalAdapter> for AckWanted {
    type Error = Infallible;

    fn from_message_parts(
        _socket: &Arc<socketioxide::socket::Socket<LocalAdapter>>,
        _payload: &mut socketioxide_core::Value,
        ack: &Option<i64>,
    ) -> Result<Self, Self::Error> {
        Ok(Self(ack.is_some()))
    }
}

/// Events of one socket, in the order in which they came. Ends with the socket, with its connection
/// when we end that, and with the engine: the library notices some of these only later.
pub struct Inbox {
    events: mpsc::Receiver<Incoming>,
    ended: CancellationToken,
    closed: CancellationToken,
}

impl Inbox {
    /// The next event; nothing when the socket is gone.
    pub async fn next(&mut self) -> Option<Incoming> {
        tokio::select! {
            biased;
            () = self.ended.cancelled() => None,
            // When the engine closes, what has come in is handled before the end.
            incoming = self.events.recv() => incoming,
            () = self.closed.cancelled() => None,
        }
    }
}

/// One event from a client.
pub struct Incoming {
    /// Its name.
    pub event: String,
    /// Its first argument; null when there is none, or when it cannot be read.
    pub payload: Value,
    /// How to answer, if the client waits for an answer.
    pub ack: Option<Ack>,
}

/// Answers one event.
pub struct Ack {
    ack: AckSender,
    peer: Peer,
}

impl Ack {
    /// Sends the answer.
    pub fn answer<T: Serialize + ?Sized>(self, answer: &T) {
        if self.ack.send(answer).is_err() {
            self.peer.end_transport("the backlog is full");
        }
    }
}

/// What makes a [`Peer`] of a socket. Kept by the socket itself, so it must not keep the socket: the
/// two would hold each other, and the session's place, for ever.
#[derive(Clone)]
struct Bearer {
    id: u64,
    handshake: Arc<Handshake>,
}

impl Bearer {
    fn of(socket: &SocketRef, id: u64) -> Option<Self> {
        let handshake = socket.req_parts().extensions.get::<Arc<Handshake>>()?.clone();
        handshake.connected(&socket.id.to_string());
        Some(Self { id, handshake })
    }

    fn peer(self, socket: SocketRef) -> Peer {
        Peer { id: self.id, socket, handshake: self.handshake }
    }
}

/// One connected socket. Cheap to clone.
#[derive(Clone)]
pub struct Peer {
    id: u64,
    socket: SocketRef,
    handshake: Arc<Handshake>,
}

impl Peer {
    /// A number that no other socket of this process has.
    #[must_use]
    pub fn id(&self) -> u64 {
        self.id
    }

    /// Who opened the connection.
    #[must_use]
    pub fn handshake(&self) -> &Handshake {
        &self.handshake
    }

    /// Sends an event. A socket that cannot take it loses its connection, and comes back for what
    /// it missed: nothing is dropped in silence.
    pub fn emit<T: Serialize + ?Sized>(&self, event: &str, payload: &T) {
        match self.socket.emit(event, payload) {
            Ok(()) => {}
            Err(socketioxide::SendError::Socket(
                socketioxide::SocketError::InternalChannelFull,
            )) => {
                self.end_transport("the backlog is full");
            }
            Err(error) => tracing::debug!(%error, event, "an event was not sent"),
        }
    }

    /// Ends the socket for good: the official client does not come back by itself.
    pub fn disconnect(&self) {
        if self.socket.clone().disconnect().is_err() {
            self.end_transport("the backlog is full");
        }
    }

    /// Ends the connection below: the official client comes back by itself.
    pub fn end_transport(&self, reason: &'static str) {
        tracing::info!(reason, "a socket's connection is ended");
        self.handshake.end_transport();
    }
}
