//! Saying something over HTTP: texts, GIFs, and retries of both.

use serde_json::{Value, json};

use crate::support::socket_client::SocketClient;
use crate::support::{Answer, TestServer, Visitor, small_gif, small_gif_of};

/// A room with an owner who listens.
async fn listening(server: &TestServer) -> (String, Visitor, SocketClient) {
    let owner = server.visitor();
    let room = owner.make_room("방").await;
    let (socket, _) = owner.join(&room).await;
    (room, owner, socket)
}

fn keyed(visitor: &Visitor, key: &str) -> Visitor {
    visitor.with_header("idempotency-key", key)
}

fn refusal(answer: &Answer) -> (u16, String) {
    (answer.status, answer.error())
}

/// The events of a name that a socket has got by now. The round trip comes after them.
async fn received(socket: &SocketClient, name: &str) -> Vec<Value> {
    socket.ask("history", json!({ "before": 1, "limit": 1 })).await;
    let events = socket.received().into_iter();
    events.filter(|(event, _)| event == name).map(|(_, payload)| payload).collect()
}

#[tokio::test]
async fn a_text_by_form_or_json_is_stored_and_then_sent_to_the_room() {
    let server = TestServer::start().await;
    let (room, _, owner) = listening(&server).await;
    let guest = server.visitor();
    let path = format!("/room/{room}/chat");
    let by_form = guest.post_form(&path, &[("chat", "폼으로 + & =")]).await;
    assert_eq!((by_form.status, by_form.text().as_str()), (200, "ok"));
    let by_json = guest.post_json(&path, &json!({ "chat": "JSON으로" })).await;
    assert_eq!((by_json.status, by_json.text().as_str()), (200, "ok"));
    let (first, second) = (owner.expect("chat").await, owner.expect("chat").await);
    assert_eq!((&first["chat"], &second["chat"]), (&json!("폼으로 + & ="), &json!("JSON으로")));
    assert_eq!(second["seq"].as_u64().unwrap(), first["seq"].as_u64().unwrap() + 1);
    for entry in [first, second] {
        assert_eq!(entry["room"], room);
        assert!(entry["user"].as_str().unwrap().starts_with('#'));
        for field in ["_id", "author", "createdAt"] {
            assert!(entry[field].is_string(), "{field} in {entry}");
        }
        assert!(entry["alias"]["ko"].is_string() && entry.get("gif").is_none());
    }
}

#[tokio::test]
async fn the_first_accepted_post_takes_a_seat_and_announces_the_entry() {
    let server = TestServer::start().await;
    let (room, _, owner) = listening(&server).await;
    let guest = server.visitor();
    let path = format!("/room/{room}/chat");
    assert_eq!(guest.post_form(&path, &[("chat", " ")]).await.status, 422);
    assert_eq!(guest.post_form(&path, &[("chat", "하나")]).await.status, 200);
    assert_eq!(guest.post_form(&path, &[("chat", "둘")]).await.status, 200);
    let author = owner.expect_where("chat", |entry| entry["chat"] == "둘").await["author"].clone();
    let joins = received(&owner, "join").await;
    let guests: Vec<_> = joins.iter().filter(|join| join["participant"]["id"] == author).collect();
    assert_eq!(guests.len(), 1, "{joins:?}");
    assert_eq!(guests[0]["count"], 2);
    // The seat without a socket ends one grace after the last request.
    server.clock.advance(server.grace() / 2);
    assert_eq!(guest.post_form(&path, &[("chat", "셋")]).await.status, 200);
    server.clock.advance(server.grace() / 2);
    assert_eq!(guest.get(&format!("/room/{room}")).await.status, 200);
    assert!(received(&owner, "exit").await.is_empty());
    server.clock.advance(server.grace() / 2);
    assert_eq!(owner.expect("exit").await["participant"]["id"], author);
}

#[tokio::test]
async fn a_retry_with_the_same_key_is_the_same_entry_once() {
    let mut server = TestServer::start().await;
    let (room, _, owner) = listening(&server).await;
    let guest = server.visitor();
    let path = format!("/room/{room}/chat");
    let once = keyed(&guest, "5f0c-1");
    for _ in 0..3 {
        let answer = once.post_json(&path, &json!({ "chat": "한 번만" })).await;
        assert_eq!((answer.status, answer.text().as_str()), (200, "ok"));
    }
    // Without a key each is an entry of its own, and keys of others do not count.
    for _ in 0..2 {
        guest.post_form(&path, &[("chat", "여러 번")]).await;
    }
    let other = keyed(&server.visitor(), "5f0c-1");
    assert_eq!(other.post_form(&path, &[("chat", "남의 말")]).await.status, 200);
    let texts = |entries: Vec<Value>| -> Vec<String> {
        entries.iter().map(|entry| entry["chat"].as_str().unwrap().to_owned()).collect()
    };
    let all = texts(received(&owner, "chat").await);
    assert_eq!(all, ["한 번만", "여러 번", "여러 번", "남의 말"]);

    server.restart().await;
    let once = once.moved_to(&server.url());
    assert_eq!(once.post_form(&path, &[("chat", "한 번만")]).await.text(), "ok");
    let page = once.get(&format!("/room/{room}")).await.text();
    assert_eq!(page.matches("한 번만").count(), 1);
}

