//! Saying something over a socket, in the course's form and in ours; older pages; leaving.

use serde_json::{Value, json};

use crate::support::TestServer;
use crate::support::socket_client::Transport;
use crate::support::sockets::{fields, is_timestamp, messages, seqs};

#[tokio::test]
async fn the_course_form_speaks_without_an_ack_and_its_claimed_user_is_ignored() {
    let server = TestServer::start().await;
    let owner = server.visitor();
    let room = owner.make_room("수업").await;
    let (owner_socket, owner_joined) = owner.join(&room).await;
    for transport in Transport::ALL {
        let (socket, joined) = server.visitor().join_by(transport, &room).await;
        let claimed = owner_joined["you"]["user"].clone();
        socket.emit("chat", json!({ "room": room, "user": claimed, "chat": "나는 방장" })).await;
        for listener in [&socket, &owner_socket] {
            let entry = listener.expect("chat").await;
            assert_eq!(entry["chat"], "나는 방장");
            assert_eq!(entry["user"], joined["you"]["user"], "{transport:?}");
            assert_eq!(entry["author"], joined["you"]["id"]);
            assert_eq!(entry["alias"], joined["you"]["alias"]);
            assert_eq!(entry["room"], room);
            assert!(is_timestamp(&entry["createdAt"]));
            assert_eq!(
                fields(&entry),
                ["_id", "alias", "author", "chat", "createdAt", "room", "seq", "user"]
            );
        }
        for user in [json!("system"), json!(7), json!(null), json!({ "a": [] })] {
            let message = json!({ "room": room, "user": user, "chat": "또" });
            assert_eq!(socket.ask("chat", message).await["ok"], true, "{user}");
            let entry = owner_socket.expect("chat").await;
            assert_eq!(entry["user"], joined["you"]["user"]);
        }
    }
}

#[tokio::test]
async fn a_chat_for_another_room_is_not_in_room() {
    let server = TestServer::start().await;
    let owner = server.visitor();
    let (room, other) = (owner.make_room("여기").await, owner.make_room("저기").await);
    let (_here, _) = owner.join(&room).await;
    let (there, _) = owner.join(&other).await;
    for transport in Transport::ALL {
        let (socket, _) = server.visitor().join_by(transport, &room).await;
        for named in [other.as_str(), "0", "", "__proto__"] {
            let message = json!({ "room": named, "user": "x", "chat": "새치기" });
            assert_eq!(socket.ask("chat", message.clone()).await["error"], "not_in_room");
            socket.emit("chat", message).await;
            let refused = socket.expect("refused").await;
            assert_eq!(refused["error"], "not_in_room");
            assert_eq!(refused["room"], named);
        }
        let asked = there.ask("join", json!({ "room": other, "after": 0 })).await;
        assert_eq!(asked["head"], 1, "nothing was said there");
        assert_eq!(socket.ask("leave", Value::Null).await["ok"], true);
    }
}

#[tokio::test]
async fn our_form_is_acked_with_what_the_listeners_see() {
    let server = TestServer::start().await;
    let owner = server.visitor();
    let room = owner.make_room("답").await;
    let (owner_socket, _) = owner.join(&room).await;
    for transport in Transport::ALL {
        let (socket, joined) = server.visitor().join_by(transport, &room).await;
        let message = json!({ "chat": "안녕", "clientId": "하나".len().to_string() });
        let sent = socket.ask("chat", message).await;
        assert_eq!(fields(&sent), ["_id", "createdAt", "ok", "seq"]);
        assert_eq!(sent["ok"], true);
        assert_eq!(sent["seq"], joined["head"].as_u64().unwrap() + 1);
        for listener in [&socket, &owner_socket] {
            let entry = listener.expect("chat").await;
            for name in ["_id", "seq", "createdAt"] {
                assert_eq!(entry[name], sent[name], "{name} on {transport:?}");
            }
            assert_eq!(entry["clientId"], "6");
        }
        socket.ask("leave", Value::Null).await;
    }
}

