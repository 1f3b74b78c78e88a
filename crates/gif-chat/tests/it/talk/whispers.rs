//! Whispers: for their two people, and for nobody else.

use std::time::Duration;

use serde_json::{Value, json};

use super::scene::{Door, Guest, Scene, post, why};
use crate::support::socket_client::Transport;
use crate::support::sockets::{fields, is_timestamp};
use crate::support::watch::until_away;

fn to(guest: &Guest, text: &str) -> Value {
    json!({ "to": guest.id(), "chat": text })
}

#[tokio::test]
async fn every_tab_of_the_two_is_told_and_each_counts_its_own_whispers() {
    let scene = Scene::set().await;
    let (one, two) = (scene.guest().await, scene.guest().await);
    let tabs = [one.tab(Transport::Polling).await, two.tab(Transport::Upgrade).await];
    let mut sent = Vec::new();
    for (number, door) in (1..).zip(Door::BOTH) {
        let anchor = scene.owner.say("모두에게").await;
        let text = format!("둘만 {number}");
        let message = json!({ "to": two.id(), "chat": text, "clientId": format!("w{number}") });
        let ack = one.do_by(door, "whisper", message).await;
        assert_eq!(fields(&ack), ["_id", "createdAt", "ok", "privateSeq"]);
        assert_eq!(ack["privateSeq"], number);
        assert!(is_timestamp(&ack["createdAt"]));
        for listener in [&one, &tabs[0], &two, &tabs[1]] {
            let told = listener.socket.expect("whisper").await;
            let mut expected = json!({ "_id": ack["_id"], "room": scene.room,
                "privateSeq": number, "anchor": anchor, "author": one.id(),
                "user": one.joined["you"]["user"], "alias": one.joined["you"]["alias"],
                "to": { "id": two.id(), "user": two.joined["you"]["user"],
                        "alias": two.joined["you"]["alias"] },
                "chat": text, "createdAt": ack["createdAt"] });
            if listener.id() == one.id() {
                expected["clientId"] = json!(format!("w{number}"));
            }
            assert_eq!(told, expected, "{door:?}");
        }
        sent.push(ack["_id"].clone());
    }
    // One who whispers with two people counts both; each of them counts their own.
    let third = scene.guest().await;
    let ack = one.do_by(Door::Socket, "whisper", to(&third, "너에게")).await;
    assert_eq!(ack["privateSeq"], 3);
    assert_eq!(third.socket.expect("whisper").await["privateSeq"], 1);
    let ack = two.do_by(Door::Http, "whisper", to(&one, "대답")).await;
    assert_eq!(ack["privateSeq"], 3);
    assert_eq!(one.socket.expect_where("whisper", |w| w["chat"] == "대답").await["privateSeq"], 4);
    let heads = [&one, &two, &third, &scene.owner].map(Guest::fresh);
    let heads = futures_util::future::join_all(heads).await;
    let heads: Vec<_> = heads.iter().map(|joined| joined["privateHead"].clone()).collect();
    assert_eq!(heads, [4, 3, 1, 0]);
}

#[tokio::test]
async fn a_tab_that_has_left_hears_no_whispers_and_neither_does_one_in_another_room() {
    let scene = Scene::set().await;
    let guest = scene.guest().await;
    let (left, elsewhere) =
        (guest.tab(Transport::WebSocket).await, scene.owner.visitor.make_room("저기").await);
    let (elsewhere, _) = guest.visitor.join(&elsewhere).await;
    assert_eq!(left.act("leave", Value::Null).await["ok"], true);
    scene.owner.do_by(Door::Socket, "whisper", to(&guest, "canary")).await;
    guest.socket.expect("whisper").await;
    left.settled().await;
    elsewhere.ask("anything", Value::Null).await;
    for socket in [&left.socket, &elsewhere] {
        assert!(!socket.received_packets().concat().contains("canary"));
    }
}

