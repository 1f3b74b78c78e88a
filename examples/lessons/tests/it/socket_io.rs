//! The lesson on Socket.IO.

use std::net::SocketAddr;

use serde_json::{Value, json};
use socketio::{Config, Engine};
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Lesson, WebSocket, serve, soon, tasks, tasks_left};

#[path = "../../src/bin/socket_io.rs"]
#[expect(dead_code, reason = "its `main` is for the program")]
mod lesson;

const BINARY: &str = env!("CARGO_BIN_EXE_socket_io");
const WEBSOCKET: &str = "/socket.io/?EIO=4&transport=websocket";

/// A client of one namespace.
struct Client {
    socket: WebSocket,
    namespace: &'static str,
    id: String,
}

impl Client {
    /// Enters a namespace; `/` is written as nothing.
    async fn enter(address: SocketAddr, namespace: &'static str) -> Self {
        let mut socket = WebSocket::open(address, WEBSOCKET).await;
        assert!(socket.text().await.starts_with("0{"));
        socket.send(format!("40{namespace}")).await;
        let entered = socket.text().await;
        let told = entered.strip_prefix("40").unwrap().strip_prefix(namespace).unwrap();
        let told: Value = serde_json::from_str(told).unwrap();
        Self { socket, namespace, id: told["sid"].as_str().unwrap().to_owned() }
    }

    async fn emit(&mut self, event: Value) {
        self.socket.send(format!("42{}{event}", self.namespace)).await;
    }

    /// Emits what the server answers with true.
    async fn ask(&mut self, event: Value) {
        self.socket.send(format!("42{}1{event}", self.namespace)).await;
        assert_eq!(self.socket.text().await, format!("43{}1[true]", self.namespace));
    }

    async fn event(&mut self) -> Value {
        let text = self.socket.text().await;
        let event = text.strip_prefix("42").and_then(|text| text.strip_prefix(self.namespace));
        serde_json::from_str(event.unwrap_or_else(|| panic!("no event: {text}"))).unwrap()
    }
}

#[tokio::test]
async fn news_come_every_three_seconds_and_replies_are_logged_with_the_socket_id() {
    let lesson = Lesson::start(BINARY).await;
    let mut client = Client::enter(lesson.address(), "").await;
    let socket = format!("socket=\"{}\"", client.id);
    lesson.logged(&["connected", &socket, "client=127.0.0.1"]).await;
    for _ in 0..2 {
        assert_eq!(client.event().await, json!(["news", "Hello Socket.IO"]));
    }
    client.emit(json!(["reply", "Hello Node.JS"])).await;
    lesson.logged(&["INFO", "reply", &socket, "Hello Node.JS"]).await;
    client.emit(json!(["reply", { "no": "text" }])).await;
    lesson.logged(&["WARN", "error", &socket]).await;
    client.socket.close(1000).await;
    lesson.logged(&["disconnected", &socket, "code=1000"]).await;
}

#[tokio::test]
async fn a_broken_packet_is_logged_as_the_reason_of_the_end() {
    let lesson = Lesson::start(BINARY).await;
    let mut client = Client::enter(lesson.address(), "").await;
    client.socket.send("42[\"reply\"").await;
    assert_eq!(client.socket.close_code().await, 4006);
    let socket = format!("socket=\"{}\"", client.id);
    lesson.logged(&["disconnected", &socket, "code=4006"]).await;
}

