//! Invitations: links that admit to a secret room without its password.

use std::time::Duration;

use serde_json::{Value, json};

use super::{DOORS, Door, Member, Stage, assert_invalid, assert_refused, knock, post};
use crate::support::sockets::fields;
use crate::support::{TestServer, Visitor};

const PASSWORD: &str = "열려라";

impl Stage {
    async fn secret() -> Self {
        Self::with("10", PASSWORD).await
    }

    /// Makes an invitation for a minute.
    async fn invite(&self) -> Value {
        self.owner.does("invite", json!({ "seconds": 60 })).await
    }

    async fn invitations(&self) -> Vec<Value> {
        let listed = self.owner.does("invitations", json!({})).await;
        listed["invitations"].as_array().unwrap().clone()
    }

    fn shows(&self, token: &Value) -> Value {
        json!({ "room": self.room, "invitation": token })
    }
}

/// Shows a token to the HTTP door.
async fn enters(visitor: &Visitor, room: &str, token: &Value) -> Value {
    post(visitor, room, "enter", json!({ "invitation": token })).await
}

#[tokio::test]
async fn a_token_admits_at_both_doors_and_counts_each_visitor_once() {
    for door in DOORS {
        let stage = Stage::secret().await;
        let made = stage.owner.act(door, "invite", json!({})).await;
        assert_eq!(fields(&made), ["expiresAt", "id", "ok", "token"]);
        assert_eq!(made["expiresAt"], stage.in_seconds(86_400), "a day");
        let line = stage.guest.hears("invite").await;
        assert_eq!(line["system"]["author"], stage.owner.id());
        let token = &made["token"];
        for uses in 1..=3 {
            let visitor = stage.server.visitor().known().await;
            assert_refused(&knock(&visitor, json!(stage.room)).await, "not_admitted");
            if uses == 2 {
                assert_eq!(enters(&visitor, &stage.room, token).await["ok"], true);
                assert_eq!(knock(&visitor, json!(stage.room)).await["ok"], true);
            }
            for _ in 0..2 {
                let joined = knock(&visitor, stage.shows(token)).await;
                assert_eq!(joined["ok"], true, "{joined}");
                assert_eq!(enters(&visitor, &stage.room, token).await["ok"], true);
            }
            assert_eq!(stage.invitations().await[0]["uses"], uses);
        }
        // Whoever is in already needs none.
        assert_eq!(enters(&stage.guest.visitor, &stage.room, token).await["ok"], true);
        assert_eq!(stage.invitations().await[0]["uses"], 3);
    }
}

#[tokio::test]
async fn two_tabs_of_one_visitor_at_once_are_one_use() {
    let stage = Stage::with("50", PASSWORD).await;
    let token = stage.invite().await["token"].clone();
    for round in 1..=15 {
        let visitor = stage.server.visitor().known().await;
        let (one, two, three) = tokio::join!(
            enters(&visitor, &stage.room, &token),
            knock(&visitor, stage.shows(&token)),
            enters(&visitor, &stage.room, &token),
        );
        for answer in [one, two, three] {
            assert_eq!(answer["ok"], true, "{answer}");
        }
        assert_eq!(stage.invitations().await[0]["uses"], round);
    }
}

#[tokio::test]
async fn an_invitation_ends_to_the_millisecond_also_after_a_restart() {
    let mut stage = Stage::secret().await;
    let token = stage.invite().await["token"].clone();
    stage.restart().await;
    stage.almost(60);
    let in_time = stage.server.visitor();
    assert_eq!(enters(&in_time, &stage.room, &token).await["ok"], true);
    assert_eq!(stage.invitations().await.len(), 1);
    stage.then();
    let late = stage.server.visitor();
    assert_invalid(&enters(&late, &stage.room, &token).await, "invitation", "invitation_over");
    let joined = knock(&late, stage.shows(&token)).await;
    assert_invalid(&joined, "invitation", "invitation_over");
    assert_eq!(stage.invitations().await, Vec::<Value>::new());
    assert_eq!(knock(&in_time, json!(stage.room)).await["ok"], true, "who is in is in");
}

#[tokio::test]
async fn a_revoked_invitation_admits_nobody_and_whoever_it_let_in_stays() {
    for door in DOORS {
        let stage = Stage::secret().await;
        let (made, other) = (stage.invite().await, stage.invite().await);
        let early = stage.server.visitor();
        assert_eq!(enters(&early, &stage.room, &made["token"]).await["ok"], true);
        let id = json!({ "id": made["id"] });
        assert_eq!(stage.owner.act(door, "revoke", id.clone()).await, json!({ "ok": true }));
        assert_eq!(stage.guest.hears("revoke").await["system"]["author"], stage.owner.id());
        let late = stage.server.visitor();
        let answer = enters(&late, &stage.room, &made["token"]).await;
        assert_invalid(&answer, "invitation", "invitation_over");
        assert_eq!(enters(&late, &stage.room, &other["token"]).await["ok"], true);
        assert_eq!(knock(&early, json!(stage.room)).await["ok"], true);
        let again = stage.owner.act(door, "revoke", id).await;
        assert_invalid(&again, "invitation", "invitation_over");
        let nonsense = stage.owner.act(door, "revoke", json!({ "id": "초대" })).await;
        assert_invalid(&nonsense, "invitation", "invitation_over");
        assert_eq!(stage.owner.kinds().await.iter().filter(|kind| *kind == "revoke").count(), 1);
    }
}

