//! Who may come in: the password and the seats decide, on both doors alike.

use serde_json::{Value, json};

use crate::support::socket_client::{SocketClient, Transport};
use crate::support::{TestServer, Visitor};

const PASSWORD: &str = "열려라 참깨";

async fn ask_to_join(socket: &SocketClient, room: &str, password: Option<&str>) -> Value {
    socket.ask("join", json!({ "room": room, "password": password })).await
}

/// How many people are in the only room.
async fn count(server: &TestServer) -> Value {
    server.visitor().lobby().await.1[0]["count"].clone()
}

/// Joins and keeps the socket; the code when refused.
async fn try_to_join(visitor: Visitor, room: &str) -> Result<SocketClient, String> {
    let socket = visitor.known().await.chat_socket(Transport::WebSocket).await;
    let answer = socket.ask("join", json!({ "room": room })).await;
    match answer["ok"].as_bool() {
        Some(true) => Ok(socket),
        _ => Err(answer["error"].as_str().unwrap().to_owned()),
    }
}

#[tokio::test]
async fn a_secret_room_wants_its_password_on_every_transport() {
    let server = TestServer::start().await;
    let owner = server.visitor();
    let room = owner.make_room_with("비밀", "10", PASSWORD).await;
    let page = format!("/room/{room}");
    for transport in Transport::ALL {
        let guest = server.visitor().known().await;
        let socket = guest.chat_socket(transport).await;
        assert_eq!(ask_to_join(&socket, &room, None).await["error"], "not_admitted");
        assert_eq!(ask_to_join(&socket, &room, Some("")).await["error"], "not_admitted");
        assert_eq!(ask_to_join(&socket, &room, Some("열려라")).await["error"], "wrong_password");
        assert_eq!(socket.ask("join", json!(room)).await["error"], "not_admitted");
        let chat = json!({ "room": room, "chat": "안에 누구 있어요?" });
        assert_eq!(socket.ask("chat", chat.clone()).await["error"], "not_in_room");
        assert_eq!(guest.post_json(&format!("{page}/chat"), &chat).await.error(), "not_admitted");
        assert_eq!(count(&server).await, 0);

        let joined = ask_to_join(&socket, &room, Some(PASSWORD)).await;
        assert_eq!(joined["ok"], true, "{joined}");
        assert_eq!(guest.post_json(&format!("{page}/chat"), &chat).await.text(), "ok");
        assert_eq!(socket.expect("chat").await["author"], joined["you"]["id"]);
        // Admission holds for every tab, in both forms, and after the seat is given up.
        assert_eq!(socket.ask("leave", Value::Null).await["ok"], true);
        let tab = guest.chat_socket(transport).await;
        assert_eq!(tab.ask("join", json!(room)).await["ok"], true);
        assert_eq!(ask_to_join(&socket, &room, Some("틀린 것")).await["ok"], true);
        tab.ask("leave", Value::Null).await;
        socket.ask("leave", Value::Null).await;
        for packet in [socket.received_packets(), tab.received_packets()].concat() {
            assert!(!packet.contains(PASSWORD), "{packet}");
        }
    }
}

#[tokio::test]
async fn a_password_given_to_the_http_door_opens_the_socket_too() {
    let server = TestServer::start().await;
    let room = server.visitor().make_room_with("비밀", "10", PASSWORD).await;
    let guest = server.visitor().known().await;
    assert_eq!(try_to_join(guest.clone(), &room).await.err().unwrap(), "not_admitted");
    let given = json!({ "password": PASSWORD });
    assert!(guest.post_json(&format!("/room/{room}/enter"), &given).await.status < 400);
    assert!(try_to_join(guest.clone(), &room).await.is_ok());
    // It opens for this visitor alone.
    assert_eq!(try_to_join(server.visitor(), &room).await.err().unwrap(), "not_admitted");
}

#[tokio::test]
async fn the_maker_of_a_secret_room_needs_no_password() {
    let server = TestServer::start().await;
    let owner = server.visitor();
    let room = owner.make_room_with("비밀", "10", PASSWORD).await;
    assert!(try_to_join(owner, &room).await.is_ok());
}

