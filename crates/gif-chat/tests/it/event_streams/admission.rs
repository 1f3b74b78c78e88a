//! Who gets a room's stream: the same that may join, with the same refusals.

use serde_json::json;

use super::reader::Reader;
use super::{LOBBY, of};
use crate::support::socket_client::SocketClient;
use crate::support::watch::participants;
use crate::support::{TestServer, Visitor};

/// The refusal of a room's stream, which is JSON also for those who want events.
async fn refused(visitor: &Visitor, room: &str) -> (u16, String) {
    let answer = Reader::ask(visitor, &of(room), None).await.err().expect("a refusal");
    assert_eq!(answer.header("content-type"), "application/json");
    assert!(!answer.json()["message"].as_str().unwrap().is_empty(), "{}", answer.text());
    (answer.status, answer.error())
}

fn why(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

async fn does(socket: &SocketClient, name: &str, payload: serde_json::Value) {
    let done = socket.ask(name, payload).await;
    assert_eq!(done["ok"], true, "{name}: {done}");
}

#[tokio::test]
async fn a_secret_room_asks_for_its_password_first() {
    let server = TestServer::start().await;
    let (owner, guest) = (server.visitor(), server.visitor());
    let room = owner.make_room_with("비밀", "10", "열려라").await;
    let (witness, _) = owner.join(&room).await;
    witness.say("우리끼리").await;
    assert_eq!(refused(&guest, &room).await, why(403, "not_admitted"));
    for query in ["?password=열려라", "?password=%EC%97%B4%EB%A0%A4%EB%9D%BC"] {
        let path = format!("{}{query}", of(&room));
        assert!(Reader::ask(&guest, &path, None).await.is_err(), "not in an address");
    }
    let enter = format!("/room/{room}/enter");
    let wrong = guest.post_json(&enter, &json!({ "password": "닫혀라" })).await;
    assert_eq!(wrong.status, 401);
    assert_eq!(refused(&guest, &room).await, why(403, "not_admitted"));
    assert_eq!(participants(&witness, &room).await.len(), 1);
    assert_eq!(guest.post_json(&enter, &json!({ "password": "열려라" })).await.status, 200);
    let mut stream = Reader::open(&guest, &of(&room)).await;
    stream.until_text("우리끼리").await;
    assert_eq!(refused(&server.visitor(), &room).await, why(403, "not_admitted"));
}

#[tokio::test]
async fn locked_and_full_rooms_take_nobody_new() {
    let server = TestServer::start().await;
    let (owner, guest) = (server.visitor(), server.visitor());
    let room = owner.make_room_with("방", "2", "").await;
    let (witness, _) = owner.join(&room).await;
    does(&witness, "settings", json!({ "locked": true })).await;
    assert_eq!(refused(&guest, &room).await, why(403, "locked"));
    does(&witness, "settings", json!({ "locked": false })).await;
    let stream = Reader::open(&guest, &of(&room)).await;
    assert_eq!(refused(&server.visitor(), &room).await, why(409, "room_full"));
    does(&witness, "settings", json!({ "locked": true })).await;
    let tab = Reader::open(&guest, &of(&room)).await;
    assert!(stream.is_open() && tab.is_open(), "whoever has a seat may");
    assert_eq!(participants(&witness, &room).await.len(), 2);
}

#[tokio::test]
async fn rooms_that_are_not_there_are_not_found() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    let missing = "0".repeat(32);
    for room in [missing.as_str(), "x", "%00", "..%2F..", "%F0%9F%98%80", &"a".repeat(5_000)] {
        assert_eq!(refused(&visitor, room).await, why(404, "not_found"), "{room}");
    }
    assert_eq!(server.app().sessions(), 0);
}

#[tokio::test]
async fn joins_have_one_budget_whatever_the_door() {
    let server = TestServer::builder().config(|config| config.joins_burst = 3).start().await;
    let (owner, guest) = (server.visitor(), server.visitor());
    let room = owner.make_room("방").await;
    let _held = Reader::open(&guest, &of(&room)).await;
    let (_socket, _) = guest.join(&room).await;
    drop(Reader::open(&guest, &of(&room)).await);
    assert_eq!(refused(&guest, &room).await, why(429, "too_fast"));
    let answer = Reader::ask(&guest, &of(&room), None).await.err().unwrap();
    assert!(answer.json()["retryAfterMs"].as_u64() > Some(0), "{}", answer.text());
    assert!(!answer.header("retry-after").is_empty());
    for _ in 0..10 {
        Reader::open(&guest, LOBBY).await.next().await;
    }
    assert_eq!(refused(&guest, &room).await, why(429, "too_fast"), "the lobby is no room");
}

#[tokio::test]
async fn a_new_reader_gets_a_cookie_and_is_the_same_person_with_it() {
    let server = TestServer::start().await;
    let owner = server.visitor();
    let room = owner.make_room("방").await;
    let guest = server.visitor();
    let mut stream = Reader::open(&guest, &of(&room)).await;
    let cookie = stream.answer.header("set-cookie").to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    let you = stream.next().await.data["you"].clone();
    stream.history().await;
    let last = stream.last_id();
    drop(stream);
    let mut back = Reader::after(&guest, &of(&room), &last).await;
    assert_eq!(back.answer.header("set-cookie"), "");
    assert_eq!(back.next().await.data["you"], you);
    assert_eq!(guest.join(&room).await.1["you"], you);
    let mut other = Reader::open(&server.visitor(), &of(&room)).await;
    assert_ne!(other.next().await.data["you"]["id"], you["id"]);
    let liar = server.visitor();
    liar.set_cookie(&format!("{}x", guest.cookie().unwrap()));
    let mut other = Reader::open(&liar, &of(&room)).await;
    assert_ne!(other.next().await.data["you"]["id"], you["id"]);
    assert!(!Reader::open(&server.visitor(), LOBBY).await.answer.header("set-cookie").is_empty());
}
