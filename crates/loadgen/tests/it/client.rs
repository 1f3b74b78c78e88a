//! The client's own promises.

use std::time::{Duration, Instant};

use loadgen::client::wire::{Chat, Join};
use loadgen::client::{AskError, Client, ConnectError, End, Transport, Visitor, read_log};
use tokio::time::timeout;

use crate::support::{DEADLINE, TestServer};

const BOTH: [Transport; 2] = [Transport::WebSocket, Transport::Polling];

#[tokio::test]
async fn what_is_said_over_either_transport_is_told_and_answered() {
    let server = TestServer::start(|_| {}).await;
    let door = server.door();
    for transport in BOTH {
        let visitor = Visitor::arrive(&door).await.unwrap();
        let room = visitor.make_room(&door, "bots", 3).await.unwrap();
        let (client, mut events) = Client::connect(&door, &visitor, transport).await.unwrap();
        let join = Join { room: &room, ..Join::default() };
        let joined = client.join(&join, DEADLINE).await.unwrap();
        assert_eq!((joined.head, joined.participants.len()), (1, 1));
        let chat = Chat { chat: "안녕", client_id: "c-1" };
        let sent = client.chat(&chat, DEADLINE).await.unwrap();
        assert_eq!(client.chat(&chat, DEADLINE).await.unwrap().id, sent.id);
        let told = timeout(DEADLINE, async {
            loop {
                let event = events.recv().await.unwrap();
                if event.name == "chat" {
                    return event;
                }
            }
        });
        assert!(told.await.unwrap().payload.contains("안녕"), "{transport:?}");
    }
}

#[tokio::test]
async fn a_refusal_has_its_code_and_leaves_the_connection_as_it_is() {
    let server = TestServer::start(|_| {}).await;
    let door = server.door();
    let visitor = Visitor::arrive(&door).await.unwrap();
    for transport in BOTH {
        let (client, _events) = Client::connect(&door, &visitor, transport).await.unwrap();
        let chat = Chat { chat: "hello", client_id: "c-1" };
        match client.chat(&chat, DEADLINE).await {
            Err(AskError::Refused(failure)) => assert_eq!(failure.error, "not_in_room"),
            other => panic!("{other:?}"),
        }
        assert_eq!(client.end(), None);
    }
}

#[tokio::test]
async fn a_visitor_is_the_same_after_a_restart_and_reads_the_whole_log() {
    let server = TestServer::start(|_| {}).await;
    let door = server.door();
    let visitor = Visitor::arrive(&door).await.unwrap();
    let room = visitor.make_room(&door, "log", 3).await.unwrap();
    let (client, events) = Client::connect(&door, &visitor, Transport::WebSocket).await.unwrap();
    drop(events);
    let join = Join { room: &room, ..Join::default() };
    let you = client.join(&join, DEADLINE).await.unwrap().you.id;
    for number in 0..250 {
        let (text, client_id) = (format!("message {number}"), format!("c-{number}"));
        let chat = Chat { chat: &text, client_id: &client_id };
        client.chat(&chat, DEADLINE).await.unwrap();
    }
    let TestServer { app, folder } = server;
    app.stop().await;
    assert!(matches!(timeout(DEADLINE, client.ended()).await.unwrap(), End::Closed(Some(4000))));

    let server = TestServer::start_in(folder, |_| {}).await;
    let door = server.door();
    let visitor = Visitor::with_cookie(visitor.cookie());
    let log = read_log(&door, &visitor, &room).await.unwrap();
    let seqs: Vec<_> = log.iter().map(|entry| entry.seq).collect();
    assert_eq!(seqs, (1..=251).collect::<Vec<_>>());
    assert!(log.iter().skip(1).all(|entry| entry.author.as_ref() == Some(&you)));
}

#[tokio::test]
async fn who_is_not_let_in_hears_the_status() {
    let server = TestServer::start(|config| config.sockets_per_address_max = 1).await;
    let door = server.door();
    let visitor = Visitor::arrive(&door).await.unwrap();
    let first = Client::connect(&door, &visitor, Transport::WebSocket).await.unwrap();
    for transport in BOTH {
        let second = Client::connect(&door, &visitor, transport).await;
        assert!(matches!(second, Err(ConnectError::Status(503))), "{:?}", second.err());
    }
    drop(first);
}

#[tokio::test]
async fn pings_are_answered() {
    const INTERVAL: Duration = Duration::from_millis(40);
    let change = |config: &mut gif_chat::config::Config| {
        (config.socket_ping_interval, config.socket_ping_time_max) = (INTERVAL, 5 * INTERVAL);
        // It asks as fast as it is answered.
        config.joins_burst = 1_000_000;
    };
    let server = TestServer::start(change).await;
    let door = server.door();
    let visitor = Visitor::arrive(&door).await.unwrap();
    let room = visitor.make_room(&door, "pings", 3).await.unwrap();
    for transport in BOTH {
        let (client, _events) = Client::connect(&door, &visitor, transport).await.unwrap();
        let connected = Instant::now();
        // One who never answers is gone after six intervals.
        while connected.elapsed() < 20 * INTERVAL {
            let join = Join { room: &room, ..Join::default() };
            client.join(&join, DEADLINE).await.unwrap();
        }
        assert_eq!(client.end(), None);
    }
}
