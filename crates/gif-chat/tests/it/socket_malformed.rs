//! Packets that no client should send: the server lives, and the room next door notices nothing.

use reqwest::Method;
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use crate::support::socket_client::{SocketClient, Transport};
use crate::support::sockets::close_code;
use crate::support::{TestServer, Visitor};

/// Two people in a room that is nobody else's business.
struct Neighbours {
    speaker: SocketClient,
    listener: SocketClient,
}

impl Neighbours {
    async fn move_in(server: &TestServer) -> Self {
        let (one, two) = (server.visitor(), server.visitor());
        let room = one.make_room("옆방").await;
        let (speaker, _) = one.join(&room).await;
        let (listener, _) = two.join(&room).await;
        Self { speaker, listener }
    }

    /// They talk as if nothing had happened.
    async fn talk(&self, after: &str) {
        let seen = self.listener.count_of("chat");
        let said = self.speaker.ask_result("chat", json!({ "chat": "평화" })).await;
        assert_eq!(said.unwrap()["ok"], true, "after {after}");
        let entry = self.listener.expect_text("평화").await;
        assert_eq!(entry["chat"], "평화", "after {after}");
        assert_eq!(self.listener.count_of("chat"), seen + 1, "after {after}");
        assert_eq!(self.listener.count_of("refused"), 0, "after {after}");
    }
}

/// Engine.IO and Socket.IO packets that break a rule.
const BROKEN_PACKETS: &[&str] = &[
    // Engine.IO: empty, unknown types, packets of the other side, a probe out of place.
    "",
    "9",
    "x",
    "0",
    "0{}",
    "1x",
    "2probe",
    "3probe",
    "3",
    "4",
    "5",
    "6",
    "7",
    "😀",
    "4😀",
    "b",
    "b!!!",
    "bAA==",
    "\u{0}",
    "-4",
    "44",
    "4444",
    // Socket.IO: types that do not exist, or that only a server sends.
    "47",
    "48x",
    "4-1",
    "4a",
    "44/chat,",
    "44/chat,{\"message\":\"x\"}",
    "44{\"message\":1}",
    "40/chat,{",
    "40/chat,[]",
    "40/chat,\"x\"",
    "40/chat,7",
    "40/chat,null",
    "41/chat,{}",
    // Names that are no text.
    "42",
    "42/chat,",
    "42/chat,[",
    "42/chat,[]",
    "42/chat,{}",
    "42/chat,null",
    "42/chat,7",
    "42/chat,\"chat\"",
    "42/chat,[null]",
    "42/chat,[1]",
    "42/chat,[{}]",
    "42/chat,[[]]",
    "42/chat,[true,{\"chat\":\"x\"}]",
    "42/chat,[[\"chat\"],{\"chat\":\"x\"}]",
    "42/chat,[\"chat\"",
    "42/chat,[\"chat\",]",
    "42/chat,[\"chat\",{\"chat\":}]",
    "42/chat,[\"chat\",{\"chat\":1,\"chat\":2}]",
    "42/chat,[\"chat\"]]",
    "42/chat,[\"chat\",undefined]",
    "42/chat,['chat']",
    // Namespaces.
    "42[\"chat\",{\"chat\":\"x\"}]",
    "42/nope,[\"chat\"]",
    "42/",
    "42/,",
    "42,",
    "40/",
    "42/chat[\"chat\"]",
    "42//chat,[\"chat\"]",
    "42/chat?x=1,[\"chat\",{}]",
    // Ack ids out of range, and acks that nobody waits for.
    "42/chat,9223372036854775807[\"x\"]",
    "42/chat,9223372036854775808[\"x\"]",
    "42/chat,18446744073709551616[\"x\"]",
    "42/chat,-1[\"x\"]",
    "42/chat,1.5[\"x\"]",
    "42/chat,00000000000000000000000000000000[\"x\"]",
    "42/chat,1e3[\"x\"]",
    "43/chat,1[]",
    "43/chat,[]",
    "43/chat,99999999999999999999[]",
    "43/chat,-1[]",
    "43/chat,1",
    // Binary: attachments that never come, too many, placeholders that point nowhere.
    "451-/chat,[\"chat\"]",
    "450-/chat,[\"chat\",{}]",
    "45-/chat,[\"chat\"]",
    "45/chat,[\"chat\"]",
    "4599999999999999999999-/chat,[\"chat\"]",
    "45-1-/chat,[\"chat\"]",
    "452-/chat,[\"chat\",{\"_placeholder\":true,\"num\":0}]",
    "451-/chat,[\"chat\",{\"_placeholder\":true,\"num\":1}]",
    "451-/chat,[\"chat\",{\"_placeholder\":true,\"num\":-1}]",
    "451-/chat,[\"chat\",{\"_placeholder\":true,\"num\":\"splice\"}]",
    "451-/chat,[\"chat\",{\"_placeholder\":true,\"num\":18446744073709551616}]",
    "451-/chat,[{\"_placeholder\":true,\"num\":0}]",
    "42/chat,[\"chat\",{\"_placeholder\":true,\"num\":0}]",
    "461-/chat,1[{\"_placeholder\":true,\"num\":0}]",
    "461-/chat,[]",
];

