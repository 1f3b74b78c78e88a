//! Edits: one's own text, in one final state wherever it is read.

use std::time::Duration;

use serde_json::{Value, json};

use super::scene::{Door, Guest, Scene, of_seq, post, why};
use crate::support::small_gif;
use crate::support::sockets::{fields, is_timestamp, seqs};

#[tokio::test]
async fn an_edit_is_told_live_and_is_the_text_wherever_the_message_is_read() {
    let scene = Scene::set().await;
    let guest = scene.guest().await;
    for (number, door) in Door::BOTH.into_iter().enumerate() {
        let seq = guest.say(&format!("첫말 {number}")).await;
        let before = guest.message(seq).await;
        scene.server.clock.advance(Duration::from_secs(5));
        let text = format!("고친 말 {number}");
        let edited = guest.do_by(door, "edit", json!({ "seq": seq, "chat": text })).await;
        assert_eq!(fields(&edited), ["createdAt", "ok", "seq"]);
        assert_eq!(edited["seq"], seq + 1, "the change is an entry");
        assert!(is_timestamp(&edited["createdAt"]));
        for listener in [&scene.owner, &guest] {
            let told = listener.socket.expect("change").await;
            let change = json!({ "of": seq, "kind": "edit", "chat": text });
            assert_eq!(told["change"], change, "{door:?}");
            assert_eq!((&told["author"], &told["seq"]), (&json!(guest.id()), &edited["seq"]));
            assert_eq!(told["createdAt"], edited["createdAt"]);
            assert!(told.get("chat").is_none(), "it is no message itself: {told}");
        }
        let mut expected = before.clone();
        expected["chat"] = json!(text);
        expected["edited"] = edited["createdAt"].clone();
        assert_eq!(guest.message(seq).await, expected, "all else stays");
        assert_eq!(scene.owner.message(seq).await, expected);
        let page = guest.visitor.browser().get(&format!("/room/{}", scene.room)).await.text();
        assert!(page.contains(&text) && !page.contains(&format!("첫말 {number}")));
    }
}

#[tokio::test]
async fn the_same_text_changes_nothing() {
    let scene = Scene::set().await;
    let guest = scene.guest().await;
    let seq = guest.say("한 말").await;
    let said = guest.message(seq).await;
    for door in Door::BOTH {
        let same = guest.do_by(door, "edit", json!({ "seq": seq, "chat": "한 말" })).await;
        assert_eq!(same, json!({ "ok": true, "seq": seq, "createdAt": said["createdAt"] }));
    }
    let edited = guest.act("edit", json!({ "seq": seq, "chat": "다른 말" })).await;
    scene.server.clock.advance(Duration::from_secs(9));
    for door in Door::BOTH {
        let again = guest.do_by(door, "edit", json!({ "seq": seq, "chat": "다른 말" })).await;
        assert_eq!(again, edited, "{door:?}: the same answer again");
    }
    assert_eq!(guest.head().await, seq + 1, "one change");
    assert_eq!(guest.message(seq).await["edited"], edited["createdAt"]);
    scene.owner.settled().await;
    assert_eq!(scene.owner.events("change").len(), 1);
}

#[tokio::test]
async fn only_ones_own_text_that_is_still_there_can_be_edited() {
    let scene = Scene::set().await;
    let guest = scene.guest().await;
    let others = scene.owner.say("방장 말").await;
    let own = guest.say("내 말").await;
    let gif = guest.show(small_gif()).await["seq"].as_u64().unwrap();
    let gone = guest.say("없어질 말").await;
    guest.do_by(Door::Socket, "delete", json!({ "seq": gone })).await;
    let head = guest.head().await;
    let edit = |seq: u64| json!({ "seq": seq, "chat": "고침" });
    for (seq, reason) in [
        (others, "not_yours"),
        (gif, "not_text"),
        (gone, "no_message"),
        (1, "no_message"),
        (head, "no_message"),
        (head + 1, "no_message"),
        (0, "no_message"),
        (u64::MAX, "no_message"),
    ] {
        guest.refused("edit", edit(seq), ["invalid", "seq", reason]).await;
    }
    let not_even_the_owner = ["invalid", "seq", "not_yours"];
    scene.owner.refused("edit", edit(own), not_even_the_owner).await;
    assert_eq!(guest.head().await, head, "nothing that was refused is kept");
    assert_eq!(guest.message(own).await["chat"], "내 말");
    assert_eq!(scene.owner.message(others).await["chat"], "방장 말");
}

#[tokio::test]
async fn an_edit_keeps_the_rules_of_a_text() {
    let scene = Scene::set().await;
    let guest = scene.guest().await;
    let seq = guest.say("짧은 말").await;
    let family = "👨‍👩‍👧‍👦";
    let bytes = |count: usize| format!("{}{}", family.repeat(600), "x".repeat(count - 600 * 25));
    for (text, reason) in [
        (String::new(), "text_empty"),
        (" \n\0".to_owned(), "text_empty"),
        ("각".repeat(4_001), "too_long"),
        (bytes(16 * 1024 + 1), "too_long"),
    ] {
        let edit = json!({ "seq": seq, "chat": text });
        guest.refused("edit", edit, ["invalid", "chat", reason]).await;
    }
    assert_eq!(guest.message(seq).await["chat"], "짧은 말");
    for (text, door) in [
        ("각".repeat(3_999), Door::Socket),
        ("각".repeat(4_000), Door::Http),
        (bytes(16 * 1024), Door::Socket),
        (bytes(16 * 1024 - 1), Door::Http),
    ] {
        guest.do_by(door, "edit", json!({ "seq": seq, "chat": text })).await;
        assert_eq!(guest.message(seq).await["chat"], text);
    }
}

