//! The server stops with many streams open: all are told, all end, and their seats are kept.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use rustix::process::Signal;
use serde_json::{Value, json};

use super::reader::{End, Reader};
use super::slow::{read_to_end, stalled};
use super::{LOBBY, of};
use crate::support::program::Launch;
use crate::support::socket_client::{SocketClient, Transport};
use crate::support::sockets::soon;
use crate::support::{TestServer, Visitor};

/// Streams of a room, and as many of the lobby.
const STREAMS: usize = 150;

/// Sockets beside them.
const SOCKETS: usize = 100;

/// Many streams of both kinds.
async fn many(visitor: &Visitor, room: &str) -> Vec<Reader> {
    let path = of(room);
    let mut streams = join_all((0..STREAMS).map(|_| Reader::open(visitor, &path))).await;
    join_all(streams.iter_mut().map(Reader::history)).await;
    let mut lobby = join_all((0..STREAMS).map(|_| Reader::open(visitor, LOBBY))).await;
    join_all(lobby.iter_mut().map(|stream| stream.expect("time"))).await;
    streams.append(&mut lobby);
    streams
}

/// The last thing that a stream said was to come back, and then it ended in good order.
async fn assert_told(stream: &mut Reader) {
    let last = stream.rest().await.pop().unwrap();
    assert_eq!((last.name.as_str(), last.id), ("restart", None));
    assert!(last.data["delayMs"].as_u64().unwrap() > 0);
}

