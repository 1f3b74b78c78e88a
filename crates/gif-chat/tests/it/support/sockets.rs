use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::Visitor;
use super::socket_client::{CloseReason, DEADLINE, SocketClient, Transport};

/// How many times a test looks again before it gives up. Each look is a round trip.
const LOOKS_MAX: usize = 10_000;

/// How many requests of one visitor are under way at once.
const AT_ONCE: usize = 50;

impl Visitor {
    /// The same visitor once the server has given a cookie.
    pub(crate) async fn known(self) -> Self {
        if self.cookie().is_none() {
            self.get("/").await;
        }
        self
    }

    /// A socket in `/chat` that came in this way and has joined nothing yet.
    pub(crate) async fn chat_socket(&self, transport: Transport) -> SocketClient {
        self.socket("/chat").transport(transport).connect().await.unwrap()
    }

    /// A socket that came in this way and joined a room by our form, and the ack of the join.
    pub(crate) async fn join_by(&self, transport: Transport, room: &str) -> (SocketClient, Value) {
        let socket = self.clone().known().await.chat_socket(transport).await;
        let joined = socket.ask("join", json!({ "room": room })).await;
        assert_eq!(joined["ok"], true, "{joined}");
        (socket, joined)
    }

    /// Says many things at once through the HTTP door: they share a few commits, in any order.
    pub(crate) async fn say_at_once(&self, room: &str, texts: &[String]) {
        let path = format!("/room/{room}/chat");
        for some in texts.chunks(AT_ONCE) {
            let posting = some.iter().map(async |text| {
                let answer = self.post_json(&path, &json!({ "chat": text })).await;
                assert_eq!(answer.text(), "ok");
            });
            join_all(posting).await;
        }
    }

    /// Adds so many numbered texts to a room's log, in any order.
    pub(crate) async fn fill(&self, room: &str, count: usize) {
        let texts: Vec<_> = (0..count).map(|number| number.to_string()).collect();
        self.say_at_once(room, &texts).await;
    }

    /// A socket that watches the list of rooms, and the list that it got.
    pub(crate) async fn lobby(&self) -> (SocketClient, Value) {
        let lobby = self.socket("/room").connect().await.unwrap();
        let rooms = lobby.expect("rooms").await;
        (lobby, rooms)
    }
}

/// The codes that a WebSocket is closed with, as `docs/protocol.md` lists them.
pub(crate) mod close_code {
    pub(crate) const INVALID_FRAME: u16 = 1002;
    pub(crate) const INVALID_UTF8: u16 = 1007;
    pub(crate) const TOO_LARGE: u16 = 1009;
    pub(crate) const SHUTDOWN: u16 = 4000;
    pub(crate) const BACKLOG: u16 = 4001;
    pub(crate) const STALLED: u16 = 4002;
    pub(crate) const TOO_FAST: u16 = 4003;
    pub(crate) const PING_TIMEOUT: u16 = 4004;
    pub(crate) const NO_NAMESPACE: u16 = 4005;
    pub(crate) const MALFORMED: u16 = 4006;
}

impl SocketClient {
    /// Waits until the server has ended the transport for this reason. Polling has no codes: its end
    /// is a close packet, or a refused request. Official clients come back after either.
    pub(crate) async fn ended_with(&self, code: u16) -> CloseReason {
        let end = self.transport_closed().await;
        assert!(!end.by_namespace_disconnect && !end.by_client, "{end:?}");
        if self.is_websocket() {
            assert_eq!(end.code, Some(code), "{end:?}");
            assert!(!end.text.is_empty(), "a reason for people");
        } else {
            let is_refused = matches!(end.http_status, Some(400 | 413));
            assert!(end.by_engine_close || is_refused, "{end:?}");
        }
        end
    }

    /// Says something, and returns the ack.
    pub(crate) async fn say(&self, text: &str) -> Value {
        let sent = self.ask("chat", json!({ "chat": text })).await;
        assert_eq!(sent["ok"], true, "{sent}");
        sent
    }

    /// The live entries so far: `join`, `exit` and `chat`, in the order in which they came.
    pub(crate) fn live_entries(&self) -> Vec<Value> {
        let names = ["join", "exit", "chat"];
        let entries = self.received().into_iter();
        entries.filter(|(name, _)| names.contains(&name.as_str())).map(|(_, entry)| entry).collect()
    }

    /// How many events of this name have come so far.
    pub(crate) fn count_of(&self, name: &str) -> usize {
        self.received().iter().filter(|(event, _)| event == name).count()
    }

    /// Waits for the live `chat` with this text.
    pub(crate) async fn expect_text(&self, text: &str) -> Value {
        self.expect_where("chat", |entry| entry["chat"] == text).await
    }

    /// Asks for the state of a room that this socket has joined until it is as wanted.
    pub(crate) async fn until(&self, room: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        for _ in 0..LOOKS_MAX {
            let state = self.ask("join", json!({ "room": room, "after": 0 })).await;
            if wanted(&state) {
                return state;
            }
        }
        panic!("the room on {} did not become as wanted", self.engine_sid());
    }
}

/// The `seq` of each entry.
pub(crate) fn seqs(entries: &[Value]) -> Vec<u64> {
    entries.iter().map(|entry| entry["seq"].as_u64().unwrap()).collect()
}

/// The entries of an ack.
pub(crate) fn messages(ack: &Value) -> &[Value] {
    ack["messages"].as_array().unwrap()
}

/// The names of the fields of an object, sorted.
pub(crate) fn fields(object: &Value) -> Vec<String> {
    let mut names: Vec<_> = object.as_object().unwrap().keys().cloned().collect();
    names.sort();
    names
}

/// Whether this is ISO 8601 in UTC with milliseconds.
pub(crate) fn is_timestamp(value: &Value) -> bool {
    let text = value.as_str().unwrap_or_default();
    text.len() == "2026-01-01T00:00:00.000Z".len()
        && text.ends_with('Z')
        && text.as_bytes()[19] == b'.'
        && text.parse::<jiff::Timestamp>().is_ok()
}

/// Waits for something that must come soon, such as a server's stop.
pub(crate) async fn soon<T>(waiting: impl Future<Output = T>) -> T {
    let patience: Duration = DEADLINE * 2;
    tokio::time::timeout(patience, waiting).await.expect("it did not come in time")
}