#[tokio::test]
async fn the_muted_the_banned_and_strangers_at_the_door_edit_nothing() {
    let scene = Scene::set().await;
    let guest = scene.guest().await;
    let seq = guest.say("내 말").await;
    let edit = json!({ "seq": seq, "chat": "고침" });
    scene.mute(&guest, 60).await;
    for door in Door::BOTH {
        let refused = guest.act_by(door, "edit", edit.clone()).await;
        assert_eq!((why(&refused)[0], &refused["retryAfterMs"]), ("muted", &json!(60_000)));
    }
    scene.server.clock.advance(Duration::from_mins(1));
    guest.do_by(Door::Socket, "edit", edit.clone()).await;

    let unseated = guest.visitor.chat_socket(crate::support::socket_client::Transport::Polling);
    assert_eq!(why(&unseated.await.ask("edit", edit.clone()).await)[0], "not_in_room");
    let kick = json!({ "id": guest.id(), "seconds": 60 });
    scene.owner.do_by(Door::Socket, "kick", kick).await;
    let path = format!("/room/{}/edit", scene.room);
    let refused = post(&guest.visitor, &path, &json!({ "seq": seq, "chat": "또" })).await;
    assert_eq!((why(&refused)[0], &refused["retryAfterMs"]), ("banned", &json!(60_000)));

    let secret = scene.owner.visitor.make_room_with("비밀", "5", "참깨").await;
    let stranger = scene.server.visitor();
    let path = format!("/room/{secret}/edit");
    assert_eq!(why(&post(&stranger, &path, &edit).await)[0], "not_admitted");
    let path = format!("/room/{}/edit", "0".repeat(32));
    assert_eq!(why(&post(&stranger, &path, &edit).await)[0], "not_found");
    assert_eq!(scene.owner.message(seq).await["chat"], "고침");
}

#[tokio::test]
async fn after_several_edits_a_resume_from_before_them_holds_the_last_text_only() {
    let mut scene = Scene::set().await;
    let mut guest = scene.guest().await;
    let before = guest.head().await;
    let first = guest.say("카나리아 0").await;
    for number in 1..=5 {
        let text = format!("카나리아 {number}");
        guest.do_by(Door::Socket, "edit", json!({ "seq": first, "chat": text })).await;
    }
    check_last_text(&guest, before, first).await;
    scene.restart(&mut [&mut guest]).await;
    check_last_text(&guest, before, first).await;
    let edited = guest.do_by(Door::Http, "edit", json!({ "seq": first, "chat": "끝" })).await;
    assert_eq!(guest.message(first).await["edited"], edited["createdAt"]);
}

async fn check_last_text(guest: &Guest, before: u64, first: u64) {
    let entries = guest.after(before).await;
    let last = seqs(&entries).last().copied().unwrap();
    assert_eq!(seqs(&entries), (before + 1..=last).collect::<Vec<_>>(), "changes fill the log");
    assert_eq!(of_seq(&entries, first)["chat"], "카나리아 5");
    let texts = entries.iter().filter(|entry| entry["change"]["kind"] == "edit");
    let texts: Vec<_> = texts.map(|entry| entry["change"]["chat"].clone()).collect();
    assert_eq!(texts, vec![json!("카나리아 5"); 5], "whichever edit it was");
    let pages = [json!(entries), json!(guest.newest().await)].map(|page| page.to_string());
    for old in 0..5 {
        let old = format!("카나리아 {old}");
        assert!(pages.iter().all(|page| !page.contains(&old)), "{old} is read nowhere");
    }
}

#[tokio::test]
async fn what_was_said_before_an_edit_is_in_no_file() {
    let scene = Scene::set().await;
    let guest = scene.guest().await;
    // Longer than a page of the database, and short.
    let long = format!("canary-long {}", "글".repeat(3_900));
    for old in ["canary-short", &long] {
        let seq = guest.say(old).await;
        let name = &old[..11];
        assert!(!scene.server.files_with(name.as_bytes()).is_empty(), "the test can see it");
        guest.do_by(Door::Socket, "edit", json!({ "seq": seq, "chat": "고침" })).await;
        scene.until_nowhere(name).await;
        assert_eq!(guest.message(seq).await["chat"], "고침");
    }
}

#[tokio::test]
async fn two_edits_at_once_are_two_changes_and_the_later_one_holds() {
    let scene = Scene::set().await;
    let guest = scene.guest().await;
    let tab = guest.tab(crate::support::socket_client::Transport::Polling).await;
    for round in 0..10 {
        let seq = guest.say("말").await;
        let edit = |name: &str| json!({ "seq": seq, "chat": format!("{name} {round}") });
        let (one, two) = tokio::join!(
            guest.act_by(Door::Socket, "edit", edit("하나")),
            tab.act_by(Door::Http, "edit", edit("둘"))
        );
        let mut places = [one["seq"].as_u64().unwrap(), two["seq"].as_u64().unwrap()];
        let winner = if places[0] > places[1] { "하나" } else { "둘" };
        places.sort_unstable();
        assert_eq!(places, [seq + 1, seq + 2]);
        assert_eq!(guest.message(seq).await["chat"], format!("{winner} {round}"));
        let told = scene.owner.socket.expect_where("change", |told| told["seq"] == seq + 2).await;
        assert_eq!(told["change"]["chat"], Value::from(format!("{winner} {round}")));
    }
}
