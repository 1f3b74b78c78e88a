//! A Socket.IO client for tests: protocol 5 over Engine.IO 4, on every transport.
//!
//! It can do what official clients cannot: send wrong packets, stop reading, leave pings
//! unanswered, vanish without a word. It never reconnects, and it keeps everything it received,
//! so that a test can say "this came, once, in this order".
//!
//! Nothing here sleeps: whatever is waited for has the same generous deadline. That something did
//! *not* come is shown by a round trip (`ask`) followed by a look at `received`.
//!
//! ```ignore
//! let client = SocketClient::builder(&server.url()).namespace("/chat").connect().await?;
//! let seat = client.ask("join", json!({"room": room})).await;
//! let entry = client.expect("join").await;
//! ```

#![cfg(test)]

mod builder;
mod driver;
mod endpoint;
mod inbox;
mod packet;

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use futures_util::StreamExt as _;
use serde_json::Value;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

pub(crate) use builder::{SocketClientBuilder, Transport};
pub(crate) use endpoint::ConnectError;
pub(crate) use inbox::{CloseReason, Closed, DEADLINE};

use driver::{Flow, Frame, Handover, Order};
use endpoint::Endpoint;
use inbox::{Event, Inbox, Mailbox};

const CONNECT: u8 = 0;
const DISCONNECT: u8 = 1;
const EVENT: u8 = 2;

/// One connected client. Dropping it cuts the connection.
#[derive(Debug)]
pub(crate) struct SocketClient {
    namespace: String,
    handshake: Value,
    set_cookies: Vec<String>,
    endpoint: Endpoint,
    mailbox: Mailbox,
    flow: watch::Sender<Flow>,
    orders: mpsc::Sender<Order>,
    handovers: mpsc::Sender<Handover>,
    websocket: AtomicBool,
    next_acknowledgement: AtomicU64,
    driver: Mutex<JoinSet<()>>,
}

impl SocketClient {
    /// Begins a client for the server at `base_url`, such as `http://127.0.0.1:8080`.
    pub(crate) fn builder(base_url: &str) -> SocketClientBuilder {
        SocketClientBuilder::new(base_url)
    }

    /// The Socket.IO id that the namespace gave.
    pub(crate) fn sid(&self) -> String {
        let answer = self.mailbox.look(|inbox| inbox.namespace_answer.clone());
        answer.expect("a connected namespace").expect("an accepted CONNECT")
    }

