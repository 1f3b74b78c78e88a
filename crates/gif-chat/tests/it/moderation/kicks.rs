//! Sending somebody out: at once, on every tab, until the time is over.

use std::time::Duration;

use serde_json::{Value, json};

use super::{DOORS, Door, MILLISECOND, Member, Stage, assert_invalid, assert_refused, knock, post};
use crate::support::TestServer;
use crate::support::socket_client::Transport;
use crate::support::sockets::fields;
use crate::support::watch::Lobby;

#[tokio::test]
async fn whoever_is_kicked_is_out_at_once_on_every_tab() {
    for door in DOORS {
        let stage = Stage::set().await;
        let lobby = Lobby::watch(&stage.server).await;
        let other = stage.another().await;
        let mut tabs = Vec::new();
        for transport in Transport::ALL {
            tabs.push(stage.guest.visitor.join_by(transport, &stage.room).await.0);
        }
        let payload = json!({ "id": stage.guest.id(), "seconds": 60, "reason": "도배" });
        let until = stage.in_seconds(60);
        let answer = stage.owner.act(door, "kick", payload).await;
        assert_eq!(answer, json!({ "ok": true, "until": until }));

        for witness in [&stage.owner, &other] {
            let exit = witness.hears("kick").await;
            assert_eq!(exit["user"], "system");
            assert_eq!(exit["system"]["author"], stage.guest.id());
            assert_eq!(exit["system"]["by"]["id"], stage.owner.id());
            assert_eq!(exit["system"]["reason"], "도배");
            assert_eq!(exit["system"]["until"], until);
            assert_eq!(exit["participant"]["id"], stage.guest.id());
            assert_eq!(exit["count"], 2);
            assert_eq!(exit["participants"].as_array().unwrap().len(), 2);
            assert_eq!(witness.looks().await["participants"].as_array().unwrap().len(), 2);
        }
        tabs.push(stage.guest.socket);
        for tab in tabs {
            let end = tab.closed().await;
            assert!(end.by_namespace_disconnect, "{end:?}");
            let (name, kicked) = tab.received().pop().unwrap();
            assert_eq!(name, "kicked");
            let room = &stage.room;
            assert_eq!(kicked, json!({ "room": room, "reason": "도배", "until": until }));
        }
        lobby.update(&stage.room, |state| state["count"] == 2).await;
        assert_eq!(other.say(door, "우리는 남았다").await["ok"], true, "{door:?}");
        assert_eq!(other.socket.end(), None);
    }
}

#[tokio::test]
async fn without_a_reason_and_a_time_it_is_ten_minutes_and_no_reason_is_told() {
    let stage = Stage::set().await;
    let answer = stage.owner.does("kick", json!({ "id": stage.guest.id() })).await;
    assert_eq!(answer["until"], stage.in_seconds(600));
    let kicked = stage.guest.socket.expect("kicked").await;
    assert_eq!(fields(&kicked), ["room", "until"]);
    let line = stage.owner.hears("kick").await;
    assert_eq!(line["system"]["reason"], Value::Null);
}

#[tokio::test]
async fn a_ban_ends_to_the_millisecond_and_admission_ended_with_the_kick() {
    for password in ["", "열려라"] {
        let stage = Stage::with("10", password).await;
        stage.owner.does("kick", json!({ "id": stage.guest.id(), "seconds": 60 })).await;
        stage.almost(60);
        for payload in [json!({ "room": stage.room, "password": password }), json!(stage.room)] {
            let refused = knock(&stage.guest.visitor, payload).await;
            assert_refused(&refused, "banned");
            assert_eq!(refused["retryAfterMs"], 1);
        }
        stage.then();
        if !password.is_empty() {
            assert_refused(&stage.guest_tries().await, "not_admitted");
        }
        let payload = json!({ "room": stage.room, "password": password });
        let back = knock(&stage.guest.visitor, payload).await;
        assert_eq!(back["ok"], true, "{back}");
        assert_eq!(back["you"], stage.guest.joined["you"], "the same person as before");
    }
}