#[tokio::test]
async fn the_same_key_with_other_content_is_a_conflict_and_stores_nothing() {
    let server = TestServer::start().await;
    let (room, _, owner) = listening(&server).await;
    let guest = keyed(&server.visitor(), "key");
    let (chat, gif) = (format!("/room/{room}/chat"), format!("/room/{room}/gif"));
    assert_eq!(guest.post_form(&chat, &[("chat", "처음")]).await.status, 200);
    let other_text = guest.post_form(&chat, &[("chat", "다른 말")]).await;
    assert_eq!(refusal(&other_text), (409, "conflict".to_owned()));
    let other_kind = guest.post_gif(&gif, small_gif()).await;
    assert_eq!(refusal(&other_kind), (409, "conflict".to_owned()));
    assert_eq!(server.gif_files(), Vec::<String>::new());
    let chats = received(&owner, "chat").await;
    assert_eq!(chats.len(), 1, "{chats:?}");
    assert!(server.files_with("다른 말".as_bytes()).is_empty());
}

#[tokio::test]
async fn a_gif_is_stored_and_then_sent_and_its_retry_is_the_same_entry_once() {
    let server = TestServer::start().await;
    let (room, _, owner) = listening(&server).await;
    let guest = server.visitor();
    let path = format!("/room/{room}/gif");
    let once = keyed(&guest, "gif-1");
    for _ in 0..2 {
        let answer = once.post_gif(&path, small_gif()).await;
        assert_eq!((answer.status, answer.text().as_str()), (200, "ok"));
    }
    let other = once.post_gif(&path, small_gif_of(9)).await;
    assert_eq!(refusal(&other), (409, "conflict".to_owned()));
    let entries = received(&owner, "chat").await;
    assert_eq!(entries.len(), 1, "{entries:?}");
    let name = entries[0]["gif"].as_str().unwrap();
    assert_eq!((&entries[0]["width"], &entries[0]["height"]), (&json!(4), &json!(3)));
    assert!(entries[0].get("chat").is_none());
    assert_eq!(guest.get(&format!("/gif/{name}")).await.status, 200);
    let files = server.gif_files();
    assert!(files.len() == 1 && files[0].ends_with(name), "{files:?}");
}

#[tokio::test]
async fn a_key_is_up_to_64_visible_characters() {
    let server = TestServer::start().await;
    let (room, owner, _socket) = listening(&server).await;
    let path = format!("/room/{room}/chat");
    for bytes in [1, 63, 64] {
        let answer = keyed(&owner, &"k".repeat(bytes)).post_form(&path, &[("chat", "말")]).await;
        assert_eq!(answer.status, 200, "{bytes} bytes");
    }
    for key in ["", "a b", &"k".repeat(65)] {
        for kind in ["chat", "gif"] {
            let path = format!("/room/{room}/{kind}");
            let answer = keyed(&owner, key).post_form(&path, &[("chat", "말")]).await;
            assert_eq!(refusal(&answer), (422, "invalid".to_owned()), "{key}");
            assert_eq!(answer.json()["field"], "clientId");
        }
    }
}

#[tokio::test]
async fn nobody_posts_into_a_missing_or_full_room() {
    let server = TestServer::start().await;
    let (owner, late) = (server.visitor(), server.visitor());
    let room = owner.make_room_with("둘만", "2", "").await;
    let (_owner_socket, _) = owner.join(&room).await;
    let (_guest_socket, _) = server.visitor().join(&room).await;
    let missing = "0".repeat(32);
    for (room, status, code) in [
        (room.as_str(), 409, "room_full"),
        (missing.as_str(), 404, "not_found"),
        ("nonsense", 404, "not_found"),
    ] {
        let chat = late.post_form(&format!("/room/{room}/chat"), &[("chat", "말")]).await;
        let gif = late.post_gif(&format!("/room/{room}/gif"), small_gif()).await;
        for answer in [chat, gif] {
            assert_eq!(refusal(&answer), (status, code.to_owned()), "{room}");
        }
    }
    assert_eq!(owner.post_form(&format!("/room/{room}/chat"), &[("chat", "말")]).await.status, 200);
    assert!(server.gif_files().is_empty());
}

#[tokio::test]
async fn empty_text_is_refused_and_never_shown() {
    let server = TestServer::start().await;
    let (room, owner, socket) = listening(&server).await;
    let path = format!("/room/{room}/chat");
    for text in ["", "  ", "\n\t", "\0", "\u{3000}"] {
        let answer = owner.post_json(&path, &json!({ "chat": text })).await;
        assert_eq!(refusal(&answer), (422, "invalid".to_owned()), "{text:?}");
        let body = answer.json();
        assert_eq!((&body["field"], &body["reason"]), (&json!("chat"), &json!("text_empty")));
    }
    for body in [json!({}), json!({ "chat": null })] {
        assert_eq!(owner.post_json(&path, &body).await.json()["reason"], "text_empty");
    }
    assert!(received(&socket, "chat").await.is_empty());
}
