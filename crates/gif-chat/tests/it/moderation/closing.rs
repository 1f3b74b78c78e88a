//! Closing a room, at once or with a countdown that can be stopped.

use std::time::Duration;

use serde_json::{Value, json};

use super::{DOORS, Door, Member, Stage, assert_invalid, assert_refused, knock};
use crate::support::socket_client::SocketClient;
use crate::support::sockets::{fields, soon};
use crate::support::watch::Lobby;

/// Waits until a socket was told that its owner closed the room, and was let go.
async fn assert_closed(socket: &SocketClient, room: &str) {
    assert_eq!(socket.expect("close").await, json!({ "room": room, "reason": "owner" }));
    assert!(socket.closed().await.by_namespace_disconnect);
}

#[tokio::test]
async fn the_countdown_is_told_and_people_talk_until_it_is_over() {
    for door in DOORS {
        let stage = Stage::set().await;
        let lobby = Lobby::watch(&stage.server).await;
        let at = stage.in_seconds(300);
        let answer = stage.owner.act(door, "close", json!({ "seconds": 300 })).await;
        assert_eq!(answer, json!({ "ok": true, "closesAt": at }));
        let line = stage.guest.hears("closing").await;
        assert_eq!(line["system"]["until"], at);
        assert_eq!(line["system"]["author"], stage.owner.id());
        assert_eq!(stage.guest.looks().await["room"]["closesAt"], at);
        lobby.update(&stage.room, |state| state["closesAt"] == at).await;
        let (_, rooms) = stage.server.visitor().lobby().await;
        assert_eq!(rooms[0]["closesAt"], at);

        stage.almost(300);
        assert_eq!(stage.guest.say(door, "마지막 말").await["ok"], true);
        stage.owner.socket.expect_text("마지막 말").await;
        let late = stage.another().await;
        assert!(!lobby.says_removed(&stage.room).await);
        stage.then();
        lobby.removed(&stage.room).await;
        for socket in [&stage.owner.socket, &stage.guest.socket, &late.socket] {
            assert_closed(socket, &stage.room).await;
            assert_eq!(socket.count_of("exit"), 0, "the room ended, nobody left it");
        }
        assert_refused(&knock(&stage.owner.visitor, json!(stage.room)).await, "not_found");
        let left = stage.server.files_with("마지막 말".as_bytes());
        assert_eq!(left, Vec::<String>::new());
    }
}

#[tokio::test]
async fn whoever_keeps_the_room_stops_the_countdown() {
    for door in DOORS {
        let stage = Stage::set().await;
        let lobby = Lobby::watch(&stage.server).await;
        stage.owner.does("close", json!({ "seconds": 60 })).await;
        lobby.update(&stage.room, |state| state["closesAt"].is_string()).await;
        stage.almost(60);
        assert_eq!(stage.owner.act(door, "keep", json!({})).await, json!({ "ok": true }));
        let line = stage.guest.hears("staying").await;
        assert_eq!(line["system"]["author"], stage.owner.id());
        lobby.revived(&stage.room).await;
        assert!(!fields(&stage.guest.looks().await["room"]).contains(&"closesAt".to_owned()));
        stage.server.clock.advance(Duration::from_mins(10));
        assert!(!lobby.says_removed(&stage.room).await);
        assert_eq!(stage.owner.act(door, "keep", json!({})).await["ok"], true, "nothing to stop");
        assert_eq!(stage.owner.kinds().await, ["join", "join", "closing", "staying"]);
    }
}

#[tokio::test]
async fn a_later_countdown_replaces_an_earlier_one() {
    let stage = Stage::set().await;
    let lobby = Lobby::watch(&stage.server).await;
    for (first, second) in [(60, 120), (60, 30)] {
        stage.owner.does("close", json!({ "seconds": first })).await;
        let at = stage.in_seconds(second);
        let answer = stage.owner.does("close", json!({ "seconds": second })).await;
        assert_eq!(answer["closesAt"], at);
        lobby.update(&stage.room, |state| state["closesAt"] == at).await;
        stage.almost(second);
        assert!(!lobby.says_removed(&stage.room).await);
        if second == 120 {
            stage.owner.does("keep", json!({})).await;
        }
    }
    stage.then();
    lobby.removed(&stage.room).await;
}

#[tokio::test]
async fn a_countdown_has_limits() {
    let stage = Stage::set().await;
    for door in DOORS {
        for seconds in [301, 1_000_000] {
            let refused = stage.owner.act(door, "close", json!({ "seconds": seconds })).await;
            assert_invalid(&refused, "seconds", "seconds_out_of_range");
            assert!(refused["message"].as_str().unwrap().contains("300"), "{refused}");
        }
        for payload in [json!({}), json!({ "seconds": -1 }), json!({ "seconds": "60" })] {
            assert_refused(&stage.owner.act(door, "close", payload).await, "bad_request");
        }
        for seconds in [1, 299, 300] {
            let answer = stage.owner.act(door, "close", json!({ "seconds": seconds })).await;
            assert_eq!(answer["closesAt"], stage.in_seconds(seconds));
        }
    }
}

