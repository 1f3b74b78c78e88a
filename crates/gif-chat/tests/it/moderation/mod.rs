//! What the owner of a room may do, and what everybody may do about others. Whatever is asked is asked
//! through both doors: as an event of the socket, and as a request to `/room/:id/<act>`.

mod addresses;
mod admission;
mod closing;
mod handover;
mod invitations;
mod kicks;
mod lines;
mod locks;
mod mutes;
mod reports;
mod secrets;
mod settings;
mod slow;
mod strangers;
mod walk;

use std::time::Duration;

use gif_chat::chat::Clock as _;
use serde_json::{Value, json};

use crate::support::socket_client::SocketClient;
use crate::support::{Answer, TestServer, Visitor, small_gif};

const MILLISECOND: Duration = Duration::from_millis(1);

/// The way in which something is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Door {
    Socket,
    Http,
}

const DOORS: [Door; 2] = [Door::Socket, Door::Http];

/// Somebody with a socket in the room.
struct Member {
    visitor: Visitor,
    room: String,
    socket: SocketClient,
    joined: Value,
}

impl Member {
    async fn join(visitor: Visitor, room: &str) -> Self {
        let (socket, joined) = visitor.join(room).await;
        Self { visitor, room: room.to_owned(), socket, joined }
    }

    /// The public id.
    fn id(&self) -> Value {
        self.joined["you"]["id"].clone()
    }

    async fn act(&self, door: Door, name: &str, payload: Value) -> Value {
        match door {
            Door::Socket => self.socket.ask(name, payload).await,
            Door::Http => post(&self.visitor, &self.room, name, payload).await,
        }
    }

    /// Does something that is allowed, over the socket.
    async fn does(&self, name: &str, payload: Value) -> Value {
        let answer = self.act(Door::Socket, name, payload).await;
        assert_eq!(answer["ok"], true, "{name}: {answer}");
        answer
    }

    /// Says something, and returns the answer.
    async fn say(&self, door: Door, text: &str) -> Value {
        self.act(door, "chat", json!({ "chat": text })).await
    }

    /// What a fresh look at the room tells.
    async fn looks(&self) -> Value {
        let state = self.socket.ask("join", json!({ "room": self.room })).await;
        assert_eq!(state["ok"], true, "{state}");
        state
    }

    /// Waits for the next system line of this kind.
    async fn hears(&self, kind: &str) -> Value {
        let name = if ["join", "exit", "kick"].contains(&kind) { "exit" } else { "chat" };
        let name = if kind == "join" { "join" } else { name };
        self.socket.expect_where(name, |entry| entry["system"]["kind"] == kind).await
    }

    /// The kinds of all system lines of the room, in order.
    async fn kinds(&self) -> Vec<String> {
        let state = self.looks().await;
        let kinds = state["messages"].as_array().unwrap().iter();
        kinds.filter_map(|entry| entry["system"]["kind"].as_str().map(str::to_owned)).collect()
    }
}

/// Asks something of the HTTP door; what is done is 200, and each refusal has its status.
async fn post(visitor: &Visitor, room: &str, name: &str, payload: Value) -> Value {
    body(&visitor.post_json(&format!("/room/{room}/{name}"), &payload).await)
}

/// Sends a GIF.
async fn post_gif(visitor: &Visitor, room: &str) -> Value {
    body(&visitor.post_gif(&format!("/room/{room}/gif"), small_gif()).await)
}

fn body(answer: &Answer) -> Value {
    let text = answer.text();
    let body = if text == "ok" { json!({ "ok": true }) } else { answer.json() };
    let status = match body["error"].as_str() {
        None => 200,
        Some("bad_request") => 400,
        Some("wrong_password") => 401,
        Some("not_found") => 404,
        Some("conflict" | "room_full") => 409,
        Some("invalid") => 422,
        Some("too_fast") => 429,
        Some(_) => 403,
    };
    assert_eq!(answer.status, status, "{text}");
    body
}

/// Who was refused, and why.
#[track_caller]
fn assert_refused(answer: &Value, error: &str) {
    assert_eq!(answer["error"], error, "{answer}");
    assert!(answer["message"].as_str().is_some_and(|text| !text.is_empty()), "{answer}");
    assert_ne!(answer["ok"], true, "{answer}");
}

#[track_caller]
fn assert_invalid(answer: &Value, field: &str, reason: &str) {
    assert_refused(answer, "invalid");
    assert_eq!((&answer["field"], &answer["reason"]), (&json!(field), &json!(reason)), "{answer}");
    assert!(!answer["message"].as_str().unwrap().contains('{'), "every number is named: {answer}");
}

/// A server with a room, its owner and a guest in it.
struct Stage {
    server: TestServer,
    room: String,
    owner: Member,
    guest: Member,
}

impl Stage {
    async fn set() -> Self {
        Self::with("10", "").await
    }

    async fn with(max: &str, password: &str) -> Self {
        Self::on(TestServer::start().await, max, password).await
    }

    async fn on(server: TestServer, max: &str, password: &str) -> Self {
        let (owner, guest) = (server.visitor(), server.visitor());
        let room = owner.make_room_with("방", max, password).await;
        let owner = Member::join(owner, &room).await;
        if !password.is_empty() {
            let entered = post(&guest, &room, "enter", json!({ "password": password })).await;
            assert_eq!(entered["ok"], true, "{entered}");
        }
        // So that the owner is the longest present by the clock too.
        server.clock.advance(MILLISECOND);
        let guest = Member::join(guest, &room).await;
        owner.hears("join").await;
        Self { server, room, owner, guest }
    }

    /// Somebody else comes in.
    async fn another(&self) -> Member {
        Member::join(self.server.visitor(), &self.room).await
    }

    /// Somebody else comes into a secret room.
    async fn another_with(&self, password: &str) -> Member {
        let visitor = self.server.visitor();
        let entered = post(&visitor, &self.room, "enter", json!({ "password": password })).await;
        assert_eq!(entered["ok"], true, "{entered}");
        Member::join(visitor, &self.room).await
    }

    /// Stops and starts the server. The owner is back; the guest may come back.
    async fn restart(&mut self) {
        self.server.restart().await;
        let url = self.server.url();
        self.owner = Member::join(self.owner.visitor.moved_to(&url), &self.room).await;
        self.guest.visitor = self.guest.visitor.moved_to(&url);
    }

    /// The guest comes with another socket.
    async fn guest_again(&self) -> Member {
        Member::join(self.guest.visitor.clone(), &self.room).await
    }

    /// The guest tries to come with another socket; a refusal is an answer too.
    async fn guest_tries(&self) -> Value {
        knock(&self.guest.visitor, json!({ "room": self.room })).await
    }

    /// The moment so many seconds from now, as the wire tells it.
    fn in_seconds(&self, seconds: u64) -> Value {
        let until = self.server.clock.now().plus(Duration::from_secs(seconds));
        json!(until.to_string())
    }

    /// Turns the clock to one millisecond before so many seconds are over.
    fn almost(&self, seconds: u64) {
        self.server.clock.advance(Duration::from_secs(seconds).saturating_sub(MILLISECOND));
    }

    /// Turns the clock by the millisecond that is left.
    fn then(&self) {
        self.server.clock.advance(MILLISECOND);
    }
}

/// What a fresh socket of a visitor is answered that asks to join like this.
async fn knock(visitor: &Visitor, payload: Value) -> Value {
    let visitor = visitor.clone().known().await;
    let socket = visitor.socket("/chat").connect().await.unwrap();
    socket.ask("join", payload).await
}
