//! Replies: a message with what it answers, as that is now.

use reqwest::Method;
use serde_json::{Value, json};

use super::scene::{Door, Scene, of_seq, why};
use crate::support::small_gif;

#[tokio::test]
async fn a_reply_quotes_the_first_two_hundred_characters_and_follows_edits() {
    let mut scene = Scene::set().await;
    let mut guest = scene.guest().await;
    // Characters of several code points and bytes are not cut in the middle.
    let family = "👨‍👩‍👧‍👦";
    for (count, kept) in [(1, 1), (199, 199), (200, 200), (201, 200)] {
        let seq = scene.owner.say(&family.repeat(count)).await;
        let sent = guest.act("chat", json!({ "chat": "답", "replyTo": seq })).await;
        let reply = sent["seq"].as_u64().unwrap();
        let you = &scene.owner.joined["you"];
        let expected = json!({ "seq": seq, "author": you["id"], "user": you["user"],
            "alias": you["alias"], "chat": family.repeat(kept) });
        let live = scene.owner.socket.expect_where("chat", |told| told["seq"] == reply).await;
        assert_eq!(live["quote"], expected, "live");
        let message = guest.message(reply).await;
        assert_eq!((&message["quote"], &message["replyTo"]), (&expected, &json!(seq)));

        let edit = json!({ "seq": seq, "chat": "고".repeat(300) });
        scene.owner.do_by(Door::Socket, "edit", edit).await;
        assert_eq!(guest.message(reply).await["quote"]["chat"], "고".repeat(200));
    }
    scene.restart(&mut [&mut guest]).await;
    let last = guest.newest().await.into_iter().rfind(|message| message["chat"] == "답").unwrap();
    assert_eq!(last["quote"]["chat"], "고".repeat(200));
    let page = guest.visitor.browser().get(&format!("/room/{}", scene.room)).await.text();
    assert!(page.contains(&"고".repeat(200)));
}

#[tokio::test]
async fn a_reply_to_a_gif_quotes_the_gif_and_one_to_what_is_gone_says_so() {
    let scene = Scene::set().await;
    let guest = scene.guest().await;
    let gif = guest.show(small_gif()).await;
    let answer = json!({ "chat": "귀엽다", "replyTo": gif["seq"] });
    let reply = scene.owner.act("chat", answer).await["seq"].as_u64().unwrap();
    let you = &guest.joined["you"];
    let who = |extra: Value| {
        let mut quote = json!({ "seq": gif["seq"], "author": you["id"], "user": you["user"],
            "alias": you["alias"] });
        let extra = extra.as_object().unwrap().clone();
        quote.as_object_mut().unwrap().extend(extra);
        quote
    };
    let expected = who(json!({ "gif": gif["gif"], "width": 4, "height": 3 }));
    assert_eq!(guest.message(reply).await["quote"], expected);
    guest.do_by(Door::Socket, "delete", json!({ "seq": gif["seq"] })).await;
    let deleted = who(json!({ "deleted": true }));
    assert_eq!(guest.message(reply).await["quote"], deleted);
    // Also one that is written now.
    let late = json!({ "chat": "뭐였지?", "replyTo": gif["seq"] });
    let late = scene.owner.act("chat", late).await;
    assert_eq!(late["ok"], true, "{late}");
    let live = guest.socket.expect_where("chat", |told| told["seq"] == late["seq"]).await;
    assert_eq!(live["quote"], deleted);
}

