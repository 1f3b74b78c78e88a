//! Retries of what has been changed since: the first result, and nothing comes back.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::scene::{Door, Guest, Scene, why};
use crate::support::{small_gif, small_gif_of};

/// The text, the retry of which comes later.
fn first() -> Value {
    json!({ "chat": "처음 말", "clientId": "one" })
}

/// What a retry answers: the first result; and what other content answers: a conflict.
async fn check_retries(guest: &Guest, sent: &Value) {
    assert_eq!(guest.act("chat", first()).await, *sent);
    let path = format!("/room/{}/chat", guest.room);
    let post = guest.visitor.request(Method::POST, &path).header("idempotency-key", "one");
    let posted = guest.visitor.send(post.json(&json!({ "chat": "처음 말" }))).await;
    assert_eq!(posted.text(), "ok");
    for other in [
        json!({ "chat": "고친 말", "clientId": "one" }),
        json!({ "chat": "다른 말", "clientId": "one" }),
        json!({ "chat": "처음 말", "clientId": "one", "replyTo": 1 }),
    ] {
        assert_eq!(why(&guest.act("chat", other.clone()).await)[0], "conflict", "{other}");
    }
    let post = guest.visitor.request(Method::POST, &path).header("idempotency-key", "one");
    let posted = guest.visitor.send(post.json(&json!({ "chat": "다른 말" }))).await;
    assert_eq!((posted.status, posted.error()), (409, "conflict".to_owned()));
}

#[tokio::test]
async fn a_retry_after_an_edit_answers_the_first_result_and_leaves_the_edit() {
    let mut scene = Scene::set().await;
    let mut guest = scene.guest().await;
    let sent = guest.act("chat", first()).await;
    let seq = sent["seq"].as_u64().unwrap();
    for text in ["고친 말", "또 고친 말"] {
        guest.do_by(Door::Socket, "edit", json!({ "seq": seq, "chat": text })).await;
        check_retries(&guest, &sent).await;
    }
    scene.restart(&mut [&mut guest]).await;
    check_retries(&guest, &sent).await;
    let message = guest.message(seq).await;
    assert_eq!(message["chat"], "또 고친 말");
    let entries = guest.after(0).await;
    assert_eq!(entries.iter().filter(|entry| entry["clientId"] == "one").count(), 1);
}

#[tokio::test]
async fn a_retry_after_a_removal_answers_the_first_result_and_brings_nothing_back() {
    for edited_before in [false, true] {
        let mut scene = Scene::set().await;
        let mut guest = scene.guest().await;
        let sent = guest.act("chat", first()).await;
        let seq = sent["seq"].as_u64().unwrap();
        if edited_before {
            guest.do_by(Door::Socket, "edit", json!({ "seq": seq, "chat": "고친 말" })).await;
        }
        guest.do_by(Door::Http, "delete", json!({ "seq": seq })).await;
        let head = guest.head().await;
        check_retries(&guest, &sent).await;
        assert_eq!(guest.head().await, head, "nothing is new");
        assert_eq!(guest.message(seq).await["deleted"], true);
        scene.until_nowhere("처음 말").await;
        scene.restart(&mut [&mut guest]).await;
        check_retries(&guest, &sent).await;
        assert_eq!(guest.message(seq).await["deleted"], true);
        scene.until_nowhere("처음 말").await;
    }
}

#[tokio::test]
async fn a_retry_of_a_changed_message_is_known_for_a_day_after_it_left_the_log() {
    let scene = Scene::set_with(|config| config.history_entries_max = 20).await;
    let guest = scene.guest().await;
    let sent = guest.act("chat", first()).await;
    let reply = json!({ "chat": "답", "clientId": "two", "replyTo": sent["seq"] });
    let replied = guest.act("chat", reply.clone()).await;
    guest.do_by(Door::Socket, "edit", json!({ "seq": sent["seq"], "chat": "고친 말" })).await;
    guest.do_by(Door::Socket, "delete", json!({ "seq": replied["seq"] })).await;
    scene.owner.visitor.fill(&scene.room, 40).await;
    let first_kept = guest.join_again(json!({})).await["first"].as_u64().unwrap();
    assert!(first_kept > replied["seq"].as_u64().unwrap(), "both have left the log");
    scene.server.clock.advance(Duration::from_hours(23));
    check_retries(&guest, &sent).await;
    assert_eq!(guest.act("chat", reply).await, replied);
    let other = json!({ "chat": "답", "clientId": "two" });
    assert_eq!(why(&guest.act("chat", other).await)[0], "conflict", "it answered something");
}

#[tokio::test]
async fn a_retry_of_a_removed_gif_leaves_no_file() {
    let scene = Scene::set().await;
    let guest = scene.guest().await;
    let path = format!("/room/{}/gif", scene.room);
    let upload = async |bytes: Vec<u8>| {
        let part = reqwest::multipart::Part::bytes(bytes).file_name("picture.gif");
        let form = reqwest::multipart::Form::new().part("gif", part);
        let post = guest.visitor.request(Method::POST, &path).header("idempotency-key", "one");
        guest.visitor.send(post.multipart(form)).await
    };
    assert_eq!(upload(small_gif()).await.text(), "ok");
    let shown = guest.newest().await.pop().unwrap();
    guest.do_by(Door::Socket, "delete", json!({ "seq": shown["seq"] })).await;
    let head = guest.head().await;
    assert_eq!(upload(small_gif()).await.text(), "ok", "the first result");
    assert_eq!(upload(small_gif_of(9)).await.error(), "conflict");
    assert_eq!(guest.head().await, head);
    crate::support::until("no file", || scene.server.gif_files().is_empty()).await;
    let served = format!("/gif/{}", shown["gif"].as_str().unwrap());
    assert_eq!(guest.visitor.get(&served).await.status, 404);
}
