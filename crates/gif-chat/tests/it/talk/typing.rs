//! Typing signs: told to the others who are there now, and kept nowhere.

use std::time::Duration;

use serde_json::json;

use super::scene::{Door, Scene, post, why};
use crate::support::socket_client::Transport;

#[tokio::test]
async fn the_others_are_told_and_none_of_ones_own_tabs() {
    let scene = Scene::set().await;
    let guest = scene.guest().await;
    let own_tab = guest.tab(Transport::Polling).await;
    let other = scene.guest_by(Transport::Polling).await;
    let owners_tab = scene.owner.tab(Transport::Upgrade).await;
    let elsewhere = scene.owner.visitor.make_room("다른 방").await;
    let (stranger, _) = scene.server.visitor().join(&elsewhere).await;
    let head = guest.head().await;
    for door in Door::BOTH {
        let told = guest.do_by(door, "typing", json!({})).await;
        assert_eq!(told, json!({ "ok": true }));
        for listener in [&scene.owner, &owners_tab, &other] {
            assert_eq!(listener.socket.expect("typing").await, json!({ "id": guest.id() }));
        }
    }
    guest.settled().await;
    own_tab.settled().await;
    assert_eq!((guest.events("typing").len(), own_tab.events("typing").len()), (0, 0));
    stranger.ask("anything", json!(null)).await;
    assert!(stranger.received().iter().all(|(name, _)| name != "typing"));
    // Nothing is kept: no entry, and nobody who comes later hears of it.
    assert_eq!(guest.head().await, head);
    let late = scene.guest().await;
    late.settled().await;
    assert!(late.events("typing").is_empty());
}

#[tokio::test]
async fn the_muted_and_those_who_are_not_there_tell_nobody() {
    let scene = Scene::set().await;
    let guest = scene.guest().await;
    scene.mute(&guest, 60).await;
    for door in Door::BOTH {
        let refused = guest.act_by(door, "typing", json!({})).await;
        assert_eq!((why(&refused)[0], &refused["retryAfterMs"]), ("muted", &json!(60_000)));
    }
    let outside = scene.server.visitor().known().await;
    let path = format!("/room/{}/typing", scene.room);
    assert_eq!(why(&post(&outside, &path, &json!({})).await)[0], "not_in_room");
    let socket = outside.chat_socket(Transport::WebSocket).await;
    assert_eq!(why(&socket.ask("typing", json!({})).await)[0], "not_in_room");
    assert_eq!(guest.act("leave", json!(null)).await["ok"], true);
    assert_eq!(why(&guest.act("typing", json!({})).await)[0], "not_in_room");
    let refused = guest.act_by(Door::Http, "typing", json!({})).await;
    assert_eq!(why(&refused)[0], "not_in_room");
    scene.owner.settled().await;
    assert!(scene.owner.events("typing").is_empty(), "nobody is told");
    assert_eq!(scene.server.visitor().get(&path).await.status, 404, "it is an act, no page");
}

#[tokio::test]
async fn five_signs_at_once_then_one_a_second() {
    let scene = Scene::set().await;
    let guest = scene.guest().await;
    for door in [Door::Socket, Door::Http, Door::Socket, Door::Http, Door::Socket] {
        guest.do_by(door, "typing", json!({})).await;
    }
    let refused = guest.act("typing", json!({})).await;
    assert_eq!(why(&refused)[0], "too_fast");
    let wait = refused["retryAfterMs"].as_u64().unwrap();
    assert!((1..=1_000).contains(&wait), "{refused}");
    scene.owner.do_by(Door::Socket, "typing", json!({})).await;
    scene.server.clock.advance(Duration::from_millis(wait));
    guest.do_by(Door::Http, "typing", json!({})).await;
    guest.refused("typing", json!({}), ["too_fast", "", ""]).await;
    scene.owner.settled().await;
    assert_eq!(scene.owner.events("typing").len(), 6, "those that were refused are not told");
}
