//! A room with its owner in it, guests that come, and both doors.

use gif_chat::config::Config;
use serde_json::{Value, json};

use crate::support::socket_client::{SocketClient, Transport};
use crate::support::sockets::messages;
use crate::support::{TestServer, Visitor};

/// A room, and the owner in it.
pub(super) struct Scene {
    pub(super) server: TestServer,
    pub(super) room: String,
    pub(super) owner: Guest,
}

/// Somebody in the room: their browser, a socket, and the ack of its join.
pub(super) struct Guest {
    pub(super) visitor: Visitor,
    pub(super) socket: SocketClient,
    pub(super) joined: Value,
    pub(super) room: String,
}

/// The two doors to every act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Door {
    Socket,
    Http,
}

impl Door {
    pub(super) const BOTH: [Self; 2] = [Self::Socket, Self::Http];
}

impl Scene {
    pub(super) async fn set() -> Self {
        Self::set_with(|_| {}).await
    }

    pub(super) async fn set_with(change: impl FnOnce(&mut Config)) -> Self {
        let server = TestServer::builder().config(change).start().await;
        let visitor = server.visitor();
        let room = visitor.make_room_with("이야기", "100", "").await;
        let owner = Guest::enter(visitor, &room, Transport::WebSocket).await;
        Self { server, room, owner }
    }

    /// Somebody new comes in.
    pub(super) async fn guest(&self) -> Guest {
        self.guest_by(Transport::WebSocket).await
    }

    /// Somebody new comes in this way.
    pub(super) async fn guest_by(&self, transport: Transport) -> Guest {
        Guest::enter(self.server.visitor(), &self.room, transport).await
    }

    /// The owner lets somebody not write for so long.
    pub(super) async fn mute(&self, who: &Guest, seconds: u64) {
        let mute = json!({ "id": who.id(), "seconds": seconds });
        let muted = self.owner.act("mute", mute).await;
        assert_eq!(muted["ok"], true, "{muted}");
    }

    /// The server starts again on the same folder, and these come back with a new socket.
    pub(super) async fn restart(&mut self, others: &mut [&mut Guest]) {
        self.server.restart().await;
        let url = self.server.url();
        for guest in others.iter_mut().map(|guest| &mut **guest).chain([&mut self.owner]) {
            let visitor = guest.visitor.moved_to(&url);
            *guest = Guest::enter(visitor, &self.room, Transport::WebSocket).await;
        }
    }

    /// Waits until no file of the data folder contains this text any more.
    pub(super) async fn until_nowhere(&self, text: &str) {
        let what = format!("{text} is in no file");
        crate::support::until(&what, || self.server.files_with(text.as_bytes()).is_empty()).await;
    }
}

impl Guest {
    pub(super) async fn enter(visitor: Visitor, room: &str, transport: Transport) -> Self {
        let (socket, joined) = visitor.join_by(transport, room).await;
        Self { visitor, socket, joined, room: room.to_owned() }
    }

    /// Another tab of the same person.
    pub(super) async fn tab(&self, transport: Transport) -> Self {
        Self::enter(self.visitor.clone(), &self.room, transport).await
    }

    /// The public id.
    pub(super) fn id(&self) -> &str {
        self.joined["you"]["id"].as_str().unwrap()
    }

    /// Asks over the socket.
    pub(super) async fn act(&self, name: &str, payload: Value) -> Value {
        self.socket.ask(name, payload).await
    }

    /// Asks at a door. Both answer the same but for the status, which is checked, and `ok`, which
    /// HTTP leaves out of a refusal.
    pub(super) async fn act_by(&self, door: Door, name: &str, payload: Value) -> Value {
        if door == Door::Socket {
            return self.act(name, payload).await;
        }
        let path = format!("/room/{}/{name}", self.room);
        post(&self.visitor, &path, &payload).await
    }

    /// Asks for something that must be done, and returns the answer.
    pub(super) async fn do_by(&self, door: Door, name: &str, payload: Value) -> Value {
        let done = self.act_by(door, name, payload.clone()).await;
        assert_eq!(done["ok"], true, "{name} {payload} by {door:?}: {done}");
        done
    }

