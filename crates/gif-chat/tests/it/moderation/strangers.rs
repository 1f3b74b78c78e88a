//! Whoever does not run the room can do nothing of what its owner can, at either door.

use serde_json::{Value, json};

use super::{DOORS, Stage, assert_refused, post};
use crate::support::Visitor;

/// What only an owner does, each with a payload that would do it.
fn deeds(stage: &Stage, invitation: &Value) -> Vec<(&'static str, Value)> {
    let other = stage.owner.id();
    vec![
        ("handover", json!({ "id": stage.guest.id() })),
        ("handover", json!({ "id": other })),
        ("kick", json!({ "id": other })),
        ("bans", json!({})),
        ("unban", json!({ "id": other })),
        ("mute", json!({ "id": other, "seconds": 60 })),
        ("mute", json!({ "id": other, "seconds": 0 })),
        ("settings", json!({ "title": "내 방" })),
        ("settings", json!({ "max": 20 })),
        ("settings", json!({ "password": "내 비밀번호" })),
        ("settings", json!({ "password": "" })),
        ("settings", json!({ "locked": true })),
        ("settings", json!({ "slow": 60 })),
        ("settings", json!({})),
        ("invite", json!({})),
        ("invitations", json!({})),
        ("revoke", json!({ "id": invitation["id"] })),
        ("reports", json!({})),
        ("dismiss", json!({ "seq": 1 })),
        ("close", json!({ "seconds": 0 })),
        ("close", json!({ "seconds": 60 })),
        ("keep", json!({})),
    ]
}

#[tokio::test]
async fn a_participant_is_refused_at_both_doors() {
    let stage = Stage::set().await;
    let seq = stage.owner.socket.say("방장의 글").await["seq"].clone();
    stage.guest.does("report", json!({ "seq": seq })).await;
    let invitation = stage.owner.does("invite", json!({})).await;
    stage.owner.does("close", json!({ "seconds": 300 })).await;
    let before = stage.owner.looks().await;
    for (name, payload) in deeds(&stage, &invitation) {
        for door in DOORS {
            let answer = stage.guest.act(door, name, payload.clone()).await;
            assert_refused(&answer, "not_owner");
        }
    }
    let foreign = stage.guest.act(DOORS[0], "delete", json!({ "seq": seq })).await;
    super::assert_invalid(&foreign, "seq", "not_yours");
    assert_eq!(stage.owner.looks().await, before, "nothing is different");
    let token = json!({ "invitation": invitation["token"] });
    let stranger = stage.server.visitor();
    assert_eq!(post(&stranger, &stage.room, "enter", token).await["ok"], true, "it holds");
}

async fn assert_all_refused(visitor: &Visitor, stage: &Stage, invitation: &Value) {
    for (name, payload) in deeds(stage, invitation) {
        let answer = post(visitor, &stage.room, name, payload.clone()).await;
        assert_refused(&answer, "not_owner");
        let socket = visitor.clone().known().await.socket("/chat").connect().await.unwrap();
        assert_refused(&socket.ask(name, payload).await, "not_in_room");
    }
}

#[tokio::test]
async fn strangers_those_sent_out_and_former_owners_are_refused_too() {
    let mut stage = Stage::with("10", "열려라").await;
    let invitation = stage.owner.does("invite", json!({})).await;
    let sent_out = stage.another_with("열려라").await;
    stage.owner.does("kick", json!({ "id": sent_out.id() })).await;
    for visitor in [&stage.server.visitor(), &sent_out.visitor] {
        assert_all_refused(visitor, &stage, &invitation).await;
    }
    stage.owner.does("handover", json!({ "id": stage.guest.id() })).await;
    std::mem::swap(&mut stage.owner, &mut stage.guest);
    let before = stage.owner.looks().await;
    assert_all_refused(&stage.guest.visitor, &stage, &invitation).await;
    assert_eq!(stage.owner.looks().await, before);
}

#[tokio::test]
async fn in_a_room_that_is_not_there_nothing_can_be_done() {
    let stage = Stage::set().await;
    let invitation = stage.owner.does("invite", json!({})).await;
    for room in ["0".repeat(32), "방".to_owned(), "%00".to_owned()] {
        for (name, payload) in deeds(&stage, &invitation) {
            let answer = post(&stage.owner.visitor, &room, name, payload).await;
            assert_refused(&answer, "not_found");
        }
    }
}

#[tokio::test]
async fn another_site_cannot_make_an_owner_do_it() {
    let stage = Stage::set().await;
    let invitation = stage.owner.does("invite", json!({})).await;
    let before = stage.owner.looks().await;
    for (name, value) in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")] {
        let led = stage.owner.visitor.with_header(name, value);
        for (act, payload) in deeds(&stage, &invitation) {
            let answer = post(&led, &stage.room, act, payload).await;
            assert_refused(&answer, "cross_site");
        }
    }
    assert_eq!(stage.owner.looks().await, before);
}
