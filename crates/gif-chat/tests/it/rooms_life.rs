//! How long rooms live: through refreshes, cut connections and restarts, and then one grace, not two.

use std::time::Duration;

use gif_chat::chat::Clock as _;
use serde_json::json;

use crate::support::socket_client::Transport;
use crate::support::watch::{Lobby, participants, until_away};
use crate::support::{TestServer, small_gif, small_gif_of};

#[tokio::test]
async fn a_refresh_a_closed_tab_and_a_cut_connection_keep_the_room_for_the_grace() {
    let server = TestServer::start().await;
    let lobby = Lobby::watch(&server).await;
    for transport in Transport::ALL {
        for politely in [true, false] {
            if transport == Transport::Polling && !politely {
                // Nothing tells a server that a poll will not be followed by another one.
                continue;
            }
            let visitor = server.visitor();
            let room = visitor.make_room("방").await;
            visitor.get("/").await;
            let socket = visitor.socket("/chat").transport(transport).connect().await.unwrap();
            socket.ask("join", json!({ "room": room })).await;
            socket.ask("chat", json!({ "chat": "아직 여기" })).await;
            lobby.revived(&room).await;
            if politely {
                socket.disconnect().await;
            } else {
                socket.cut().await;
            }
            lobby.closing(&server, &room).await;

            server.clock.advance(server.almost_grace());
            let (again, joined) = visitor.join(&room).await;
            let texts: Vec<_> = joined["messages"].as_array().unwrap().iter().collect();
            assert_eq!(texts.len(), 2, "{transport:?}: the entry line and the text");
            assert_eq!(texts[1]["chat"], "아직 여기");
            assert_eq!(lobby.revived(&room).await["count"], 1);
            server.clock.advance(server.grace() * 3);
            let sent = again.ask("chat", json!({ "chat": "여전히" })).await;
            assert_eq!(sent["seq"], 3, "no exit and no second entry line");
            assert!(!lobby.says_removed(&room).await, "{transport:?}");
        }
    }
}

#[tokio::test]
async fn a_restart_of_the_server_loses_no_seat_within_the_grace() {
    let mut server = TestServer::start().await;
    let (one, two) = (server.visitor(), server.visitor());
    let room = one.make_room_with("방", "2", "").await;
    let (socket, before) = one.join(&room).await;
    let (_other, _) = two.join(&room).await;
    assert_eq!(socket.ask("chat", json!({ "chat": "그 전" })).await["ok"], true);
    server.clock.advance(server.grace() * 5);
    server.restart().await;
    let (one, two) = (one.moved_to(&server.url()), two.moved_to(&server.url()));

    let third = server.visitor();
    let full = third.get(&format!("/room/{room}")).await;
    assert_eq!(full.location(), "/?error=허용 인원을 초과했습니다.", "both seats are kept");
    server.clock.advance(server.almost_grace());
    let (socket, after) = one.join(&room).await;
    let (_other, _) = two.join(&room).await;
    server.clock.advance(server.grace());
    assert_eq!(after["epoch"], before["epoch"]);
    assert_eq!(after["you"], before["you"], "the same colour, alias and author");
    assert_eq!(after["owner"], before["you"]["id"]);
    let sent = socket.ask("chat", json!({ "chat": "그 뒤" })).await;
    assert_eq!(sent["seq"], 4, "two entry lines and two texts, and no more lines");
    assert_eq!(participants(&socket, &room).await.len(), 2);
}

#[tokio::test]
async fn rooms_left_over_from_a_restart_end_after_one_grace() {
    let mut server = TestServer::start().await;
    let visitor = server.visitor();
    let seated = visitor.make_room("카나리아 하나").await;
    let (socket, _) = visitor.join(&seated).await;
    socket.ask("chat", json!({ "chat": "카나리아 둘" })).await;
    assert_eq!(visitor.post_gif(&format!("/room/{seated}/gif"), small_gif()).await.status, 200);
    let never_entered = visitor.make_room("카나리아 셋").await;
    server.restart().await;
    let lobby = Lobby::watch(&server).await;
    server.clock.advance(server.almost_grace());
    assert!(!lobby.says_removed(&seated).await && !lobby.says_removed(&never_entered).await);
    server.clock.advance(Duration::from_millis(1));
    lobby.removed(&seated).await;
    lobby.removed(&never_entered).await;
    assert_gone(&server, &["카나리아", &seated, &never_entered]).await;
}

/// Nothing of this is in any file, and no GIF is left. What is removed last, the file of a GIF, goes
/// right after the lobby was told: a later room's end comes after it.
async fn assert_gone(server: &TestServer, canaries: &[&str]) {
    let lobby = Lobby::watch(server).await;
    let last = server.visitor().make_room("마지막").await;
    server.clock.advance(server.grace());
    lobby.removed(&last).await;
    for canary in canaries {
        assert_eq!(server.files_with(canary.as_bytes()), Vec::<String>::new(), "{canary}");
    }
    assert_eq!(server.gif_files(), Vec::<String>::new());
}

