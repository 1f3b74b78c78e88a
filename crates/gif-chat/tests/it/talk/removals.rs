//! Removals: a place in the log stays, and nothing of what was there.

use serde_json::{Value, json};

use super::scene::{Door, Guest, Scene, of_seq, post, why};
use crate::support::socket_client::Transport;
use crate::support::sockets::{fields, seqs};
use crate::support::{small_gif, small_gif_of, until};

#[tokio::test]
async fn what_its_author_takes_back_leaves_a_place_without_content() {
    let mut scene = Scene::set().await;
    let mut guest = scene.guest().await;
    let question = scene.owner.say("물음").await;
    let mut gone = Vec::new();
    for (number, door) in Door::BOTH.into_iter().enumerate() {
        let message = json!({ "chat": format!("답 {number}"), "replyTo": question });
        let seq = guest.act("chat", message).await["seq"].as_u64().unwrap();
        let edit = json!({ "seq": seq, "chat": format!("고친 답 {number}") });
        guest.do_by(Door::Socket, "edit", edit).await;
        let react = json!({ "seq": seq, "emoji": "👍", "on": true });
        scene.owner.do_by(Door::Socket, "react", react).await;
        let before = guest.message(seq).await;
        assert!(before["quote"].is_object() && before["reactions"].is_array(), "{before}");

        let deleted = guest.do_by(door, "delete", json!({ "seq": seq })).await;
        assert_eq!(fields(&deleted), ["createdAt", "ok", "seq"]);
        for listener in [&scene.owner, &guest] {
            let told =
                listener.socket.expect_where("change", |told| told["seq"] == deleted["seq"]).await;
            assert_eq!(told["change"], json!({ "of": seq, "kind": "delete" }));
            assert_eq!(told["author"], guest.id());
        }
        check_tombstone(&guest, seq, &before).await;
        gone.push((seq, before));
    }
    scene.restart(&mut [&mut guest]).await;
    for (seq, before) in gone {
        check_tombstone(&guest, seq, &before).await;
    }
}

async fn check_tombstone(guest: &Guest, seq: u64, before: &Value) {
    let left = guest.message(seq).await;
    let names = ["_id", "alias", "author", "createdAt", "deleted", "room", "seq", "user"];
    assert_eq!(fields(&left), names, "{left}");
    assert_eq!(left["deleted"], true);
    for name in ["_id", "alias", "author", "createdAt", "room", "seq", "user"] {
        assert_eq!(left[name], before[name], "{name}");
    }
    let edits = guest.after(seq).await;
    let edit = edits.iter().find(|entry| entry["change"]["of"] == seq).unwrap();
    assert_eq!(edit["change"], json!({ "of": seq, "kind": "edit" }), "its edits say nothing");
}

#[tokio::test]
async fn the_owner_removes_anybodys_message_and_nobody_else_does() {
    let scene = Scene::set().await;
    let (guest, other) = (scene.guest().await, scene.guest().await);
    for door in Door::BOTH {
        let seq = guest.say("내 말").await;
        let own = scene.owner.say("방장 말").await;
        other.refused("delete", json!({ "seq": seq }), ["invalid", "seq", "not_yours"]).await;
        other.refused("delete", json!({ "seq": own }), ["invalid", "seq", "not_yours"]).await;
        let deleted = scene.owner.do_by(door, "delete", json!({ "seq": seq })).await;
        let told = guest.socket.expect_where("change", |told| told["seq"] == deleted["seq"]).await;
        assert_eq!(told["change"], json!({ "of": seq, "kind": "delete", "byOwner": true }));
        assert_eq!(told["author"], scene.owner.id());
        let left = guest.message(seq).await;
        assert_eq!((&left["deleted"], &left["byOwner"]), (&json!(true), &json!(true)));
        assert_eq!(left["author"], guest.id());
        // One's own is no removal by the owner, whoever runs the room.
        scene.owner.do_by(door, "delete", json!({ "seq": own })).await;
        assert!(guest.message(own).await.get("byOwner").is_none());
    }
    // Whoever runs the room now.
    let seq = scene.owner.say("말").await;
    scene.owner.do_by(Door::Socket, "handover", json!({ "id": other.id() })).await;
    let late = guest.say("또").await;
    scene.owner.refused("delete", json!({ "seq": late }), ["invalid", "seq", "not_yours"]).await;
    other.do_by(Door::Socket, "delete", json!({ "seq": seq })).await;
    assert_eq!(guest.message(seq).await["byOwner"], true);
}

#[tokio::test]
async fn a_second_removal_answers_the_same_and_changes_nothing() {
    let scene = Scene::set().await;
    let guest = scene.guest().await;
    let tab = guest.tab(Transport::WebSocket).await;
    for _ in 0..10 {
        let seq = guest.say("말").await;
        let delete = json!({ "seq": seq });
        let (one, two, owners) = tokio::join!(
            guest.act_by(Door::Socket, "delete", delete.clone()),
            tab.act_by(Door::Http, "delete", delete.clone()),
            scene.owner.act_by(Door::Socket, "delete", delete.clone())
        );
        assert_eq!(one, json!({ "ok": true, "seq": seq + 1, "createdAt": one["createdAt"] }));
        assert_eq!((&two, &owners), (&one, &one));
        for door in Door::BOTH {
            assert_eq!(guest.act_by(door, "delete", delete.clone()).await, one);
        }
        assert_eq!(guest.head().await, seq + 1, "one change");
    }
}