#[tokio::test]
async fn a_retry_answers_the_same_and_is_whispered_once() {
    let mut scene = Scene::set().await;
    let (mut one, mut two) = (scene.guest().await, scene.guest().await);
    let message = json!({ "to": two.id(), "chat": "한 번", "clientId": "w" });
    let (first, other) = tokio::join!(
        one.act_by(Door::Socket, "whisper", message.clone()),
        one.act_by(Door::Http, "whisper", message.clone())
    );
    assert_eq!((&first["ok"], &other), (&json!(true), &first), "at once");
    let owner = scene.owner.id().to_owned();
    for round in 0..2 {
        for door in Door::BOTH {
            assert_eq!(one.act_by(door, "whisper", message.clone()).await, first);
        }
        let other_text = json!({ "to": two.id(), "chat": "두 번", "clientId": "w" });
        let other_person = json!({ "to": owner, "chat": "한 번", "clientId": "w" });
        for other in [other_text, other_person] {
            one.refused("whisper", other, ["conflict", "", ""]).await;
        }
        assert_eq!(two.fresh().await["privateHead"], 1);
        if round == 0 {
            scene.restart(&mut [&mut one, &mut two]).await;
        }
    }
    // A name is its sender's: the other may use it too. And it is no name of a message.
    let answer = json!({ "to": one.id(), "chat": "나도", "clientId": "w" });
    assert_eq!(two.do_by(Door::Socket, "whisper", answer).await["privateSeq"], 2);
    let said = one.act("chat", json!({ "chat": "말", "clientId": "w" })).await;
    assert_eq!(said["ok"], true, "{said}");
    // Also when the other has left.
    two.act("leave", Value::Null).await;
    assert_eq!(one.act_by(Door::Socket, "whisper", message).await, first);
}

#[tokio::test]
async fn there_must_be_somebody_else_who_hears_it() {
    let scene = Scene::set().await;
    let (guest, left, kicked) = (scene.guest().await, scene.guest().await, scene.guest().await);
    left.act("leave", Value::Null).await;
    scene.owner.do_by(Door::Socket, "kick", json!({ "id": kicked.id(), "seconds": 60 })).await;
    let yourself = ["invalid", "to", "recipient_self"];
    guest.refused("whisper", to(&guest, "혼잣말"), yourself).await;
    let gone = ["invalid", "to", "recipient_left"];
    for nobody in [left.id(), kicked.id(), &"0".repeat(32), "", "a", "__proto__", "system"] {
        guest.refused("whisper", json!({ "to": nobody, "chat": "?" }), gone).await;
    }
    let elsewhere = scene.owner.visitor.make_room("다른 방").await;
    let (_socket, other) = scene.server.visitor().join(&elsewhere).await;
    let foreign = json!({ "to": other["you"]["id"], "chat": "?" });
    guest.refused("whisper", foreign, gone).await;
    for missing in [json!({ "chat": "?" }), json!({ "to": left.id() }), json!({ "to": 7 })] {
        guest.refused("whisper", missing, ["bad_request", "", ""]).await;
    }
    let refused = kicked.act_by(Door::Http, "whisper", to(&guest, "?")).await;
    assert_eq!(why(&refused)[0], "banned");
    let refused = left.act("whisper", to(&guest, "?")).await;
    assert_eq!(why(&refused)[0], "not_in_room");
    assert_eq!(guest.fresh().await["privateHead"], 0);
    // Back again, they are the same, and hear it.
    let back = left.tab(Transport::WebSocket).await;
    guest.do_by(Door::Http, "whisper", to(&back, "왔구나")).await;
    assert_eq!(back.socket.expect("whisper").await["chat"], "왔구나");
}

#[tokio::test]
async fn a_stranger_who_may_come_in_takes_a_seat_by_whispering_and_one_who_may_not_does_not() {
    let scene = Scene::set().await;
    let guest = scene.guest().await;
    let path = format!("/room/{}/whisper", scene.room);
    let stranger = scene.server.visitor();
    let refused = post(&stranger, &path, &json!({ "to": "0".repeat(32), "chat": "?" })).await;
    assert_eq!(why(&refused)[2], "recipient_left");
    assert_eq!(guest.head().await, 2, "no seat for what is refused");
    let done = post(&stranger, &path, &to(&guest, "안녕")).await;
    assert_eq!(done["privateSeq"], 1);
    let told = guest.socket.expect("whisper").await;
    assert_eq!((&told["anchor"], &told["chat"]), (&json!(3), &json!("안녕")), "after its entry");
    scene.owner.do_by(Door::Socket, "settings", json!({ "locked": true })).await;
    let refused = post(&scene.server.visitor(), &path, &to(&guest, "나도")).await;
    assert_eq!(why(&refused)[0], "locked");
}

#[tokio::test]
async fn one_who_is_away_has_it_on_return() {
    let scene = Scene::set().await;
    let (guest, away) = (scene.guest().await, scene.guest().await);
    away.socket.cut().await;
    until_away(&guest.socket, &scene.room, &json!(away.id()), true).await;
    let ack = guest.do_by(Door::Socket, "whisper", to(&away, "돌아오면 봐")).await;
    scene.server.clock.advance(scene.server.almost_grace());
    let joined = json!({ "room": scene.room, "after": away.joined["head"], "afterPrivate": 0 });
    let socket = away.visitor.chat_socket(Transport::WebSocket).await;
    let joined = socket.ask("join", joined).await;
    assert_eq!(joined["private"][0]["_id"], ack["_id"], "{joined}");
    assert_eq!(joined["private"][0]["chat"], "돌아오면 봐");
    socket.cut().await;
    until_away(&guest.socket, &scene.room, &json!(away.id()), true).await;
    scene.server.clock.advance(scene.server.grace());
    guest.socket.expect_where("exit", |told| told["participant"]["id"] == away.id()).await;
    let late = ["invalid", "to", "recipient_left"];
    guest.refused("whisper", to(&away, "늦었다"), late).await;
}