async fn assert_socket_told(socket: &SocketClient) {
    socket.expect("restart").await;
    assert!(!socket.closed().await.by_namespace_disconnect, "so that they come back");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_are_told_and_end_and_have_their_seats_after_it() {
    let mut server = TestServer::start().await;
    let (owner, guest) = (server.visitor(), server.visitor());
    let room = owner.make_room("방").await;
    let (witness, _) = owner.join(&room).await;
    let mut streams = many(&guest.clone().known().await, &room).await;
    let sockets = join_all((0..SOCKETS).map(|_| owner.chat_socket(Transport::WebSocket))).await;
    assert_eq!(server.app().sessions(), 2 * STREAMS + SOCKETS + 1);
    witness.say("곧 올게").await;
    let ids = join_all(streams[..STREAMS].iter_mut().map(async |stream| {
        stream.until_text("곧 올게").await;
        stream.last_id()
    }));
    let ids = ids.await;
    let start = Instant::now();
    soon(server.stop()).await;
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    for stream in &mut streams {
        assert_told(stream).await;
    }
    for socket in sockets.iter().chain([&witness]) {
        assert_socket_told(socket).await;
    }

    server.restart().await;
    let (owner, guest) = (owner.moved_to(&server.url()), guest.moved_to(&server.url()));
    let (_, joined) = owner.join(&room).await;
    assert_eq!(joined["participants"].as_array().unwrap().len(), 2, "the seats were kept");
    let mut back = Reader::after(&guest, &of(&room), &ids[0]).await;
    assert_eq!(back.next().await.data["reset"], false);
    let missed = back.history().await;
    assert_eq!(missed.len(), 1, "nobody had left and nobody comes: {missed:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_who_do_not_read_keep_it_from_nothing() {
    let stop_time_max = Duration::from_secs(4);
    let mut server = TestServer::builder()
        .config(|config| {
            config.stop_time_max = stop_time_max;
            // So that they are there when it stops.
            config.socket_backlog_bytes_max = 1024 * 1024 * 1024;
            config.socket_write_time_max = Duration::from_hours(1);
        })
        .start()
        .await;
    let (owner, slow) = (server.visitor(), server.visitor().known().await);
    let room = owner.make_room("방").await;
    let (witness, _) = owner.join(&room).await;
    let mut stalled_ones = Vec::new();
    for _ in 0..20 {
        stalled_ones.push(stalled(&server, &slow, (&of(&room), "")).await);
    }
    witness.expect_where("join", |line| line["count"] == 2).await;
    let mut good = Reader::open(&server.visitor(), &of(&room)).await;
    good.history().await;
    // More than the kernel holds for them.
    for _ in 0..8 {
        owner.say_at_once(&room, &vec!["😀".repeat(4_000); 45]).await;
        good.until_count("chat", 45).await;
    }
    assert_eq!(server.app().sessions(), 22);
    let start = Instant::now();
    soon(server.stop()).await;
    assert!(start.elapsed() < stop_time_max, "{:?}", start.elapsed());
    assert_told(&mut good).await;
    assert_socket_told(&witness).await;
    for connection in stalled_ones {
        assert!(read_to_end(connection).await.starts_with("HTTP/1.1 200 OK\r\n"));
    }
    server.restart().await;
    let (_, joined) = owner.moved_to(&server.url()).join(&room).await;
    assert_eq!(joined["participants"].as_array().unwrap().len(), 3, "the seats were kept");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_it_stops_nobody_new_is_let_in() {
    let stop_time_max = Duration::from_secs(2);
    let mut server =
        TestServer::builder().config(|config| config.stop_time_max = stop_time_max).start().await;
    let (owner, guest) = (server.visitor(), server.visitor().known().await);
    let room = owner.make_room("방").await;
    let stream = Reader::open(&owner, &of(&room)).await;
    // One who polls has some time to come and hear of it.
    owner.get("/socket.io/?EIO=4&transport=polling").await;
    // Comes back at once and without rest, which no reader of good will does. Browsers would never
    // come back after a refusal: there is nothing in these streams instead.
    let returning = async {
        let mut empty = 0;
        assert_eq!(stream.end().await, End::Finished);
        for path in [of(&room), LOBBY.to_owned()].iter().cycle() {
            let request = guest.request(reqwest::Method::GET, path);
            match request.send().await {
                Ok(answer) => {
                    assert_eq!(answer.status(), 200);
                    assert_eq!(answer.headers()["content-type"], "text/event-stream");
                    assert_eq!(answer.text().await.unwrap(), "");
                    empty += 1;
                }
                Err(_nobody_listens) => return empty,
            }
        }
        empty
    };
    let ((), empty) = tokio::join!(soon(server.stop()), soon(returning));
    assert!(empty > 0, "it was too fast to be seen");
    server.restart().await;
    let (_, joined) = owner.moved_to(&server.url()).join(&room).await;
    assert_eq!(joined["participants"].as_array().unwrap().len(), 1, "nobody took a seat");
}

#[tokio::test]
async fn a_signal_ends_the_process_with_streams_open_and_a_new_one_goes_on() {
    let launch = Launch::new().variable("GIFCHAT_JOINS_BURST", "1000");
    for signal in [Signal::TERM, Signal::INT] {
        let program = launch.start().await;
        let (owner, guest) = (program.visitor(), program.visitor());
        let room = owner.make_room("방").await;
        let (socket, _) = owner.join(&room).await;
        let mut streams = many(&guest.clone().known().await, &room).await;
        let said = socket.say("곧 올게").await;
        let id = streams[0].until_text("곧 올게").await.pop().unwrap().id.unwrap();
        let (status, log) = program.end(signal, Duration::from_secs(10)).await;
        assert_eq!(status.code(), Some(0), "in good order: {log}");
        assert!(!log.contains("cut off"), "nobody had to be cut off: {log}");
        for stream in &mut streams {
            assert_told(stream).await;
        }
        let program = launch.start().await;
        let owner = owner.moved_to(&program.url);
        let (socket, joined) = owner.join(&room).await;
        assert_eq!(joined["participants"].as_array().unwrap().len(), 2, "the seats were kept");
        let next = socket.ask("chat", json!({ "chat": "나 왔어" })).await;
        assert_eq!(next["seq"].as_u64(), said["seq"].as_u64().map(|seq| seq + 1));
        let mut back = Reader::after(&guest.moved_to(&program.url), &of(&room), &id).await;
        let missed = back.until_text("나 왔어").await;
        assert_eq!(missed.len(), 2, "{missed:?}");
        assert_eq!(
            (&missed[0].data["reset"], &missed[1].data["seq"]),
            (&json!(false), &next["seq"])
        );
        assert_ne!(missed[1].data["seq"], Value::Null);
        program.stop().await;
    }
}
