//! The protocol around the events: namespaces, acks, binary, heartbeats, one session for several
//! namespaces.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::TestServer;
use crate::support::socket_client::{ConnectError, SocketClient, Transport};
use crate::support::sockets::close_code;

/// Names that mean something to some client or server library.
const RESERVED: [&str; 12] = [
    "connect",
    "connect_error",
    "disconnect",
    "disconnecting",
    "error",
    "newListener",
    "removeListener",
    "__proto__",
    "constructor",
    "toString",
    "message",
    "",
];

#[tokio::test]
async fn an_unknown_namespace_is_answered_with_an_error_and_nothing_breaks() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    let room = visitor.make_room("이름").await;
    for transport in Transport::ALL {
        for name in ["/", "/nope", "/chat/", "/room2", "/__proto__", "/방", "/%2e%2e"] {
            let to = visitor.socket(name).transport(transport);
            match to.connect().await {
                Err(ConnectError::Namespace(payload)) => {
                    assert!(payload["message"].is_string(), "{name}: {payload}");
                }
                other => panic!("{name} on {transport:?}: {other:?}"),
            }
        }
        // The same connection goes on with a namespace that exists.
        let socket = visitor.chat_socket(transport).await;
        socket.send_raw("40/nope,").await;
        socket.expect_packet("44/nope,{").await;
        socket.send_raw(r#"42/nope,1["join","x"]"#).await;
        assert_eq!(socket.ask("join", json!({ "room": room })).await["ok"], true);
        assert!(!socket.received_packets().iter().any(|packet| packet.starts_with("43/nope")));
    }
}

#[tokio::test]
async fn an_unknown_event_is_answered_with_an_error() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    let room = visitor.make_room("사건").await;
    for transport in Transport::ALL {
        let (socket, _) = visitor.join_by(transport, &room).await;
        let lobby = visitor.socket("/room").transport(transport).connect().await.unwrap();
        for event in RESERVED.into_iter().chain(["refused", "close", "restart", "rooms", "exit"]) {
            for argument in [json!(null), json!({ "room": room, "chat": "x" })] {
                let answer = socket.ask(event, argument.clone()).await;
                assert_eq!(answer["ok"], false, "{event} on {transport:?}");
                assert_eq!(answer["error"], "bad_request");
                assert_eq!(lobby.ask(event, argument.clone()).await["error"], "bad_request");
                socket.emit(event, argument.clone()).await;
                assert_eq!(socket.expect("refused").await["error"], "bad_request", "{event}");
                lobby.emit(event, argument).await;
            }
        }
        for event in ["join", "chat", "history", "leave"] {
            assert_eq!(lobby.ask(event, json!(room)).await["error"], "bad_request", "{event}");
        }
        assert_eq!(socket.say("아직 여기").await["ok"], true);
        assert_eq!(lobby.end(), None);
    }
}

#[tokio::test]
async fn events_with_more_or_fewer_arguments_count_by_their_first() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    let room = visitor.make_room("인자").await;
    for transport in Transport::ALL {
        let (socket, _) = visitor.join_by(transport, &room).await;
        socket.emit_args("chat", vec![]).await;
        assert_eq!(socket.expect("refused").await["error"], "bad_request");
        let message = json!({ "chat": "하나" });
        socket.emit_args("chat", vec![message, json!({ "chat": "둘" }), json!(3)]).await;
        assert_eq!(socket.expect("chat").await["chat"], "하나", "{transport:?}");
        assert_eq!(socket.say("셋").await["ok"], true);
        socket.expect_text("셋").await;
        assert!(!socket.live_entries().iter().any(|entry| entry["chat"] == "둘"));
    }
}

