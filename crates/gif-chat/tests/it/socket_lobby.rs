//! The lobby's namespace: the list of rooms on every connect, and every change to it.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::TestServer;
use crate::support::socket_client::Transport;
use crate::support::sockets::is_timestamp;

const PASSWORD: &str = "열려라 참깨 8005";

fn find<'list>(rooms: &'list Value, id: &str) -> &'list Value {
    let found = rooms.as_array().unwrap().iter().find(|room| room["_id"] == id);
    found.unwrap_or_else(|| panic!("no room {id} in {rooms}"))
}

#[tokio::test]
async fn every_connect_gets_all_rooms_on_every_transport() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    let open = visitor.make_room("열린 방").await;
    let secret = visitor.make_room_with("잠긴 방", "4", PASSWORD).await;
    let (_socket, joined) = visitor.join(&open).await;
    for transport in Transport::ALL {
        let lobby = server.visitor().socket("/room").transport(transport).connect().await.unwrap();
        let rooms = lobby.expect("rooms").await;
        assert_eq!(rooms.as_array().unwrap().len(), 2, "{transport:?}");
        let room = find(&rooms, &open);
        assert_eq!(room["title"], "열린 방");
        assert_eq!(room["max"], 10);
        assert_eq!(room["count"], 1);
        assert_eq!(room["password"], false);
        assert_eq!(room["owner"], joined["you"]["user"]);
        assert!(is_timestamp(&room["createdAt"]), "{room}");
        let room = find(&rooms, &secret);
        assert_eq!((&room["password"], &room["max"]), (&json!(true), &json!(4)));
        assert_eq!(room["count"], 0);
    }
}

#[tokio::test]
async fn a_lobby_without_rooms_gets_an_empty_list() {
    let server = TestServer::start().await;
    let (_lobby, rooms) = server.visitor().lobby().await;
    assert_eq!(rooms, json!([]));
}

#[tokio::test]
async fn of_very_many_rooms_the_newest_are_listed() {
    let server = TestServer::start().await;
    let visitor = server.visitor().known().await;
    // A hundred graphemes of 25 bytes: some two hundred of these are half a megabyte.
    let long = "👨‍👩‍👧‍👦".repeat(100);
    for _ in 0..220 {
        visitor.make_room(&long).await;
        server.clock.advance(Duration::from_millis(1));
    }
    let newest = visitor.make_room("막 생긴 방").await;
    for transport in Transport::ALL {
        let lobby = server.visitor().socket("/room").transport(transport).connect().await.unwrap();
        let rooms = lobby.expect("rooms").await;
        assert_eq!(rooms[0]["_id"], newest, "{transport:?}");
        let listed = rooms.as_array().unwrap().len();
        assert!((150..220).contains(&listed), "{listed} are listed");
        assert!(rooms.to_string().len() <= 513 * 1024);
        assert_eq!(lobby.ask("anything", Value::Null).await["ok"], false, "it goes on");
    }
}

#[tokio::test]
async fn a_new_room_is_told_without_its_password() {
    let server = TestServer::start().await;
    let mut lobbies = Vec::new();
    for transport in Transport::ALL {
        let lobby = server.visitor().socket("/room").transport(transport).connect().await.unwrap();
        lobby.expect("rooms").await;
        lobbies.push(lobby);
    }
    let owner = server.visitor();
    let open = owner.make_room_with("누구나", "2", "").await;
    let secret = owner.make_room_with("우리만", "1000", PASSWORD).await;
    let (_socket, joined) = owner.join(&secret).await;
    for lobby in &lobbies {
        let room = lobby.expect("newRoom").await;
        assert_eq!(room["_id"], open);
        assert_eq!(room["title"], "누구나");
        assert_eq!(room["max"], 2);
        assert_eq!(room["password"], false);
        assert_eq!(room["count"], 0);
        assert!(is_timestamp(&room["createdAt"]), "{room}");
        let room = lobby.expect("newRoom").await;
        assert_eq!(room["_id"], secret);
        assert_eq!(room["max"], 1000);
        assert_eq!(room["password"], true);
        assert_eq!(room["owner"], joined["you"]["user"], "the owner's room colour");
        lobby.expect_where("updateRoom", |room| room["_id"] == secret).await;
        for packet in lobby.received_packets() {
            assert!(!packet.contains("8005") && !packet.contains("argon2"), "{packet}");
        }
    }
}