#[tokio::test]
async fn polling_works_as_well() {
    let lesson = Lesson::start(BINARY).await;
    let browser = reqwest::Client::new();
    let url = format!("{}/socket.io/?EIO=4&transport=polling", lesson.url);
    let poll = async |url: &str| {
        soon("an answer", async { browser.get(url).send().await.unwrap().text().await.unwrap() })
            .await
    };
    let opened = poll(&url).await;
    let opened: Value = serde_json::from_str(opened.strip_prefix('0').unwrap()).unwrap();
    let url = format!("{url}&sid={}", opened["sid"].as_str().unwrap());
    browser.post(&url).body("40").send().await.unwrap();
    let entered = poll(&url).await;
    let entered: Value = serde_json::from_str(entered.strip_prefix("40").unwrap()).unwrap();
    assert_eq!(poll(&url).await, r#"42["news","Hello Socket.IO"]"#);
    browser.post(&url).body(r#"42["reply","Hello Node.JS"]"#).send().await.unwrap();
    let socket = format!("socket=\"{}\"", entered["sid"].as_str().unwrap());
    lesson.logged(&["reply", &socket, "Hello Node.JS"]).await;
}

#[tokio::test]
async fn the_client_is_named_behind_a_trusted_proxy_too() {
    let trusted = [("PORT", "0"), ("TRUSTED_PROXIES", "127.0.0.0/8")];
    let lesson = Lesson::start_with(BINARY, &trusted).await;
    let mut socket = WebSocket::open_with(lesson.address(), WEBSOCKET, &["203.0.113.9"]).await;
    socket.send("40").await;
    lesson.logged(&["connected", "client=203.0.113.9"]).await;
}

#[tokio::test]
async fn texts_go_to_one_to_all_but_me_and_to_a_room_but_me() {
    let lesson = Lesson::start(BINARY).await;
    let mut people = Vec::new();
    for _ in 0..4 {
        people.push(Client::enter(lesson.address(), "/chat,").await);
    }
    let mut onlooker = Client::enter(lesson.address(), "/room,").await;
    for person in people.iter_mut().take(3) {
        person.ask(json!(["join", "강의실"])).await;
        assert_eq!(onlooker.event().await, json!(["newRoom", "강의실"]));
    }
    let (room, others, one) = ("방에", "모두에게", "너에게");
    let to = people[2].id.clone();
    people[0].emit(json!(["toRoom", "강의실", room])).await;
    people[0].emit(json!(["toOthers", others])).await;
    people[0].emit(json!(["toOne", to, one])).await;
    people[0].emit(json!(["toOne", "nobody", one])).await;
    // The last word comes after all others, and to each: whoever got more would see it before.
    people[0].emit(json!(["toOthers", "끝"])).await;
    let expected =
        [vec![], vec![room, others, "끝"], vec![room, others, one, "끝"], vec![others, "끝"]];
    for (person, expected) in people.iter_mut().zip(expected) {
        for text in expected {
            assert_eq!(person.event().await, json!(["chat", text]));
        }
    }
    // Also the speaker has got nothing: the answer to the next question comes first.
    people[0].ask(json!(["join", "다른 방"])).await;
    assert_eq!(onlooker.event().await, json!(["newRoom", "다른 방"]));
}

#[tokio::test]
async fn the_timer_ends_with_its_socket() {
    let engine = Engine::new(Config::default());
    let mut server = JoinSet::new();
    let address = serve(lesson::router(&engine), &mut server).await;
    // The engine's own tasks begin with the first session, and stay.
    Client::enter(address, "").await.socket.close(1000).await;
    let mut idle = WebSocket::open(address, WEBSOCKET).await;
    idle.text().await;
    let sessions_only = tasks();
    idle.send("40").await;
    idle.text().await;
    assert_eq!(idle.text().await, r#"42["news","Hello Socket.IO"]"#);
    assert_eq!(tasks(), sessions_only + 1, "a timer for the socket");
    // Leaves the namespace, and keeps its session.
    idle.send("41").await;
    tasks_left(sessions_only).await;
    idle.send("40").await;
    idle.text().await;
    assert_eq!(tasks(), sessions_only + 1);
    drop(idle);
    Client::enter(address, "/chat,").await.socket.close(1000).await;
    tasks_left(sessions_only - 1).await;
}

#[tokio::test]
async fn a_lesson_that_ends_tells_its_clients_to_come_back() {
    let mut lesson = Lesson::start(BINARY).await;
    let mut client = Client::enter(lesson.address(), "").await;
    lesson.signal(rustix::process::Signal::TERM);
    assert_eq!(client.socket.close_code().await, 4000);
    lesson.logged(&["disconnected", "code=4000"]).await;
    assert!(lesson.end().await.success());
}

#[tokio::test]
async fn both_pages_and_the_official_client_are_there() {
    let lesson = Lesson::start(BINARY).await;
    let get = async |path: &str| reqwest::get(format!("{}{path}", lesson.url)).await.unwrap();
    let pages =
        [get("/").await.text().await.unwrap(), get("/websocket-only").await.text().await.unwrap()];
    assert_eq!(pages[0], pages[1]);
    assert!(pages[0].contains("/socket.io/socket.io.js"));
    let client = get("/socket.io/socket.io.js").await;
    assert_eq!(client.headers()["content-type"], "text/javascript");
    assert!(client.text().await.unwrap().starts_with("/*!\n * Socket.IO v4"));
}

#[tokio::test]
async fn what_is_no_packet_ends_its_session_alone() {
    let lesson = Lesson::start(BINARY).await;
    let mut bystander = Client::enter(lesson.address(), "/chat,").await;
    for message in [Message::text("9"), Message::text("42"), Message::binary(vec![255; 100])] {
        let mut socket = WebSocket::open(lesson.address(), WEBSOCKET).await;
        socket.text().await;
        socket.send(message).await;
        assert_eq!(socket.close_code().await, 4006);
    }
    bystander.ask(json!(["join", "강의실"])).await;
}