#[tokio::test]
async fn binary_events_are_refused_and_nothing_breaks() {
    let server = TestServer::start().await;
    let owner = server.visitor();
    let room = owner.make_room("이진").await;
    let (owner_socket, _) = owner.join(&room).await;
    for transport in Transport::ALL {
        let (socket, _) = server.visitor().join_by(transport, &room).await;
        let placeholder = r#"{"_placeholder":true,"num":0}"#;
        for (number, payload) in
            [placeholder.to_owned(), format!(r#"{{"chat":{placeholder}}}"#)].iter().enumerate()
        {
            socket.send_raw(&format!(r#"451-/chat,9{number}["chat",{payload}]"#)).await;
            socket.send_binary(b"GIF89a").await;
            let ack = socket.expect_packet(&format!("43/chat,9{number}[")).await;
            assert!(ack.contains("\"bad_request\""), "{ack}");
            socket.send_raw(&format!(r#"451-/chat,["chat",{payload}]"#)).await;
            socket.send_binary(&[0; 1_000]).await;
            assert_eq!(socket.expect("refused").await["error"], "bad_request", "{transport:?}");
        }
        assert_eq!(socket.say("글은 된다").await["ok"], true);
        let heard = owner_socket.expect("chat").await;
        assert_eq!(heard["chat"], "글은 된다", "nothing else was said");
        socket.ask("leave", Value::Null).await;
    }
}

#[tokio::test]
async fn a_binary_message_that_nothing_announced_hurts_nobody_else() {
    let server = TestServer::start().await;
    let owner = server.visitor();
    let room = owner.make_room("이진").await;
    let (owner_socket, _) = owner.join(&room).await;
    for transport in Transport::ALL {
        let (socket, _) = server.visitor().join_by(transport, &room).await;
        socket.send_binary(b"\x00\xff").await;
        let _ended_or_not = socket.ask_result("chat", json!({ "chat": "?" })).await;
        assert_eq!(owner_socket.say("괜찮다").await["ok"], true);
    }
}

#[tokio::test]
async fn a_join_in_the_moment_of_connecting_is_never_lost() {
    let server = TestServer::start().await;
    let owner = server.visitor();
    let room = owner.make_room_with("몰려오다", "300", "").await;
    let mut joining = tokio::task::JoinSet::new();
    for number in 0..200 {
        let (visitor, room) = (server.visitor(), room.clone());
        joining.spawn(async move {
            let transport = Transport::ALL[number % 3];
            let socket = visitor.socket("/chat").transport(transport).connect().await.unwrap();
            let joined = socket.ask("join", json!({ "room": room })).await;
            assert_eq!(joined["ok"], true, "{joined}");
            socket
        });
    }
    let sockets: Vec<SocketClient> = joining.join_all().await;
    let (_owner_socket, joined) = owner.join(&room).await;
    assert_eq!(joined["participants"].as_array().unwrap().len(), 201);
    let last = sockets[7].say("다 왔다").await["seq"].clone();
    for socket in &sockets {
        socket.expect_where("chat", |entry| entry["seq"] == last).await;
    }
}

#[tokio::test]
async fn one_session_serves_the_lobby_and_a_room_side_by_side() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    let room = visitor.make_room("나란히").await;
    for transport in Transport::ALL {
        let (socket, _) = visitor.join_by(transport, &room).await;
        socket.send_raw("40/room,").await;
        socket.expect_packet(r#"42/room,["rooms",[{"#).await;
        let other = visitor.make_room("또 하나").await;
        let told = socket.expect_packet(r#"42/room,["newRoom""#).await;
        assert!(told.contains(&other), "{told}");
        // Leaving the lobby leaves the room alone.
        socket.send_raw("41/room,").await;
        assert_eq!(socket.say("방에 있다").await["ok"], true);
        assert_eq!(visitor.delete(&format!("/room/{other}")).await.status, 200);
        socket.say("로비에는 없다").await;
        let packets = socket.received_packets();
        assert!(!packets.iter().any(|packet| packet.contains("removeRoom")), "{transport:?}");
    }
}

#[tokio::test]
async fn a_second_connect_to_the_same_namespace_changes_nothing() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    let room = visitor.make_room("두 번").await;
    for transport in Transport::ALL {
        let (socket, joined) = visitor.join_by(transport, &room).await;
        for _ in 0..20 {
            socket.send_raw("40/chat,").await;
        }
        let said = socket.say("한 번만").await;
        assert_eq!(said["ok"], true);
        socket.expect_where("chat", |entry| entry["seq"] == said["seq"]).await;
        let state = socket.ask("join", json!({ "room": room, "after": 0 })).await;
        assert_eq!(state["you"], joined["you"]);
        assert_eq!(state["participants"].as_array().unwrap().len(), 1);
        let shown = socket.live_entries();
        assert_eq!(shown.iter().filter(|entry| entry["seq"] == said["seq"]).count(), 1);
    }
}

#[tokio::test]
async fn a_join_sent_in_one_breath_with_the_connect_is_answered() {
    let server = TestServer::start().await;
    let visitor = server.visitor().known().await;
    let room = visitor.make_room("한숨에").await;
    let packets = ["40/chat,".to_owned(), format!(r#"42/chat,7["join",{{"room":"{room}"}}]"#)];
    for transport in Transport::ALL {
        let socket = visitor.socket("/chat").transport(transport).engine_only();
        let socket = socket.connect().await.unwrap();
        if socket.is_websocket() {
            for packet in &packets {
                socket.send_raw(packet).await;
            }
        } else {
            socket.send_raw(&packets.join("\u{1e}")).await;
        }
        let ack = socket.expect_packet("43/chat,7[").await;
        assert!(ack.contains(r#""ok":true"#), "{transport:?}: {ack}");
        socket.cut().await;
    }
}

#[tokio::test]
async fn compression_that_a_client_offers_is_not_used() {
    let server = TestServer::start().await;
    let visitor = server.visitor().known().await;
    let room = visitor.make_room("압축").await;
    let socket = visitor.socket("/chat").header("sec-websocket-extensions", "permessage-deflate");
    // This client knows no compression: it would fail at the first compressed frame.
    let socket = socket.connect().await.unwrap();
    assert_eq!(socket.ask("join", json!({ "room": room })).await["ok"], true);
    socket.say(&"가".repeat(4_000)).await;
    socket.expect_text(&"가".repeat(4_000)).await;
}

#[tokio::test]
async fn the_first_ping_comes_after_the_interval() {
    let interval = Duration::from_millis(300);
    let server =
        TestServer::builder().config(|config| config.socket_ping_interval = interval).start().await;
    for transport in Transport::ALL {
        let begun = Instant::now();
        let socket = server.visitor().chat_socket(transport).await;
        assert_eq!(socket.handshake()["pingInterval"], 300);
        socket.expect_packet("2").await;
        assert!(begun.elapsed() >= interval, "{transport:?}: {:?}", begun.elapsed());
    }
}

#[tokio::test]
async fn whoever_answers_pings_stays() {
    let server = TestServer::builder()
        .config(|config| config.socket_ping_interval = Duration::from_millis(100))
        .start()
        .await;
    let visitor = server.visitor();
    let room = visitor.make_room("맥박").await;
    for transport in Transport::ALL {
        let (socket, _) = visitor.join_by(transport, &room).await;
        assert!(socket.handshake()["pingInterval"].as_u64().unwrap() > 0);
        assert!(socket.handshake()["pingTimeout"].as_u64().unwrap() > 0);
        socket.expect_packet("2").await;
        // Pongs that nobody asked for are harmless.
        for _ in 0..100 {
            socket.send_raw("3").await;
        }
        assert_eq!(socket.say("살아 있다").await["ok"], true, "{transport:?}");
        assert_eq!(socket.end(), None);
    }
}

#[tokio::test]
async fn whoever_stops_answering_is_gone_but_keeps_the_seat_for_a_grace() {
    let server = TestServer::builder()
        .config(|config| {
            config.socket_ping_interval = Duration::from_millis(100);
            config.socket_ping_time_max = Duration::from_millis(500);
        })
        .start()
        .await;
    let (owner, guest) = (server.visitor(), server.visitor());
    let room = owner.make_room("전원").await;
    for transport in Transport::ALL {
        let (socket, _) = guest.join_by(transport, &room).await;
        let lobby = owner.socket("/room").connect().await.unwrap();
        // A machine that was unplugged: it neither reads nor answers.
        socket.stop_reading().await;
        lobby.expect_where("updateRoom", |room| room["closesAt"].is_string()).await;
        let (back, joined) = guest.join(&room).await;
        assert_eq!(joined["participants"].as_array().unwrap().len(), 1, "{transport:?}");
        back.disconnect().await;
        lobby.expect_where("updateRoom", |room| room["closesAt"].is_string()).await;
    }
}

#[tokio::test]
async fn whoever_reads_but_answers_no_ping_is_told_why_it_ends() {
    let server = TestServer::builder()
        .config(|config| {
            config.socket_ping_interval = Duration::from_millis(100);
            config.socket_ping_time_max = Duration::from_millis(300);
        })
        .start()
        .await;
    let visitor = server.visitor().known().await;
    for transport in Transport::ALL {
        let socket = visitor.socket("/chat").transport(transport).silent().connect().await.unwrap();
        socket.ended_with(close_code::PING_TIMEOUT).await;
    }
}

#[tokio::test]
async fn the_handshake_names_the_limit_and_the_way_up() {
    let server = TestServer::builder()
        .config(|config| config.socket_message_bytes_max = 10_000)
        .start()
        .await;
    let polling = server.visitor().chat_socket(Transport::Polling).await;
    assert_eq!(polling.handshake()["upgrades"], json!(["websocket"]));
    assert_eq!(polling.handshake()["maxPayload"], 10_000);
    let websocket = server.visitor().chat_socket(Transport::WebSocket).await;
    assert_eq!(websocket.handshake()["upgrades"], json!([]));
    assert_ne!(polling.engine_sid(), websocket.engine_sid());
    assert_ne!(polling.sid(), websocket.sid());
}
