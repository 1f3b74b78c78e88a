//! A room's stream holds a seat, as a socket does.

use std::time::Duration;

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use super::of;
use super::reader::Reader;
use crate::support::watch::{Lobby, lines, participants, until_away};
use crate::support::{RawConnection, TestServer, until};

const MILLISECOND: Duration = Duration::from_millis(1);

#[tokio::test]
async fn the_streams_of_one_visitor_are_one_seat_which_ends_a_grace_after_the_last() {
    let server = TestServer::start().await;
    let lobby = Lobby::watch(&server).await;
    let (owner, guest) = (server.visitor(), server.visitor());
    let room = owner.make_room_with("방", "2", "").await;
    let (witness, own) = owner.join(&room).await;
    let mut first = Reader::open(&guest, &of(&room)).await;
    let begin = first.next().await.data;
    let you = &begin["you"];
    let entry = witness.expect_where("join", |line| line["system"]["author"] == you["id"]).await;
    assert_eq!((&entry["count"], &entry["participant"]["away"]), (&json!(2), &json!(false)));
    lobby.update(&room, |state| state["count"] == 2).await;
    let mut second = Reader::open(&guest, &of(&room)).await;
    assert_eq!(second.next().await.data["you"], *you);

    drop(first);
    server.clock.advance(server.grace() * 2);
    witness.say("아직 여기").await;
    second.until_text("아직 여기").await;
    assert_eq!(participants(&witness, &room).await.len(), 2);
    drop(second);
    let away = json!({ "id": you["id"], "away": true });
    witness.expect_where("presence", |told| *told == away).await;
    server.clock.advance(server.almost_grace());

    // Back in time: nobody has left, and nobody comes.
    let back = Reader::open(&guest, &of(&room)).await;
    let here = json!({ "id": you["id"], "away": false });
    witness.expect_where("presence", |told| *told == here).await;
    server.clock.advance(server.grace() * 2);
    assert_eq!(participants(&witness, &room).await.len(), 2);
    assert_eq!(lines(&witness, &own), ["join"]);
    drop(back);
    witness.expect_where("presence", |told| *told == away).await;
    server.clock.advance(server.almost_grace());
    assert_eq!(participants(&witness, &room).await.len(), 2);
    server.clock.advance(MILLISECOND);
    let exit = witness.expect("exit").await;
    assert_eq!((&exit["count"], &exit["participant"]["id"]), (&json!(1), &you["id"]));
    assert_eq!(lines(&witness, &own), ["join", "exit"]);
}

#[tokio::test]
async fn a_stream_and_a_socket_of_one_visitor_hold_the_seat_together() {
    let server = TestServer::start().await;
    let (owner, guest) = (server.visitor(), server.visitor());
    let room = owner.make_room_with("방", "2", "").await;
    let (witness, own) = owner.join(&room).await;
    let mut stream = Reader::open(&guest, &of(&room)).await;
    let id = stream.next().await.data["you"]["id"].clone();
    for leaves in [false, true] {
        let (socket, joined) = guest.join(&room).await;
        assert_eq!(joined["you"]["id"], id);
        if leaves {
            socket.ask("leave", Value::Null).await;
        } else {
            socket.cut().await;
        }
        server.clock.advance(server.grace() * 2);
        witness.say(&format!("아직 {leaves}")).await;
        stream.until_text(&format!("아직 {leaves}")).await;
        assert_eq!(participants(&witness, &room).await.len(), 2);
    }
    let (socket, _) = guest.join(&room).await;
    drop(stream);
    until("only the three sockets are left", || server.app().sessions() <= 3).await;
    server.clock.advance(server.grace() * 2);
    assert_eq!(participants(&witness, &room).await.len(), 2);
    assert_eq!(lines(&witness, &own), ["join"]);
    socket.cut().await;
    until_away(&witness, &room, &id, true).await;
    server.clock.advance(server.grace());
    witness.expect("exit").await;
}

#[tokio::test]
async fn whoever_hangs_up_at_once_leaves_no_seat_behind() {
    let server = TestServer::start().await;
    let owner = server.visitor();
    let room = owner.make_room_with("방", "200", "").await;
    let (witness, _) = owner.join(&room).await;
    let request = format!("GET {} HTTP/1.1\r\nHost: {}\r\n\r\n", of(&room), server.app().address());
    let hang_up = async |_: usize| {
        let mut connection = RawConnection::open(&server).await;
        connection.send(request.as_bytes()).await;
    };
    join_all((0..100).map(hang_up)).await;
    until("only the owner is left", || server.app().sessions() == 1).await;
    let state = witness.until(&room, |state| {
        let all = state["participants"].as_array().unwrap();
        all.iter().filter(|one| one["away"] == false).count() == 1
    });
    assert!(state.await["participants"].as_array().unwrap().len() <= 101);
    server.clock.advance(server.grace());
    witness.until(&room, |state| state["participants"].as_array().unwrap().len() == 1).await;
}

#[tokio::test]
async fn who_only_asks_about_the_stream_takes_no_seat() {
    let server = TestServer::start().await;
    let (owner, guest) = (server.visitor(), server.visitor());
    let room = owner.make_room_with("방", "2", "").await;
    let secret = owner.make_room_with("비밀", "10", "열려라").await;
    let (witness, own) = owner.join(&room).await;
    let sessions = server.app().sessions();
    let head = async |room: &str| guest.send(guest.request(Method::HEAD, &of(room))).await;
    for _ in 0..3 {
        let answer = head(&room).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, "text/event-stream"));
        assert!(answer.bytes.is_empty());
    }
    assert_eq!(head(&secret).await.status, 403);
    assert_eq!(head(&"0".repeat(32)).await.status, 404);
    assert_eq!(server.app().sessions(), sessions);
    assert_eq!(participants(&witness, &room).await.len(), 1);
    assert!(lines(&witness, &own).is_empty());
}

#[tokio::test]
async fn a_room_with_only_a_stream_lives_on_and_ends_one_grace_after_it() {
    let server = TestServer::start().await;
    let lobby = Lobby::watch(&server).await;
    let owner = server.visitor();
    let room = owner.make_room("방").await;
    let mut stream = Reader::open(&owner, &of(&room)).await;
    let begin = stream.next().await.data;
    assert_eq!(begin["owner"], begin["you"]["id"]);
    lobby.revived(&room).await;
    server.clock.advance(server.grace() * 3);
    assert!(!lobby.says_removed(&room).await && stream.is_open());
    drop(stream);
    lobby.closing(&server, &room).await;
    server.clock.advance(server.almost_grace());
    assert!(!lobby.says_removed(&room).await);
    server.clock.advance(MILLISECOND);
    lobby.removed(&room).await;
    let gone = Reader::ask(&owner, &of(&room), None).await.err().unwrap();
    assert_eq!((gone.status, gone.error().as_str()), (404, "not_found"));
}
