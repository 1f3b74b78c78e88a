//! The lobby's stream: what a socket in the lobby hears, in the same words and the same order.

use reqwest::Method;
use serde_json::{Value, json};

use super::reader::{Reader, number, numbers, pairs};
use super::{LOBBY, of};
use crate::support::TestServer;
use crate::support::sockets::is_timestamp;

#[tokio::test]
async fn the_list_of_rooms_comes_first_then_the_time() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    let open = visitor.make_room("열린 방").await;
    let secret = visitor.make_room_with("잠긴 방", "4", "열려라 참깨").await;
    let (_socket, joined) = visitor.join(&open).await;
    let (_lobby, rooms) = server.visitor().lobby().await;

    let compressing = server.visitor().with_header("accept-encoding", "gzip, br");
    let mut stream = Reader::open(&compressing, LOBBY).await;
    for (name, value) in [
        ("content-type", "text/event-stream"),
        ("cache-control", "no-store"),
        ("content-encoding", ""),
        ("x-accel-buffering", "no"),
        ("x-content-type-options", "nosniff"),
        ("access-control-allow-origin", ""),
    ] {
        assert_eq!(stream.answer.header(name), value, "{name}");
    }
    let list = stream.next().await;
    assert_eq!((list.name.as_str(), &list.data), ("rooms", &rooms));
    assert!(list.data.as_array().unwrap().iter().any(|room| room["_id"] == secret.as_str()));
    number(&list.id.unwrap(), &joined["epoch"]);
    let time = stream.next().await;
    assert_eq!((time.name.as_str(), time.id), ("time", None));
    assert!(is_timestamp(&time.data["now"]), "{}", time.data);
    let retry = stream.retry().await.as_millis();
    assert!((1_000..=3_000).contains(&retry), "{retry}");
    assert!(!stream.text().contains("참깨"));
}

#[tokio::test]
async fn changes_come_as_sockets_get_them_and_ids_rise_by_one() {
    let server = TestServer::start().await;
    let (lobby, _) = server.visitor().lobby().await;
    let mut stream = Reader::open(&server.visitor(), LOBBY).await;
    assert_eq!(stream.next().await.data, json!([]));

    let (owner, guest) = (server.visitor(), server.visitor());
    let room = owner.make_room("방").await;
    let doomed = owner.make_room_with("닫을 방", "3", "비밀").await;
    let (socket, _) = owner.join(&room).await;
    let (guests, _) = guest.join(&room).await;
    let settings = json!({ "title": "다른 제목", "max": 20 });
    assert_eq!(socket.ask("settings", settings).await["ok"], true);
    assert_eq!(guests.ask("leave", Value::Null).await["ok"], true);
    assert_eq!(owner.delete(&format!("/room/{doomed}")).await.status, 200);
    let watched = Reader::open(&guest, &of(&room)).await;
    owner.make_room("끝").await;

    let at_the_end = |state: &Value| state["title"] == "끝";
    let mut heard = stream.until("newRoom", at_the_end).await;
    lobby.expect_where("newRoom", at_the_end).await;
    assert_eq!(heard.remove(0).name, "time");
    let told = lobby.received().into_iter().filter(|(name, _)| name.ends_with("Room"));
    assert_eq!(pairs(&heard), told.collect::<Vec<_>>());
    let names = ["newRoom", "updateRoom", "removeRoom"];
    assert!(names.iter().all(|name| heard.iter().any(|event| event.name == *name)), "{heard:?}");
    let numbers = numbers(&heard);
    assert_eq!(numbers.len(), heard.len());
    assert!(numbers.windows(2).all(|pair| pair[1] == pair[0] + 1), "{numbers:?}");
    assert!(watched.is_open());
}

#[tokio::test]
async fn a_stream_of_the_lobby_says_nothing_of_what_is_said_in_rooms() {
    let server = TestServer::start().await;
    let mut stream = Reader::open(&server.visitor(), LOBBY).await;
    let owner = server.visitor();
    let room = owner.make_room("방").await;
    let (socket, joined) = owner.join(&room).await;
    socket.say("canary").await;
    socket.ask("typing", json!({})).await;
    owner.make_room("끝").await;
    stream.until("newRoom", |state| state["title"] == "끝").await;
    let id = joined["you"]["id"].as_str().unwrap();
    assert!(!stream.text().contains("canary") && !stream.text().contains(id));
}

#[tokio::test]
async fn who_only_asks_about_the_stream_gets_no_stream() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    let answer = visitor.send(visitor.request(Method::HEAD, LOBBY)).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "text/event-stream"));
    assert!(answer.bytes.is_empty());
    assert_eq!(server.app().sessions(), 0);
    let posted = visitor.send(visitor.request(Method::POST, LOBBY)).await;
    assert_eq!(posted.status, 404, "{}", posted.text());
}