    /// Asks at both doors for something that must be refused like this.
    pub(super) async fn refused(&self, name: &str, payload: Value, expected: [&str; 3]) {
        for door in Door::BOTH {
            let answer = self.act_by(door, name, payload.clone()).await;
            assert_eq!(answer["ok"], false, "{name} {payload} by {door:?}: {answer}");
            assert_eq!(why(&answer), expected, "{name} {payload} by {door:?}: {answer}");
            assert!(!answer["message"].as_str().unwrap().is_empty(), "a sentence for people");
        }
    }

    /// Says something, and returns its `seq`.
    pub(super) async fn say(&self, text: &str) -> u64 {
        self.socket.say(text).await["seq"].as_u64().unwrap()
    }

    /// Shows a GIF, and returns its entry.
    pub(super) async fn show(&self, gif: Vec<u8>) -> Value {
        let shown = self.visitor.post_gif(&format!("/room/{}/gif", self.room), gif).await;
        assert_eq!(shown.text(), "ok");
        self.newest().await.pop().unwrap()
    }

    /// The newest page, as another tab that comes in now is given it.
    pub(super) async fn fresh(&self) -> Value {
        self.visitor.join(&self.room).await.1
    }

    /// The messages of the newest page.
    pub(super) async fn newest(&self) -> Vec<Value> {
        messages(&self.join_again(json!({})).await).to_vec()
    }

    /// Asks for the room again on the same socket, with these fields besides.
    pub(super) async fn join_again(&self, fields: Value) -> Value {
        let mut request = fields;
        request["room"] = json!(self.room);
        let joined = self.act("join", request.clone()).await;
        assert_eq!(joined["ok"], true, "{request}: {joined}");
        joined
    }

    /// The entries after a `seq`.
    pub(super) async fn after(&self, seq: u64) -> Vec<Value> {
        messages(&self.join_again(json!({ "after": seq })).await).to_vec()
    }

    /// The newest `seq`.
    pub(super) async fn head(&self) -> u64 {
        self.join_again(json!({})).await["head"].as_u64().unwrap()
    }

    /// One message in the newest page, in an older page, and in what comes after a `seq`: they must
    /// be the same.
    pub(super) async fn message(&self, seq: u64) -> Value {
        let newest = of_seq(&self.newest().await, seq);
        let older = self.act("history", json!({ "before": seq + 1, "limit": 1 })).await;
        assert_eq!(of_seq(messages(&older), seq), newest, "an older page");
        assert_eq!(of_seq(&self.after(seq - 1).await, seq), newest, "a resume");
        newest
    }

    /// Everything that came over this socket, as it came.
    pub(super) fn heard(&self) -> Vec<String> {
        self.socket.received_packets()
    }

    /// A round trip: what was sent before it has arrived.
    pub(super) async fn settled(&self) {
        self.act("anything", Value::Null).await;
    }

    /// The events of this name so far.
    pub(super) fn events(&self, name: &str) -> Vec<Value> {
        let received = self.socket.received().into_iter();
        received.filter(|(event, _)| event == name).map(|(_, payload)| payload).collect()
    }
}

/// The status that goes with each code of a refusal.
fn status_of(code: &str) -> u16 {
    match code {
        "bad_request" => 400,
        "not_admitted" | "not_in_room" | "not_owner" | "banned" | "muted" | "locked" => 403,
        "not_found" => 404,
        "conflict" | "room_full" => 409,
        "too_large" => 413,
        "invalid" => 422,
        "too_fast" => 429,
        other => panic!("no status is known for {other:?}"),
    }
}

/// The answer of the HTTP door, in the form of an ack.
pub(super) async fn post(visitor: &Visitor, path: &str, payload: &Value) -> Value {
    let answer = visitor.post_json(path, payload).await;
    let mut body = answer.json();
    if answer.status == 200 {
        assert_eq!(body["ok"], true, "{body}");
        return body;
    }
    assert_eq!(answer.status, status_of(body["error"].as_str().unwrap()), "{body}");
    assert!(body.get("ok").is_none(), "{body}");
    body["ok"] = json!(false);
    body
}

/// Code, field and reason of a refusal; empty where there is none.
pub(super) fn why(answer: &Value) -> [&str; 3] {
    ["error", "field", "reason"].map(|name| answer[name].as_str().unwrap_or_default())
}

/// The entry with this `seq`.
#[track_caller]
pub(super) fn of_seq(entries: &[Value], seq: u64) -> Value {
    let found: Vec<_> = entries.iter().filter(|entry| entry["seq"] == seq).collect();
    assert_eq!(found.len(), 1, "seq {seq} in {entries:?}");
    found[0].clone()
}