#[tokio::test]
async fn a_reply_needs_something_that_is_still_kept() {
    let scene = Scene::set_with(|config| config.history_entries_max = 10).await;
    let guest = scene.guest().await;
    let seq = guest.say("물음").await;
    let sent = guest.act("chat", json!({ "chat": "답", "replyTo": seq })).await;
    let reply = sent["seq"].as_u64().unwrap();
    let head = guest.head().await;
    scene.owner.visitor.fill(&scene.room, 7).await;
    let state = guest.join_again(json!({})).await;
    assert_eq!((&state["head"], &state["first"]), (&json!(head + 7), &json!(2)));
    let kept = guest.message(reply).await;
    assert_eq!(kept["quote"]["chat"], "물음");
    // The one that it answers goes first: then it answers something without a quote.
    scene.owner.say("하나 더").await;
    scene.owner.say("또 하나").await;
    let left = guest.message(reply).await;
    assert_eq!((&left["replyTo"], left.get("quote")), (&json!(seq), None));
    let head = guest.head().await;
    let first = guest.join_again(json!({})).await["first"].as_u64().unwrap();
    assert_eq!(first, seq + 1);
    for missing in [0, 1, first - 1, head + 1, u64::MAX] {
        let answer = guest.act("chat", json!({ "chat": "?", "replyTo": missing })).await;
        assert_eq!(why(&answer), ["invalid", "replyTo", "reply_to"], "{missing}");
    }
    let oldest = guest.act("chat", json!({ "chat": "!", "replyTo": first + 1 })).await;
    assert_eq!(oldest["ok"], true, "{oldest}");
}

#[tokio::test]
async fn a_reply_can_be_posted_as_json_and_as_a_form() {
    let scene = Scene::set().await;
    let guest = scene.guest().await;
    let seq = scene.owner.say("물음").await;
    let path = format!("/room/{}/chat", scene.room);
    let post = || guest.visitor.request(Method::POST, &path);
    let number = seq.to_string();
    for (body, text) in [
        (post().json(&json!({ "chat": "제이슨", "replyTo": seq })), "제이슨"),
        (post().json(&json!({ "chat": "글자로", "replyTo": number })), "글자로"),
        (post().form(&[("chat", "폼"), ("replyTo", number.as_str())]), "폼"),
    ] {
        assert_eq!(guest.visitor.send(body).await.text(), "ok", "{text}");
        let live = scene.owner.socket.expect_text(text).await;
        assert_eq!((&live["replyTo"], &live["quote"]["chat"]), (&json!(seq), &json!("물음")));
    }
    let blank = post().form(&[("chat", "그냥"), ("replyTo", "")]);
    assert_eq!(guest.visitor.send(blank).await.text(), "ok");
    let live = scene.owner.socket.expect_text("그냥").await;
    assert!(live.get("replyTo").is_none() && live.get("quote").is_none());
    let head = guest.head().await;
    for (body, status) in [
        (post().json(&json!({ "chat": "?", "replyTo": 999 })), 422),
        (post().json(&json!({ "chat": "?", "replyTo": -1 })), 422),
        (post().json(&json!({ "chat": "?", "replyTo": 1.5 })), 422),
        (post().json(&json!({ "chat": "?", "replyTo": [seq] })), 400),
        (post().json(&json!({ "chat": "?", "replyTo": true })), 400),
        (post().form(&[("chat", "?"), ("replyTo", "999")]), 422),
        (post().form(&[("chat", "?"), ("replyTo", "x")]), 422),
        (post().form(&[("chat", "?"), ("replyTo", "99999999999999999999999")]), 422),
    ] {
        let answer = guest.visitor.send(body).await;
        assert_eq!(answer.status, status, "{}", answer.text());
    }
    assert_eq!(guest.head().await, head, "nothing that was refused is kept");
}

#[tokio::test]
async fn a_reply_under_the_same_name_is_the_same_only_to_the_same() {
    let scene = Scene::set().await;
    let guest = scene.guest().await;
    let (one, two) = (scene.owner.say("하나").await, scene.owner.say("둘").await);
    let reply = |seq: u64| json!({ "chat": "답", "clientId": "reply", "replyTo": seq });
    let sent = guest.act("chat", reply(one)).await;
    assert_eq!(guest.act("chat", reply(one)).await, sent);
    assert_eq!(why(&guest.act("chat", reply(two)).await)[0], "conflict");
    let none = json!({ "chat": "답", "clientId": "reply" });
    assert_eq!(why(&guest.act("chat", none).await)[0], "conflict");
    let message = of_seq(&guest.newest().await, sent["seq"].as_u64().unwrap());
    assert_eq!(message["replyTo"], one);
}
