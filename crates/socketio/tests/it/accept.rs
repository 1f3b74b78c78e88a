//! The accept loop: who is let in, how long a request may take, and how it stops.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use socketio::serve::{ConnectionsMax, Doorman, ServeOptions};
use socketio::{Config, Engine, Socket};
use tokio::io::AsyncReadExt as _;

use crate::support::{Bare, Server, echo, eventually, soon};

const TIME_MAX: Duration = Duration::from_millis(300);

async fn guarded(doorman: impl Doorman, options: ServeOptions) -> Server {
    let engine = Engine::new(Config::default());
    echo(&engine);
    Server::guarded(engine, doorman, options).await
}

async fn hurried() -> Server {
    let options = ServeOptions { header_read_time_max: TIME_MAX, ..ServeOptions::default() };
    guarded(ConnectionsMax::new(100), options).await
}

const HANDSHAKE: &str = "GET /?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\n\r\n";

#[tokio::test]
async fn headers_that_do_not_come_in_time_end_the_connection() {
    let server = hurried().await;
    for beginning in ["", "GET /", "GET / HTTP/1.1\r\nHost: x\r\n"] {
        let mut bare = Bare::connect(server.address).await;
        bare.send(beginning.as_bytes()).await;
        let begin = Instant::now();
        bare.read_to_end().await;
        assert!(begin.elapsed() > TIME_MAX / 2, "{beginning:?} {:?}", begin.elapsed());
    }
}

