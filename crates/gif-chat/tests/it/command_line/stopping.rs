//! The end of the process: asked for, or not.

use std::time::Duration;

use futures_util::future::join_all;
use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::support::program::Launch;
use crate::support::socket_client::{SocketClient, Transport};
use crate::support::{Visitor, small_gif};

#[tokio::test]
async fn a_signal_ends_it_within_ten_seconds_whatever_is_open() {
    for signal in [Signal::TERM, Signal::INT] {
        let launch = Launch::new();
        let program = launch.start().await;
        let visitor = program.visitor();
        let room = visitor.make_room("방").await;
        let mut sockets = Vec::new();
        for transport in Transport::ALL {
            visitor.get("/").await;
            let socket = visitor.socket("/chat").transport(transport).connect().await.unwrap();
            assert_eq!(socket.ask("join", json!({ "room": room })).await["ok"], true);
            let lobby = visitor.socket("/room").transport(transport).connect().await.unwrap();
            lobby.expect("rooms").await;
            sockets.extend([socket, lobby]);
        }
        let address = program.url.replace("http://localhost", "127.0.0.1");
        let _silent = TcpStream::connect(&address).await.unwrap();

        let (status, log) = program.end(signal, Duration::from_secs(10)).await;
        assert_eq!(status.code(), Some(0), "in good order: {log}");
        assert!(!log.contains("cut off"), "nobody had to be cut off: {log}");
        for socket in &sockets {
            let told = socket.received().into_iter().find(|(name, _)| name == "restart");
            let (_, restart) = told.expect("sockets are told");
            assert!(restart["delayMs"].as_u64().unwrap() > 0);
            assert!(!socket.closed().await.by_namespace_disconnect, "so that they come back");
        }
        assert!(TcpStream::connect(&address).await.is_err(), "nobody listens any more");
    }
}

#[tokio::test]
async fn a_signal_right_after_the_start_is_no_crash() {
    let launch = Launch::new();
    for _ in 0..30 {
        // It is sent as soon as the address is read.
        launch.start().await.stop().await;
    }
}

#[tokio::test]
async fn a_request_that_never_ends_does_not_keep_it() {
    let program = Launch::new().variable("GIFCHAT_STOP_TIME_MAX", "2s").start().await;
    let visitor = program.visitor();
    let room = visitor.make_room("방").await;
    let address = program.url.replace("http://localhost", "127.0.0.1");
    let mut half = TcpStream::connect(&address).await.unwrap();
    half.write_all(b"GET / HTTP/1.1\r\nHost: local").await.unwrap();
    let _upload = begin_upload(&visitor, &address, &room).await;
    // A reader that does not read.
    let stalled = visitor.socket("/chat").receive_buffer_bytes(2_048).connect().await.unwrap();
    stalled.ask("join", json!({ "room": room })).await;
    stalled.stop_reading().await;
    let (status, _) = program.end(Signal::TERM, Duration::from_secs(10)).await;
    assert_eq!(status.code(), Some(0));
}

#[tokio::test]
async fn hundreds_of_sockets_polls_and_uploads_do_not_keep_it_either() {
    let program = Launch::new().variable("GIFCHAT_GIFS_PER_MINUTE", "1000").start().await;
    let owner = program.visitor();
    let room = owner.make_room_with("큰 방", "1000", "").await;
    let enter = async |transport| {
        let visitor = program.visitor();
        visitor.get("/").await;
        let socket = visitor.socket("/chat").transport(transport).connect().await.unwrap();
        let joined = socket.ask("join", json!({ "room": room })).await;
        assert_eq!(joined["ok"], true, "{joined}");
        socket
    };
    let mut sockets = Vec::new();
    for _ in 0..60 {
        sockets.extend(join_all(Transport::ALL.map(enter)).await);
    }
    let address = program.url.replace("http://localhost", "127.0.0.1");
    let uploads = join_all((0..10).map(|_| begin_upload(&owner, &address, &room))).await;
    let (status, log) = program.end(Signal::TERM, Duration::from_secs(10)).await;
    assert_eq!(status.code(), Some(0), "in good order: {log}");
    for socket in &sockets {
        let told = socket.received().into_iter().any(|(name, _)| name == "restart");
        assert!(told, "every one of them is told to come back");
        assert!(!socket.closed().await.by_namespace_disconnect, "so that they come back");
    }
    drop(uploads);
}

