//! One order for everybody: history and live events fit together without a gap, whatever the
//! transport and the door.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::TestServer;
use crate::support::socket_client::{SocketClient, Transport};
use crate::support::sockets::{messages, seqs};

/// A server that lets a socket send many messages in one breath.
async fn server() -> TestServer {
    TestServer::builder().config(|config| config.socket_events_waiting_max = 5_000).start().await
}

/// What a client shows that merges the ack of its join with what came live: each `seq` once.
fn shown(joined: &Value, socket: &SocketClient) -> BTreeMap<u64, Value> {
    let live = socket.live_entries();
    let live_seqs = seqs(&live);
    let mut ascending = live_seqs.clone();
    ascending.sort_unstable();
    ascending.dedup();
    assert_eq!(live_seqs, ascending, "live events are in order and come once");
    let mut shown = BTreeMap::new();
    for entry in messages(joined) {
        let before = shown.insert(entry["seq"].as_u64().unwrap(), entry.clone());
        assert_eq!(before, None, "the history repeats nothing");
    }
    for entry in live {
        let known = shown.insert(entry["seq"].as_u64().unwrap(), entry.clone());
        if let Some(known) = known {
            assert_eq!((&known["_id"], &known["chat"]), (&entry["_id"], &entry["chat"]));
        }
    }
    shown
}

/// Sends numbered texts in one breath: nothing is waited for in between.
async fn burst(socket: &SocketClient, count: u32, name: &str) {
    for number in 0..count {
        socket.emit("chat", json!({ "chat": format!("{name} {number}") })).await;
    }
}

#[tokio::test]
async fn whoever_joins_in_a_flood_misses_nothing_on_every_transport() {
    let server = server().await;
    let owner = server.visitor();
    let room = owner.make_room_with("홍수", "20", "").await;
    let (speaker, _) = owner.join(&room).await;
    for transport in Transport::ALL {
        let mut newcomers = Vec::new();
        for _ in 0..4 {
            let newcomer = server.visitor().known().await.chat_socket(transport).await;
            let joining = newcomer.ask("join", json!({ "room": room }));
            let (ack, ()) = tokio::join!(joining, owner.fill(&room, 60));
            assert_eq!(ack["ok"], true);
            newcomers.push((newcomer, ack));
        }
        let last = speaker.say("끝").await["seq"].as_u64().unwrap();
        for (newcomer, ack) in &newcomers {
            newcomer.expect_where("chat", |entry| entry["seq"] == last).await;
            let all: Vec<u64> = shown(ack, newcomer).into_keys().collect();
            assert_eq!(all, (all[0]..=last).collect::<Vec<_>>(), "{transport:?}");
            assert!(newcomer.count_of("chat") > 1, "some of it came live");
        }
        for (newcomer, _) in newcomers {
            newcomer.ask("leave", Value::Null).await;
        }
    }
}

#[tokio::test]
async fn whoever_comes_back_in_a_flood_misses_nothing() {
    let server = server().await;
    let (owner, guest) = (server.visitor(), server.visitor());
    let room = owner.make_room("돌아오다").await;
    let (speaker, _) = owner.join(&room).await;
    for transport in Transport::ALL {
        let (socket, joined) = guest.join_by(transport, &room).await;
        let seen = joined["head"].as_u64().unwrap();
        socket.cut().await;
        owner.fill(&room, 100).await;
        let socket = guest.chat_socket(transport).await;
        let request = json!({ "room": room, "epoch": joined["epoch"], "after": seen });
        let (again, ()) = tokio::join!(socket.ask("join", request), owner.fill(&room, 100));
        assert_eq!((&again["reset"], &again["more"]), (&json!(false), &json!(false)));
        let last = speaker.say("끝").await["seq"].as_u64().unwrap();
        socket.expect_where("chat", |entry| entry["seq"] == last).await;
        let all: Vec<u64> = shown(&again, &socket).into_keys().collect();
        assert_eq!(all, (seen + 1..=last).collect::<Vec<_>>(), "{transport:?}");
        assert!(all.len() > 200);
    }
}

