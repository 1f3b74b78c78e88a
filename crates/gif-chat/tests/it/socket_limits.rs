//! Bounded in every direction: what a client may send, how fast, and how much waits for one that
//! does not read.

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use crate::support::TestServer;
use crate::support::socket_client::{SocketClient, Transport};
use crate::support::sockets::{messages, seqs};

const MESSAGE_BYTES_MAX: usize = 64 * 1024;

/// A whole Engine.IO packet of exactly so many bytes: an unknown event that wants an answer.
fn packet_of(bytes: usize) -> String {
    let (head, tail) = (r#"42/chat,99["x",""#, r#""]"#);
    format!("{head}{}{tail}", "a".repeat(bytes - head.len() - tail.len()))
}

#[tokio::test]
async fn a_message_has_at_most_64_kib() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    let room = visitor.make_room("한도").await;
    let (bystander, _) = server.visitor().join(&room).await;
    for transport in Transport::ALL {
        for bytes in [MESSAGE_BYTES_MAX - 1, MESSAGE_BYTES_MAX] {
            let (socket, _) = visitor.join_by(transport, &room).await;
            socket.send_raw(&packet_of(bytes)).await;
            let ack = socket.expect_packet("43/chat,99").await;
            assert!(ack.contains("bad_request"), "{bytes} bytes on {transport:?}: {ack}");
            assert_eq!(socket.say("들어갔다").await["ok"], true);
        }
        for bytes in [MESSAGE_BYTES_MAX + 1, 1024 * 1024] {
            let (socket, _) = visitor.join_by(transport, &room).await;
            socket.send_raw(&packet_of(bytes)).await;
            let end = socket.transport_closed().await;
            assert!(!end.by_namespace_disconnect, "the official client comes back");
            let packets = socket.received_packets();
            assert!(!packets.iter().any(|packet| packet.starts_with("43/chat,99")), "{bytes}");
            assert_eq!(bystander.say("괜찮다").await["ok"], true);
        }
    }
}

/// One part of a message that goes on.
fn unfinished(kind: Data, bytes: usize) -> Message {
    Message::Frame(Frame::message(vec![b'a'; bytes], OpCode::Data(kind), false))
}

#[tokio::test]
async fn the_limit_holds_for_a_message_that_never_ends() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    let room = visitor.make_room("조각").await;
    let (bystander, _) = server.visitor().join(&room).await;
    let (socket, _) = visitor.join(&room).await;
    socket.send_engine_frame(unfinished(Data::Text, MESSAGE_BYTES_MAX / 2)).await;
    socket.send_engine_frame(Message::Ping(Vec::new().into())).await;
    socket.send_engine_frame(unfinished(Data::Continue, MESSAGE_BYTES_MAX / 2)).await;
    assert_eq!(socket.end(), None, "the limit itself is allowed");
    socket.send_engine_frame(unfinished(Data::Continue, 1)).await;
    socket.transport_closed().await;
    assert_eq!(bystander.say("괜찮다").await["ok"], true);
}

#[tokio::test]
async fn a_polling_body_that_is_too_large_is_answered_413() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    let room = visitor.make_room("한도").await;
    let (socket, _) = visitor.join_by(Transport::Polling, &room).await;
    let path = format!("/socket.io/?EIO=4&transport=polling&sid={}", socket.engine_sid());
    for (bytes, status) in
        [(MESSAGE_BYTES_MAX - 1, 200), (MESSAGE_BYTES_MAX, 200), (MESSAGE_BYTES_MAX + 1, 413)]
    {
        let request = visitor.request(reqwest::Method::POST, &path).body(packet_of(bytes));
        assert_eq!(visitor.send(request).await.status, status, "{bytes} bytes");
    }
    socket.transport_closed().await;
    let (socket, _) = visitor.join_by(Transport::Polling, &room).await;
    socket.say("다시 왔다").await;
}

/// One breath of many messages: on polling it is one body.
async fn flood(socket: &SocketClient, count: usize) {
    let packet = r#"42/chat,["chat",{"chat":"홍수"}]"#;
    if socket.is_websocket() {
        let sending = (0..count).map(|_| socket.send_raw(packet));
        futures_util::future::join_all(sending).await;
    } else {
        socket.send_raw(&vec![packet; count].join("\u{1e}")).await;
    }
}

