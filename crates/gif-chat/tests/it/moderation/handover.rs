//! To whom a room goes: by the owner's word, or to the longest present.

use std::time::Duration;

use serde_json::{Value, json};

use super::{DOORS, Door, Member, Stage, assert_invalid, assert_refused};
use crate::support::watch::{Lobby, until_away};

impl Stage {
    async fn hand_to(&self, somebody: &Member) {
        self.owner.does("handover", json!({ "id": somebody.id() })).await;
    }
}

/// Shows that one runs the room, and the other does not.
async fn assert_runs(owner: &Member, other: &Member) {
    for door in DOORS {
        assert_eq!(owner.act(door, "bans", json!({})).await["ok"], true, "{door:?}");
        assert_refused(&other.act(door, "bans", json!({})).await, "not_owner");
    }
    let state = other.looks().await;
    assert_eq!(state["owner"], owner.id());
    let owners = state["participants"].as_array().unwrap().iter();
    let owners: Vec<_> = owners.filter(|one| one["owner"] == true).collect();
    assert_eq!(owners.len(), 1);
    assert_eq!(owners[0]["id"], owner.id());
}

#[tokio::test]
async fn the_owner_hands_the_room_over() {
    for door in DOORS {
        let stage = Stage::set().await;
        let lobby = Lobby::watch(&stage.server).await;
        let payload = json!({ "id": stage.guest.id() });
        let answer = stage.owner.act(door, "handover", payload.clone()).await;
        assert_eq!(answer, json!({ "ok": true }));
        for listener in [&stage.owner, &stage.guest] {
            let line = listener.hears("owner").await;
            assert_eq!(line["system"]["author"], stage.guest.id());
            let former = &stage.owner.joined["you"];
            let by =
                json!({ "id": former["id"], "user": former["user"], "alias": former["alias"] });
            assert_eq!(line["system"]["by"], by);
        }
        let colour = &stage.guest.joined["you"]["user"];
        lobby.update(&stage.room, |state| state["owner"] == *colour).await;
        assert_runs(&stage.guest, &stage.owner).await;
        assert_refused(&stage.owner.act(door, "handover", payload).await, "not_owner");
        let back = json!({ "id": stage.owner.id() });
        assert_eq!(stage.guest.act(door, "handover", back).await["ok"], true, "and back");
        assert_runs(&stage.owner, &stage.guest).await;
    }
}

#[tokio::test]
async fn only_somebody_who_is_there_gets_it() {
    let stage = Stage::set().await;
    let left = stage.another().await;
    left.does("leave", Value::Null).await;
    for door in DOORS {
        for (id, reason) in [
            (left.id(), "person_left"),
            (stage.owner.id(), "yourself"),
            (json!("누구"), "person_unknown"),
            (json!("0".repeat(left.id().as_str().unwrap().len())), "person_unknown"),
        ] {
            let answer = stage.owner.act(door, "handover", json!({ "id": id })).await;
            assert_invalid(&answer, "id", reason);
        }
        assert_refused(&stage.owner.act(door, "handover", json!({})).await, "bad_request");
    }
    assert_runs(&stage.owner, &stage.guest).await;
    // Somebody within the grace is there.
    stage.guest.socket.cut().await;
    until_away(&stage.owner.socket, &stage.room, &stage.guest.id(), true).await;
    stage.hand_to(&stage.guest).await;
    let back = stage.guest_again().await;
    assert_runs(&back, &stage.owner).await;
}

#[tokio::test]
async fn of_two_handovers_at_once_one_is_refused() {
    for _ in 0..5 {
        let stage = Stage::set().await;
        let other = stage.another().await;
        let tab = Member::join(stage.owner.visitor.clone(), &stage.room).await;
        let (one, two) = tokio::join!(
            stage.owner.act(Door::Socket, "handover", json!({ "id": stage.guest.id() })),
            tab.act(Door::Http, "handover", json!({ "id": other.id() })),
        );
        let (winner, loser, refused) = if one["ok"] == true {
            (&stage.guest, &other, two)
        } else {
            (&other, &stage.guest, one)
        };
        assert_refused(&refused, "not_owner");
        assert_runs(winner, loser).await;
        assert_eq!(winner.kinds().await.iter().filter(|kind| *kind == "owner").count(), 1);
    }
}

#[tokio::test]
async fn a_handover_survives_a_restart_and_the_former_owner_leaving() {
    let mut stage = Stage::set().await;
    stage.hand_to(&stage.guest).await;
    stage.restart().await;
    let guest = stage.guest_again().await;
    assert_runs(&guest, &stage.owner).await;
    stage.owner.does("leave", Value::Null).await;
    guest.hears("exit").await;
    assert_eq!(guest.looks().await["owner"], guest.id());
    let kinds = guest.kinds().await;
    assert_eq!(kinds, ["join", "join", "owner", "exit"], "no second line about the owner");
}

#[tokio::test]
async fn whoever_handed_over_and_is_gone_gets_nothing_back_when_the_new_owner_leaves() {
    let stage = Stage::set().await;
    let third = stage.another().await;
    stage.hand_to(&third).await;
    stage.owner.does("leave", Value::Null).await;
    let former = Member::join(stage.owner.visitor.clone(), &stage.room).await;
    third.does("leave", Value::Null).await;
    let line = stage.guest.socket.expect_where("chat", |entry| {
        entry["system"]["kind"] == "owner" && entry["system"]["by"].is_null()
    });
    assert_eq!(line.await["system"]["author"], stage.guest.id(), "the longest present");
    assert_runs(&stage.guest, &former).await;
}

#[tokio::test]
async fn the_room_goes_to_the_longest_present_when_its_owner_is_gone() {
    for politely in [true, false] {
        let stage = Stage::set().await;
        stage.server.clock.advance(Duration::from_secs(1));
        let third = stage.another().await;
        // Who was away and came back in time has been there all along.
        stage.guest.socket.cut().await;
        until_away(&third.socket, &stage.room, &stage.guest.id(), true).await;
        stage.server.clock.advance(stage.server.almost_grace());
        let guest = stage.guest_again().await;
        if politely {
            stage.owner.does("leave", Value::Null).await;
        } else {
            stage.owner.socket.cut().await;
            until_away(&third.socket, &stage.room, &stage.owner.id(), true).await;
            stage.server.clock.advance(stage.server.almost_grace());
            assert_eq!(third.looks().await["owner"], stage.owner.id(), "still within the grace");
            stage.then();
        }
        let line = third.hears("owner").await;
        assert_eq!(line["system"]["author"], guest.id());
        assert_eq!(line["system"]["by"], Value::Null, "nobody handed it over");
        assert_runs(&guest, &third).await;
        let former = Member::join(stage.owner.visitor.clone(), &stage.room).await;
        assert_runs(&guest, &former).await;
    }
}

#[tokio::test]
async fn a_kick_of_the_new_owners_predecessor_is_possible_and_the_other_way_round_is_not() {
    let stage = Stage::set().await;
    stage.hand_to(&stage.guest).await;
    let refused = stage.owner.act(Door::Http, "kick", json!({ "id": stage.guest.id() })).await;
    assert_refused(&refused, "not_owner");
    stage.guest.does("kick", json!({ "id": stage.owner.id() })).await;
    stage.owner.socket.expect("kicked").await;
    assert_eq!(stage.guest.looks().await["participants"].as_array().unwrap().len(), 1);
}