#[tokio::test]
async fn who_is_blocked_is_told_so_until_unblocked() {
    let mut scene = Scene::set().await;
    let (mut guest, mut other) = (scene.guest().await, scene.guest().await);
    for door in Door::BOTH {
        let block = |on: bool| json!({ "id": other.id(), "on": on });
        for _ in 0..2 {
            let done = guest.do_by(door, "block", block(true)).await;
            assert_eq!(done, json!({ "ok": true }));
        }
        let blocks = ["invalid", "to", "recipient_blocks"];
        other.refused("whisper", to(&guest, "들려?"), blocks).await;
        guest.do_by(door, "whisper", to(&other, "나는 된다")).await;
        assert_eq!(guest.fresh().await["blocked"], json!([other.id()]));
        assert_eq!(other.fresh().await["blocked"], json!([]), "nobody else knows");
        scene.restart(&mut [&mut guest, &mut other]).await;
        other.refused("whisper", to(&guest, "들려?"), blocks).await;
        let said = other.say("모두에게는 말한다").await;
        guest.socket.expect_where("chat", |told| told["seq"] == said).await;
        for _ in 0..2 {
            guest.do_by(door, "block", json!({ "id": other.id(), "on": false })).await;
        }
        other.do_by(door, "whisper", to(&guest, "이제")).await;
        guest.socket.expect_where("whisper", |told| told["chat"] == "이제").await;
    }
    let yourself = ["invalid", "id", "yourself"];
    guest.refused("block", json!({ "id": guest.id(), "on": true }), yourself).await;
    let unknown = ["invalid", "id", "person_unknown"];
    for nobody in [&"0".repeat(32), "", "a"] {
        guest.refused("block", json!({ "id": nobody, "on": true }), unknown).await;
    }
    // Somebody who has left can be blocked before they are back.
    other.act("leave", Value::Null).await;
    guest.do_by(Door::Socket, "block", json!({ "id": other.id(), "on": true })).await;
    let back = other.tab(Transport::WebSocket).await;
    let blocks = ["invalid", "to", "recipient_blocks"];
    back.refused("whisper", to(&guest, "나야"), blocks).await;
}

#[tokio::test]
async fn the_muted_do_not_whisper_and_hear_whispers() {
    let scene = Scene::set().await;
    let guest = scene.guest().await;
    scene.mute(&guest, 60).await;
    for door in Door::BOTH {
        let refused = guest.act_by(door, "whisper", to(&scene.owner, "?")).await;
        assert_eq!((why(&refused)[0], &refused["retryAfterMs"]), ("muted", &json!(60_000)));
    }
    scene.owner.do_by(Door::Socket, "whisper", to(&guest, "조용히")).await;
    assert_eq!(guest.socket.expect("whisper").await["chat"], "조용히");
    scene.server.clock.advance(Duration::from_mins(1));
    guest.do_by(Door::Http, "whisper", to(&scene.owner, "이제 말해요")).await;
}

#[tokio::test]
async fn a_whisper_keeps_the_rules_of_a_text() {
    let scene = Scene::set().await;
    let guest = scene.guest().await;
    for (text, reason) in [
        (String::new(), "text_empty"),
        (" \n\0".to_owned(), "text_empty"),
        ("각".repeat(4_001), "too_long"),
        ("x".repeat(16 * 1024 + 1), "too_long"),
    ] {
        let expected = ["invalid", "chat", reason];
        guest.refused("whisper", to(&scene.owner, &text), expected).await;
    }
    let long_name = json!({ "to": scene.owner.id(), "chat": "?", "clientId": "x".repeat(65) });
    guest.refused("whisper", long_name, ["invalid", "clientId", "client_id"]).await;
    for (text, door) in [("각".repeat(3_999), Door::Socket), ("각".repeat(4_000), Door::Http)] {
        guest.do_by(door, "whisper", to(&scene.owner, &text)).await;
        let told = scene.owner.socket.expect("whisper").await;
        assert_eq!(told["chat"], text);
    }
    assert_eq!(guest.fresh().await["privateHead"], 2, "what was refused has no number");
}
