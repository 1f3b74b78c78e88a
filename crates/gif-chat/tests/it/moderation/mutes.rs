//! Letting somebody not write for a while.

use serde_json::{Value, json};

use super::{DOORS, Door, Member, Stage, assert_invalid, assert_refused, post_gif};
use crate::support::watch::participants;

impl Stage {
    async fn mute(&self, seconds: u64) -> Value {
        self.owner.does("mute", json!({ "id": self.guest.id(), "seconds": seconds })).await
    }
}

#[tokio::test]
async fn whoever_is_muted_reads_and_writes_nothing() {
    let stage = Stage::set().await;
    let own = stage.guest.socket.say("아직 쓸 수 있다").await["seq"].clone();
    let theirs = stage.owner.socket.say("방장의 글").await["seq"].clone();
    stage.mute(60).await;
    stage.almost(60);
    let refused = [
        ("chat", json!({ "chat": "못 쓴다" })),
        ("edit", json!({ "seq": own, "chat": "못 고친다" })),
        ("react", json!({ "seq": theirs, "emoji": "👍", "on": true })),
        ("whisper", json!({ "to": stage.owner.id(), "chat": "귓속말도" })),
        ("typing", json!({})),
    ];
    let before = stage.owner.looks().await["head"].clone();
    for door in DOORS {
        for (name, payload) in &refused {
            let answer = stage.guest.act(door, name, payload.clone()).await;
            assert_refused(&answer, "muted");
            assert_eq!(answer["retryAfterMs"], 1, "{name}");
        }
    }
    let answer = post_gif(&stage.guest.visitor, &stage.room).await;
    assert_refused(&answer, "muted");
    assert_eq!(answer["retryAfterMs"], 1);
    assert_eq!(stage.owner.looks().await["head"], before, "nothing was written");

    // Reading, taking back and reporting go on.
    stage.owner.socket.say("들리나요").await;
    stage.guest.socket.expect_text("들리나요").await;
    stage.guest.does("history", json!({ "before": 100, "limit": 10 })).await;
    stage.guest.does("report", json!({ "seq": theirs })).await;
    stage.guest.does("block", json!({ "id": stage.owner.id(), "on": true })).await;
    stage.guest.does("delete", json!({ "seq": own })).await;
    // Nobody else is muted.
    let other = stage.another().await;
    other.socket.say("나는 쓴다").await;

    stage.then();
    for door in DOORS {
        assert_eq!(stage.guest.say(door, "이제 된다").await["ok"], true, "over to the millisecond");
    }
}

#[tokio::test]
async fn a_mute_is_told_to_all_and_can_be_lifted() {
    for door in DOORS {
        let stage = Stage::set().await;
        let mute = |seconds: u64| json!({ "id": stage.guest.id(), "seconds": seconds });
        let until = stage.in_seconds(60);
        let answer = stage.owner.act(door, "mute", mute(60)).await;
        assert_eq!(answer, json!({ "ok": true, "until": until }));
        for listener in [&stage.owner, &stage.guest] {
            let line = listener.hears("mute").await;
            assert_eq!(line["system"]["author"], stage.guest.id());
            assert_eq!(line["system"]["by"]["id"], stage.owner.id());
            assert_eq!(line["system"]["until"], until);
        }
        let people = participants(&stage.owner.socket, &stage.room).await;
        let muted = people.iter().find(|one| one["id"] == stage.guest.id()).unwrap();
        assert_eq!(muted["mutedUntil"], until);
        assert_eq!(stage.guest.looks().await["you"]["mutedUntil"], until);
        assert_eq!(stage.owner.looks().await["you"]["mutedUntil"], Value::Null);

        assert_eq!(stage.owner.act(door, "mute", mute(0)).await, json!({ "ok": true }));
        let line = stage.guest.hears("unmute").await;
        assert_eq!(line["system"]["by"]["id"], stage.owner.id());
        assert_eq!(line["system"]["until"], Value::Null);
        stage.guest.socket.say("다시").await;
        assert_eq!(stage.guest.looks().await["you"]["mutedUntil"], Value::Null);
        assert_eq!(stage.owner.act(door, "mute", mute(0)).await, json!({ "ok": true }));
        assert_eq!(stage.owner.kinds().await, ["join", "join", "mute", "unmute"], "and no line");
    }
}