#[tokio::test]
async fn a_kick_has_limits_and_a_target() {
    let stage = Stage::set().await;
    let guest = stage.guest.id();
    let nobody = "0".repeat(guest.as_str().unwrap().len());
    let refused = [
        (json!({ "id": guest, "seconds": 59 }), "seconds", "seconds_out_of_range"),
        (json!({ "id": guest, "seconds": 604_801 }), "seconds", "seconds_out_of_range"),
        (json!({ "id": guest, "seconds": 0 }), "seconds", "seconds_out_of_range"),
        (json!({ "id": guest, "reason": "각".repeat(201) }), "reason", "reason_too_long"),
        (json!({ "id": stage.owner.id() }), "id", "yourself"),
        (json!({ "id": nobody }), "id", "person_unknown"),
        (json!({ "id": "나" }), "id", "person_unknown"),
    ];
    for door in DOORS {
        for (payload, field, reason) in &refused {
            let answer = stage.owner.act(door, "kick", payload.clone()).await;
            assert_invalid(&answer, field, reason);
        }
        for payload in [json!({}), json!({ "id": 1 }), json!({ "id": guest, "seconds": -60 })] {
            assert_refused(&stage.owner.act(door, "kick", payload).await, "bad_request");
        }
    }
    assert_eq!(stage.owner.kinds().await, ["join", "join"]);
    for (door, seconds) in [(Door::Socket, 60), (Door::Http, 604_800)] {
        let victim = stage.another().await;
        let reason = "각".repeat(200);
        let payload = json!({ "id": victim.id(), "seconds": seconds, "reason": reason });
        let answer = stage.owner.act(door, "kick", payload).await;
        assert_eq!(answer["until"], stage.in_seconds(seconds), "{answer}");
        assert_eq!(victim.socket.expect("kicked").await["reason"], reason);
    }
}

#[tokio::test]
async fn bans_are_listed_the_newest_first_and_can_be_lifted() {
    for door in DOORS {
        let stage = Stage::set().await;
        let other = stage.another().await;
        let first = json!({ "id": stage.guest.id(), "seconds": 60, "reason": "도배" });
        let (since, until) = (stage.in_seconds(0), stage.in_seconds(60));
        stage.owner.does("kick", first).await;
        stage.then();
        stage.owner.does("kick", json!({ "id": other.id(), "seconds": 120 })).await;
        let listed = stage.owner.act(door, "bans", json!({})).await;
        let bans = listed["bans"].as_array().unwrap();
        assert_eq!(bans.len(), 2, "{listed}");
        assert_eq!(bans[0]["id"], other.id(), "the newest first");
        let you = &stage.guest.joined["you"];
        let expected = json!({
            "id": you["id"], "user": you["user"], "alias": you["alias"],
            "until": until, "createdAt": since, "reason": "도배",
        });
        assert_eq!(bans[1], expected);

        let unban = json!({ "id": stage.guest.id() });
        assert_eq!(stage.owner.act(door, "unban", unban.clone()).await, json!({ "ok": true }));
        let line = stage.owner.hears("unban").await;
        assert_eq!(line["system"]["author"], stage.guest.id());
        assert_eq!(line["system"]["by"]["id"], stage.owner.id());
        assert_eq!(stage.guest_tries().await["ok"], true, "back at once");
        assert_eq!(stage.owner.act(door, "unban", unban).await["ok"], true, "nothing to lift");
        let lines = stage.owner.kinds().await.into_iter().filter(|kind| kind == "unban").count();
        assert_eq!(lines, 1, "one line");
        let unknown = stage.owner.act(door, "unban", json!({ "id": "누구" })).await;
        assert_invalid(&unknown, "id", "person_unknown");

        stage.server.clock.advance(Duration::from_mins(2));
        assert_eq!(stage.owner.act(door, "bans", json!({})).await["bans"], json!([]), "over");
        let over = stage.owner.act(door, "unban", json!({ "id": other.id() })).await;
        assert_eq!(over["ok"], true, "a ban that is over needs no line");
        assert!(stage.owner.kinds().await.iter().filter(|kind| *kind == "unban").count() == 1);
    }
}