#[tokio::test]
async fn the_list_says_everything_but_the_token() {
    let stage = Stage::secret().await;
    let since = stage.in_seconds(0);
    let first = stage.invite().await;
    stage.then();
    let second = stage.invite().await;
    for door in DOORS {
        let listed = stage.owner.act(door, "invitations", json!({})).await;
        let expected = json!({
            "id": first["id"], "createdAt": since, "expiresAt": first["expiresAt"], "uses": 0,
        });
        assert_eq!(listed["invitations"][1], expected);
        assert_eq!(listed["invitations"][0]["id"], second["id"], "the newest first");
        let text = listed.to_string();
        assert!(!text.contains(first["token"].as_str().unwrap()), "{text}");
    }
    // The id that everybody who runs the room may see opens nothing.
    let stranger = stage.server.visitor();
    let answer = enters(&stranger, &stage.room, &first["id"]).await;
    assert_invalid(&answer, "invitation", "invitation_over");
    // Nor does the token of one room open another.
    let other = stranger.make_room_with("다른 방", "10", PASSWORD).await;
    let answer = enters(&stage.guest.visitor, &other, &first["token"]).await;
    assert_invalid(&answer, "invitation", "invitation_over");
}

#[tokio::test]
async fn an_invitation_has_limits() {
    let stage = Stage::secret().await;
    for door in DOORS {
        for seconds in [0, 59, 604_801] {
            let answer = stage.owner.act(door, "invite", json!({ "seconds": seconds })).await;
            assert_invalid(&answer, "seconds", "seconds_out_of_range");
        }
        for seconds in [60, 604_800] {
            let answer = stage.owner.act(door, "invite", json!({ "seconds": seconds })).await;
            assert_eq!(answer["expiresAt"], stage.in_seconds(seconds), "{answer}");
        }
    }
    let tab = Member::join(stage.owner.visitor.clone(), &stage.room).await;
    while stage.invitations().await.len() < 19 {
        stage.invite().await;
    }
    let (one, two) = tokio::join!(
        stage.owner.act(Door::Socket, "invite", json!({})),
        tab.act(Door::Http, "invite", json!({})),
    );
    let full = if one["ok"] == true { two } else { one };
    assert_invalid(&full, "invitations", "invitations_full");
    assert!(full["message"].as_str().unwrap().contains("20"), "{full}");
    assert_eq!(stage.invitations().await.len(), 20, "exactly one of two came in");
    let id = stage.invitations().await[0]["id"].clone();
    stage.owner.does("revoke", json!({ "id": id })).await;
    stage.invite().await;
    // What is over makes room again.
    stage.server.clock.advance(Duration::from_mins(1));
    let left = stage.invitations().await.len();
    assert!(left < 20, "{left} are left");
    stage.invite().await;
}

#[tokio::test]
async fn wrong_tokens_are_failed_guesses() {
    let builder = TestServer::builder().config(|config| config.passwords_per_minute = 3);
    let stage = Stage::on(builder.start().await, "10", PASSWORD).await;
    let token = stage.invite().await["token"].clone();
    let wrong = json!("0123456789abcdef0123456789abcdef");
    let visitor = stage.server.visitor().known().await;
    let answers = [
        enters(&visitor, &stage.room, &wrong).await,
        knock(&visitor, stage.shows(&wrong)).await,
        post(&visitor, &stage.room, "enter", json!({ "password": "틀린 것" })).await,
    ];
    assert_invalid(&answers[0], "invitation", "invitation_over");
    assert_invalid(&answers[1], "invitation", "invitation_over");
    assert_refused(&answers[2], "wrong_password");
    for answer in [
        enters(&visitor, &stage.room, &token).await,
        knock(&visitor, stage.shows(&token)).await,
        post(&visitor, &stage.room, "enter", json!({ "password": PASSWORD })).await,
    ] {
        assert_refused(&answer, "too_fast");
        assert_eq!(answer["retryAfterMs"], 60_000);
    }
    // Others are not hindered, and right ones cost nothing.
    for _ in 0..5 {
        assert_eq!(enters(&stage.server.visitor(), &stage.room, &token).await["ok"], true);
    }
    stage.server.clock.advance(Duration::from_secs(59));
    assert_refused(&enters(&visitor, &stage.room, &token).await, "too_fast");
    let token = stage.invite().await["token"].clone();
    stage.server.clock.advance(Duration::from_secs(1));
    assert_eq!(enters(&visitor, &stage.room, &token).await["ok"], true);
}