#[tokio::test]
async fn no_seconds_are_now() {
    for door in DOORS {
        let stage = Stage::set().await;
        let lobby = Lobby::watch(&stage.server).await;
        stage.owner.socket.say("카나리아").await;
        let payload = json!({ "seconds": 0 });
        match door {
            // The end of the room may overtake the ack.
            Door::Socket => {
                let closed = stage.owner.socket.ask_result("close", payload).await;
                assert!(closed.is_err() || closed.is_ok_and(|answer| answer["ok"] == true));
            }
            Door::Http => {
                let answer = stage.owner.act(door, "close", payload).await;
                assert_eq!(answer, json!({ "ok": true }));
            }
        }
        lobby.removed(&stage.room).await;
        for member in [&stage.owner, &stage.guest] {
            assert_closed(&member.socket, &stage.room).await;
        }
        assert_eq!(stage.server.files_with("카나리아".as_bytes()), Vec::<String>::new());
        let again =
            super::post(&stage.owner.visitor, &stage.room, "close", json!({ "seconds": 0 }));
        assert_refused(&again.await, "not_found");
    }
}

#[tokio::test]
async fn a_restart_keeps_the_deadline() {
    // Before the grace that a restart gives, and after it.
    for seconds in [10, 120] {
        let mut stage = Stage::set().await;
        stage.owner.does("close", json!({ "seconds": seconds })).await;
        let at = stage.in_seconds(seconds);
        stage.server.clock.advance(Duration::from_secs(5));
        stage.restart().await;
        let lobby = Lobby::watch(&stage.server).await;
        assert_eq!(stage.owner.looks().await["room"]["closesAt"], at);
        stage.almost(seconds - 5);
        stage.owner.socket.say("아직").await;
        assert!(!lobby.says_removed(&stage.room).await);
        stage.then();
        soon(lobby.removed(&stage.room)).await;
        assert_closed(&stage.owner.socket, &stage.room).await;
    }
}

#[tokio::test]
async fn a_deadline_that_passed_while_the_server_was_down_is_kept_soon_after() {
    let mut stage = Stage::set().await;
    stage.owner.does("close", json!({ "seconds": 10 })).await;
    stage.server.stop().await;
    stage.server.clock.advance(Duration::from_mins(1));
    stage.server.restart().await;
    let lobby = Lobby::watch(&stage.server).await;
    stage.server.clock.advance(Duration::from_secs(1));
    lobby.removed(&stage.room).await;
}

#[tokio::test]
async fn a_new_owner_may_stop_what_the_former_one_began() {
    let stage = Stage::set().await;
    let lobby = Lobby::watch(&stage.server).await;
    stage.owner.does("close", json!({ "seconds": 60 })).await;
    stage.owner.does("leave", Value::Null).await;
    stage.guest.hears("owner").await;
    stage.almost(60);
    stage.guest.does("keep", json!({})).await;
    stage.then();
    assert!(!lobby.says_removed(&stage.room).await);
    stage.guest.socket.say("남았다").await;
}

#[tokio::test]
async fn an_empty_room_ends_at_whichever_comes_first() {
    for (seconds, first) in [(10, 10), (300, 30)] {
        let stage = Stage::set().await;
        let lobby = Lobby::watch(&stage.server).await;
        stage.owner.does("close", json!({ "seconds": seconds })).await;
        for member in [&stage.guest, &stage.owner] {
            member.does("leave", Value::Null).await;
        }
        let at = stage.in_seconds(first);
        lobby.update(&stage.room, |state| state["count"] == 0 && state["closesAt"] == at).await;
        stage.almost(first);
        assert!(!lobby.says_removed(&stage.room).await);
        stage.then();
        lobby.removed(&stage.room).await;
    }
}

#[tokio::test]
async fn closing_and_keeping_at_once_ends_as_the_last_line_says() {
    let stage = Stage::set().await;
    let tab = Member::join(stage.owner.visitor.clone(), &stage.room).await;
    for _ in 0..10 {
        let (closing, keeping) = tokio::join!(
            stage.owner.act(Door::Socket, "close", json!({ "seconds": 60 })),
            tab.act(Door::Http, "keep", json!({})),
        );
        assert_eq!((&closing["ok"], &keeping["ok"]), (&json!(true), &json!(true)));
        let closes = stage.owner.kinds().await.last().unwrap() == "closing";
        assert_eq!(stage.owner.looks().await["room"]["closesAt"].is_string(), closes);
        stage.owner.does("keep", json!({})).await;
    }
}