#[tokio::test]
async fn a_burst_from_one_socket_comes_back_in_order_on_every_listener() {
    let server = server().await;
    let owner = server.visitor();
    let room = owner.make_room_with("연달아", "20", "").await;
    let mut listeners = Vec::new();
    for transport in Transport::ALL {
        listeners.push(server.visitor().join_by(transport, &room).await.0);
    }
    for (sender, count) in [(0, 500), (1, 100), (2, 100)] {
        let name = format!("{sender}:");
        burst(&listeners[sender], count, &name).await;
        for listener in &listeners {
            for number in 0..count {
                // The next one, whatever it is: nothing overtakes.
                let entry = listener.expect("chat").await;
                assert_eq!(entry["chat"], format!("{name} {number}"));
            }
            let all = seqs(&listener.live_entries());
            let expected: Vec<u64> = (all[0]..all[0] + all.len() as u64).collect();
            assert_eq!(all, expected, "no gap and no repeat");
        }
    }
}

#[tokio::test]
async fn both_doors_write_one_log_that_everybody_sees_alike() {
    let server = server().await;
    let owner = server.visitor();
    let room = owner.make_room_with("두 문", "20", "").await;
    let mut listeners = Vec::new();
    for transport in Transport::ALL {
        listeners.push(server.visitor().join_by(transport, &room).await.0);
    }
    let sender = server.visitor().known().await;
    let path = format!("/room/{room}/chat");
    let by_http = async {
        for number in 0..60 {
            let answer =
                sender.post_json(&path, &json!({ "chat": format!("http {number}") })).await;
            assert_eq!(answer.text(), "ok");
        }
    };
    let by_socket = async {
        for number in 0..60 {
            listeners[0].say(&format!("socket {number}")).await;
        }
    };
    tokio::join!(by_http, by_socket);
    let last = listeners[1].say("끝").await["seq"].as_u64().unwrap();
    let mut logs = Vec::new();
    for listener in &listeners {
        listener.expect_where("chat", |entry| entry["seq"] == last).await;
        let entries: Vec<_> = listener.live_entries();
        let entries: Vec<_> = entries.into_iter().filter(|entry| entry["chat"] != "끝").collect();
        let said_there = entries.iter().filter(|entry| entry["author"].is_string());
        assert_eq!(said_there.count(), 120);
        for door in ["http", "socket"] {
            let texts = entries.iter().filter_map(|entry| entry["chat"].as_str());
            let texts: Vec<_> = texts.filter(|text| text.starts_with(door)).collect();
            let sent: Vec<_> = (0..60).map(|number| format!("{door} {number}")).collect();
            assert_eq!(texts, sent, "each sender's own order");
        }
        let said: Vec<_> =
            entries.into_iter().filter(|entry| entry["author"].is_string()).collect();
        logs.push(said);
    }
    assert!(logs[0] == logs[1] && logs[1] == logs[2], "one log");
}

#[tokio::test]
async fn an_upgrade_in_a_flood_loses_and_repeats_nothing() {
    let server = server().await;
    let owner = server.visitor();
    let room = owner.make_room("갈아타기").await;
    let (speaker, _) = owner.join(&room).await;
    let (socket, joined) = server.visitor().join_by(Transport::Polling, &room).await;
    assert!(!socket.is_websocket());
    let (upgraded, ()) = tokio::join!(socket.upgrade(), owner.fill(&room, 300));
    upgraded.unwrap();
    assert!(socket.is_websocket());
    let last = speaker.say("끝").await["seq"].as_u64().unwrap();
    socket.expect_where("chat", |entry| entry["seq"] == last).await;
    let head = joined["head"].as_u64().unwrap();
    let live: Vec<u64> =
        seqs(&socket.live_entries()).into_iter().filter(|seq| *seq > head).collect();
    assert_eq!(live, (head + 1..=last).collect::<Vec<_>>());
    assert!(last >= head + 301);
}
