//! Every frame that anybody is sent, recorded: nobody hears a whisper that is not theirs, and nobody
//! hears again what was removed.

use reqwest::Method;
use serde_json::{Value, json};

use super::scene::{Door, Guest, Scene};
use crate::support::small_gif_of;
use crate::support::socket_client::Transport;

/// Asks for everything that a room tells, on a socket and over HTTP, and returns all of it.
async fn read_everything(guest: &Guest) -> String {
    let mut read = String::new();
    for place in [json!({}), json!({ "after": 0, "afterPrivate": 0 })] {
        read += &guest.join_again(place).await.to_string();
    }
    let page = json!({ "before": u32::MAX, "limit": 100, "beforePrivate": u32::MAX });
    read += &guest.act("history", page).await.to_string();
    read += &guest.act("reports", json!({})).await.to_string();
    let path = format!("/room/{}", guest.room);
    read += &guest.visitor.browser().get(&path).await.text();
    read += &guest.visitor.browser().get("/").await.text();
    read
}

/// The numbers of the entries that came live.
fn live_seqs(guest: &Guest) -> Vec<u64> {
    let received = guest.socket.received();
    received.iter().filter_map(|(_, payload)| payload["seq"].as_u64()).collect()
}

#[tokio::test]
async fn no_frame_of_anybody_else_has_a_trace_of_a_whisper() {
    let scene = Scene::set().await;
    let (one, two) = (scene.guest().await, scene.guest_by(Transport::Polling).await);
    let polling = scene.guest_by(Transport::Polling).await;
    let upgraded = scene.guest_by(Transport::Upgrade).await;
    let owners_tab = scene.owner.tab(Transport::Polling).await;
    let bystanders = [&scene.owner, &owners_tab, &polling, &upgraded];
    let head = scene.owner.head().await;
    let start = bystanders.map(|guest| live_seqs(guest).len());
    for round in 0..5 {
        let text = format!("canary-{round}");
        let message = json!({ "to": two.id(), "chat": text, "clientId": text });
        let (first, _) = tokio::join!(
            one.do_by(Door::Socket, "whisper", message.clone()),
            scene.owner.say("사이에 한 말")
        );
        assert_eq!(one.do_by(Door::Http, "whisper", message).await, first, "a retry");
        let refused = json!({ "to": two.id(), "chat": "canary-other", "clientId": text });
        one.refused("whisper", refused, ["conflict", "", ""]).await;
        let answer = json!({ "to": one.id(), "chat": "canary-answer" });
        two.do_by(Door::Http, "whisper", answer).await;
        polling.say("또 한 말").await;
    }
    let late = scene.guest().await;
    for guest in bystanders.iter().chain([&&late]) {
        let read = read_everything(guest).await;
        let frames = guest.heard().concat();
        for trace in ["canary", "\"whisper\"", "\"privateSeq\""] {
            assert!(!read.contains(trace) && !frames.contains(trace), "{trace}");
        }
    }
    for (guest, start) in bystanders.iter().zip(start) {
        // Five times two messages, and the late one's entry.
        let live = live_seqs(guest).split_off(start);
        assert_eq!(live, (head + 1..=head + 11).collect::<Vec<_>>(), "no gap");
    }
    for guest in [&one, &two] {
        guest.settled().await;
        assert_eq!(guest.events("whisper").len(), 10, "the two have all of it, once");
        assert!(read_everything(guest).await.contains("canary-4"));
    }
}

#[tokio::test]
async fn a_whisper_that_both_kinds_of_door_refuse_reaches_nobody() {
    let scene = Scene::set().await;
    let (one, two) = (scene.guest().await, scene.guest().await);
    two.do_by(Door::Socket, "block", json!({ "id": one.id(), "on": true })).await;
    scene.mute(&two, 60).await;
    for door in Door::BOTH {
        let blocked = json!({ "to": two.id(), "chat": "canary" });
        assert_eq!(one.act_by(door, "whisper", blocked).await["ok"], false);
        let muted = json!({ "to": one.id(), "chat": "canary" });
        assert_eq!(two.act_by(door, "whisper", muted).await["ok"], false);
    }
    for guest in [&one, &two, &scene.owner] {
        guest.settled().await;
        assert!(!guest.heard().concat().contains("canary"));
        assert!(!read_everything(guest).await.contains("canary"));
    }
    assert!(scene.server.files_with(b"canary").is_empty(), "nothing of it was kept");
}

/// The packets after the change with this `seq` was told.
fn heard_after(guest: &Guest, seq: &Value) -> String {
    let packets = guest.heard();
    let mark = format!("\"seq\":{seq}");
    let told = packets
        .iter()
        .position(|packet| packet.contains("[\"change\"") && packet.contains(&mark))
        .expect("everybody is told of the removal");
    packets[told..].concat()
}

#[tokio::test]
async fn nobody_is_sent_what_was_removed_after_its_removal() {
    let scene = Scene::set().await;
    let guest = scene.guest().await;
    let own_tab = guest.tab(Transport::Polling).await;
    let other = scene.guest_by(Transport::Polling).await;
    let said = json!({ "chat": "canary-first", "clientId": "one" });
    let seq = guest.act("chat", said.clone()).await["seq"].as_u64().unwrap();
    guest.do_by(Door::Http, "edit", json!({ "seq": seq, "chat": "canary-edited" })).await;
    let quoting = json!({ "chat": "답", "replyTo": seq });
    assert_eq!(other.act("chat", quoting.clone()).await["ok"], true);
    let report = json!({ "seq": seq, "reason": "나쁜 말" });
    other.do_by(Door::Socket, "report", report.clone()).await;
    let gif = guest.show(small_gif_of(3)).await;
    let name = gif["gif"].as_str().unwrap();

    let removed_gif = guest.do_by(Door::Http, "delete", json!({ "seq": gif["seq"] })).await;
    let removed = scene.owner.do_by(Door::Socket, "delete", json!({ "seq": seq })).await;
    let listeners = [&scene.owner, &guest, &own_tab, &other];
    for listener in listeners {
        listener.socket.expect_where("change", |told| told["seq"] == removed["seq"]).await;
    }
    // Whatever would bring it back, or repeat it.
    assert_eq!(guest.act("chat", said.clone()).await["seq"], seq);
    let path = format!("/room/{}/chat", scene.room);
    let post = guest.visitor.request(Method::POST, &path).header("idempotency-key", "one");
    assert_eq!(
        guest.visitor.send(post.json(&json!({ "chat": "canary-first" }))).await.text(),
        "ok"
    );
    let edit = json!({ "seq": seq, "chat": "canary-again" });
    guest.refused("edit", edit, ["invalid", "seq", "no_message"]).await;
    other.refused("report", report, ["invalid", "seq", "no_message"]).await;
    assert_eq!(other.act("chat", quoting).await["ok"], true);
    let late = scene.guest().await;
    for listener in listeners {
        let read = read_everything(listener).await + &read_everything(&late).await;
        let frames = heard_after(listener, &removed["seq"]);
        for trace in ["canary", "나쁜 말", name] {
            assert!(!read.contains(trace) && !frames.contains(trace), "{trace}");
        }
        assert!(!heard_after(listener, &removed_gif["seq"]).contains(name));
    }
    for trace in ["canary", "나쁜 말", name] {
        scene.until_nowhere(trace).await;
    }
    let served = guest.visitor.get(&format!("/gif/{name}")).await;
    assert_eq!(served.status, 404);
}