#[tokio::test]
async fn a_retry_answers_the_same_and_is_shown_once() {
    let server = TestServer::start().await;
    let owner = server.visitor();
    let room = owner.make_room("다시").await;
    let (listener, _) = owner.join(&room).await;
    for transport in Transport::ALL {
        let sender = server.visitor();
        let (socket, _) = sender.join_by(transport, &room).await;
        let message = json!({ "chat": format!("한 번 {transport:?}"), "clientId": "one" });
        let first = socket.ask("chat", message.clone()).await;
        assert_eq!(first["ok"], true);
        assert_eq!(socket.ask("chat", message.clone()).await, first);
        // Also on a connection of its own, and through the other door.
        socket.cut().await;
        let (socket, _) = sender.join_by(transport, &room).await;
        assert_eq!(socket.ask("chat", message.clone()).await, first);
        let post = sender.request(reqwest::Method::POST, &format!("/room/{room}/chat"));
        let post = post.header("idempotency-key", "one").json(&message);
        assert_eq!(sender.send(post).await.text(), "ok");

        let conflict = socket.ask("chat", json!({ "chat": "다른 말", "clientId": "one" })).await;
        assert_eq!((&conflict["ok"], &conflict["error"]), (&json!(false), &json!("conflict")));
        let reply = json!({ "chat": message["chat"], "clientId": "one", "replyTo": 1 });
        assert_eq!(socket.ask("chat", reply).await["error"], "conflict");

        let last = socket.say("끝").await;
        listener.expect_where("chat", |entry| entry["seq"] == last["seq"]).await;
        let shown = listener.live_entries();
        assert_eq!(shown.iter().filter(|entry| entry["chat"] == message["chat"]).count(), 1);
        assert!(!shown.iter().any(|entry| entry["chat"] == "다른 말"));
    }
}

#[tokio::test]
async fn a_client_id_belongs_to_its_author_and_room() {
    let server = TestServer::start().await;
    let (one, two) = (server.visitor(), server.visitor());
    let (room, other) = (one.make_room("하나").await, one.make_room("둘").await);
    let (first, _) = one.join(&room).await;
    let (second, _) = two.join(&room).await;
    let (third, _) = one.join(&other).await;
    let mut ids = Vec::new();
    for (socket, text) in [(&first, "가"), (&second, "나"), (&third, "다")] {
        let sent = socket.ask("chat", json!({ "chat": text, "clientId": "same" })).await;
        assert_eq!(sent["ok"], true, "{text}");
        ids.push(sent["_id"].clone());
    }
    assert!(ids[0] != ids[1] && ids[1] != ids[2]);
}

#[tokio::test]
async fn a_reply_names_an_entry_that_exists() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    let room = visitor.make_room("답글").await;
    let (socket, _) = visitor.join(&room).await;
    let question = socket.say("뭐 먹지?").await["seq"].as_u64().unwrap();
    let reply = json!({ "chat": "국수", "replyTo": question });
    assert_eq!(socket.ask("chat", reply).await["ok"], true);
    assert_eq!(socket.expect_text("국수").await["replyTo"], question);
    let history = socket.ask("history", json!({ "before": 100, "limit": 1 })).await;
    assert_eq!(history["messages"][0]["replyTo"], question);
    for missing in [0, question + 2, 1_000_000] {
        let answer = socket.ask("chat", json!({ "chat": "?", "replyTo": missing })).await;
        assert_eq!(answer["error"], "invalid", "replyTo {missing}");
        assert_eq!(answer["field"], "replyTo");
    }
}

