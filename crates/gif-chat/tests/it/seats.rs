//! Seats: one per visitor, never more than there are, announced once.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::watch::{Lobby, lines, participants, until_away};
use crate::support::{TestServer, small_gif};

#[tokio::test]
async fn several_tabs_are_one_seat_and_one_entry() {
    let server = TestServer::start().await;
    let (owner, guest) = (server.visitor(), server.visitor());
    let room = owner.make_room_with("방", "2", "").await;
    let (witness, own) = owner.join(&room).await;
    let (first, joined) = guest.join(&room).await;
    let (second, _) = guest.join(&room).await;
    let (third, again) = guest.join(&room).await;
    assert_eq!(again["you"], joined["you"]);
    assert_eq!(participants(&witness, &room).await.len(), 2);
    first.ask("chat", json!({ "chat": "탭 하나" })).await;
    assert_eq!(second.expect("chat").await["chat"], "탭 하나", "every tab sees it");

    first.cut().await;
    assert_eq!(second.ask("leave", Value::Null).await["ok"], true);
    server.clock.advance(server.grace() * 2);
    third.ask("chat", json!({ "chat": "아직 여기" })).await;
    assert_eq!(participants(&witness, &room).await.len(), 2, "one tab holds the seat");
    assert_eq!(lines(&witness, &own), ["join"], "one visitor, one entry");

    third.cut().await;
    until_away(&witness, &room, &joined["you"]["id"], true).await;
    server.clock.advance(server.grace());
    witness.expect("exit").await;
    assert_eq!(participants(&witness, &room).await.len(), 1);
}

#[tokio::test]
async fn entry_and_exit_are_announced_once_and_the_exit_after_the_grace() {
    let server = TestServer::start().await;
    let lobby = Lobby::watch(&server).await;
    let (owner, guest) = (server.visitor(), server.visitor());
    let room = owner.make_room("방").await;
    let (witness, own) = owner.join(&room).await;
    let (socket, joined) = guest.join(&room).await;
    let you = &joined["you"];
    let user = you["user"].as_str().unwrap();
    let entry = witness.expect_where("join", |line| line["system"]["author"] == you["id"]).await;
    assert_eq!(entry["user"], "system");
    assert_eq!(entry["chat"], format!("{user}님이 입장하셨습니다."));
    assert_eq!((&entry["count"], &entry["participant"]["id"]), (&json!(2), &you["id"]));
    assert_eq!(entry["participants"].as_array().unwrap().len(), 2);

    // Five refreshes are no leave.
    let mut socket = socket;
    for _ in 0..5 {
        socket.cut().await;
        until_away(&witness, &room, &you["id"], true).await;
        server.clock.advance(server.almost_grace());
        socket = guest.join(&room).await.0;
    }
    socket.cut().await;
    until_away(&witness, &room, &you["id"], true).await;
    server.clock.advance(server.almost_grace());
    witness.ask("chat", json!({ "chat": "아직" })).await;
    assert_eq!(lines(&witness, &own), ["join"]);
    server.clock.advance(Duration::from_millis(1));
    let exit = witness.expect("exit").await;
    assert_eq!(exit["chat"], format!("{user}님이 퇴장하셨습니다."));
    assert_eq!((&exit["count"], &exit["participant"]["id"]), (&json!(1), &you["id"]));
    lobby.update(&room, |state| state["count"] == 1).await;
    server.clock.advance(server.grace() * 2);
    witness.ask("chat", json!({ "chat": "내가 남았다" })).await;
    assert_eq!(lines(&witness, &own), ["join", "exit"]);
}

#[tokio::test]
async fn leave_frees_the_seat_at_once() {
    let server = TestServer::start().await;
    let (owner, guest, next) = (server.visitor(), server.visitor(), server.visitor());
    let room = owner.make_room_with("방", "2", "").await;
    let (witness, own) = owner.join(&room).await;
    let (socket, _) = guest.join(&room).await;
    assert_eq!(socket.ask("leave", Value::Null).await["ok"], true);
    witness.expect("exit").await;
    let (_next, joined) = next.join(&room).await;
    assert_eq!(joined["participants"].as_array().unwrap().len(), 2);
    // The end of the socket that has left frees nothing more.
    socket.cut().await;
    server.clock.advance(server.grace() * 2);
    assert_eq!(participants(&witness, &room).await.len(), 2);
    assert_eq!(lines(&witness, &own), ["join", "exit", "join"]);
}