/// A GIF of which only the beginning has left.
async fn begin_upload(visitor: &Visitor, address: &str, room: &str) -> TcpStream {
    let mut upload = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /room/{room}/gif HTTP/1.1\r\nHost: {address}\r\nCookie: {}\r\nContent-Length: 9999\r\n\
         Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n",
        visitor.cookie().unwrap()
    );
    upload.write_all(head.as_bytes()).await.unwrap();
    upload
}

#[tokio::test]
async fn what_was_acknowledged_before_a_stop_or_a_crash_is_there_after_it() {
    let launch = Launch::new().variable("GIFCHAT_MESSAGES_BURST", "100000");
    for signal in [Signal::TERM, Signal::KILL] {
        let program = launch.start().await;
        let owner = program.visitor();
        let room = owner.make_room("방").await;
        let mut visitors = vec![owner.clone()];
        visitors.extend((0..4).map(|_| program.visitor()));
        let seats = join_all(visitors.iter().map(|visitor| visitor.join(&room))).await;
        let shown = owner.post_gif(&format!("/room/{room}/gif"), small_gif()).await;
        assert_eq!(shown.text(), "ok");
        let (witness, before) = &seats[0];
        let gif = witness.expect("chat").await["gif"].as_str().unwrap().to_owned();

        // Everybody talks without a pause while the process ends.
        let talking = join_all(seats.iter().map(|(socket, _)| talk(socket)));
        let (acknowledged, ()) = tokio::join!(talking, async {
            let deep_in = |entry: &Value| entry["seq"].as_u64() > Some(60);
            witness.expect_where("chat", deep_in).await;
            let (status, log) = program.end(signal, Duration::from_secs(10)).await;
            let in_good_order = (signal == Signal::TERM).then_some(0);
            assert_eq!(status.code(), in_good_order, "{log}");
        });
        let acknowledged: Vec<Value> = acknowledged.into_iter().flatten().collect();
        assert!(acknowledged.len() > 30, "{}", acknowledged.len());

        let program = launch.start().await;
        let owner = owner.moved_to(&program.url);
        let (socket, joined) = owner.join(&room).await;
        assert_eq!(joined["you"], before["you"]);
        let seated = joined["participants"].as_array().unwrap().len();
        assert_eq!(seated, 5, "every seat is kept");
        assert_kept(&acknowledged, &whole_log(&socket, &joined).await);
        assert_eq!(owner.get(&format!("/gif/{gif}")).await.status, 200);
        program.stop().await;
    }
}

/// The log has no gap, and everything that was acknowledged stands where its ack said.
fn assert_kept(acknowledged: &[Value], log: &[Value]) {
    let places = log.iter().map(|entry| entry["seq"].as_u64().unwrap());
    assert!(places.eq(1..=u64::try_from(log.len()).unwrap()), "{log:?}");
    for ack in acknowledged {
        let entry = log.iter().find(|entry| entry["_id"] == ack["_id"]);
        let entry = entry.unwrap_or_else(|| panic!("acknowledged and lost: {ack}"));
        assert_eq!((&entry["seq"], &entry["createdAt"]), (&ack["seq"], &ack["createdAt"]));
    }
}

/// Says one thing after the other until the connection ends; returns what was acknowledged.
async fn talk(socket: &SocketClient) -> Vec<Value> {
    let mut acknowledged = Vec::new();
    for number in 0..100_000 {
        let text = json!({ "chat": number.to_string(), "clientId": format!("n{number}") });
        match socket.ask_result("chat", text).await {
            Ok(ack) if ack["ok"] == true => acknowledged.push(ack),
            Ok(refused) => assert_eq!(refused["error"], "unavailable"),
            Err(_closed) => break,
        }
    }
    acknowledged
}

/// The room's whole log, page by page.
pub(super) async fn whole_log(socket: &SocketClient, joined: &Value) -> Vec<Value> {
    let mut log = joined["messages"].as_array().unwrap().clone();
    while let Some(before) =
        log.first().and_then(|entry| entry["seq"].as_u64()).filter(|seq| *seq > 1)
    {
        let page = socket.ask("history", json!({ "before": before, "limit": 100 })).await;
        let mut older = page["messages"].as_array().unwrap().clone();
        older.append(&mut log);
        log = older;
    }
    log
}