#[tokio::test]
async fn a_flood_of_events_ends_its_own_transport_only() {
    let server =
        TestServer::builder().config(|config| config.socket_events_waiting_max = 4).start().await;
    let (owner, guest) = (server.visitor(), server.visitor());
    let room = owner.make_room("홍수").await;
    let (bystander, _) = owner.join(&room).await;
    for transport in Transport::ALL {
        let (flooder, joined) = guest.join_by(transport, &room).await;
        let (tab, _) = guest.join(&room).await;
        flood(&flooder, 500).await;
        let end = flooder.transport_closed().await;
        assert!(!end.by_namespace_disconnect, "{transport:?}: {end:?}");
        assert_eq!(tab.end(), None, "not even the visitor's other tab");
        assert_eq!(bystander.say("나는 여기").await["ok"], true);
        tab.expect_text("나는 여기").await;
        let (again, joined_again) = guest.join_by(transport, &room).await;
        assert_eq!(joined_again["you"], joined["you"], "it comes back to its seat");
        assert_eq!(again.say("다시 왔다").await["ok"], true);
        again.cut().await;
        tab.cut().await;
    }
}

#[tokio::test]
async fn events_within_the_limit_are_all_handled() {
    let server =
        TestServer::builder().config(|config| config.socket_events_waiting_max = 64).start().await;
    let visitor = server.visitor();
    let room = visitor.make_room("꽉 채워").await;
    for transport in Transport::ALL {
        let (socket, joined) = visitor.join_by(transport, &room).await;
        flood(&socket, 64).await;
        let last = joined["head"].as_u64().unwrap() + 64;
        socket.expect_where("chat", |entry| entry["seq"] == last).await;
        socket.cut().await;
    }
}

/// Everything after `seen`, asked for until there is no more.
async fn resume(socket: &SocketClient, joined: &Value, room: &str, seen: u64) -> Vec<u64> {
    let mut after = seen;
    let mut recovered = Vec::new();
    loop {
        let request = json!({ "room": room, "epoch": joined["epoch"], "after": after });
        let part = socket.ask("join", request).await;
        assert_eq!(part["reset"], false, "{after}");
        assert_eq!(part["you"], joined["you"]);
        recovered.extend(seqs(messages(&part)));
        after = recovered.last().copied().unwrap_or(after);
        if part["more"] == false {
            return recovered;
        }
    }
}

#[tokio::test]
async fn a_reader_that_stops_is_let_go_and_resumes_without_a_gap() {
    let server =
        TestServer::builder().config(|config| config.socket_backlog_packets_max = 64).start().await;
    let (owner, reader) = (server.visitor(), server.visitor().known().await);
    let room = owner.make_room("느린 사람").await;
    let (speaker, _) = owner.join(&room).await;
    let (bystander, _) = server.visitor().join(&room).await;
    // 16,000 bytes in 4,000 characters, fewer at once than may wait for a good reader. The kernel
    // holds some megabytes of them.
    let texts = vec!["😀".repeat(4_000); 15];
    for transport in Transport::ALL {
        let slow = reader.socket("/chat").transport(transport).receive_buffer_bytes(4_096);
        let slow = slow.connect().await.unwrap();
        let joined = slow.ask("join", json!({ "room": room })).await;
        let id = joined["you"]["id"].clone();
        let is_away = |state: &Value| {
            let all = state["participants"].as_array().unwrap();
            all.iter().any(|participant| participant["id"] == id && participant["away"] == true)
        };
        slow.stop_reading().await;
        let mut let_go = false;
        for _ in 0..100 {
            owner.say_at_once(&room, &texts).await;
            let said = speaker.say("다들 들었죠?").await;
            bystander.expect_where("chat", |entry| entry["seq"] == said["seq"]).await;
            let now = json!({ "room": room, "after": said["seq"] });
            let_go = is_away(&speaker.ask("join", now).await);
            if let_go {
                break;
            }
        }
        assert!(let_go, "24 MB waited for a reader on {transport:?} that does not read");
        slow.resume_reading();
        let end = slow.transport_closed().await;
        assert!(!end.by_namespace_disconnect, "{transport:?}: {end:?}");

        let head = joined["head"].as_u64().unwrap();
        let live = seqs(&slow.live_entries());
        let live: Vec<u64> = live.into_iter().filter(|seq| *seq > head).collect();
        let seen = head + live.len() as u64;
        assert_eq!(live, (head + 1..=seen).collect::<Vec<_>>(), "what came, came in order");
        let last = speaker.say("돌아와").await["seq"].as_u64().unwrap();
        let again = reader.chat_socket(transport).await;
        let recovered = resume(&again, &joined, &room, seen).await;
        assert_eq!(recovered, (seen + 1..=last).collect::<Vec<_>>(), "{transport:?}");
        assert!(recovered.len() > 64, "more than may wait");
        again.ask("leave", Value::Null).await;
    }
    assert_eq!((speaker.end(), bystander.end()), (None, None));
}
