//! How many of something a client or a socket may have.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use socketio::{AckError, Config, Data, Engine, Namespace, Socket, TooManyRooms};
use tokio::sync::Semaphore;

use crate::support::{Close, Feed, Server, eventually, feed, soon};

#[tokio::test]
async fn a_session_may_be_in_as_many_namespaces_as_the_limit() {
    let config = Config { namespaces_per_session_max: 2, ..Config::default() };
    let mut namespaces = Vec::new();
    let server = Server::with(config, |engine| {
        namespaces.extend(["/", "/a", "/b"].map(|name| engine.namespace(name).open()));
    })
    .await;
    let mut client = server.websocket().await;
    client.enter("/").await;
    client.enter("/a").await;
    client.send("40/b,").await;
    assert_eq!(client.text().await, r#"44/b,{"message":"Too many namespaces"}"#);
    // One that has been left counts until its last hook has run.
    client.send("41/a,").await;
    eventually(|| namespaces.iter().map(Namespace::socket_count).sum::<usize>() == 1).await;
    client.enter("/b").await;
}

#[tokio::test]
async fn a_socket_may_be_in_as_many_rooms_as_the_limit() {
    let (joined, mut results) = feed();
    let config = Config { rooms_per_socket_max: 3, ..Config::default() };
    let server = Server::with(config, move |engine| {
        engine
            .namespace("/")
            .connected(move |socket: Socket| {
                let joined = joined.clone();
                async move {
                    let mut results = Vec::new();
                    for room in ["a", "b", "c", "c", "d"] {
                        results.push(socket.join(room));
                    }
                    socket.leave("b");
                    results.push(socket.join("d"));
                    joined.put((results, socket.rooms(), socket.namespace().room_count()));
                }
            })
            .open();
    })
    .await;
    let _client = server.client().await;
    let (results, rooms, count) = results.next().await;
    assert_eq!(results, [Ok(()), Ok(()), Ok(()), Ok(()), Err(TooManyRooms), Ok(())]);
    assert_eq!(rooms.iter().map(|room| &**room).collect::<Vec<_>>(), ["a", "c", "d"]);
    assert_eq!(count, 3);
}

#[tokio::test]
async fn a_client_may_owe_as_many_answers_as_the_limit() {
    let (entered, mut sockets) = feed();
    let config = Config { pending_acks_max: 2, ..Config::default() };
    let server = Server::with(config, move |engine| {
        engine
            .namespace("/")
            .connected(move |socket: Socket| {
                entered.put(socket);
                async {}
            })
            .open();
    })
    .await;
    let mut client = server.client().await;
    let socket = sockets.next().await;
    let ask = || socket.emit_with_ack::<_, u64>("ask", &1, Duration::from_secs(10));
    let (mut first, mut second) = (Box::pin(ask()), Box::pin(ask()));
    assert!(futures_util::poll!(&mut first).is_pending());
    assert!(futures_util::poll!(&mut second).is_pending());
    assert!(matches!(soon(ask()).await, Err(AckError::TooMany)));
    assert_eq!(client.texts(2).await, [r#"420["ask",1]"#, r#"421["ask",1]"#]);
    client.send("430[10]").await;
    assert_eq!(soon(first).await.unwrap(), 10);
    // One who waits no more makes room too.
    drop(second);
    let asking = async { tokio::join!(ask(), ask()) };
    let answering = async {
        assert_eq!(client.texts(2).await, [r#"422["ask",1]"#, r#"423["ask",1]"#]);
        client.send("433[30]").await;
        client.send("432[20]").await;
    };
    let ((first, second), ()) = soon(async { tokio::join!(asking, answering) }).await;
    assert_eq!((first.unwrap(), second.unwrap()), (20, 30));
}

#[tokio::test]
async fn a_client_may_send_as_many_packets_at_once_as_the_limit() {
    let config = Config { packets_burst_max: 6, packets_per_second_max: 1, ..Config::default() };
    let server = Server::echoing(config).await;
    let mut client = server.client().await;
    // The one that entered the namespace counts too.
    for _ in 0..5 {
        client.send("3").await;
    }
    client.is_silent().await;
    client.send("3").await;
    assert_eq!(client.close().await, Close::Frame(4003, "too many packets".into()));
    let polling = server.polling_client().await;
    assert_eq!(polling.post(["3"; 6].join("\u{1e}")).await.status, 200);
    assert!(polling.is_over().await);
    assert_eq!(server.ended("too_fast"), 2);
}

#[tokio::test]
async fn over_time_a_client_may_send_at_the_rate() {
    let config = Config { packets_burst_max: 4, packets_per_second_max: 50, ..Config::default() };
    let server = Server::echoing(config).await;
    let mut client = server.client().await;
    for _ in 0..3 {
        for _ in 0..2 {
            assert!(client.is_alive().await);
        }
        // Time gives back more than the two that were taken.
        client.is_silent().await;
    }
    assert_eq!(server.ended("too_fast"), 0);
}

/// A namespace whose handler waits for a permit before it tells what it got.
fn gated(told: Feed<u64>) -> (Arc<Semaphore>, impl FnOnce(&Engine)) {
    let gate = Arc::new(Semaphore::new(0));
    let waits = gate.clone();
    let describe = move |engine: &Engine| {
        engine
            .namespace("/")
            .on("count", move |Data((number, _)): Data<(u64, String)>| {
                let (told, waits) = (told.clone(), waits.clone());
                async move {
                    waits.acquire().await.unwrap().forget();
                    told.put(number);
                    "counted"
                }
            })
            .open();
    };
    (gate, describe)
}

fn counting(number: u64, payload: usize) -> String {
    format!("42{}", json!(["count", [number, "x".repeat(payload)]]))
}

/// Floods a socket whose handler waits: the server takes so many packets and no more, until the
/// handler goes on.
async fn flooded(config: Config, payload: usize, taken_max: u64) {
    let (told, mut heard) = feed();
    let (gate, describe) = gated(told);
    let server = Server::with(config, describe).await;
    let mut client = server.client().await;
    for number in 0..50 {
        client.send(&counting(number, payload)).await;
    }
    eventually(|| server.engine.counters().packets_received >= taken_max).await;
    client.is_silent().await;
    assert_eq!(server.engine.counters().packets_received, taken_max);
    gate.add_permits(50);
    assert_eq!(heard.take(50).await, (0..50).collect::<Vec<_>>());
}

#[tokio::test]
async fn beyond_so_many_waiting_events_nothing_is_read_and_nothing_is_lost() {
    let config = Config { events_waiting_max: 7, ..Config::default() };
    // The one that entered, the one that is handled, and those that wait.
    flooded(config, 1, 1 + 1 + 7).await;
}

#[tokio::test]
async fn beyond_so_many_waiting_bytes_nothing_is_read_and_nothing_is_lost() {
    let config = Config { events_waiting_bytes_max: 5_000, ..Config::default() };
    // Five of a little more than a thousand bytes are over the limit, four are not.
    flooded(config, 1_000, 1 + 1 + 5).await;
}

#[tokio::test]
async fn beyond_so_many_waiting_events_a_body_waits_and_nothing_is_lost() {
    let config = Config { events_waiting_max: 1, ..Config::default() };
    let (told, mut heard) = feed();
    let (gate, describe) = gated(told);
    let server = Server::with(config, describe).await;
    let client = server.polling_client().await;
    // The first is handled, the second waits to be, the third waits to be looked at.
    for number in 0..3 {
        client.send(&counting(number, 1)).await;
    }
    let mut fourth = Box::pin(client.post(counting(3, 1)));
    client.is_silent(&mut fourth).await;
    gate.add_permits(1);
    assert_eq!(soon(fourth).await.short(), (200, "ok"));
    gate.add_permits(3);
    assert_eq!(heard.take(4).await, [0, 1, 2, 3]);
}

#[tokio::test]
async fn a_body_that_waits_is_answered_when_the_session_ends() {
    let config = Config {
        events_waiting_max: 1,
        close_time_max: Duration::from_millis(50),
        ..Config::default()
    };
    let (told, _heard) = feed();
    let (_gate, describe) = gated(told);
    let server = Server::with(config, describe).await;
    let client = server.polling_client().await;
    for number in 0..3 {
        client.send(&counting(number, 1)).await;
    }
    let mut fourth = Box::pin(client.post(counting(3, 1)));
    client.is_silent(&mut fourth).await;
    let (shut, answer) = tokio::join!(server.engine.shutdown(Duration::from_millis(100)), fourth);
    assert_eq!(shut, 1);
    assert_eq!(answer.status, 400);
}

#[tokio::test]
async fn a_handler_that_asks_its_client_is_answered_while_there_is_room() {
    let (told, mut heard) = feed();
    let config = Config { events_waiting_max: 2, ..Config::default() };
    let server = Server::with(config, move |engine| {
        engine
            .namespace("/")
            .on("begin", move |socket: Socket| {
                let told = told.clone();
                async move {
                    let time_max = Duration::from_millis(200);
                    let answer = socket.emit_with_ack::<_, u64>("ask", &0, time_max).await;
                    told.put(answer.map_err(|error| error.to_string()));
                }
            })
            .open();
    })
    .await;
    let mut client = server.client().await;
    client.send(r#"42["begin"]"#).await;
    client.text().await;
    client.send(r#"42["other"]"#).await;
    client.send("430[5]").await;
    assert_eq!(heard.next().await, Ok(5));
    // Behind as many events as may wait the answer is not read: the handler holds itself up.
    client.send(r#"42["begin"]"#).await;
    client.text().await;
    client.send(r#"42["other"]"#).await;
    client.send(r#"42["other"]"#).await;
    client.send("431[6]").await;
    let late = "the client did not answer in time".to_owned();
    assert_eq!(heard.next().await, Err(late));
    // Then it goes on as before.
    client.send(r#"42["begin"]"#).await;
    assert_eq!(client.text().await, r#"422["ask",0]"#);
    client.send("432[7]").await;
    assert_eq!(heard.next().await, Ok(7));
    eventually(|| server.engine.counters().packets_received == 10).await;
}