#[tokio::test]
async fn the_count_follows_who_comes_and_goes() {
    let server = TestServer::start().await;
    let (owner, guest) = (server.visitor(), server.visitor());
    let room = owner.make_room("모임").await;
    let (lobby, rooms) = server.visitor().lobby().await;
    assert_eq!(find(&rooms, &room)["count"], 0);

    let (_owner_socket, _) = owner.join(&room).await;
    assert_eq!(lobby.expect("updateRoom").await["count"], 1);
    let (guest_socket, _) = guest.join(&room).await;
    assert_eq!(lobby.expect_where("updateRoom", |room| room["count"] == 2).await["_id"], room);
    guest_socket.ask("leave", Value::Null).await;
    let update = lobby.expect_where("updateRoom", |room| room["count"] == 1).await;
    assert_eq!(update["title"], "모임");
    assert_eq!(update["password"], false);
    assert!(update["closesAt"].is_null(), "{update}");
}

#[tokio::test]
async fn a_closing_room_says_when_it_ends_until_somebody_revives_it() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    let room = visitor.make_room("깜빡").await;
    let (lobby, _) = server.visitor().lobby().await;
    let (socket, joined) = visitor.join(&room).await;
    let open = lobby.expect_where("updateRoom", |room| room["count"] == 1).await;
    assert!(open["closesAt"].is_null(), "{open}");

    socket.cut().await;
    let closing = lobby.expect_where("updateRoom", |room| !room["closesAt"].is_null()).await;
    assert_eq!(closing["count"], 1, "the seat is kept");
    let since: jiff::Timestamp =
        joined["participants"][0]["since"].as_str().unwrap().parse().unwrap();
    let closes_at: jiff::Timestamp = closing["closesAt"].as_str().unwrap().parse().unwrap();
    assert_eq!(closes_at.duration_since(since).unsigned_abs(), server.grace());
    let (_second_lobby, rooms) = server.visitor().lobby().await;
    assert_eq!(find(&rooms, &room)["closesAt"], closing["closesAt"]);

    let (_socket, _) = server.visitor().join(&room).await;
    let revived = lobby.expect_where("updateRoom", |room| room["count"] == 2).await;
    assert!(revived["closesAt"].is_null(), "{revived}");
}

#[tokio::test]
async fn a_room_that_its_owner_closes_leaves_every_lobby() {
    let server = TestServer::start().await;
    let owner = server.visitor();
    let kept = owner.make_room("남는 방").await;
    let closed = owner.make_room("닫는 방").await;
    let mut lobbies = Vec::new();
    for transport in Transport::ALL {
        let lobby = server.visitor().socket("/room").transport(transport).connect().await.unwrap();
        lobby.expect("rooms").await;
        lobbies.push(lobby);
    }
    assert_eq!(owner.delete(&format!("/room/{closed}")).await.text(), "ok");
    for lobby in &lobbies {
        assert_eq!(lobby.expect("removeRoom").await, json!(closed));
    }
    let (_lobby, rooms) = server.visitor().lobby().await;
    assert_eq!(rooms.as_array().unwrap().len(), 1);
    assert_eq!(rooms[0]["_id"], kept);
}

#[tokio::test]
async fn a_room_whose_grace_is_over_leaves_the_lobby() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    let room = visitor.make_room("잠깐").await;
    let (lobby, _) = server.visitor().lobby().await;
    let (socket, _) = visitor.join(&room).await;
    lobby.expect_where("updateRoom", |room| room["closesAt"].is_null()).await;
    socket.cut().await;
    lobby.expect_where("updateRoom", |room| !room["closesAt"].is_null()).await;
    server.clock.advance(server.grace());
    assert_eq!(lobby.expect("removeRoom").await, json!(room));
    let (_lobby, rooms) = server.visitor().lobby().await;
    assert_eq!(rooms, json!([]));
}

#[tokio::test]
async fn the_room_colour_of_a_new_owner_is_told() {
    let server = TestServer::start().await;
    let (owner, heir) = (server.visitor(), server.visitor());
    let room = owner.make_room("물려줄 방").await;
    let (owner_socket, _) = owner.join(&room).await;
    let (_heir_socket, joined) = heir.join(&room).await;
    let (lobby, rooms) = server.visitor().lobby().await;
    let heir_colour = joined["you"]["user"].clone();
    assert_ne!(rooms[0]["owner"], heir_colour);
    owner_socket.ask("leave", Value::Null).await;
    lobby.expect_where("updateRoom", |room| room["owner"] == heir_colour).await;
}
