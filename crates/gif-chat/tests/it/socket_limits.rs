//! Bounded in every direction: what a client may send, how fast, and how much waits for one that
//! does not read.

use serde_json::Value;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use crate::support::TestServer;
use crate::support::socket_client::{SocketClient, Transport};
use crate::support::sockets::{close_code, seqs};

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
            socket.ended_with(close_code::TOO_LARGE).await;
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
    socket.ended_with(close_code::TOO_LARGE).await;
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
async fn a_flood_of_events_waits_its_turn_and_nothing_is_lost() {
    let server =
        TestServer::builder().config(|config| config.socket_events_waiting_max = 4).start().await;
    let (owner, guest) = (server.visitor(), server.visitor());
    let room = owner.make_room("홍수").await;
    let (bystander, _) = owner.join(&room).await;
    for transport in Transport::ALL {
        let (flooder, joined) = guest.join_by(transport, &room).await;
        let begun = joined["head"].as_u64().unwrap();
        let ((), said) = tokio::join!(flood(&flooder, 500), bystander.say("나는 여기"));
        assert_eq!(said["ok"], true, "{transport:?}");
        let last = begun + 501;
        flooder.expect_where("chat", |entry| entry["seq"] == last).await;
        let all = seqs(&flooder.live_entries());
        let all: Vec<u64> = all.into_iter().filter(|seq| *seq > begun).collect();
        assert_eq!(all, (begun + 1..=last).collect::<Vec<_>>(), "{transport:?}");
        assert_eq!(flooder.end(), None, "{transport:?}");
        flooder.ask("leave", Value::Null).await;
    }
}

/// What a client has sent that has joined: CONNECT and `join`.
const PACKETS_TO_JOIN: usize = 2;

#[tokio::test]
async fn whoever_sends_too_many_packets_loses_its_own_transport_only() {
    let burst = 300;
    let server = TestServer::builder()
        .config(|config| {
            config.socket_packets_burst_max = u32::try_from(burst).unwrap();
            config.socket_packets_per_second_max = 0;
        })
        .start()
        .await;
    let (owner, guest) = (server.visitor(), server.visitor().known().await);
    let room = owner.make_room("홍수").await;
    let (bystander, _) = owner.join(&room).await;
    for transport in [Transport::WebSocket, Transport::Polling] {
        let (flooder, joined) = guest.join_by(transport, &room).await;
        let (tab, _) = guest.join(&room).await;
        flood(&flooder, burst - PACKETS_TO_JOIN).await;
        let last = joined["head"].as_u64().unwrap() + u64::try_from(burst).unwrap() - 2;
        flooder.expect_where("chat", |entry| entry["seq"] == last).await;
        assert_eq!(flooder.end(), None, "{transport:?}: the limit itself is allowed");
        flooder.send_raw("3").await;
        flooder.ended_with(close_code::TOO_FAST).await;
        assert_eq!(tab.end(), None, "not even the visitor's other tab");
        bystander.say("나는 여기").await;
        tab.expect_text("나는 여기").await;
        let (again, joined_again) = guest.join_by(transport, &room).await;
        assert_eq!(joined_again["you"], joined["you"], "it comes back to its seat");
        assert_eq!(again.say("다시 왔다").await["ok"], true);
        again.ask("leave", Value::Null).await;
        tab.ask("leave", Value::Null).await;
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