#[tokio::test]
async fn headers_that_come_byte_by_byte_have_no_more_time() {
    let server = hurried().await;
    let mut bare = Bare::connect(server.address).await;
    bare.send(b"GET / HTTP/1.1\r\nX: ").await;
    let mut sent = 0;
    while bare.try_send(b"x").await {
        sent += 1;
        assert!(sent < 1_000, "it is never closed");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_connection_that_rests_between_two_requests_ends_too() {
    let server = hurried().await;
    let mut bare = Bare::connect(server.address).await;
    assert_eq!(bare.request(HANDSHAKE).await.status, 200);
    assert_eq!(bare.request(HANDSHAKE).await.status, 200);
    assert_eq!(bare.read_to_end().await, b"");
}

#[tokio::test]
async fn a_poll_and_a_websocket_may_wait_longer_than_headers() {
    let server = hurried().await;
    let mut client = server.client().await;
    let polling = server.polling_client().await;
    let waited = tokio::time::timeout(TIME_MAX * 3, polling.waiting()).await;
    assert!(waited.is_err(), "{waited:?}");
    assert!(client.is_alive().await);
}

#[tokio::test]
async fn headers_that_are_too_large_are_refused() {
    let options = ServeOptions { header_bytes_max: 8_192, ..ServeOptions::default() };
    let server = guarded(ConnectionsMax::new(100), options).await;
    let request = |bytes| {
        format!("GET /?EIO=4&transport=polling HTTP/1.1\r\nX: {}\r\n\r\n", "x".repeat(bytes))
    };
    assert_eq!(Bare::connect(server.address).await.request(&request(7_000)).await.status, 200);
    let answer = Bare::connect(server.address).await.request(&request(9_000)).await;
    assert_eq!(answer.status, 431);
}

#[tokio::test]
async fn a_connection_that_is_not_let_in_hears_when_to_come_back() {
    let server = guarded(ConnectionsMax::new(2), ServeOptions::default()).await;
    let first = Bare::connect(server.address).await;
    let mut second = Bare::connect(server.address).await;
    assert_eq!(second.request(HANDSHAKE).await.status, 200);
    let mut third = Bare::connect(server.address).await;
    let answer = third.request(HANDSHAKE).await;
    assert_eq!(answer.status, 503);
    assert!(answer.head.to_ascii_lowercase().contains("retry-after: "), "{}", answer.head);
    assert_eq!(third.read_to_end().await, b"");
    // A place is free again once its connection has ended.
    drop(first);
    soon(async {
        loop {
            let mut again = Bare::connect(server.address).await;
            match again.request(HANDSHAKE).await.status {
                200 => break,
                status => assert_eq!(status, 503),
            }
        }
    })
    .await;
    assert_eq!(second.request(HANDSHAKE).await.status, 200);
}

#[tokio::test]
async fn what_has_become_a_websocket_takes_no_place() {
    let server = guarded(ConnectionsMax::new(1), ServeOptions::default()).await;
    let mut clients = Vec::new();
    for _ in 0..5 {
        let mut bare = soon(async {
            loop {
                let mut bare = Bare::connect(server.address).await;
                match bare.request(&Bare::upgrade_head("")).await.status {
                    101 => break bare,
                    // The one before is about to give its place back.
                    status => assert_eq!(status, 503),
                }
            }
        })
        .await;
        assert!(bare.text().await.starts_with("0{"));
        clients.push(bare);
    }
    assert_eq!(server.engine.counters().sessions, 5);
}

#[tokio::test]
async fn beyond_so_many_refusals_at_once_connections_are_closed_without_a_word() {
    let options = ServeOptions {
        refusals_max: 1,
        refusal_time_max: Duration::from_secs(15),
        ..ServeOptions::default()
    };
    let server = guarded(ConnectionsMax::new(0), options).await;
    // It does not end its connection, so its refusal stays under way.
    let mut first = Bare::connect(server.address).await;
    assert_eq!(first.answer().await.status, 503);
    let mut second = Bare::connect(server.address).await;
    assert_eq!(second.read_to_end().await, b"");
    drop(first);
    soon(async {
        let (mut length, mut first) = (0, [0]);
        while length == 0 {
            let mut third = Bare::connect(server.address).await;
            length = third.stream.read(&mut first).await.unwrap_or(0);
        }
    })
    .await;
}

/// Lets in who comes from where it says.
struct Only(SocketAddr);

impl Doorman for Only {
    type Place = ();

    fn enter(&self, peer: SocketAddr) -> Option<()> {
        (peer.ip() == self.0.ip()).then_some(())
    }
}

#[tokio::test]
async fn a_doorman_sees_where_a_connection_comes_from() {
    let options = ServeOptions::default;
    let server = guarded(Only("127.0.0.1:0".parse().unwrap()), options()).await;
    assert_eq!(Bare::connect(server.address).await.request(HANDSHAKE).await.status, 200);
    let server = guarded(Only("127.0.0.2:0".parse().unwrap()), options()).await;
    assert_eq!(Bare::connect(server.address).await.request(HANDSHAKE).await.status, 503);
}

#[tokio::test]
async fn an_answer_that_nobody_reads_does_not_hold_its_connection_for_ever() {
    let options = ServeOptions { unread_time_max: TIME_MAX, ..ServeOptions::default() };
    let config = Config { backlog_bytes_max: 50_000_000, ..Config::default() };
    let engine = Engine::new(config);
    let namespace = engine.namespace("/").open();
    let server = Server::guarded(engine, ConnectionsMax::new(100), options).await;
    let reading = server.polling_client().await;
    let polling = server.polling_client().await;
    for _ in 0..200 {
        namespace.all().emit("e", &"x".repeat(100_000)).unwrap();
    }
    let mut stalled = Bare::connect_narrow(server.address).await;
    let poll = format!(
        "GET /?EIO=4&transport=polling&sid={} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        polling.sid
    );
    let before = server.tasks.len();
    stalled.send(poll.as_bytes()).await;
    eventually(|| server.tasks.len() == before + 1).await;
    eventually(|| server.tasks.len() == before).await;
    // Whoever reads has the same answer.
    assert!(reading.get().await.body.len() > 20_000_000);
}

#[tokio::test]
async fn small_answers_leave_at_once() {
    let server = Server::with(Config::default(), |engine| {
        engine
            .namespace("/")
            .on("twice", async |socket: Socket| {
                socket.emit("first", &1).unwrap();
                // Long enough for the first to leave, not for the client's delayed acknowledgement.
                tokio::time::sleep(Duration::from_millis(5)).await;
                socket.emit("second", &2).unwrap();
            })
            .open();
    })
    .await;
    let mut bare = Bare::client(server.address).await;
    let mut waited = Vec::new();
    for _ in 0..15 {
        bare.send(&crate::support::frame(crate::support::Opcode::Text, br#"42["twice"]"#)).await;
        assert_eq!(bare.text().await, r#"42["first",1]"#);
        let begin = Instant::now();
        assert_eq!(bare.text().await, r#"42["second",2]"#);
        waited.push(begin.elapsed());
    }
    waited.sort();
    assert!(waited[7] < Duration::from_millis(25), "{waited:?}");
}

#[tokio::test]
async fn a_server_that_stops_lets_requests_finish_and_then_ends_connections() {
    let server = Server::echoing(Config::default()).await;
    let polling = server.polling_client().await;
    let mut resting = Bare::connect(server.address).await;
    assert_eq!(resting.request(HANDSHAKE).await.status, 200);
    let mut waiting = Box::pin(polling.waiting());
    polling.is_silent(&mut waiting).await;
    server.stop.accepting.cancel();
    assert_eq!(resting.read_to_end().await, b"");
    // Nobody accepts any more.
    eventually(|| std::net::TcpStream::connect(server.address).is_err()).await;
    let (left, polled) = tokio::join!(server.engine.shutdown(Duration::from_secs(15)), waiting);
    assert_eq!((left, polled.short()), (0, (200, "1")));
    server.tasks.close();
    soon(server.tasks.wait()).await;
}

#[tokio::test]
async fn a_server_that_must_stop_cuts_what_has_not_finished() {
    let server = Server::echoing(Config::default()).await;
    let polling = server.polling_client().await;
    let mut waiting = Box::pin(polling.ask(reqwest::Method::GET).send());
    let waited = tokio::time::timeout(crate::support::SILENCE, &mut waiting).await;
    assert!(waited.is_err());
    server.stop.accepting.cancel();
    server.tasks.close();
    let waited = tokio::time::timeout(crate::support::SILENCE, server.tasks.wait()).await;
    assert!(waited.is_err(), "a poll still waits");
    server.stop.connections.cancel();
    soon(server.tasks.wait()).await;
    assert!(soon(waiting).await.is_err());
}