    /// The Engine.IO session id.
    pub(crate) fn engine_sid(&self) -> String {
        self.handshake.get("sid").and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    /// The open packet: `sid`, `upgrades`, `pingInterval`, `pingTimeout`, `maxPayload`.
    pub(crate) fn handshake(&self) -> &Value {
        &self.handshake
    }

    /// The `Set-Cookie` values of the handshake.
    pub(crate) fn set_cookies(&self) -> Vec<String> {
        self.set_cookies.clone()
    }

    /// Whether packets travel on a WebSocket now.
    pub(crate) fn is_websocket(&self) -> bool {
        self.websocket.load(Ordering::SeqCst)
    }

    /// Sends an event with one argument, and returns when it has left. A connection that has
    /// ended is no failure here, because a server may well close while a test still talks:
    /// `closed` and the waiting methods tell.
    pub(crate) async fn emit(&self, event: &str, argument: Value) {
        self.emit_args(event, vec![argument]).await;
    }

    /// Sends an event with any number of arguments.
    pub(crate) async fn emit_args(&self, event: &str, arguments: Vec<Value>) {
        self.send_event(event, arguments, None).await;
    }

    /// Sends an event and waits for the first argument of its acknowledgement.
    pub(crate) async fn ask(&self, event: &str, argument: Value) -> Value {
        match self.ask_result(event, argument).await {
            Ok(answer) => answer,
            Err(Closed(_)) => self.fail(&format!("an acknowledgement of '{event}'")),
        }
    }

    /// Like `ask`, where the end of the connection is an answer too.
    pub(crate) async fn ask_result(&self, event: &str, argument: Value) -> Result<Value, Closed> {
        let id = self.next_acknowledgement.fetch_add(1, Ordering::SeqCst);
        self.send_event(event, vec![argument], Some(id)).await;
        let answer = self.mailbox.wait_unless_ended(|inbox| inbox.acknowledgements.remove(&id));
        match answer.await {
            Some(Ok(arguments)) => Ok(arguments.into_iter().next().unwrap_or(Value::Null)),
            Some(Err(closed)) => Err(closed),
            None => self.fail(&format!("an acknowledgement of '{event}'")),
        }
    }

    /// The first argument of the oldest event of this name that no call has consumed yet.
    pub(crate) async fn expect(&self, event: &str) -> Value {
        self.expect_where(event, |_| true).await
    }

    /// Like `expect`, for events whose first argument `wanted` accepts; others stay unconsumed.
    pub(crate) async fn expect_where(&self, event: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let matches =
            |candidate: &Event| candidate.name == event && wanted(&candidate.first_argument());
        let event = self.consume(matches, &format!("a wanted event '{event}'")).await;
        event.first_argument()
    }

    /// Every event so far in order, consumed or not, each with its first argument.
    pub(crate) fn received(&self) -> Vec<(String, Value)> {
        let pair = |event: &Event| (event.name.clone(), event.first_argument());
        self.mailbox.look(|inbox| inbox.events.iter().map(pair).collect())
    }

    /// Every Engine.IO text packet so far, of any namespace, as it came.
    pub(crate) fn received_packets(&self) -> Vec<String> {
        self.mailbox.look(|inbox| inbox.packets.clone())
    }

    /// The first Engine.IO text packet, of any namespace, that begins like this.
    pub(crate) async fn expect_packet(&self, beginning: &str) -> String {
        let found = self.mailbox.wait_unless_ended(|inbox: &mut Inbox| {
            inbox.packets.iter().find(|packet| packet.starts_with(beginning)).cloned()
        });
        match found.await {
            Some(Ok(packet)) => packet,
            _ => self.fail(&format!("a packet '{beginning}…'")),
        }
    }

    /// Sends the text of an Engine.IO packet as it stands, such as `42["chat"]`. On polling it is
    /// the body of one request, so it may hold several packets.
    pub(crate) async fn send_raw(&self, text: &str) {
        self.send(Frame::Text(text.to_owned())).await;
    }

    /// Sends a binary Engine.IO message, such as an attachment.
    pub(crate) async fn send_binary(&self, bytes: &[u8]) {
        self.send(Frame::Binary(bytes.to_vec())).await;
    }

    /// Sends any WebSocket message: control frames, fragments, a close frame with a code.
    pub(crate) async fn send_engine_frame(&self, message: Message) {
        assert!(self.is_websocket(), "polling has no frames");
        self.send(Frame::WebSocket(message)).await;
    }

    /// Stops reading: from now on the kernel keeps what arrives, and later the server has to. On
    /// polling the answer to the poll under way is left where it is, and no other is begun.
    pub(crate) async fn stop_reading(&self) {
        let mut changes = self.flow.subscribe();
        self.flow.send_replace(Flow::Stopping);
        let stopped = timeout(DEADLINE, changes.wait_for(|flow| *flow == Flow::Stopped)).await;
        assert!(stopped.is_ok(), "reading did not stop: {}", self.describe());
    }

    /// Reads on where `stop_reading` left off.
    pub(crate) fn resume_reading(&self) {
        self.flow.send_replace(Flow::Reading);
    }

    /// Takes a session that polls to a WebSocket: probe, last poll, upgrade.
    pub(crate) async fn upgrade(&self) -> Result<(), ConnectError> {
        let upgrade = Box::pin(async {
            let socket = self.endpoint.probe(&self.engine_sid()).await?;
            let (sink, stream) = socket.split();
            let (polling_ended, last_poll) = oneshot::channel();
            let handover = Handover { stream, polling_ended };
            let _ = self.handovers.send(handover).await;
            // Not before the last poll has come back: two readers would break the order.
            if last_poll.await.is_ok() {
                let (done, upgraded) = oneshot::channel();
                let _ = self.orders.send(Order::Upgrade(sink, done)).await;
                if upgraded.await.is_ok() {
                    return Ok(());
                }
            }
            let end = self.closed().await;
            Err(ConnectError::Closed(end))
        });
        let upgraded = timeout(DEADLINE, upgrade).await;
        upgraded.unwrap_or(Err(ConnectError::TimedOut("the upgrade")))?;
        self.websocket.store(true, Ordering::SeqCst);
        Ok(())
    }

    /// Leaves politely, as official clients do: DISCONNECT, then the end of the transport.
    pub(crate) async fn disconnect(&self) {
        self.mailbox.change(|inbox| inbox.ended_by_client = true);
        self.send_raw(&packet::encode(DISCONNECT, &self.namespace, None, "")).await;
        let _ = self.orders.send(Order::Close).await;
    }

    /// Drops the TCP connection without a close frame. A WebSocket is gone when this returns, the
    /// connections of polling soon after.
    pub(crate) async fn cut(&self) {
        let mut driver = std::mem::take(&mut *self.driver.lock().expect("an unbroken lock"));
        driver.shutdown().await;
        self.mailbox.change(|inbox| {
            inbox.ended_by_client = true;
            inbox.end_transport(CloseReason::default());
        });
    }

    /// Waits until the namespace or the transport has ended, and says how.
    pub(crate) async fn closed(&self) -> CloseReason {
        let end = self.mailbox.wait(|inbox| inbox.end()).await;
        end.unwrap_or_else(|| self.fail("the end of the connection"))
    }

    /// Waits until the transport has ended: after a DISCONNECT this may come later, or never.
    pub(crate) async fn transport_closed(&self) -> CloseReason {
        let end = self.mailbox.wait(|inbox| inbox.transport_end()).await;
        end.unwrap_or_else(|| self.fail("the end of the transport"))
    }

    /// How the connection has ended, if it has.
    pub(crate) fn end(&self) -> Option<CloseReason> {
        self.mailbox.look(Inbox::end)
    }

    async fn connect_namespace(&self, auth: Option<Value>) -> Result<(), ConnectError> {
        let auth = auth.map(|auth| auth.to_string()).unwrap_or_default();
        self.send_raw(&packet::encode(CONNECT, &self.namespace, None, &auth)).await;
        let answer = self.mailbox.wait_unless_ended(|inbox| inbox.namespace_answer.clone());
        match answer.await {
            Some(Ok(answer)) => answer.map(drop).map_err(ConnectError::Namespace),
            Some(Err(Closed(reason))) => Err(ConnectError::Closed(reason)),
            None => Err(ConnectError::TimedOut("the answer of the namespace")),
        }
    }

    async fn send_event(&self, event: &str, arguments: Vec<Value>, id: Option<u64>) {
        let mut payload = vec![Value::from(event)];
        payload.extend(arguments);
        let payload = Value::from(payload).to_string();
        self.send(Frame::Text(packet::encode(EVENT, &self.namespace, id, &payload))).await;
    }

    async fn send(&self, frame: Frame) {
        let (done, sent) = oneshot::channel();
        let sending = async {
            if self.orders.send(Order::Send(frame, done)).await.is_ok() {
                let _ = sent.await;
            }
        };
        if timeout(DEADLINE, sending).await.is_err() {
            self.fail("room to send (does the server read?)");
        }
    }

    async fn consume(&self, wanted: impl Fn(&Event) -> bool, what: &str) -> Event {
        let consumed = self.mailbox.wait_unless_ended(|inbox| inbox.consume(&wanted)).await;
        match consumed {
            Some(Ok(event)) => event,
            _ => self.fail(what),
        }
    }

    fn describe(&self) -> String {
        self.mailbox.look(Inbox::describe)
    }

    fn fail(&self, awaited: &str) -> ! {
        panic!("{awaited} did not come on {}: {}", self.namespace, self.describe())
    }
}
