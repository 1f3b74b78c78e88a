//! Reporting a message to the owner.

use serde_json::{Value, json};

use super::{DOORS, Door, Member, Stage, assert_invalid, assert_refused, post, post_gif};
use crate::support::watch::until_away;

impl Stage {
    async fn reports(&self) -> Vec<Value> {
        let listed = self.owner.does("reports", json!({})).await;
        listed["reports"].as_array().unwrap().clone()
    }
}

#[tokio::test]
async fn a_report_comes_to_the_owners_sockets_and_to_nobody_else() {
    for door in DOORS {
        let stage = Stage::set().await;
        let (bad, tab) =
            (stage.another().await, Member::join(stage.owner.visitor.clone(), &stage.room).await);
        let seq = bad.socket.say("나쁜 글").await["seq"].clone();
        let at = stage.in_seconds(0);
        let payload = json!({ "seq": seq, "reason": " 욕설 " });
        assert_eq!(stage.guest.act(door, "report", payload).await, json!({ "ok": true }));
        let you = &stage.guest.joined["you"];
        let by = json!({ "id": you["id"], "user": you["user"], "alias": you["alias"] });
        let expected = json!({ "seq": seq, "by": by, "reason": "욕설", "createdAt": at });
        for socket in [&stage.owner.socket, &tab.socket] {
            assert_eq!(socket.expect("report").await, expected);
        }
        for door in DOORS {
            let listed = stage.owner.act(door, "reports", json!({})).await;
            assert_eq!(listed, json!({ "ok": true, "reports": [expected] }));
        }
        assert_eq!(stage.owner.looks().await["reports"], json!([expected]));
        for other in [&bad, &stage.guest] {
            assert_eq!(other.looks().await["reports"], Value::Null);
            assert_eq!(other.socket.count_of("report"), 0);
            let packets = other.socket.received_packets();
            assert!(packets.iter().all(|packet| !packet.contains("욕설")), "nobody else knows");
        }
        let page = bad.visitor.browser().get(&format!("/room/{}", stage.room)).await;
        assert!(!page.text().contains("욕설"));
    }
}

#[tokio::test]
async fn once_per_message_and_reporter() {
    let stage = Stage::set().await;
    let other = stage.another().await;
    let seq = stage.owner.socket.say("방장의 글").await["seq"].clone();
    let tab = stage.guest_again().await;
    let (one, two) = tokio::join!(
        stage.guest.act(Door::Http, "report", json!({ "seq": seq, "reason": "하나" })),
        tab.act(Door::Socket, "report", json!({ "seq": seq, "reason": "하나" })),
    );
    assert_eq!((&one["ok"], &two["ok"]), (&json!(true), &json!(true)));
    for door in DOORS {
        let again = stage.guest.act(door, "report", json!({ "seq": seq, "reason": "둘" })).await;
        assert_eq!(again["ok"], true);
    }
    other.does("report", json!({ "seq": seq })).await;
    stage.owner.socket.expect_where("report", |report| report["by"]["id"] == other.id()).await;
    assert_eq!(stage.owner.socket.count_of("report"), 2, "the first of each");
    let reports = stage.reports().await;
    assert_eq!(reports.len(), 2);
    let first = reports.iter().find(|report| report["by"]["id"] == stage.guest.id()).unwrap();
    assert_eq!(first["reason"], "하나");
}

#[tokio::test]
async fn only_messages_of_others_that_are_there_can_be_reported() {
    let stage = Stage::set().await;
    let own = stage.guest.socket.say("내 글").await["seq"].clone();
    let gone = stage.owner.socket.say("지울 글").await["seq"].clone();
    stage.owner.does("delete", json!({ "seq": gone })).await;
    for door in DOORS {
        for (seq, reason) in [
            (own.clone(), "yourself"),
            (gone.clone(), "no_message"),
            (json!(1), "no_message"),
            (json!(0), "no_message"),
            (json!(999), "no_message"),
            (json!(u64::MAX), "no_message"),
        ] {
            let answer = stage.guest.act(door, "report", json!({ "seq": seq })).await;
            assert_invalid(&answer, "seq", reason);
        }
        let long = json!({ "seq": own, "reason": "각".repeat(201) });
        let answer = stage.guest.act(door, "report", long).await;
        assert_invalid(&answer, "reason", "reason_too_long");
        for payload in [json!({}), json!({ "seq": -1 }), json!({ "seq": "3" })] {
            assert_refused(&stage.guest.act(door, "report", payload).await, "bad_request");
        }
    }
    assert_eq!(stage.reports().await, Vec::<Value>::new());
    assert_eq!(post_gif(&stage.owner.visitor, &stage.room).await["ok"], true);
    let head = stage.guest.looks().await["head"].clone();
    let reason = "각".repeat(200);
    stage.guest.does("report", json!({ "seq": head, "reason": reason })).await;
    assert_eq!(stage.reports().await[0]["reason"], reason, "a GIF, with as much as fits");
}