/// The same, and those that are too long to write down.
fn broken_packets() -> Vec<String> {
    let deep = |opening: &str, closing: &str| {
        let (opening, closing) = (opening.repeat(20_000), closing.repeat(20_000));
        format!("42/chat,[\"chat\",{{\"chat\":{opening}{closing}}}]")
    };
    let mut packets: Vec<String> = BROKEN_PACKETS.iter().copied().map(str::to_owned).collect();
    packets.push(deep("[", "]"));
    packets.push(deep("[", ""));
    packets.push("42/chat,".to_owned() + &"[".repeat(60_000));
    packets.push(format!("42/chat,[\"chat\",{}1{}]", "{\"a\":".repeat(10_000), "}".repeat(10_000)));
    packets.push(format!("40/chat,{}{}", "[".repeat(20_000), "]".repeat(20_000)));
    packets.push(format!("42/chat,{}[\"x\"]", "9".repeat(60_000)));
    packets.push(format!("42/{},[\"x\"]", "a".repeat(60_000)));
    packets
}

#[tokio::test]
async fn whoever_breaks_a_rule_is_told_which() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    let room = visitor.make_room("규칙").await;
    let (watcher, _) = server.visitor().join(&room).await;
    for transport in Transport::ALL {
        for packet in [
            "9",
            "4a",
            "47",
            "2probe",
            "42/chat,[",
            r#"42/chat,["chat",{"chat":"하나","chat":"둘"}]"#,
            r#"42/chat,["chat",{"chat":"\ud800"}]"#,
            r#"451-/chat,["chat",{"_placeholder":true,"num":1}]"#,
            r#"452-/chat,["chat",{"_placeholder":true,"num":0}]"#,
            r#"44/chat,{"message":"x"}"#,
        ] {
            let socket = stranger(&visitor, &room, transport).await;
            socket.send_raw(packet).await;
            let end = socket.ended_with(close_code::MALFORMED).await;
            assert_eq!(end.http_status, None, "{packet}: a polling body is answered");
        }
    }
    for (frame, code) in [
        (Frame::message(vec![0xff], OpCode::Data(Data::Text), true), close_code::INVALID_UTF8),
        (Frame::message(vec![], OpCode::Data(Data::Reserved(3)), true), close_code::INVALID_FRAME),
        (Frame::message(vec![], OpCode::Data(Data::Continue), true), close_code::INVALID_FRAME),
    ] {
        let socket = stranger(&visitor, &room, Transport::WebSocket).await;
        socket.send_engine_frame(Message::Frame(frame)).await;
        socket.ended_with(code).await;
    }
    watcher.say("끝").await;
    watcher.expect_text("끝").await;
    assert_eq!(watcher.count_of("chat"), 1, "nothing was said");
}

