//! What may wait for a client that does not read, and for how long.

use std::time::{Duration, Instant};

use socketio::{Config, Engine, Namespace, Socket};

use crate::support::{Bare, Close, Server, Taker, eventually, feed};

/// A server whose sockets are handed to the test as they enter.
fn handing_out(config: Config) -> (Server, Taker<Socket>, Namespace) {
    let (entered, sockets) = feed();
    let engine = Engine::new(config);
    let namespace = engine
        .namespace("/")
        .connected(move |socket: Socket| {
            entered.put(socket);
            async {}
        })
        .open();
    (Server::narrow(engine), sockets, namespace)
}

/// The frame of an event `e` with a text of so many letters: header and all.
fn frame_bytes(letters: usize) -> usize {
    let payload = r#"42["e",""]"#.len() + letters;
    payload + if payload < 126 { 2 } else { 4 }
}

#[tokio::test]
async fn so_many_bytes_may_wait_and_one_more_ends_the_session() {
    let bytes_max = 10 * frame_bytes(500);
    let config = Config { backlog_bytes_max: bytes_max, ..Config::default() };
    let (server, mut sockets, _) = handing_out(config);
    for (last, is_fine) in [(499, true), (500, true), (501, false)] {
        let client = server.polling_client().await;
        let socket = sockets.next().await;
        for _ in 0..9 {
            socket.emit("e", &"x".repeat(500)).unwrap();
        }
        let sent = socket.emit("e", &"x".repeat(last));
        assert_eq!(sent.is_ok(), is_fine, "{last}");
        if is_fine {
            assert_eq!(client.get().await.body.split('\u{1e}').count(), 10);
        } else {
            // What waited is thrown away: the client comes back and asks for what it missed.
            assert_eq!(client.get().await.short(), (200, "1"));
            assert!(client.is_over().await);
        }
    }
    assert_eq!(server.ended("backlog"), 1);
}

#[tokio::test]
async fn so_many_packets_may_wait_and_one_more_ends_the_session() {
    let config = Config { backlog_packets_max: 10, ..Config::default() };
    let (server, mut sockets, namespace) = handing_out(config);
    let client = server.polling_client().await;
    let socket = sockets.next().await;
    for number in 0..10 {
        assert_eq!(namespace.all().emit("e", &number).unwrap(), 1);
    }
    assert_eq!(namespace.all().emit("e", &10).unwrap(), 0);
    eventually(|| socket.ended().is_some()).await;
    assert!(client.is_over().await);
    assert_eq!(server.ended("backlog"), 1);
}

#[tokio::test]
async fn an_event_that_is_larger_than_the_whole_backlog_cannot_be_sent() {
    let config = Config { backlog_bytes_max: 1_000, ..Config::default() };
    let (server, mut sockets, _) = handing_out(config);
    let mut client = server.client().await;
    let socket = sockets.next().await;
    assert!(socket.emit("e", &"x".repeat(1_000)).is_err());
    assert_eq!(client.close().await, Close::Frame(4001, "too much is waiting".into()));
}

#[tokio::test]
async fn what_is_taken_by_the_connection_does_not_wait() {
    let config = Config { backlog_bytes_max: 20_000, backlog_packets_max: 20, ..Config::default() };
    let (server, mut sockets, _) = handing_out(config);
    let mut client = server.client().await;
    let socket = sockets.next().await;
    for number in 0..200 {
        socket.emit("e", &"x".repeat(1_000)).unwrap();
        if number % 10 == 0 {
            client.texts(if number == 0 { 1 } else { 10 }).await;
        }
    }
    client.texts(9).await;
}

#[tokio::test]
async fn a_client_that_reads_nothing_costs_no_more_than_the_backlog_and_is_closed() {
    const BYTES_MAX: usize = 300_000;
    let config = Config { backlog_bytes_max: BYTES_MAX, ..Config::default() };
    let (server, mut sockets, _) = handing_out(config);
    let stalled = Bare::narrow_client(server.address).await;
    let socket = sockets.next().await;
    let mut accepted = 0;
    while socket.emit("e", &"x".repeat(1_000)).is_ok() {
        accepted += frame_bytes(1_000);
        tokio::task::yield_now().await;
    }
    assert_eq!(socket.ended(), None, "the reason is known once the session's task has seen it");
    eventually(|| socket.ended() == Some(socketio::Reason::Backlog)).await;
    let taken = usize::try_from(server.engine.counters().bytes_sent).unwrap();
    assert!(accepted - taken <= BYTES_MAX, "{accepted} accepted, {taken} taken");
    assert!(taken > 0);
    eventually(|| server.engine.counters().sessions == 0).await;
    drop(stalled);
}