#[tokio::test]
async fn who_reports_comes_in_with_it_and_strangers_cannot() {
    let stage = Stage::with("10", "열려라").await;
    let seq = stage.owner.socket.say("방장의 글").await["seq"].clone();
    let stranger = stage.server.visitor();
    let payload = json!({ "seq": seq });
    let refused = post(&stranger, &stage.room, "report", payload.clone()).await;
    assert_refused(&refused, "not_admitted");
    post(&stranger, &stage.room, "enter", json!({ "password": "열려라" })).await;
    assert_eq!(post(&stranger, &stage.room, "report", payload).await["ok"], true);
    assert_eq!(stage.owner.looks().await["participants"].as_array().unwrap().len(), 3);
    let socket = stranger.socket("/chat").connect().await.unwrap();
    assert_refused(&socket.ask("report", json!({ "seq": seq })).await, "not_in_room");
    let missing = post(&stranger, &"0".repeat(32), "report", json!({ "seq": 1 })).await;
    assert_refused(&missing, "not_found");
}

#[tokio::test]
async fn a_room_keeps_a_hundred_reports() {
    let stage = Stage::set().await;
    let other = stage.another().await;
    let mut seqs = Vec::new();
    for number in 0..50 {
        seqs.push(stage.owner.socket.say(&format!("{number}번")).await["seq"].clone());
    }
    for seq in &seqs[..49] {
        for reporter in [&stage.guest, &other] {
            reporter.does("report", json!({ "seq": seq })).await;
        }
    }
    stage.guest.does("report", json!({ "seq": seqs[49] })).await;
    let last = stage.owner.socket.say("또 하나").await["seq"].clone();
    let (one, two) = tokio::join!(
        other.act(Door::Socket, "report", json!({ "seq": seqs[49] })),
        stage.guest.act(Door::Http, "report", json!({ "seq": last })),
    );
    let full = if one["ok"] == true { two } else { one };
    assert_invalid(&full, "reports", "reports_full");
    assert_eq!(stage.reports().await.len(), 100);
    for door in DOORS {
        let again = stage.guest.act(door, "report", json!({ "seq": seqs[0] })).await;
        assert_eq!(again["ok"], true, "what is kept already needs no room: {again}");
    }
    stage.owner.does("dismiss", json!({ "seq": seqs[0] })).await;
    assert_eq!(stage.reports().await.len(), 98);
    for reporter in [&stage.guest, &other] {
        reporter.does("report", json!({ "seq": seqs[0] })).await;
    }
}

#[tokio::test]
async fn dismissed_or_deleted_the_reports_about_a_message_are_forgotten() {
    for door in DOORS {
        let stage = Stage::set().await;
        let other = stage.another().await;
        let mut seqs = Vec::new();
        for text in ["하나", "둘", "셋"] {
            seqs.push(other.socket.say(text).await["seq"].clone());
        }
        for seq in &seqs {
            stage.guest.does("report", json!({ "seq": seq })).await;
        }
        for _ in 0..2 {
            let answer = stage.owner.act(door, "dismiss", json!({ "seq": seqs[0] })).await;
            assert_eq!(answer, json!({ "ok": true }));
        }
        other.does("delete", json!({ "seq": seqs[1] })).await;
        let left = stage.reports().await;
        assert_eq!(left.len(), 1, "{left:?}");
        assert_eq!(left[0]["seq"], seqs[2]);
        assert_refused(&stage.owner.act(door, "dismiss", json!({})).await, "bad_request");
        assert_eq!(stage.owner.kinds().await, ["join", "join", "join"], "nobody is told");
    }
}

#[tokio::test]
async fn an_owner_who_was_away_and_a_new_owner_find_them() {
    let mut stage = Stage::set().await;
    let other = stage.another().await;
    let seq = other.socket.say("나쁜 글").await["seq"].clone();
    stage.owner.socket.cut().await;
    until_away(&stage.guest.socket, &stage.room, &stage.owner.id(), true).await;
    stage.guest.does("report", json!({ "seq": seq })).await;
    stage.owner = Member::join(stage.owner.visitor.clone(), &stage.room).await;
    let kept = stage.owner.joined["reports"].clone();
    assert_eq!(kept[0]["seq"], seq);
    assert_eq!(kept.as_array().unwrap().len(), 1);

    stage.restart().await;
    assert_eq!(stage.owner.joined["reports"], kept, "also after a restart");
    stage.guest = stage.guest_again().await;
    assert_eq!(stage.guest.joined["reports"], Value::Null);
    stage.owner.does("handover", json!({ "id": stage.guest.id() })).await;
    assert_eq!(stage.guest.does("reports", json!({})).await["reports"], kept);
    assert_eq!(stage.guest_again().await.joined["reports"], kept);
    assert_eq!(stage.owner.looks().await["reports"], Value::Null);
    let other = Member::join(other.visitor.moved_to(&stage.server.url()), &stage.room).await;
    let seq = stage.owner.socket.say("방장이었던 사람의 글").await["seq"].clone();
    other.does("report", json!({ "seq": seq })).await;
    stage.guest.socket.expect_where("report", |report| report["seq"] == seq).await;
    stage.owner.looks().await;
    assert_eq!(stage.owner.socket.count_of("report"), 0, "the former owner hears no more of them");
}
