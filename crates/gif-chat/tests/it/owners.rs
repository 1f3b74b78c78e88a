//! Who runs a room, and to whom it goes.

use std::time::Duration;

use serde_json::json;

use crate::support::TestServer;
use crate::support::watch::{Lobby, lines, until_away};

#[tokio::test]
async fn the_owner_closes_the_room_for_everybody_at_once() {
    let server = TestServer::start().await;
    let lobby = Lobby::watch(&server).await;
    let (owner, guest) = (server.visitor(), server.visitor());
    let room = owner.make_room("카나리아").await;
    let (own_socket, _) = owner.join(&room).await;
    let (guest_socket, _) = guest.join(&room).await;
    guest_socket.ask("chat", json!({ "chat": "카나리아 글" })).await;
    let foreign = guest.delete(&format!("/room/{room}")).await;
    assert_eq!((foreign.status, foreign.error()), (403, "not_owner".to_owned()));
    assert_eq!(owner.delete(&format!("/room/{room}")).await.text(), "ok");
    assert_eq!(server.files_with("카나리아".as_bytes()), Vec::<String>::new());
    for socket in [own_socket, guest_socket] {
        assert_eq!(socket.expect("close").await, json!({ "room": room, "reason": "owner" }));
        assert!(socket.closed().await.by_namespace_disconnect);
        assert!(socket.received().iter().all(|(name, _)| name != "exit"));
    }
    lobby.removed(&room).await;
    let again = owner.delete(&format!("/room/{room}")).await;
    assert_eq!((again.status, again.error()), (404, "not_found".to_owned()));
}

#[tokio::test]
async fn a_maker_who_never_enters_loses_the_room_to_the_first_participant() {
    let server = TestServer::start().await;
    let lobby = Lobby::watch(&server).await;
    let (maker, first, second) = (server.visitor(), server.visitor(), server.visitor());
    let room = maker.make_room("방").await;
    let (socket, joined) = first.join(&room).await;
    let (_other, _) = second.join(&room).await;
    let you = &joined["you"];
    assert_ne!(joined["owner"], you["id"], "the maker may still come");
    server.clock.advance(server.almost_grace());
    assert_eq!(socket.ask("join", json!({ "room": room })).await["owner"], joined["owner"]);
    server.clock.advance(Duration::from_millis(1));
    let line = socket.expect("chat").await;
    assert_eq!(line["user"], "system");
    assert_eq!(line["system"]["kind"], "owner");
    assert_eq!(line["chat"], format!("{}님이 방장이 되었습니다.", you["user"].as_str().unwrap()));
    lobby.update(&room, |state| state["owner"] == you["user"]).await;
    assert_eq!(socket.ask("join", json!({ "room": room })).await["owner"], you["id"]);
    assert_eq!(maker.delete(&format!("/room/{room}")).await.status, 403);
    assert_eq!(first.delete(&format!("/room/{room}")).await.text(), "ok");
}

#[tokio::test]
async fn the_owners_room_goes_to_the_longest_present_when_the_grace_ends() {
    let server = TestServer::start().await;
    let (owner, second, third) = (server.visitor(), server.visitor(), server.visitor());
    let room = owner.make_room("방").await;
    let (own_socket, owners) = owner.join(&room).await;
    server.clock.advance(Duration::from_secs(1));
    let (second_socket, seconds) = second.join(&room).await;
    server.clock.advance(Duration::from_secs(1));
    let (third_socket, thirds) = third.join(&room).await;

    // Back within the grace, the owner keeps the room.
    own_socket.cut().await;
    until_away(&third_socket, &room, &owners["you"]["id"], true).await;
    server.clock.advance(server.almost_grace());
    let (own_socket, again) = owner.join(&room).await;
    server.clock.advance(server.grace());
    assert_eq!(again["owner"], owners["you"]["id"]);
    own_socket.cut().await;
    until_away(&third_socket, &room, &owners["you"]["id"], true).await;
    server.clock.advance(server.grace());
    let exit = third_socket.expect("exit").await;
    assert_eq!(exit["system"]["author"], owners["you"]["id"]);
    let line = third_socket.expect_where("chat", |entry| entry["system"]["kind"] == "owner").await;
    assert_eq!(line["seq"], exit["seq"].as_u64().unwrap() + 1);
    assert_eq!(line["system"]["author"], seconds["you"]["id"]);

    // Whoever leaves hands the room over at once.
    assert_eq!(second_socket.ask("leave", json!(null)).await["ok"], true);
    let line = third_socket.expect_where("chat", |entry| entry["system"]["kind"] == "owner").await;
    assert_eq!(line["system"]["author"], thirds["you"]["id"]);
    assert_eq!(lines(&third_socket, &thirds), ["exit", "owner", "exit", "owner"]);
}