#[tokio::test]
async fn a_client_that_takes_nothing_is_closed_when_its_time_is_over() {
    let time_max = Duration::from_millis(200);
    let config = Config {
        write_time_max: time_max,
        close_time_max: Duration::from_millis(50),
        backlog_bytes_max: 100_000_000,
        backlog_packets_max: 100_000,
        ..Config::default()
    };
    let (server, mut sockets, namespace) = handing_out(config);
    let mut stalled = Bare::narrow_client(server.address).await;
    let socket = sockets.next().await;
    let mut bystander = server.client().await;
    // More than any kernel takes for a connection.
    for _ in 0..200 {
        socket.emit("e", &"x".repeat(100_000)).unwrap();
    }
    let begin = Instant::now();
    eventually(|| socket.ended() == Some(socketio::Reason::Stalled)).await;
    assert!(begin.elapsed() >= time_max, "{:?}", begin.elapsed());
    eventually(|| server.engine.counters().sessions == 1).await;
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
    assert_eq!(namespace.all().emit("e", &1).unwrap(), 1);
    assert_eq!(bystander.text().await, r#"42["e",1]"#);
    // Its connection is over as well, whatever it still reads.
    stalled.read_to_end().await;
    assert_eq!(server.ended("stalled"), 1);
}

#[tokio::test]
async fn a_client_that_reads_slowly_stays_as_long_as_it_takes_something() {
    const EVENTS: usize = 100;
    let time_max = Duration::from_millis(500);
    let config =
        Config { write_time_max: time_max, backlog_bytes_max: 100_000_000, ..Config::default() };
    let (server, mut sockets, _) = handing_out(config);
    let mut slow = Bare::narrow_client(server.address).await;
    let socket = sockets.next().await;
    for _ in 0..EVENTS {
        socket.emit("e", &"x".repeat(20_000)).unwrap();
    }
    let begin = Instant::now();
    for _ in 0..EVENTS {
        assert_eq!(slow.text().await.len(), 20_000 + r#"42["e",""]"#.len());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(begin.elapsed() > time_max * 2, "{:?}", begin.elapsed());
    assert_eq!(socket.ended(), None);
    assert_eq!(server.ended("stalled"), 0);
}

#[tokio::test]
async fn a_client_that_does_not_say_goodbye_has_its_time_and_no_more() {
    let time_max = Duration::from_millis(150);
    let config = Config { close_time_max: time_max, ..Config::default() };
    let (server, mut sockets, _) = handing_out(config);
    let mut bare = Bare::client(server.address).await;
    let socket = sockets.next().await;
    let begin = Instant::now();
    socket.close("enough");
    assert_eq!(bare.close().await, (0, Close::Frame(4007, "enough".into())));
    eventually(|| server.engine.counters().sessions == 0).await;
    assert!(begin.elapsed() >= time_max, "{:?}", begin.elapsed());
    // Of two that poll, one fetches its goodbye.
    let polls = server.polling_client().await;
    let _silent = server.polling_client().await;
    sockets.next().await.close("enough");
    sockets.next().await.close("enough");
    assert_eq!(polls.get().await.short(), (200, "1"));
    let begin = Instant::now();
    eventually(|| server.engine.counters().sessions <= 1).await;
    eventually(|| server.engine.counters().sessions == 0).await;
    assert!(begin.elapsed() < Duration::from_secs(5));
    assert_eq!(server.ended("closed"), 3);
}

#[tokio::test]
async fn what_was_sent_before_a_close_still_comes_before_it() {
    let (server, mut sockets, _) = handing_out(Config::default());
    let mut client = server.client().await;
    let polling = server.polling_client().await;
    for _ in 0..2 {
        let socket = sockets.next().await;
        socket.emit("e", &1).unwrap();
        socket.emit("e", &2).unwrap();
        socket.close("enough");
        assert!(socket.emit("e", &3).is_err());
    }
    let (texts, close) = client.rest().await;
    assert_eq!(texts, [r#"42["e",1]"#, r#"42["e",2]"#]);
    assert_eq!(close, Close::Frame(4007, "enough".into()));
    assert_eq!(polling.get().await.body, "42[\"e\",1]\u{1e}42[\"e\",2]\u{1e}1");
}