#[tokio::test]
async fn a_mute_has_limits_and_a_target() {
    let stage = Stage::set().await;
    let guest = stage.guest.id();
    let refused = [
        (json!({ "id": guest, "seconds": 1 }), "seconds", "seconds_out_of_range"),
        (json!({ "id": guest, "seconds": 59 }), "seconds", "seconds_out_of_range"),
        (json!({ "id": guest, "seconds": 86_401 }), "seconds", "seconds_out_of_range"),
        (json!({ "id": stage.owner.id(), "seconds": 60 }), "id", "yourself"),
        (json!({ "id": "누구", "seconds": 60 }), "id", "person_unknown"),
    ];
    for door in DOORS {
        for (payload, field, reason) in &refused {
            let answer = stage.owner.act(door, "mute", payload.clone()).await;
            assert_invalid(&answer, field, reason);
        }
        for payload in [json!({ "id": guest }), json!({ "seconds": 60 })] {
            assert_refused(&stage.owner.act(door, "mute", payload).await, "bad_request");
        }
        for seconds in [60, 86_400] {
            let payload = json!({ "id": guest, "seconds": seconds });
            let answer = stage.owner.act(door, "mute", payload).await;
            assert_eq!(answer["until"], stage.in_seconds(seconds), "{answer}");
        }
    }
}

#[tokio::test]
async fn leaving_a_new_tab_and_a_restart_do_not_lift_it() {
    let mut stage = Stage::set().await;
    stage.mute(60).await;
    stage.guest.does("leave", Value::Null).await;
    let tab = stage.guest_again().await;
    assert_refused(&tab.say(Door::Socket, "새 탭").await, "muted");
    stage.restart().await;
    stage.almost(60);
    for door in DOORS {
        let tab = stage.guest_again().await;
        let answer = tab.say(door, "다시 왔다").await;
        assert_refused(&answer, "muted");
        assert_eq!(answer["retryAfterMs"], 1);
    }
    stage.then();
    assert_eq!(stage.guest_again().await.say(Door::Socket, "다시 왔다").await["ok"], true);
}

#[tokio::test]
async fn somebody_who_has_left_can_be_muted_too() {
    let stage = Stage::set().await;
    stage.guest.does("leave", Value::Null).await;
    stage.mute(60).await;
    assert_refused(&stage.guest_again().await.say(Door::Socket, "나 왔어").await, "muted");
}

#[tokio::test]
async fn whoever_runs_the_room_may_speak_in_it() {
    for by_handover in [true, false] {
        let stage = Stage::set().await;
        stage.mute(86_400).await;
        if by_handover {
            stage.owner.does("handover", json!({ "id": stage.guest.id() })).await;
        } else {
            stage.owner.does("leave", Value::Null).await;
        }
        stage.guest.hears("owner").await;
        for door in DOORS {
            let answer = stage.guest.say(door, "이제 내가 방장").await;
            assert_eq!(answer["ok"], true, "by handover: {by_handover}, {answer}");
        }
        assert_eq!(stage.guest.looks().await["you"]["mutedUntil"], Value::Null);
    }
}

#[tokio::test]
async fn muting_and_unmuting_at_once_ends_as_the_last_line_says() {
    let stage = Stage::set().await;
    let tab = Member::join(stage.owner.visitor.clone(), &stage.room).await;
    let mute = |seconds: u64| json!({ "id": stage.guest.id(), "seconds": seconds });
    for _ in 0..10 {
        let (on, off) = tokio::join!(
            stage.owner.act(Door::Socket, "mute", mute(60)),
            tab.act(Door::Http, "mute", mute(0)),
        );
        assert_eq!((&on["ok"], &off["ok"]), (&json!(true), &json!(true)));
        let is_muted = stage.owner.kinds().await.last().unwrap() == "mute";
        let refused = stage.guest.say(Door::Socket, "어느 쪽").await["error"] == "muted";
        assert_eq!(refused, is_muted);
        stage.mute(0).await;
    }
}
