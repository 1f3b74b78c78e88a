//! Whoever is inside goes on: in a room that is secret, locked or slow, and also while they are away.

use serde_json::{Value, json};

use super::scene::{Door, Guest, Scene, post, why};
use crate::support::socket_client::Transport;
use crate::support::watch::until_away;
use crate::support::{TestServer, Visitor};

const PASSWORD: &str = "참깨";

/// A secret room, its owner, and a guest who knows the password.
async fn secret() -> (Scene, Guest) {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    let room = visitor.make_room_with("비밀", "5", PASSWORD).await;
    let owner = Guest::enter(visitor, &room, Transport::WebSocket).await;
    let scene = Scene { server, room, owner };
    let visitor = admitted(&scene).await;
    let guest = Guest::enter(visitor, &scene.room, Transport::WebSocket).await;
    (scene, guest)
}

async fn admitted(scene: &Scene) -> Visitor {
    let visitor = scene.server.visitor();
    let path = format!("/room/{}/enter", scene.room);
    let entered = visitor.post_form(&path, &[("password", PASSWORD)]).await;
    assert_eq!(entered.status, 302);
    visitor
}

/// Everything that people do with messages, and what it leaves.
async fn converse(scene: &Scene, guest: &Guest, door: Door) {
    let question = scene.owner.say("물음").await;
    let said = json!({ "chat": "답", "replyTo": question, "clientId": format!("{door:?}") });
    let sent = guest.act("chat", said.clone()).await;
    let seq = sent["seq"].as_u64().unwrap();
    guest.do_by(door, "edit", json!({ "seq": seq, "chat": "고친 답" })).await;
    guest.do_by(door, "react", json!({ "seq": question, "emoji": "👍", "on": true })).await;
    guest.do_by(door, "typing", json!({})).await;
    let message = guest.message(seq).await;
    assert_eq!((&message["chat"], &message["quote"]["chat"]), (&json!("고친 답"), &json!("물음")));
    let whispered = json!({ "to": scene.owner.id(), "chat": "둘만", "clientId": "w" });
    let first = guest.do_by(door, "whisper", whispered.clone()).await;
    assert_eq!(guest.do_by(door, "whisper", whispered).await, first);
    scene.owner.socket.expect("whisper").await;
    guest.do_by(door, "delete", json!({ "seq": seq })).await;
    assert_eq!(guest.act("chat", said).await, sent, "a retry");
    assert_eq!(guest.message(seq).await["deleted"], true);
}

#[tokio::test]
async fn in_a_secret_locked_room_those_inside_go_on_and_others_stay_outside() {
    for door in Door::BOTH {
        let (scene, guest) = secret().await;
        let locked = json!({ "locked": true, "slow": 3_600 });
        scene.owner.do_by(Door::Socket, "settings", locked).await;
        converse(&scene, &guest, door).await;
        let (head, seq) = (guest.head().await, 1);
        let (outside, known) = (scene.server.visitor().known().await, admitted(&scene).await);
        for (stranger, code) in [(&outside, "not_admitted"), (&known, "locked")] {
            for (act, payload) in [
                ("edit", json!({ "seq": seq, "chat": "x" })),
                ("delete", json!({ "seq": seq })),
                ("react", json!({ "seq": seq, "emoji": "👍", "on": true })),
                ("whisper", json!({ "to": guest.id(), "chat": "x" })),
            ] {
                let path = format!("/room/{}/{act}", scene.room);
                assert_eq!(why(&post(stranger, &path, &payload).await)[0], code, "{act}");
                let socket = stranger.chat_socket(Transport::WebSocket).await;
                assert_eq!(why(&socket.ask(act, payload).await)[0], "not_in_room", "{act}");
            }
        }
        assert_eq!(guest.head().await, head);
        assert_eq!(guest.fresh().await["privateHead"], 1);
    }
}

#[tokio::test]
async fn the_muted_are_muted_in_a_secret_room_too() {
    let (scene, guest) = secret().await;
    let seq = guest.say("말").await;
    scene.mute(&guest, 60).await;
    for (act, payload) in [
        ("edit", json!({ "seq": seq, "chat": "x" })),
        ("react", json!({ "seq": seq, "emoji": "👍", "on": true })),
        ("whisper", json!({ "to": scene.owner.id(), "chat": "x" })),
        ("typing", json!({})),
    ] {
        guest.refused(act, payload, ["muted", "", ""]).await;
    }
    assert_eq!(why(&guest.act("chat", json!({ "chat": "x" })).await)[0], "muted");
    guest.do_by(Door::Socket, "delete", json!({ "seq": seq })).await;
}

#[tokio::test]
async fn one_who_is_away_acts_over_http_and_stays_away() {
    let scene = Scene::set().await;
    let guest = scene.guest().await;
    let seq = guest.say("말").await;
    guest.socket.cut().await;
    until_away(&scene.owner.socket, &scene.room, &json!(guest.id()), true).await;
    scene.server.clock.advance(scene.server.almost_grace());
    for (act, payload) in [
        ("edit", json!({ "seq": seq, "chat": "고침" })),
        ("react", json!({ "seq": seq, "emoji": "👍", "on": true })),
        ("whisper", json!({ "to": scene.owner.id(), "chat": "둘만" })),
        ("typing", json!({})),
    ] {
        guest.do_by(Door::Http, act, payload).await;
    }
    for name in ["change", "whisper", "typing"] {
        scene.owner.socket.expect(name).await;
    }
    let presence = scene.owner.events("presence");
    assert_eq!(presence, [json!({ "id": guest.id(), "away": true })], "a request is no return");
    // What was asked has kept the seat for another grace, and no longer.
    scene.server.clock.advance(scene.server.almost_grace());
    let all = scene.owner.fresh().await["participants"].as_array().unwrap().clone();
    assert_eq!(all.iter().filter(|one| one["away"] == true).count(), 1);
    scene.server.clock.advance(scene.server.grace());
    let exit = scene.owner.socket.expect("exit").await;
    assert_eq!(exit["participant"]["id"], Value::from(guest.id()));
    let refused = guest.act_by(Door::Http, "typing", json!({})).await;
    assert_eq!(why(&refused)[0], "not_in_room");
}
