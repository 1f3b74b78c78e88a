//! Defects 1, 2, 4, 5, 6, 8, 11 and 12: rooms and their doors.

use serde_json::json;

use crate::support::socket_client::Transport;
use crate::support::watch::{Lobby, participants, until_away};
use crate::support::{TestServer, small_gif};

#[tokio::test]
async fn defect_1_a_lone_visitors_refresh_keeps_the_room_and_its_history() {
    let server = TestServer::start().await;
    let lobby = Lobby::watch(&server).await;
    let visitor = server.visitor();
    let room = visitor.make_room("혼자").await;
    let (socket, _) = visitor.join(&room).await;
    socket.ask("chat", json!({ "chat": "혼잣말" })).await;
    socket.disconnect().await;
    lobby.closing(&server, &room).await;
    let page = visitor.browser().get(&format!("/room/{room}")).await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("혼잣말"));
    let (_socket, joined) = visitor.join(&room).await;
    assert_eq!(joined["messages"][1]["chat"], "혼잣말");
    assert!(!lobby.says_removed(&room).await);
}

#[tokio::test]
async fn defect_2_a_participant_can_refresh_a_full_room() {
    let server = TestServer::start().await;
    let (one, two) = (server.visitor(), server.visitor());
    let room = one.make_room_with("둘이서", "2", "").await;
    let (socket, _) = one.join(&room).await;
    let (other, joined) = two.join(&room).await;
    // With the socket still there, and without it.
    assert_eq!(two.browser().get(&format!("/room/{room}")).await.status, 200);
    other.disconnect().await;
    until_away(&socket, &room, &joined["you"]["id"], true).await;
    assert_eq!(two.browser().get(&format!("/room/{room}")).await.status, 200);
    let (_other, _) = two.join(&room).await;
    assert_eq!(participants(&socket, &room).await.len(), 2);
}

#[tokio::test]
async fn defect_4_password_and_seats_are_checked_at_every_door() {
    let server = TestServer::start().await;
    let (maker, guest) = (server.visitor(), server.visitor());
    let secret = maker.make_room_with("비밀방", "10", "1234").await;
    let full = maker.make_room_with("둘이서", "2", "").await;
    let (_one, _) = maker.join(&full).await;
    let (_two, _) = server.visitor().join(&full).await;
    guest.get("/").await;
    for (room, code) in [(&secret, "not_admitted"), (&full, "room_full")] {
        for transport in Transport::ALL {
            let socket = guest.socket("/chat").transport(transport).connect().await.unwrap();
            assert_eq!(socket.ask("join", json!({ "room": room })).await["error"], code);
            socket.emit("join", json!(room)).await;
            assert_eq!(socket.expect("refused").await["error"], code);
            let said = socket.ask("chat", json!({ "room": room, "chat": "몰래" })).await;
            assert_eq!(said["error"], "not_in_room");
        }
        let said = guest.post_form(&format!("/room/{room}/chat"), &[("chat", "몰래")]).await;
        assert_eq!(said.error(), code);
        let shown = guest.post_gif(&format!("/room/{room}/gif"), small_gif()).await;
        assert_eq!(shown.error(), code);
    }
}

#[tokio::test]
async fn defect_5_nobody_posts_into_a_room_that_is_not_open_to_them_or_not_there() {
    let server = TestServer::start().await;
    let (maker, guest) = (server.visitor(), server.visitor());
    let secret = maker.make_room_with("비밀방", "10", "1234").await;
    let (witness, _) = maker.join(&secret).await;
    let missing = "0123456789abcdef0123456789abcdef";
    for (room, status, code) in [
        (secret.as_str(), 403, "not_admitted"),
        (missing, 404, "not_found"),
        ("__proto__", 404, "not_found"),
        ("%2e%2e", 404, "not_found"),
    ] {
        let said = guest.post_json(&format!("/room/{room}/chat"), &json!({ "chat": "몰래" })).await;
        assert_eq!((said.status, said.error().as_str()), (status, code), "{room}");
        let shown = guest.post_gif(&format!("/room/{room}/gif"), small_gif()).await;
        assert_eq!((shown.status, shown.error().as_str()), (status, code), "{room}");
    }
    assert_eq!(witness.ask("chat", json!({ "chat": "우리끼리" })).await["seq"], 2);
    assert_eq!(server.gif_files(), Vec::<String>::new());
}

#[tokio::test]
async fn defect_6_only_the_owner_closes_a_room_and_the_lobby_is_told() {
    let server = TestServer::start().await;
    let lobby = Lobby::watch(&server).await;
    let (owner, guest, stranger) = (server.visitor(), server.visitor(), server.visitor());
    let room = owner.make_room("방").await;
    let (socket, _) = guest.join(&room).await;
    for visitor in [&guest, &stranger] {
        let refused = visitor.delete(&format!("/room/{room}")).await;
        assert_eq!((refused.status, refused.error()), (403, "not_owner".to_owned()));
    }
    assert_eq!(socket.ask("chat", json!({ "chat": "아직 있다" })).await["ok"], true);
    assert_eq!(owner.delete(&format!("/room/{room}")).await.text(), "ok");
    lobby.removed(&room).await;
    socket.expect("close").await;
}

#[tokio::test]
async fn defect_8_a_socket_without_a_referer_is_like_any_other() {
    let server = TestServer::start().await;
    let (one, two) = (server.visitor(), server.visitor());
    let room = one.make_room("방").await;
    let (socket, _) = one.join(&room).await;
    two.get("/").await;
    for referer in [None, Some("http://elsewhere.example/room/x"), Some("no address")] {
        let builder = two.socket("/chat");
        let builder = match referer {
            Some(referer) => builder.header("referer", referer),
            None => builder,
        };
        let other = builder.connect().await.unwrap();
        assert_eq!(other.ask("join", json!({ "room": room })).await["ok"], true);
        other.disconnect().await;
    }
    assert_eq!(socket.ask("chat", json!({ "chat": "살아 있다" })).await["ok"], true);
}

#[tokio::test]
async fn defect_11_two_tabs_take_one_seat_and_announce_one_entry() {
    let server = TestServer::start().await;
    let (owner, guest) = (server.visitor(), server.visitor());
    let room = owner.make_room_with("둘이서", "2", "").await;
    let (witness, _) = owner.join(&room).await;
    let (_first, joined) = guest.join(&room).await;
    let (_second, again) = guest.join(&room).await;
    assert_eq!(again["head"], joined["head"], "no second entry line");
    assert_eq!(participants(&witness, &room).await.len(), 2);
}

#[tokio::test]
async fn defect_12_rooms_that_nobody_enters_or_that_a_restart_leaves_end() {
    let mut server = TestServer::start().await;
    let visitor = server.visitor();
    let left = visitor.make_room("남은 방").await;
    let (_socket, _) = visitor.join(&left).await;
    server.restart().await;
    let lobby = Lobby::watch(&server).await;
    let visitor = visitor.moved_to(&server.url());
    let never_entered = visitor.make_room("빈 방").await;
    server.clock.advance(server.grace());
    lobby.removed(&left).await;
    lobby.removed(&never_entered).await;
    let page = visitor.browser().get("/").await.text();
    assert!(!page.contains(&left) && !page.contains(&never_entered));
}