#[tokio::test]
async fn attachments_that_never_come_end_the_connection() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    let room = visitor.make_room("빈 소포").await;
    let mut sockets = Vec::new();
    for transport in Transport::ALL {
        let socket = stranger(&visitor, &room, transport).await;
        let placeholder = r#"{"_placeholder":true,"num":0}"#;
        socket.send_raw(&format!(r#"451-/chat,["chat",{placeholder}]"#)).await;
        sockets.push(socket);
    }
    for socket in &sockets {
        socket.ended_with(close_code::MALFORMED).await;
    }
}

/// Requests whose JSON is odd: an error or an answer, but nothing that others see. `ROOM` stands for
/// the sender's own room.
const ODD_REQUESTS: [&str; 24] = [
    r#"["chat",{"chat":1e400}]"#,
    r#"["chat",{"chat":-1e999}]"#,
    r#"["chat",{"chat":"x","replyTo":123456789012345678901234567890}]"#,
    r#"["chat",{"chat":"x","replyTo":1e308}]"#,
    r#"["chat",{"chat":"x","replyTo":NaN}]"#,
    r#"["chat",{"chat":"\ud800"}]"#,
    r#"["chat",{"chat":"\udc00\ud800"}]"#,
    r#"["chat",{"\ud800":"x"}]"#,
    r#"["\ud800",{}]"#,
    r#"["chat",{"__proto__":{"chat":"x"}}]"#,
    r#"["chat",{"constructor":{"prototype":{"chat":"x"}}}]"#,
    r#"["join",{"__proto__":{"room":"ROOM"}}]"#,
    r#"["join","__proto__"]"#,
    r#"["chat",{"chat":"\u0000"}]"#,
    r#"["chat",{"chat":{"toString":"x"}}]"#,
    r#"["chat",{"chat":["x"]}]"#,
    r#"["history",{"before":1e400,"limit":1}]"#,
    r#"["history",{"before":-9223372036854775808,"limit":1}]"#,
    r#"["history",{"before":5,"limit":123456789012345678901234567890}]"#,
    r#"["__proto__",{"chat":"x"}]"#,
    r#"["error",{"chat":"x"}]"#,
    r#"["newListener"]"#,
    r#"["disconnect"]"#,
    r#"["connect",null]"#,
];

/// A socket in a room of its own.
async fn stranger(visitor: &Visitor, room: &str, transport: Transport) -> SocketClient {
    visitor.join_by(transport, room).await.0
}

#[tokio::test]
async fn broken_packets_end_their_sender_at_most() {
    let server = TestServer::start().await;
    let neighbours = Neighbours::move_in(&server).await;
    let visitor = server.visitor();
    let room = visitor.make_room("장난").await;
    for transport in Transport::ALL {
        for packet in broken_packets() {
            let socket = stranger(&visitor, &room, transport).await;
            socket.send_raw(&packet).await;
            let shown: String = packet.chars().take(60).collect();
            // Either its connection has ended, or it goes on as if nothing had been.
            if let Ok(said) = socket.ask_result("chat", json!({ "chat": "아직" })).await {
                assert!(said["ok"].is_boolean(), "{shown} on {transport:?}");
            }
            neighbours.talk(&shown).await;
        }
    }
    let (socket, joined) = visitor.join(&room).await;
    assert_eq!(joined["participants"].as_array().unwrap().len(), 1, "no seat is left behind");
    socket.say("조용해졌다").await;
}

#[tokio::test]
async fn odd_json_is_an_error_and_is_never_kept() {
    let server = TestServer::start().await;
    let neighbours = Neighbours::move_in(&server).await;
    let visitor = server.visitor();
    let room = visitor.make_room("이상한 글").await;
    let (watcher, _) = server.visitor().join(&room).await;
    for transport in Transport::ALL {
        for request in ODD_REQUESTS {
            let socket = stranger(&visitor, &room, transport).await;
            let request = request.replace("ROOM", &room);
            socket.send_raw(&format!("42/chat,4321{request}")).await;
            if socket.ask_result("history", json!({ "before": 1, "limit": 1 })).await.is_ok() {
                let ack = socket.expect_packet("43/chat,4321").await;
                assert!(ack.contains("\"ok\":false"), "{request} on {transport:?}: {ack}");
            }
            neighbours.talk(&request).await;
        }
    }
    watcher.say("끝").await;
    watcher.expect_text("끝").await;
    assert_eq!(watcher.count_of("chat"), 1, "nothing was said");
}

#[tokio::test]
async fn a_flood_of_separators_in_a_polling_body_costs_nobody_else_anything() {
    let server = TestServer::start().await;
    let neighbours = Neighbours::move_in(&server).await;
    let visitor = server.visitor();
    let room = visitor.make_room("구분자").await;
    let limit = 64 * 1024;
    for unit in ["\u{1e}", "\u{1e}4", "4\u{1e}", "\u{1e}3", "\u{1e}b"] {
        for bytes in [limit - limit % unit.len(), 1024 * 1024] {
            let socket = stranger(&visitor, &room, Transport::Polling).await;
            socket.send_raw(&unit.repeat(bytes / unit.len())).await;
            if bytes > limit {
                let end = socket.transport_closed().await;
                let refused = matches!(end.http_status, Some(413 | 400));
                assert!(refused || end.by_engine_close, "{unit:?}: {end:?}");
            }
            neighbours.talk(&format!("{bytes} bytes of {unit:?}")).await;
        }
    }
}

#[tokio::test]
async fn an_empty_session_id_is_none() {
    let server = TestServer::start().await;
    let opened = server.visitor().get("/socket.io/?EIO=4&transport=polling&sid=").await;
    assert_eq!(opened.status, 200);
    assert!(opened.text().starts_with(r#"0{"sid":""#), "as with the reference server");
    assert_eq!(server.app().sessions(), 1);
}

#[tokio::test]
async fn odd_http_requests_to_the_engine_are_client_errors() {
    let server = TestServer::start().await;
    let neighbours = Neighbours::move_in(&server).await;
    let visitor = server.visitor().known().await;
    let room = visitor.make_room("이상한 요청").await;
    let (own, _) = visitor.join_by(Transport::Polling, &room).await;
    let sid = own.engine_sid();
    let polling = "EIO=4&transport=polling";
    let mut queries: Vec<String> = [
        "",
        "EIO",
        "EIO=",
        "EIO=4",
        "EIO=-1",
        "EIO=5",
        "EIO=4&EIO=3&transport=",
        "transport=polling",
        "EIO=4&transport=__proto__",
        "EIO=4&transport=constructor",
        "EIO=4&transport=websocket",
        "EIO=4&transport=webtransport",
        "EIO=3&transport=polling",
        "EIO=2&transport=polling",
    ]
    .map(str::to_owned)
    .to_vec();
    for sid in ["x", "..", "%00", "%ff", "__proto__", "AAAAAAAAAAAAAAAA", "%F0%9F%98%80"] {
        queries.push(format!("{polling}&sid={sid}"));
        queries.push(format!("EIO=4&transport=websocket&sid={sid}"));
    }
    queries.push(format!("{polling}&sid={}", "a".repeat(8_000)));
    for query in &queries {
        for method in [Method::GET, Method::POST] {
            let request = visitor.request(method.clone(), &format!("/socket.io/?{query}"));
            let answer = visitor.send(request).await;
            assert!((400..500).contains(&answer.status), "{method} {query}: {}", answer.status);
        }
    }
    for method in [Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS, Method::HEAD] {
        for query in [polling.to_owned(), format!("{polling}&sid={sid}")] {
            let request = visitor.request(method.clone(), &format!("/socket.io/?{query}"));
            let answer = visitor.send(request).await;
            assert!((400..500).contains(&answer.status), "{method} {query}: {}", answer.status);
        }
    }
    neighbours.talk("odd requests").await;
    assert_eq!(own.say("나도 괜찮다").await["ok"], true);
}
