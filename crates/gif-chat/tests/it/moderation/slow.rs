//! Slow mode: so many seconds between two messages of one person.

use serde_json::json;

use super::{DOORS, Door, Stage, assert_invalid, assert_refused, post, post_gif};

impl Stage {
    async fn slow(&self, seconds: u64) {
        self.owner.does("settings", json!({ "slow": seconds })).await;
    }
}

#[tokio::test]
async fn each_person_waits_for_themselves_and_the_owner_does_not() {
    let stage = Stage::set().await;
    let other = stage.another().await;
    stage.guest.socket.say("그 전에는 아무 때나").await;
    stage.slow(10).await;
    for listener in [&stage.owner, &stage.guest] {
        let line = listener.hears("slow").await;
        assert_eq!(line["system"]["seconds"], 10);
        assert_eq!(line["system"]["author"], stage.owner.id());
        assert_eq!(listener.looks().await["room"]["slow"], 10);
    }
    for (first, second) in [(Door::Socket, Door::Http), (Door::Http, Door::Socket)] {
        assert_eq!(stage.guest.say(first, "하나").await["ok"], true);
        let refused = stage.guest.say(second, "너무 빨리").await;
        assert_refused(&refused, "too_fast");
        assert_eq!(refused["retryAfterMs"], 10_000, "the same pace on both doors");
        let refused = post_gif(&stage.guest.visitor, &stage.room).await;
        assert_refused(&refused, "too_fast");
        assert_eq!(other.say(first, "나는 나대로").await["ok"], true);
        for door in DOORS {
            for text in ["방장은", "기다리지 않는다"] {
                assert_eq!(stage.owner.say(door, text).await["ok"], true);
            }
        }
        stage.almost(10);
        let refused = stage.guest.say(second, "아직").await;
        assert_refused(&refused, "too_fast");
        assert_eq!(refused["retryAfterMs"], 1);
        stage.then();
    }
    assert_eq!(post_gif(&stage.guest.visitor, &stage.room).await["ok"], true);
    let refused = stage.guest.say(Door::Socket, "움짤도 한 번이다").await;
    assert_refused(&refused, "too_fast");
    assert_eq!(
        stage.guest.looks().await["messages"].as_array().unwrap().last().unwrap()["author"],
        stage.guest.id(),
        "what was refused left nothing"
    );
}

#[tokio::test]
async fn what_is_no_message_and_what_was_refused_costs_no_time() {
    let stage = Stage::set().await;
    stage.slow(3_600).await;
    let reply = json!({ "chat": "답", "replyTo": 999 });
    assert_invalid(&stage.guest.act(Door::Socket, "chat", reply).await, "replyTo", "reply_to");
    let named = json!({ "chat": "첫 글", "clientId": "one" });
    let first = stage.guest.does("chat", named.clone()).await;
    assert_eq!(stage.guest.does("chat", named).await["seq"], first["seq"], "a retry");
    let seq = &first["seq"];
    stage.guest.does("edit", json!({ "seq": seq, "chat": "고친 글" })).await;
    stage.guest.does("react", json!({ "seq": seq, "emoji": "👍", "on": true })).await;
    stage.guest.does("whisper", json!({ "to": stage.owner.id(), "chat": "귓속말" })).await;
    stage.guest.does("delete", json!({ "seq": seq })).await;
    assert_refused(&stage.guest.say(Door::Http, "둘째 글").await, "too_fast");
}

#[tokio::test]
async fn the_pace_has_limits_and_ends_when_it_is_turned_off() {
    let stage = Stage::set().await;
    for door in DOORS {
        let refused = stage.owner.act(door, "settings", json!({ "slow": 3_601 })).await;
        assert_invalid(&refused, "slow", "seconds_out_of_range");
        let refused = stage.owner.act(door, "settings", json!({ "slow": -1 })).await;
        assert_refused(&refused, "bad_request");
        for slow in [1, 3_600] {
            let changed = stage.owner.act(door, "settings", json!({ "slow": slow })).await;
            assert_eq!(changed, json!({ "ok": true }));
            assert_eq!(stage.owner.looks().await["room"]["slow"], slow);
        }
        assert_eq!(stage.guest.say(door, "하나").await["ok"], true);
        assert_refused(&stage.guest.say(door, "둘").await, "too_fast");
        let off = stage.owner.act(door, "settings", json!({ "slow": 0 })).await;
        assert_eq!(off["ok"], true);
        for text in ["셋", "넷"] {
            assert_eq!(stage.guest.say(door, text).await["ok"], true);
        }
        stage.server.clock.advance(std::time::Duration::from_hours(1));
    }
    let mut kinds = stage.owner.kinds().await;
    kinds.retain(|kind| kind == "slow");
    assert_eq!(kinds.len(), 6, "a line for each change");
    stage.owner.does("settings", json!({ "slow": 0 })).await;
    assert_eq!(stage.owner.kinds().await.iter().filter(|kind| *kind == "slow").count(), 6);
}

#[tokio::test]
async fn of_two_messages_at_once_one_is_too_fast() {
    let stage = Stage::set().await;
    stage.slow(1).await;
    for round in 0..10 {
        stage.server.clock.advance(std::time::Duration::from_secs(1));
        let (one, two) =
            tokio::join!(stage.guest.say(Door::Socket, "하나"), stage.guest.say(Door::Http, "둘"),);
        let said = [&one, &two].into_iter().filter(|answer| answer["ok"] == true).count();
        let late = [&one, &two].into_iter().filter(|answer| answer["error"] == "too_fast").count();
        assert_eq!((said, late), (1, 1), "round {round}: {one} {two}");
    }
}

#[tokio::test]
async fn a_restart_a_new_seat_and_a_new_owner_keep_the_pace() {
    let mut stage = Stage::set().await;
    stage.slow(60).await;
    stage.guest.socket.say("하나").await;
    stage.guest.does("leave", json!(null)).await;
    let answer = post(&stage.guest.visitor, &stage.room, "chat", json!({ "chat": "둘" })).await;
    assert_refused(&answer, "too_fast");
    stage.restart().await;
    stage.almost(60);
    let guest = stage.guest_again().await;
    let refused = guest.say(Door::Socket, "둘").await;
    assert_refused(&refused, "too_fast");
    assert_eq!(refused["retryAfterMs"], 1);
    // Whoever runs the room does not wait; who ran it does.
    stage.owner.socket.say("방장의 글").await;
    stage.owner.does("handover", json!({ "id": guest.id() })).await;
    for text in ["이제는", "마음껏"] {
        assert_eq!(guest.say(Door::Socket, text).await["ok"], true);
    }
    assert_eq!(stage.owner.say(Door::Socket, "마지막으로").await["ok"], true);
    assert_refused(&stage.owner.say(Door::Socket, "하나 더").await, "too_fast");
}
