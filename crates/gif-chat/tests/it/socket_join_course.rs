//! Joining as the course's page does: the room's id alone, without an ack.

use serde_json::{Value, json};

use crate::support::TestServer;
use crate::support::socket_client::Transport;
use crate::support::sockets::{fields, is_timestamp};

/// What a `join` or an `exit` tells about somebody.
fn assert_line(line: &Value, kind: &str, text: &str, about: &Value) {
    let colour = about["user"].as_str().unwrap();
    assert_eq!(line["user"], "system");
    assert_eq!(line["chat"], format!("{colour}{text}"));
    assert_eq!(line["system"]["kind"], kind);
    assert_eq!(line["participant"]["id"], about["id"]);
    assert_eq!(line["participant"]["user"], about["user"]);
    assert_eq!(line["participant"]["alias"], about["alias"]);
    assert_eq!(
        fields(&line["participant"]),
        ["alias", "away", "id", "owner", "since", "user"],
        "{line}"
    );
    assert!(is_timestamp(&line["createdAt"]), "{line}");
    assert!(!line["_id"].as_str().unwrap().is_empty(), "{line}");
}

#[tokio::test]
async fn a_string_is_enough_to_join_on_every_transport() {
    let server = TestServer::start().await;
    let owner = server.visitor();
    let room = owner.make_room("수업").await;
    let (owner_socket, _) = owner.join(&room).await;
    let mut head = 1;
    for transport in Transport::ALL {
        let guest = server.visitor().known().await;
        let socket = guest.chat_socket(transport).await;
        socket.emit("join", json!(room)).await;

        // One's own entry may be told live or stand in the ack; others' entries are told.
        let line = owner_socket.expect_where("join", |line| line["count"] == 2).await;
        let you = line["participant"].clone();
        assert_line(&line, "join", "님이 입장하셨습니다.", &you);
        head += 1;
        assert_eq!(line["seq"], head);
        assert_eq!(line["count"], 2);
        assert_eq!(line["participants"].as_array().unwrap().len(), 2);
        assert_eq!(you["owner"], false);
        assert_eq!(you["away"], false);

        // It is in the room: it hears and speaks.
        owner_socket.say("어서 오세요").await;
        assert_eq!(socket.expect("chat").await["chat"], "어서 오세요");
        socket.emit("chat", json!({ "room": room, "user": "나", "chat": "네" })).await;
        let said = socket.expect_text("네").await;
        assert_eq!(said["author"], you["id"]);
        assert_eq!(socket.count_of("join"), 0, "its own entry line");
        assert_eq!(socket.count_of("refused"), 0);

        socket.emit("leave", Value::Null).await;
        let line = owner_socket.expect("exit").await;
        assert_line(&line, "exit", "님이 퇴장하셨습니다.", &you);
        head += 3;
        assert_eq!(line["seq"], head);
        assert_eq!(line["count"], 1);
        assert_eq!(line["participants"].as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn the_own_entry_line_is_kept_in_the_log() {
    let server = TestServer::start().await;
    let owner = server.visitor();
    let room = owner.make_room("기록").await;
    let (_owner_socket, _) = owner.join(&room).await;
    let guest = server.visitor().known().await;
    let socket = guest.chat_socket(Transport::WebSocket).await;
    socket.emit("join", json!(room)).await;
    let history = socket.ask("history", json!({ "before": 1000, "limit": 10 })).await;
    let lines = history["messages"].as_array().unwrap();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[1]["system"]["kind"], "join");
    assert_eq!(socket.count_of("join"), 0);
}

#[tokio::test]
async fn a_string_join_with_an_ack_is_answered_too() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    let room = visitor.make_room("수업").await;
    let socket = visitor.chat_socket(Transport::WebSocket).await;
    assert_eq!(socket.ask("join", json!(room)).await["ok"], true);
    let gone = socket.ask("join", json!("0".repeat(32))).await;
    assert_eq!(gone["ok"], false, "{gone}");
    assert_eq!(socket.count_of("refused"), 0, "the ack has said it");
}

#[tokio::test]
async fn a_string_join_that_fails_is_refused_with_the_room_and_the_code() {
    let server = TestServer::start().await;
    let owner = server.visitor();
    let missing = "0123456789abcdef0123456789abcdef".to_owned();
    let secret = owner.make_room_with("비밀", "10", "쉿").await;
    let (full, own) =
        (owner.make_room_with("꽉 참", "2", "").await, owner.make_room("내 방").await);
    let (_one, _) = owner.join(&full).await;
    let (_two, _) = server.visitor().join(&full).await;
    let (lobby, _) = server.visitor().lobby().await;
    for transport in Transport::ALL {
        let socket = server.visitor().known().await.chat_socket(transport).await;
        let refused = [(&missing, "not_found"), (&secret, "not_admitted"), (&full, "room_full")];
        for (room, code) in refused {
            socket.emit("join", json!(room)).await;
            let refused = socket.expect("refused").await;
            assert_eq!(refused["error"], code, "{transport:?}");
            assert_eq!(refused["room"], json!(room), "{transport:?}");
        }
        // No harm is done: the same socket joins where it may.
        socket.emit("join", json!(own)).await;
        lobby.expect_where("updateRoom", |room| room["_id"] == own && room["count"] == 1).await;
        socket.emit("join", json!(full)).await;
        let refused = socket.expect("refused").await;
        assert_eq!((&refused["error"], &refused["room"]), (&json!("already_joined"), &json!(full)));
        assert_eq!(socket.ask("leave", Value::Null).await["ok"], true);
        lobby.expect_where("updateRoom", |room| room["_id"] == own && room["count"] == 0).await;
    }
    let (_lobby, rooms) = server.visitor().lobby().await;
    let counts: Vec<_> = rooms.as_array().unwrap().iter().map(|room| &room["count"]).collect();
    assert_eq!(counts.iter().filter(|count| **count == 2).count(), 1, "{rooms}");
    assert_eq!(counts.iter().filter(|count| **count == 0).count(), 2, "{rooms}");
}

#[tokio::test]
async fn what_is_no_room_is_refused() {
    let server = TestServer::start().await;
    let socket = server.visitor().chat_socket(Transport::WebSocket).await;
    for name in ["", "/", "__proto__", "constructor", "toString", "방", "../..", "\u{0}"] {
        let answer = socket.ask("join", json!(name)).await;
        assert_eq!(answer["error"], "not_found", "{name:?}");
    }
    for payload in [json!(null), json!(7), json!(true), json!([]), json!(["방"]), json!({})] {
        let answer = socket.ask("join", payload.clone()).await;
        assert_eq!((&answer["ok"], &answer["error"]), (&json!(false), &json!("bad_request")));
        socket.emit("join", payload).await;
        assert_eq!(socket.expect("refused").await["error"], "bad_request");
    }
}

#[tokio::test]
async fn everybody_is_listed_while_there_are_at_most_fifty() {
    let server = TestServer::start().await;
    let owner = server.visitor();
    let room = owner.make_room_with("광장", "60", "").await;
    let (owner_socket, _) = owner.join(&room).await;
    let mut sockets = Vec::new();
    for count in 2..=51 {
        let socket = server.visitor().chat_socket(Transport::WebSocket).await;
        socket.emit("join", json!(room)).await;
        let line = owner_socket.expect_where("join", |line| line["count"] == count).await;
        if count <= 50 {
            assert_eq!(line["participants"].as_array().unwrap().len(), count);
        } else {
            assert_eq!(line.get("participants"), None, "{line}");
            assert_eq!(line["participant"]["owner"], false);
        }
        sockets.push(socket);
    }
    sockets[0].emit("leave", Value::Null).await;
    let line = owner_socket.expect("exit").await;
    assert_eq!(line["count"], 50);
    assert_eq!(line["participants"].as_array().unwrap().len(), 50);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_who_joins_as_the_course_does_is_shown_the_own_entry() {
    let server = TestServer::start().await;
    let owner = server.visitor();
    let room = owner.make_room("수업").await;
    let (owner_socket, _) = owner.join(&room).await;
    // Whether the entry is told before or after the socket is in its room is a matter of luck.
    for _ in 0..100 {
        let guest = server.visitor().known().await;
        let socket = guest.chat_socket(Transport::WebSocket).await;
        assert_eq!(socket.ask("join", json!(room)).await["ok"], true);
        owner_socket.expect("join").await;
        owner_socket.say("어서 오세요").await;
        socket.expect_text("어서 오세요").await;
        assert_eq!(socket.count_of("join"), 0);
        socket.ask("leave", Value::Null).await;
    }
}