#[tokio::test]
async fn a_chat_that_breaks_a_rule_is_refused_and_not_kept() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    let room = visitor.make_room("규칙").await;
    let (socket, _) = visitor.join(&room).await;
    let long = "가".repeat(4_001);
    for (message, code, field) in [
        (json!({ "chat": "" }), "invalid", "chat"),
        (json!({ "chat": " \n\t" }), "invalid", "chat"),
        (json!({ "chat": long }), "invalid", "chat"),
        (json!({ "chat": "x".repeat(16 * 1024 + 1) }), "invalid", "chat"),
        (json!({ "chat": "x", "clientId": "" }), "invalid", "clientId"),
        (json!({ "chat": "x", "clientId": "x".repeat(65) }), "invalid", "clientId"),
        (json!({ "chat": "x", "clientId": 1 }), "bad_request", ""),
        (json!({ "chat": "x", "replyTo": "1" }), "bad_request", ""),
        (json!({ "chat": "x", "replyTo": -1 }), "bad_request", ""),
        (json!({ "chat": "x", "room": 1 }), "bad_request", ""),
        (json!({ "chat": 7 }), "bad_request", ""),
        (json!({ "chat": null }), "bad_request", ""),
        (json!({ "chat": ["x"] }), "bad_request", ""),
        (json!({ "text": "x" }), "bad_request", ""),
        (json!({}), "bad_request", ""),
        (json!(["x"]), "bad_request", ""),
        (json!("x"), "bad_request", ""),
        (json!(null), "bad_request", ""),
    ] {
        let answer = socket.ask("chat", message.clone()).await;
        assert_eq!((&answer["ok"], &answer["error"]), (&json!(false), &json!(code)), "{message}");
        assert_eq!(answer["field"].as_str().unwrap_or_default(), field, "{message}");
        assert!(!answer["message"].as_str().unwrap().is_empty());
    }
    let long = answer_of(&socket, json!({ "chat": long })).await;
    assert_eq!(long["reason"], "too_long");
    let fits = answer_of(&socket, json!({ "chat": "가".repeat(4_000) })).await;
    assert_eq!(fits["seq"], 2, "nothing before it was kept");
}

async fn answer_of(socket: &crate::support::socket_client::SocketClient, message: Value) -> Value {
    socket.ask("chat", message).await
}

#[tokio::test]
async fn whoever_speaks_too_fast_is_told_when_to_try_again() {
    let server = TestServer::builder().config(|config| config.messages_burst = 3).start().await;
    let visitor = server.visitor();
    let room = visitor.make_room("빨리").await;
    let (socket, _) = visitor.join(&room).await;
    for number in 0..3 {
        socket.say(&number.to_string()).await;
    }
    let refused = socket.ask("chat", json!({ "chat": "넷" })).await;
    assert_eq!(refused["error"], "too_fast");
    let retry_after = refused["retryAfterMs"].as_u64().unwrap();
    assert!((1..=1_000).contains(&retry_after), "{refused}");
    server.clock.advance(std::time::Duration::from_millis(retry_after));
    assert_eq!(socket.say("넷").await["seq"], 5);
}

#[tokio::test]
async fn history_is_the_newest_page_before_a_seq() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    let room = visitor.make_room("옛날").await;
    let (socket, _) = visitor.join(&room).await;
    visitor.fill(&room, 149).await;
    for (before, limit, expected) in [
        (151, 10, 141..=150),
        (100, 10, 90..=99),
        (100, 100, 1..=99),
        (150, 100, 50..=149),
        (150, 1_000, 50..=149),
        (3, 100, 1..=2),
        (1_000_000, 1, 150..=150),
        (u64::MAX, 2, 149..=150),
    ] {
        let request = json!({ "before": before, "limit": limit });
        let page = socket.ask("history", request.clone()).await;
        assert_eq!(fields(&page), ["messages", "more", "ok", "private"]);
        assert_eq!(seqs(messages(&page)), expected.collect::<Vec<_>>(), "{request}");
    }
    for before in [0, 1] {
        let page = socket.ask("history", json!({ "before": before, "limit": 10 })).await;
        assert_eq!((&page["ok"], &page["messages"]), (&json!(true), &json!([])));
    }
    for request in [
        json!({ "before": -1, "limit": 10 }),
        json!({ "before": "9", "limit": 10 }),
        json!({ "before": 9, "limit": -1 }),
        json!({ "before": 9, "limit": null }),
        json!({ "limit": 10 }),
        json!([9, 10]),
        json!(null),
    ] {
        let answer = socket.ask("history", request.clone()).await;
        assert_eq!(answer["error"], "bad_request", "{request}");
    }
}
