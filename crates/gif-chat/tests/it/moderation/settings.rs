//! Title, seats and password: each change is told, and all that is asked happens, or nothing.

use serde_json::{Value, json};

use super::{DOORS, Door, Member, Stage, assert_invalid, assert_refused, knock, post};
use crate::support::watch::{Lobby, until_away};

impl Stage {
    async fn set_up(&self, payload: Value) {
        self.owner.does("settings", payload).await;
    }
}

#[tokio::test]
async fn a_new_title_and_other_seats_are_told_to_all() {
    for door in DOORS {
        let stage = Stage::set().await;
        let lobby = Lobby::watch(&stage.server).await;
        let payload = json!({ "title": "  새 제목 {user} ", "max": 3 });
        assert_eq!(stage.owner.act(door, "settings", payload).await, json!({ "ok": true }));
        let told = lobby.update(&stage.room, |state| state["max"] == 3).await;
        assert_eq!(told["title"], "새 제목 {user}");
        assert_eq!(told["count"], 2);
        for listener in [&stage.owner, &stage.guest] {
            let line = listener.hears("title").await;
            assert_eq!(line["system"]["title"], "새 제목 {user}");
            assert_eq!(line["system"]["author"], stage.owner.id());
            assert!(line["chat"].as_str().unwrap().ends_with(": 새 제목 {user}"), "{line}");
            assert_eq!(listener.hears("max").await["system"]["max"], 3);
            let room = listener.looks().await["room"].clone();
            assert_eq!((&room["title"], &room["max"]), (&json!("새 제목 {user}"), &json!(3)));
        }
        assert_eq!(stage.guest.socket.count_of("chat"), 2, "two lines and nothing else");
        let page = stage.guest.visitor.browser().get(&format!("/room/{}", stage.room)).await;
        assert!(page.text().contains("새 제목 {user}"));
        let _third = stage.another().await;
        let full = knock(&stage.server.visitor(), json!(stage.room)).await;
        assert_refused(&full, "room_full");
        stage.set_up(json!({ "max": 4 })).await;
        assert_eq!(knock(&stage.server.visitor(), json!(stage.room)).await["ok"], true);
    }
}

#[tokio::test]
async fn when_one_wish_is_invalid_nothing_happens() {
    let stage = Stage::set().await;
    let _third = stage.another().await;
    let lobby = Lobby::watch(&stage.server).await;
    let before = stage.owner.looks().await;
    let good =
        json!({ "title": "새 제목", "max": 20, "password": "열려라", "locked": true, "slow": 5 });
    let bad = [
        (json!({ "title": "" }), "title", "title_empty"),
        (json!({ "title": "각".repeat(101) }), "title", "title_too_long"),
        (json!({ "max": 1 }), "max", "max_out_of_range"),
        (json!({ "max": 1001 }), "max", "max_out_of_range"),
        (json!({ "max": 2 }), "max", "max_below_count"),
        (json!({ "password": "x".repeat(129) }), "password", "password_too_long"),
        (json!({ "slow": 3601 }), "slow", "seconds_out_of_range"),
    ];
    for door in DOORS {
        for (wish, field, reason) in &bad {
            let mut payload = good.clone();
            for (name, value) in wish.as_object().unwrap() {
                payload[name] = value.clone();
            }
            let answer = stage.owner.act(door, "settings", payload).await;
            assert_invalid(&answer, field, reason);
        }
        for wish in [json!({ "max": "20" }), json!({ "locked": 1 }), json!({ "title": 1 })] {
            let mut payload = good.clone();
            for (name, value) in wish.as_object().unwrap() {
                payload[name] = value.clone();
            }
            assert_refused(&stage.owner.act(door, "settings", payload).await, "bad_request");
        }
    }
    assert_eq!(stage.owner.looks().await, before, "no line, no setting");
    lobby.says_removed(&stage.room).await;
    assert_eq!(lobby.socket.count_of("updateRoom"), 0, "{:?}", lobby.socket.received());
}

#[tokio::test]
async fn the_seats_are_never_fewer_than_those_that_are_taken() {
    let stage = Stage::set().await;
    let third = stage.another().await;
    third.socket.cut().await;
    until_away(&stage.owner.socket, &stage.room, &third.id(), true).await;
    stage.server.clock.advance(stage.server.almost_grace());
    for door in DOORS {
        let refused = stage.owner.act(door, "settings", json!({ "max": 2 })).await;
        assert_invalid(&refused, "max", "max_below_count");
        assert!(refused["message"].as_str().unwrap().contains('3'), "{refused}");
        assert_eq!(stage.owner.act(door, "settings", json!({ "max": 3 })).await["ok"], true);
    }
    stage.then();
    stage.owner.hears("exit").await;
    stage.set_up(json!({ "max": 2 })).await;
    assert_refused(&knock(&stage.server.visitor(), json!(stage.room)).await, "room_full");
}