#[tokio::test]
async fn a_ban_survives_a_restart() {
    let mut stage = Stage::set().await;
    stage.owner.does("kick", json!({ "id": stage.guest.id(), "seconds": 60 })).await;
    let before = stage.owner.does("bans", json!({})).await;
    stage.restart().await;
    assert_eq!(stage.owner.does("bans", json!({})).await, before);
    stage.almost(60);
    let refused = stage.guest_tries().await;
    assert_refused(&refused, "banned");
    assert_eq!(refused["retryAfterMs"], 1);
    stage.then();
    assert_eq!(stage.guest_tries().await["ok"], true);
}

#[tokio::test]
async fn kicked_again_or_after_leaving_the_newest_time_counts() {
    for door in DOORS {
        let stage = Stage::set().await;
        stage.guest.does("leave", Value::Null).await;
        stage.owner.hears("exit").await;
        let kick = |seconds| json!({ "id": stage.guest.id(), "seconds": seconds });
        assert_eq!(stage.owner.act(door, "kick", kick(600)).await["ok"], true);
        let is_kick = |entry: &Value| entry["system"]["kind"] == "kick";
        let line = stage.owner.socket.expect_where("chat", is_kick).await;
        assert_eq!(line["participant"], Value::Null, "nobody left with it");
        assert_refused(&stage.guest_tries().await, "banned");
        assert_eq!(stage.owner.act(door, "kick", kick(60)).await["ok"], true);
        stage.almost(60);
        assert_refused(&stage.guest_tries().await, "banned");
        stage.then();
        assert_eq!(stage.guest_tries().await["ok"], true, "the shorter time replaced the longer");
    }
}

#[tokio::test]
async fn two_kicks_at_once_are_one_ban_and_one_exit() {
    let stage = Stage::set().await;
    let tab = Member::join(stage.owner.visitor.clone(), &stage.room).await;
    let payload = json!({ "id": stage.guest.id(), "seconds": 60 });
    let (one, two) = tokio::join!(
        tab.act(Door::Socket, "kick", payload.clone()),
        stage.owner.act(Door::Http, "kick", payload),
    );
    assert_eq!((&one["ok"], &two["ok"]), (&json!(true), &json!(true)));
    stage.owner.say(Door::Socket, "둘 다").await;
    stage.owner.socket.expect_text("둘 다").await;
    assert_eq!(stage.owner.socket.count_of("exit"), 1);
    assert_eq!(stage.owner.does("bans", json!({})).await["bans"].as_array().unwrap().len(), 1);
    assert!(stage.guest.socket.closed().await.by_namespace_disconnect);
}

#[tokio::test]
async fn a_room_whose_last_seat_was_kicked_ends_after_one_grace() {
    let server = TestServer::start().await;
    let lobby = Lobby::watch(&server).await;
    // Who has made a room runs it also before entering it.
    let (maker, visitor) = (server.visitor(), server.visitor());
    let room = maker.make_room("방").await;
    let guest = Member::join(visitor, &room).await;
    lobby.revived(&room).await;
    server.clock.advance(Duration::from_secs(10));
    let kicked = post(&maker, &room, "kick", json!({ "id": guest.id() })).await;
    assert_eq!(kicked["ok"], true, "{kicked}");
    lobby.closing(&server, &room).await;
    server.clock.advance(server.almost_grace());
    assert!(!lobby.says_removed(&room).await);
    server.clock.advance(MILLISECOND);
    lobby.removed(&room).await;
}