#[tokio::test]
async fn guessing_passwords_is_slowed_down() {
    let server =
        TestServer::builder().config(|config| config.passwords_per_minute = 2).start().await;
    let owner = server.visitor();
    let room = owner.make_room_with("비밀", "10", PASSWORD).await;
    let socket = server.visitor().known().await.chat_socket(Transport::WebSocket).await;
    for guess in ["하나", "둘"] {
        assert_eq!(ask_to_join(&socket, &room, Some(guess)).await["error"], "wrong_password");
    }
    let refused = ask_to_join(&socket, &room, Some(PASSWORD)).await;
    assert_eq!(refused["error"], "too_fast", "{refused}");
    assert!(refused["retryAfterMs"].as_u64().unwrap() > 0);
    // Neither the owner nor another visitor is locked out by it.
    assert!(try_to_join(owner, &room).await.is_ok());
    let other = server.visitor().known().await.chat_socket(Transport::WebSocket).await;
    assert_eq!(ask_to_join(&other, &room, Some(PASSWORD)).await["ok"], true);
    server.clock.advance(std::time::Duration::from_mins(1));
    assert_eq!(ask_to_join(&socket, &room, Some(PASSWORD)).await["ok"], true);
}

#[tokio::test]
async fn a_full_room_takes_nobody_until_somebody_leaves() {
    let server = TestServer::start().await;
    let owner = server.visitor();
    let room = owner.make_room_with("둘만", "2", "").await;
    let (owner_socket, _) = owner.join(&room).await;
    let seated = server.visitor();
    let (seated_socket, _) = seated.join(&room).await;
    let mut tabs = Vec::new();
    for transport in Transport::ALL {
        let guest = server.visitor().known().await;
        let socket = guest.chat_socket(transport).await;
        assert_eq!(ask_to_join(&socket, &room, None).await["error"], "room_full");
        let chat = json!({ "chat": "끼워 줘" });
        let refused = guest.post_json(&format!("/room/{room}/chat"), &chat).await;
        assert_eq!((refused.status, refused.error()), (409, "room_full".to_owned()));
        // One who holds a seat comes in with another tab.
        let (tab, _) = seated.join_by(transport, &room).await;
        tab.say("나는 둘째 탭").await;
        owner_socket.expect_text("나는 둘째 탭").await;
        tabs.push(tab);
        assert_eq!(count(&server).await, 2);
    }
    let guest = server.visitor();
    seated_socket.ask("leave", Value::Null).await;
    owner_socket.until(&room, |state| state["participants"].as_array().unwrap().len() == 2).await;
    for line in owner_socket.live_entries() {
        assert_ne!(line["system"]["kind"], "exit", "the other tabs still hold the seat");
    }
    assert_eq!(try_to_join(guest, &room).await.err().unwrap(), "room_full");
}

#[tokio::test]
async fn leaving_frees_the_seat_at_once() {
    let server = TestServer::start().await;
    let owner = server.visitor();
    let room = owner.make_room_with("둘만", "2", "").await;
    let (owner_socket, _) = owner.join(&room).await;
    for transport in Transport::ALL {
        let guest = server.visitor();
        let (socket, joined) = guest.join_by(transport, &room).await;
        assert_eq!(try_to_join(server.visitor(), &room).await.err().unwrap(), "room_full");
        assert_eq!(socket.ask("leave", Value::Null).await["ok"], true);
        let exit = owner_socket.expect("exit").await;
        assert_eq!(exit["participant"]["id"], joined["you"]["id"]);
        assert_eq!(exit["count"], 1);
        // Once more changes nothing, and whoever has left neither speaks nor reads.
        assert_eq!(socket.ask("leave", Value::Null).await["ok"], true);
        assert_eq!(socket.ask("chat", json!({ "chat": "?" })).await["error"], "not_in_room");
        let history = json!({ "before": 9, "limit": 9 });
        assert_eq!(socket.ask("history", history).await["error"], "not_in_room");
        let next = try_to_join(server.visitor(), &room).await.unwrap();
        owner_socket.say("들리나요?").await;
        next.expect_text("들리나요?").await;
        next.ask("leave", Value::Null).await;
        owner_socket.expect("exit").await;
        socket.ask("history", Value::Null).await;
        assert!(!socket.live_entries().iter().any(|entry| entry["chat"] == "들리나요?"));
    }
}