#[tokio::test]
async fn fewer_seats_and_newcomers_at_once_never_exceed_them() {
    let stage = Stage::set().await;
    for round in 0..10 {
        stage.set_up(json!({ "max": 10 })).await;
        let newcomer = stage.server.visitor().known().await;
        let socket = newcomer.socket("/chat").connect().await.unwrap();
        let (changed, joined) = tokio::join!(
            stage.owner.act(Door::Http, "settings", json!({ "max": 2 })),
            socket.ask("join", json!({ "room": stage.room })),
        );
        if changed["ok"] == true {
            assert_refused(&joined, "room_full");
        } else {
            assert_invalid(&changed, "max", "max_below_count");
            assert_eq!(joined["ok"], true, "round {round}: {joined}");
            socket.ask("leave", Value::Null).await;
        }
        let seen = stage.owner.looks().await;
        let count = seen["participants"].as_array().unwrap().len();
        assert!(count <= usize::try_from(seen["room"]["max"].as_u64().unwrap()).unwrap());
    }
}

#[tokio::test]
async fn a_new_password_keeps_those_in_the_room_and_shuts_out_those_who_are_not() {
    for (before, door) in [("", Door::Socket), ("옛 비밀번호", Door::Http)] {
        let stage = Stage::with("10", before).await;
        let lobby = Lobby::watch(&stage.server).await;
        let (absent, away) = (stage.server.visitor(), stage.server.visitor());
        for visitor in [&absent, &away] {
            let entered = post(visitor, &stage.room, "enter", json!({ "password": before })).await;
            assert_eq!(entered["ok"], true, "{entered}");
        }
        let away = Member::join(away, &stage.room).await;
        Member::join(absent.clone(), &stage.room).await.does("leave", Value::Null).await;
        away.socket.cut().await;
        until_away(&stage.owner.socket, &stage.room, &away.id(), true).await;

        let changed = stage.owner.act(door, "settings", json!({ "password": "새 비밀번호" })).await;
        assert_eq!(changed, json!({ "ok": true }));
        let line = stage.guest.hears("password").await;
        assert_eq!(line["system"]["secret"], true);
        assert_eq!(stage.guest.looks().await["room"]["secret"], true);
        lobby.update(&stage.room, |state| state["password"] == true).await;
        // In the room, on another tab, and within the grace.
        assert_eq!(stage.guest.say(door, "그대로").await["ok"], true);
        stage.guest_again().await.does("leave", Value::Null).await;
        Member::join(away.visitor, &stage.room).await;
        stage.guest.does("leave", Value::Null).await;
        assert_eq!(stage.guest_tries().await["ok"], true, "admission outlives the seat");

        let page = format!("/room/{}", stage.room);
        assert_refused(&knock(&absent, json!({ "room": stage.room })).await, "not_admitted");
        let chat = post(&absent, &stage.room, "chat", json!({ "chat": "나도" })).await;
        assert_refused(&chat, "not_admitted");
        assert!(!absent.browser().get(&page).await.text().contains("그대로"), "a form, no history");
        if !before.is_empty() {
            let old = json!({ "room": stage.room, "password": before });
            assert_refused(&knock(&absent, old).await, "wrong_password");
        }
        let new = json!({ "room": stage.room, "password": "새 비밀번호" });
        assert_eq!(knock(&absent, new).await["ok"], true);
    }
}

#[tokio::test]
async fn without_its_password_the_room_is_open() {
    let mut stage = Stage::with("10", "열려라").await;
    let lobby = Lobby::watch(&stage.server).await;
    let stranger = stage.server.visitor();
    assert_refused(&knock(&stranger, json!(stage.room)).await, "not_admitted");
    stage.set_up(json!({ "password": "" })).await;
    assert_eq!(stage.guest.hears("password").await["system"]["secret"], false);
    lobby.update(&stage.room, |state| state["password"] == false).await;
    assert_eq!(knock(&stranger, json!(stage.room)).await["ok"], true);
    let kinds = stage.owner.kinds().await;
    stage.set_up(json!({ "password": "" })).await;
    assert_eq!(stage.owner.kinds().await, kinds, "there was none to remove");
    stage.restart().await;
    let stranger = stage.server.visitor();
    assert_eq!(knock(&stranger, json!(stage.room)).await["ok"], true);
}

#[tokio::test]
async fn what_is_as_it_was_makes_no_line_and_a_restart_changes_nothing() {
    let mut stage = Stage::set().await;
    let same = json!({ "title": "방", "max": 10, "locked": false, "slow": 0 });
    for payload in [same, json!({}), json!({ "title": null, "max": null, "password": null })] {
        for door in DOORS {
            assert_eq!(stage.owner.act(door, "settings", payload.clone()).await["ok"], true);
        }
    }
    assert_eq!(stage.owner.kinds().await, ["join", "join"]);
    let all =
        json!({ "title": "새 제목", "max": 5, "password": "열려라", "locked": true, "slow": 7 });
    stage.set_up(all).await;
    let lines = ["join", "join", "title", "max", "password", "lock", "slow"];
    assert_eq!(stage.owner.kinds().await, lines);
    let before = stage.owner.looks().await["room"].clone();
    let told = json!({ "title": "새 제목", "max": 5, "secret": true, "locked": true, "slow": 7 });
    assert_eq!(before, told);
    stage.restart().await;
    assert_eq!(stage.owner.looks().await["room"], told);
    assert_eq!(stage.owner.kinds().await, lines);
}