#[tokio::test]
async fn what_is_edited_or_reacted_to_at_the_moment_of_its_removal_is_removed() {
    let scene = Scene::set().await;
    let (guest, other) = (scene.guest().await, scene.guest().await);
    for _ in 0..10 {
        let seq = guest.say("말").await;
        let (edited, reacted, replied, removed) = tokio::join!(
            guest.act_by(Door::Http, "edit", json!({ "seq": seq, "chat": "고침" })),
            other.act("react", json!({ "seq": seq, "emoji": "👍", "on": true })),
            other.act_by(Door::Http, "report", json!({ "seq": seq })),
            scene.owner.act("delete", json!({ "seq": seq }))
        );
        assert_eq!(removed["ok"], true, "{removed}");
        for late in [edited, reacted, replied].iter().filter(|answer| answer["ok"] == false) {
            assert_eq!(why(late), ["invalid", "seq", "no_message"]);
        }
        let left = guest.message(seq).await;
        assert_eq!(left["deleted"], true);
        for name in ["chat", "edited", "reactions"] {
            assert!(left.get(name).is_none(), "{name}: {left}");
        }
        assert_eq!(scene.owner.act("reports", json!({})).await["reports"], json!([]));
    }
}

#[tokio::test]
async fn there_must_be_a_message_to_remove() {
    let scene = Scene::set().await;
    let guest = scene.guest().await;
    let seq = guest.say("말").await;
    let change = guest.do_by(Door::Socket, "edit", json!({ "seq": seq, "chat": "고침" })).await;
    let head = change["seq"].as_u64().unwrap();
    for seq in [0, 1, head, head + 1, u64::MAX] {
        let expected = ["invalid", "seq", "no_message"];
        scene.owner.refused("delete", json!({ "seq": seq }), expected).await;
    }
    let stranger = scene.server.visitor();
    let path = format!("/room/{}/delete", scene.room);
    assert_eq!(why(&post(&stranger, &path, &json!({ "seq": seq })).await)[2], "not_yours");
    assert_eq!(guest.head().await, head, "not even a seat was taken");
    scene.mute(&guest, 60).await;
    guest.do_by(Door::Http, "delete", json!({ "seq": seq })).await;
}

#[tokio::test]
async fn a_removed_gif_leaves_the_disk_unless_it_is_shown_elsewhere() {
    let scene = Scene::set().await;
    let guest = scene.guest().await;
    let lone = guest.show(small_gif()).await;
    let shared = guest.show(small_gif_of(7)).await;
    let again = scene.owner.show(small_gif_of(7)).await;
    assert_eq!(again["gif"], shared["gif"]);
    let files = async |count: usize| {
        until("so many files", || scene.server.gif_files().len() == count).await;
    };
    files(2).await;
    let served = |gif: &Value| format!("/gif/{}", gif["gif"].as_str().unwrap());
    guest.do_by(Door::Http, "delete", json!({ "seq": lone["seq"] })).await;
    files(1).await;
    assert_eq!(guest.visitor.get(&served(&lone)).await.status, 404);
    guest.do_by(Door::Socket, "delete", json!({ "seq": shared["seq"] })).await;
    assert_eq!(guest.visitor.get(&served(&again)).await.status, 200, "another message shows it");
    let left = of_seq(&guest.newest().await, shared["seq"].as_u64().unwrap());
    for name in ["gif", "width", "height"] {
        assert!(left.get(name).is_none(), "{name}: {left}");
    }
    scene.owner.do_by(Door::Socket, "delete", json!({ "seq": again["seq"] })).await;
    files(0).await;
}

#[tokio::test]
async fn quotes_of_what_was_removed_and_reports_about_it_go_with_it() {
    let scene = Scene::set().await;
    let (guest, other) = (scene.guest().await, scene.guest().await);
    let seq = guest.say("canary-quoted").await;
    let answer = json!({ "chat": "답", "replyTo": seq });
    let reply = other.act("chat", answer).await["seq"].as_u64().unwrap();
    assert_eq!(other.message(reply).await["quote"]["chat"], "canary-quoted");
    let report = json!({ "seq": seq, "reason": "canary-reason" });
    other.do_by(Door::Socket, "report", report).await;
    let reports = scene.owner.act("reports", json!({})).await;
    assert_eq!(reports["reports"].as_array().unwrap().len(), 1);
    guest.do_by(Door::Socket, "delete", json!({ "seq": seq })).await;
    let quote = other.message(reply).await["quote"].clone();
    assert_eq!(fields(&quote), ["alias", "author", "deleted", "seq", "user"]);
    assert_eq!((&quote["deleted"], &quote["seq"]), (&json!(true), &json!(seq)));
    assert_eq!(scene.owner.act("reports", json!({})).await["reports"], json!([]));
    assert_eq!(scene.owner.fresh().await["reports"], json!([]));
    for canary in ["canary-quoted", "canary-reason"] {
        scene.until_nowhere(canary).await;
    }
}

#[tokio::test]
async fn nothing_of_what_was_removed_is_in_a_file() {
    let scene = Scene::set().await;
    let guest = scene.guest().await;
    let long = format!("canary-long {}", "글".repeat(3_900));
    for (text, remover) in [("canary-short", &guest), (long.as_str(), &scene.owner)] {
        let seq = guest.say(text).await;
        let name = &text[..11];
        assert!(!scene.server.files_with(name.as_bytes()).is_empty(), "the test can see it");
        remover.do_by(Door::Socket, "delete", json!({ "seq": seq })).await;
        scene.until_nowhere(name).await;
    }
    let entries = guest.after(0).await;
    let last = u64::try_from(entries.len()).unwrap();
    assert_eq!(seqs(&entries), (1..=last).collect::<Vec<_>>(), "no gap");
}