#[tokio::test]
async fn an_empty_room_goes_with_all_it_held() {
    let server = TestServer::start().await;
    let lobby = Lobby::watch(&server).await;
    let (owner, guest) = (server.visitor(), server.visitor());
    let room = owner.make_room_with("카나리아 제목", "10", "canary-password").await;
    let (socket, _) = owner.join(&room).await;
    let password = json!({ "password": "canary-password" });
    let entered = guest.post_json(&format!("/room/{room}/enter"), &password).await;
    assert_eq!(entered.status, 200);
    let said = guest.post_form(&format!("/room/{room}/chat"), &[("chat", "카나리아 글")]).await;
    assert_eq!(said.text(), "ok");
    assert_eq!(guest.post_gif(&format!("/room/{room}/gif"), small_gif()).await.status, 200);
    assert_eq!(server.gif_files().len(), 1);
    assert!(!server.files_with("카나리아 글".as_bytes()).is_empty(), "it was on disk");
    let session = |cookie: String| cookie.split_once('=').unwrap().1[..32].to_owned();
    let sessions = [owner.cookie(), guest.cookie()].map(|cookie| session(cookie.unwrap()));
    assert!(!server.files_with(sessions[0].as_bytes()).is_empty());

    socket.cut().await;
    lobby.closing(&server, &room).await;
    server.clock.advance(server.grace());
    lobby.removed(&room).await;
    let page = owner.get(&format!("/room/{room}")).await;
    assert_eq!((page.status, page.location()), (302, "/?error=존재하지 않는 방입니다.".to_owned()));
    let canaries = ["카나리아", "canary-password", "$argon2id$", &room, &sessions[0], &sessions[1]];
    assert_gone(&server, &canaries).await;
}

#[tokio::test]
async fn an_empty_room_lives_for_one_grace_and_not_for_two() {
    let server = TestServer::start().await;
    let lobby = Lobby::watch(&server).await;
    let (one, two) = (server.visitor(), server.visitor());
    let room = one.make_room("방").await;
    let (first, joined) = one.join(&room).await;
    let (second, _) = two.join(&room).await;
    first.cut().await;
    until_away(&second, &room, &joined["you"]["id"], true).await;
    server.clock.advance(Duration::from_secs(10));
    second.cut().await;
    // All seats are in grace: the room closes with the last of them.
    lobby.closing(&server, &room).await;
    server.clock.advance(server.grace().saturating_sub(Duration::from_secs(10)));
    lobby.update(&room, |state| state["count"] == 1).await;
    server.clock.advance(Duration::from_millis(9_999));
    assert!(!lobby.says_removed(&room).await);
    server.clock.advance(Duration::from_millis(1));
    lobby.removed(&room).await;
}

#[tokio::test]
async fn a_room_that_was_left_lives_for_one_grace_from_then() {
    let server = TestServer::start().await;
    let lobby = Lobby::watch(&server).await;
    let visitor = server.visitor();
    let room = visitor.make_room("방").await;
    let (socket, _) = visitor.join(&room).await;
    server.clock.advance(server.grace() * 7);
    assert_eq!(socket.ask("leave", json!(null)).await["ok"], true);
    let closes_at = server.clock.now().plus(server.grace()).to_string();
    let left = lobby.update(&room, |state| state["count"] == 0).await;
    assert_eq!(left["closesAt"], closes_at.as_str());
    server.clock.advance(server.almost_grace());
    assert!(!lobby.says_removed(&room).await);
    server.clock.advance(Duration::from_millis(1));
    lobby.removed(&room).await;
}

#[tokio::test]
async fn a_look_at_the_page_takes_no_seat_and_revives_nothing() {
    let server = TestServer::start().await;
    let lobby = Lobby::watch(&server).await;
    let (maker, robot) = (server.visitor(), server.visitor());
    let room = maker.make_room_with("방", "2", "1234").await;
    server.clock.advance(server.almost_grace());
    for visitor in [&maker, &robot] {
        assert_eq!(visitor.browser().get(&format!("/room/{room}")).await.status, 200);
    }
    // Admission is no seat either.
    let entered = robot.get(&format!("/room/{room}?password=1234")).await;
    assert_eq!(entered.location(), format!("/room/{room}"));
    assert_eq!(robot.get(&format!("/room/{room}")).await.status, 200);
    server.clock.advance(Duration::from_millis(1));
    lobby.removed(&room).await;
    let updates = lobby.socket.received();
    assert!(updates.iter().all(|(name, _)| name != "updateRoom"), "{updates:?}");
}

#[tokio::test]
async fn a_gif_stays_until_the_last_room_that_shows_it_goes() {
    let server = TestServer::start().await;
    let lobby = Lobby::watch(&server).await;
    let visitor = server.visitor();
    let (first, second) = (visitor.make_room("하나").await, visitor.make_room("둘").await);
    let (socket, _) = visitor.join(&first).await;
    let (_other, _) = visitor.join(&second).await;
    for room in [&first, &second] {
        assert_eq!(visitor.post_gif(&format!("/room/{room}/gif"), small_gif()).await.status, 200);
    }
    assert_eq!(visitor.post_gif(&format!("/room/{first}/gif"), small_gif_of(9)).await.status, 200);
    let shared = socket.expect("chat").await["gif"].as_str().unwrap().to_owned();
    let own = socket.expect("chat").await["gif"].as_str().unwrap().to_owned();
    assert_eq!(server.gif_files().len(), 2, "the same bytes are kept once");

    assert_eq!(visitor.delete(&format!("/room/{first}")).await.text(), "ok");
    assert_eq!(visitor.get(&format!("/gif/{own}")).await.status, 404);
    assert_eq!(visitor.get(&format!("/gif/{shared}")).await.status, 200);
    assert_eq!(visitor.delete(&format!("/room/{second}")).await.text(), "ok");
    assert_eq!(visitor.get(&format!("/gif/{shared}")).await.status, 404);
    assert_eq!(server.gif_files(), Vec::<String>::new(), "gone when the answer comes");
    lobby.removed(&second).await;
}