#[tokio::test]
async fn whoever_has_not_joined_is_not_in_the_room() {
    let server = TestServer::start().await;
    let owner = server.visitor();
    let room = owner.make_room("남의 방").await;
    let (owner_socket, _) = owner.join(&room).await;
    for transport in Transport::ALL {
        let socket = server.visitor().chat_socket(transport).await;
        for (event, payload) in [
            ("chat", json!({ "chat": "몰래" })),
            ("chat", json!({ "room": room, "user": "#ffffff", "chat": "몰래" })),
            ("history", json!({ "before": 10, "limit": 10 })),
        ] {
            assert_eq!(socket.ask(event, payload.clone()).await["error"], "not_in_room");
            socket.emit(event, payload).await;
            assert_eq!(socket.expect("refused").await["error"], "not_in_room", "{transport:?}");
        }
        assert_eq!(socket.ask("leave", Value::Null).await["ok"], true);
        owner_socket.say("아무도 없지?").await;
        socket.ask("leave", Value::Null).await;
        assert_eq!(socket.live_entries(), Vec::<Value>::new());
    }
    let state = owner_socket.ask("join", json!({ "room": room, "after": 0 })).await;
    assert_eq!(state["head"], 4);
    assert_eq!(state["participants"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn one_socket_is_in_one_room() {
    let server = TestServer::start().await;
    let owner = server.visitor();
    let (one, two) = (owner.make_room("하나").await, owner.make_room("둘").await);
    for transport in Transport::ALL {
        let (socket, _) = server.visitor().join_by(transport, &one).await;
        assert_eq!(ask_to_join(&socket, &two, None).await["error"], "already_joined");
        assert_eq!(socket.ask("join", json!(two)).await["error"], "already_joined");
        assert_eq!(ask_to_join(&socket, &one, None).await["ok"], true, "its own room again");
        assert_eq!(socket.ask("leave", Value::Null).await["ok"], true);
        let joined = ask_to_join(&socket, &two, None).await;
        assert_eq!(joined["participants"].as_array().unwrap().len(), 1);
        socket.say("이제 여기").await;
        socket.ask("leave", Value::Null).await;
    }
}

#[tokio::test]
async fn of_many_who_come_at_once_only_as_many_get_in_as_there_are_seats() {
    let server = TestServer::start().await;
    let room = server.visitor().make_room_with("다섯", "5", "").await;
    let mut joining = tokio::task::JoinSet::new();
    for _ in 0..40 {
        let (visitor, room) = (server.visitor(), room.clone());
        joining.spawn(async move { try_to_join(visitor, &room).await });
    }
    let outcomes = joining.join_all().await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 5);
    for refused in outcomes.iter().filter_map(|outcome| outcome.as_ref().err()) {
        assert_eq!(refused, "room_full");
    }
    assert_eq!(count(&server).await, 5);
}

#[tokio::test]
async fn the_tabs_of_a_visitor_share_one_seat() {
    let server = TestServer::start().await;
    let (owner, guest) = (server.visitor(), server.visitor());
    let room = owner.make_room("탭 셋").await;
    let (owner_socket, _) = owner.join(&room).await;
    let mut tabs = Vec::new();
    for transport in Transport::ALL {
        tabs.push(guest.join_by(transport, &room).await);
    }
    for (tab, joined) in &tabs {
        assert_eq!(joined["you"], tabs[0].1["you"]);
        tab.say("탭").await;
    }
    let id = tabs[0].1["you"]["id"].clone();
    let seats = |state: &Value| state["participants"].as_array().unwrap().len();
    let away = |state: &Value| {
        let all = state["participants"].as_array().unwrap();
        all.iter().find(|participant| participant["id"] == id).unwrap()["away"] == true
    };
    for (tab, _) in tabs.drain(1..) {
        tab.disconnect().await;
        tab.transport_closed().await;
    }
    let state = owner_socket.until(&room, |_| true).await;
    assert!(seats(&state) == 2 && !away(&state), "one tab is still open");
    tabs[0].0.cut().await;
    let state = owner_socket.until(&room, away).await;
    assert_eq!(seats(&state), 2, "the seat is kept for one grace");
    server.clock.advance(server.grace());
    let exit = owner_socket.expect("exit").await;
    assert_eq!(exit["participant"]["id"], id);
    owner_socket.say("혼자").await;
    owner_socket.expect_text("혼자").await;
    let lines = owner_socket.live_entries();
    let told = |kind: &str| {
        lines
            .iter()
            .filter(|line| line["system"]["author"] == id && line["system"]["kind"] == kind)
            .count()
    };
    assert_eq!((told("join"), told("exit")), (1, 1));
}