#[tokio::test]
async fn a_seat_without_a_socket_ends_one_grace_after_its_last_request() {
    let server = TestServer::start().await;
    let (owner, guest) = (server.visitor(), server.visitor());
    let room = owner.make_room("방").await;
    let (witness, own) = owner.join(&room).await;
    let say = async |text| {
        let answer = guest.post_form(&format!("/room/{room}/chat"), &[("chat", text)]).await;
        assert_eq!(answer.text(), "ok");
    };
    say("하나").await;
    let entry = witness.expect_where("join", |line| line["count"] == 2).await;
    let text = witness.expect("chat").await;
    assert_eq!(text["seq"], entry["seq"].as_u64().unwrap() + 1, "entered, then said");
    assert_eq!(entry["participant"]["away"], true, "nobody is connected there");
    for _ in 0..3 {
        server.clock.advance(server.almost_grace());
        say("또").await;
    }
    server.clock.advance(server.almost_grace());
    let shown = guest.post_gif(&format!("/room/{room}/gif"), small_gif()).await;
    assert_eq!(shown.text(), "ok");
    server.clock.advance(server.almost_grace());
    assert_eq!(participants(&witness, &room).await.len(), 2);
    server.clock.advance(Duration::from_millis(1));
    witness.expect("exit").await;
    assert_eq!(lines(&witness, &own), ["join", "exit"]);
}

#[tokio::test]
async fn a_request_beside_a_socket_does_not_shorten_the_seat() {
    let server = TestServer::start().await;
    let (owner, guest) = (server.visitor(), server.visitor());
    let room = owner.make_room("방").await;
    let (witness, _) = owner.join(&room).await;
    let (_socket, _) = guest.join(&room).await;
    guest.post_form(&format!("/room/{room}/chat"), &[("chat", "둘 다")]).await;
    server.clock.advance(server.grace() * 2);
    assert_eq!(participants(&witness, &room).await.len(), 2);
}

#[tokio::test]
async fn what_is_said_on_a_held_seat_tells_the_lobby_nothing() {
    let server = TestServer::start().await;
    let lobby = Lobby::watch(&server).await;
    let owner = server.visitor();
    let room = owner.make_room("방").await;
    let (socket, _) = owner.join(&room).await;
    lobby.revived(&room).await;
    for number in 0..10 {
        socket.ask("chat", json!({ "chat": number.to_string() })).await;
        owner.post_form(&format!("/room/{room}/chat"), &[("chat", "또")]).await;
    }
    assert!(!lobby.says_removed(&room).await);
    let updates = lobby.socket.received().into_iter().filter(|(name, _)| name == "updateRoom");
    assert_eq!(updates.count(), 1, "a hundred lobbies would be told of each message");
}

#[tokio::test]
async fn of_many_who_join_at_the_same_time_exactly_as_many_win_as_there_are_seats() {
    let server = TestServer::start().await;
    let owner = server.visitor();
    let mut sockets = Vec::new();
    for _ in 0..50 {
        let visitor = server.visitor();
        visitor.get("/").await;
        sockets.push((visitor.socket("/chat").connect().await.unwrap(), visitor));
    }
    for seats in [2_usize, 3, 10, 25] {
        let room = owner.make_room_with("방", &seats.to_string(), "").await;
        let path = format!("/room/{room}/chat");
        let ask = async |(number, (socket, visitor)): (usize, &(_, _))| {
            let (socket, visitor): (
                &crate::support::socket_client::SocketClient,
                &crate::support::Visitor,
            ) = (socket, visitor);
            if number % 5 == 0 {
                let answer = visitor.post_json(&path, &json!({ "chat": "자리" })).await;
                return if answer.status == 200 { String::new() } else { answer.error() };
            }
            let answer = socket.ask("join", json!({ "room": room })).await;
            answer["error"].as_str().unwrap_or_default().to_owned()
        };
        let answers = join_all(sockets.iter().enumerate().map(ask)).await;
        let won = answers.iter().filter(|error| error.is_empty()).count();
        assert_eq!(won, seats);
        assert_eq!(answers.iter().filter(|error| *error == "room_full").count(), 50 - seats);
        for (socket, _) in &sockets {
            socket.ask("leave", Value::Null).await;
        }
    }
}
