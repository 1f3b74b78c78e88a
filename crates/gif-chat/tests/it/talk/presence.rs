//! Presence: who only lost the connection, and who is back.

use serde_json::{Value, json};

use super::scene::{Guest, Scene};
use crate::support::socket_client::Transport;
use crate::support::watch::participants;

async fn is_away(witness: &Guest, who: &str) -> bool {
    let all = participants(&witness.socket, &witness.room).await;
    all.iter().find(|one| one["id"] == who).unwrap()["away"].as_bool().unwrap()
}

#[tokio::test]
async fn the_room_is_told_when_the_last_connection_drops_and_when_one_is_back() {
    for transport in Transport::ALL {
        let scene = Scene::set().await;
        let guest = scene.guest_by(transport).await;
        let tab = guest.tab(transport).await;
        let id = guest.id().to_owned();
        let head = scene.owner.head().await;
        assert!(!is_away(&scene.owner, &id).await);

        // One tab less is nothing to tell.
        guest.socket.cut().await;
        tab.settled().await;
        tab.socket.cut().await;
        let away = scene.owner.socket.expect("presence").await;
        assert_eq!(away, json!({ "id": id, "away": true }), "{transport:?}");
        assert!(is_away(&scene.owner, &id).await);
        let late = scene.guest().await;
        let listed = late.joined["participants"].as_array().unwrap().clone();
        let listed = listed.iter().find(|one| one["id"] == id.as_str()).unwrap();
        assert_eq!(listed["away"], true, "who comes later sees it in the list");

        let back = guest.tab(transport).await;
        for listener in [&scene.owner, &late] {
            let told = listener.socket.expect("presence").await;
            assert_eq!(told, json!({ "id": id, "away": false }));
        }
        assert!(!is_away(&scene.owner, &id).await);
        // A second tab is nothing to tell, and none of this is an entry.
        let second = back.tab(transport).await;
        second.settled().await;
        scene.owner.settled().await;
        assert_eq!(scene.owner.events("presence").len(), 2, "{transport:?}");
        assert_eq!(scene.owner.head().await, head + 1, "only the other guest's entry");
    }
}

#[tokio::test]
async fn leaving_and_the_end_of_the_grace_are_exits_and_no_presence() {
    let scene = Scene::set().await;
    let (one, two) = (scene.guest().await, scene.guest().await);
    one.act("leave", Value::Null).await;
    let exit = scene.owner.socket.expect("exit").await;
    assert_eq!(exit["participant"]["id"], one.id());
    assert!(scene.owner.events("presence").is_empty());
    two.socket.cut().await;
    scene.owner.socket.expect("presence").await;
    scene.server.clock.advance(scene.server.grace());
    let exit = scene.owner.socket.expect("exit").await;
    assert_eq!(exit["participant"]["id"], two.id());
    let again = two.tab(Transport::WebSocket).await;
    assert_eq!(again.id(), two.id(), "the same person");
    scene.owner.socket.expect_where("join", |told| told["participant"]["id"] == two.id()).await;
    scene.owner.settled().await;
    assert_eq!(scene.owner.events("presence").len(), 1, "an entry is an entry, no return");
}

#[tokio::test]
async fn after_a_restart_everybody_is_away_until_they_are_back() {
    let mut scene = Scene::set().await;
    let guest = scene.guest().await;
    scene.restart(&mut []).await;
    assert!(is_away(&scene.owner, guest.id()).await);
    let visitor = guest.visitor.moved_to(&scene.server.url());
    let back = Guest::enter(visitor, &scene.room, Transport::WebSocket).await;
    assert_eq!(back.id(), guest.id());
    let told = scene.owner.socket.expect("presence").await;
    assert_eq!(told, json!({ "id": guest.id(), "away": false }));
}
