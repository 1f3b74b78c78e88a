//! A locked room takes nobody new; whoever holds a seat, and the owner, come and go.

use serde_json::{Value, json};

use super::{DOORS, Member, Stage, assert_refused, knock, post, post_gif};
use crate::support::TestServer;
use crate::support::watch::{Lobby, until_away};

impl Stage {
    async fn lock(&self, locked: bool) {
        self.owner.does("settings", json!({ "locked": locked })).await;
    }
}

const LOCKED: &str = "/?error=방이 잠겨 있어 새로 들어올 수 없습니다. \
                      방장이 잠금을 풀면 다시 오거나 다른 방을 골라 주십시오.";

#[tokio::test]
async fn newcomers_are_refused_at_every_door() {
    for password in ["", "열려라"] {
        let stage = Stage::with("10", password).await;
        let seq = stage.owner.socket.say("방장의 글").await["seq"].clone();
        stage.lock(true).await;
        let newcomer = stage.server.visitor().known().await;
        let (room, keys) = (&stage.room, json!({ "room": stage.room, "password": password }));
        if !password.is_empty() {
            // The right password admits, and takes no seat.
            let entered = post(&newcomer, room, "enter", json!({ "password": password })).await;
            assert_eq!(entered["ok"], true);
        }
        let before = stage.owner.looks().await;
        for payload in [json!(room), json!({ "room": room }), keys] {
            assert_refused(&knock(&newcomer, payload).await, "locked");
        }
        for (name, payload) in [
            ("chat", json!({ "chat": "들여보내 줘" })),
            ("react", json!({ "seq": seq, "emoji": "👍", "on": true })),
            ("whisper", json!({ "to": stage.owner.id(), "chat": "문 열어" })),
            ("report", json!({ "seq": seq })),
        ] {
            assert_refused(&post(&newcomer, room, name, payload).await, "locked");
        }
        assert_refused(&post_gif(&newcomer, room).await, "locked");
        let page = newcomer.browser().get(&format!("/room/{room}")).await;
        assert_eq!((page.status, page.location()), (302, LOCKED.to_owned()));
        let lobby = newcomer.browser().get(&page.location()).await.text();
        assert!(lobby.contains("방이 잠겨 있어"), "the lobby says why");
        assert_eq!(stage.owner.looks().await, before);

        stage.lock(false).await;
        assert_eq!(knock(&newcomer, json!({ "room": room })).await["ok"], true);
    }
}

#[tokio::test]
async fn whoever_holds_a_seat_comes_back_also_within_the_grace() {
    let mut stage = Stage::set().await;
    stage.lock(true).await;
    let tab = stage.guest_again().await;
    tab.socket.cut().await;
    stage.guest.socket.cut().await;
    until_away(&stage.owner.socket, &stage.room, &stage.guest.id(), true).await;
    stage.server.clock.advance(stage.server.almost_grace());
    let page = stage.guest.visitor.browser().get(&format!("/room/{}", stage.room)).await;
    assert_eq!(page.status, 200);
    stage.guest = stage.guest_again().await;
    assert_eq!(stage.owner.kinds().await, ["join", "join", "lock"], "it was no leave");

    stage.restart().await;
    stage.guest = stage.guest_again().await;
    assert_eq!(stage.owner.looks().await["room"]["locked"], true);
    stage.guest.socket.cut().await;
    until_away(&stage.owner.socket, &stage.room, &stage.guest.id(), true).await;
    stage.server.clock.advance(stage.server.grace());
    stage.owner.hears("exit").await;
    assert_refused(&stage.guest_tries().await, "locked");
    let page = stage.guest.visitor.browser().get(&format!("/room/{}", stage.room)).await;
    assert_eq!(page.location(), LOCKED);
}

#[tokio::test]
async fn leaving_makes_a_newcomer_and_the_lock_comes_before_the_seats() {
    let stage = Stage::with("2", "").await;
    stage.lock(true).await;
    assert_refused(&knock(&stage.server.visitor(), json!(stage.room)).await, "locked");
    stage.guest.does("leave", Value::Null).await;
    assert_refused(&stage.guest.socket.ask("join", json!({ "room": stage.room })).await, "locked");
}

#[tokio::test]
async fn the_owner_comes_in_at_every_door() {
    let server = TestServer::start().await;
    for door in ["object", "string", "chat", "gif"] {
        let owner = server.visitor();
        let room = owner.make_room("내 방").await;
        let locked = post(&owner, &room, "settings", json!({ "locked": true })).await;
        assert_eq!(locked["ok"], true, "{locked}");
        assert_eq!(owner.browser().get(&format!("/room/{room}")).await.status, 200);
        let answer = match door {
            "object" => knock(&owner, json!({ "room": room })).await,
            "string" => knock(&owner, json!(room)).await,
            "chat" => post(&owner, &room, "chat", json!({ "chat": "내 방이다" })).await,
            _ => post_gif(&owner, &room).await,
        };
        assert_eq!(answer["ok"], true, "by {door}: {answer}");
    }
}

#[tokio::test]
async fn the_lock_is_told_to_the_room_and_to_the_lobby() {
    for door in DOORS {
        let stage = Stage::set().await;
        let lobby = Lobby::watch(&stage.server).await;
        let set = |locked: bool| json!({ "locked": locked });
        for (locked, kind) in [(true, "lock"), (false, "unlock")] {
            assert_eq!(stage.owner.act(door, "settings", set(locked)).await["ok"], true);
            let line = stage.guest.hears(kind).await;
            assert_eq!(line["system"]["author"], stage.owner.id());
            let told = lobby.update(&stage.room, |state| state["locked"] == locked).await;
            assert_eq!(told["count"], 2);
            let (_, rooms) = stage.server.visitor().lobby().await;
            assert_eq!(rooms[0]["locked"], locked);
            assert_eq!(stage.guest.looks().await["room"]["locked"], locked);
            // Once more is nothing new.
            assert_eq!(stage.owner.act(door, "settings", set(locked)).await["ok"], true);
        }
        assert_eq!(stage.owner.kinds().await, ["join", "join", "lock", "unlock"]);
    }
}

#[tokio::test]
async fn a_lock_and_a_newcomer_at_once_end_in_one_order() {
    let stage = Stage::set().await;
    for _ in 0..10 {
        let newcomer = stage.server.visitor().known().await;
        let socket = newcomer.socket("/chat").connect().await.unwrap();
        let payload = json!({ "room": stage.room });
        let ((), answer) = tokio::join!(stage.lock(true), socket.ask("join", payload));
        if answer["ok"] == true {
            let kinds = stage.owner.kinds().await;
            assert!(kinds.ends_with(&["join".to_owned(), "lock".to_owned()]), "{kinds:?}");
        } else {
            assert_refused(&answer, "locked");
        }
        let here = stage.owner.looks().await["participants"].as_array().unwrap().len();
        assert_eq!(here, if answer["ok"] == true { 3 } else { 2 });
        if answer["ok"] == true {
            let came = Member::join(newcomer, &stage.room).await;
            socket.ask("leave", Value::Null).await;
            came.does("leave", Value::Null).await;
        }
        stage.lock(false).await;
    }
}
