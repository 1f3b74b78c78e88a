//! Somebody who was sent out stays out, whichever way they try, and whenever.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{Door, Member, Stage, assert_refused, knock, post, post_gif};
use crate::support::socket_client::SocketClient;
use crate::support::{TestServer, Visitor};

const PASSWORD: &str = "열려라 참깨";

/// What a visitor is answered at each door into a room, with the right keys in hand.
async fn knock_everywhere(visitor: &Visitor, stage: &Stage, token: &str) -> Vec<(String, Value)> {
    let room = &stage.room;
    let mut answers = Vec::new();
    for payload in [
        json!(room),
        json!({ "room": room }),
        json!({ "room": room, "after": 0 }),
        json!({ "room": room, "password": PASSWORD }),
        json!({ "room": room, "invitation": token }),
    ] {
        answers.push((payload.to_string(), knock(visitor, payload).await));
    }
    for (name, payload) in [
        ("enter", json!({ "password": PASSWORD })),
        ("enter", json!({ "invitation": token })),
        ("chat", json!({ "chat": "나 왔어" })),
        ("edit", json!({ "seq": 3, "chat": "고친 글" })),
        ("delete", json!({ "seq": 3 })),
        ("react", json!({ "seq": 3, "emoji": "👍", "on": true })),
        ("whisper", json!({ "to": stage.owner.id(), "chat": "방장님" })),
        ("report", json!({ "seq": 4 })),
    ] {
        answers.push((format!("POST {name} {payload}"), post(visitor, room, name, payload).await));
    }
    answers.push(("POST gif".to_owned(), post_gif(visitor, room).await));
    answers
}

#[tokio::test]
async fn whoever_is_kicked_comes_back_by_no_door() {
    for password in ["", PASSWORD] {
        let stage = Stage::with("10", password).await;
        let visitor = &stage.guest.visitor;
        stage.guest.socket.say("내 글").await;
        stage.owner.socket.say("방장의 글").await;
        let token = stage.owner.does("invite", json!({})).await["token"].clone();
        stage.owner.does("kick", json!({ "id": stage.guest.id(), "seconds": 60 })).await;
        stage.almost(60);
        let before = stage.owner.looks().await;
        for (door, answer) in knock_everywhere(visitor, &stage, token.as_str().unwrap()).await {
            assert_refused(&answer, "banned");
            assert_eq!(answer["retryAfterMs"], 1, "{door}");
        }
        for (name, payload) in [("typing", json!({})), ("block", json!({ "id": "x", "on": true }))]
        {
            let answer = post(visitor, &stage.room, name, payload).await;
            assert_ne!(answer["ok"], true, "{name}: {answer}");
        }
        let socket = visitor.socket("/chat").connect().await.unwrap();
        let page = json!({ "before": 100, "limit": 100 });
        assert_refused(&socket.ask("history", page).await, "not_in_room");
        let banned = "/?error=방장이 내보내서 지금은 이 방에 들어올 수 없습니다. \
                      나중에 다시 오거나 다른 방을 골라 주십시오.";
        let page = format!("/room/{}", stage.room);
        for address in [page.clone(), format!("{page}?password={PASSWORD}")] {
            let shown = visitor.browser().get(&address).await;
            assert_eq!((shown.status, shown.location()), (302, banned.to_owned()), "{address}");
        }
        let form = [("password", PASSWORD)];
        let shown = visitor.browser().post_form(&format!("{page}/enter"), &form).await;
        assert_eq!(shown.location(), banned);
        let lobby = visitor.browser().get(&visitor.browser().get(&page).await.location()).await;
        assert!(lobby.text().contains("방장이 내보내서"), "the lobby says why");
        assert_eq!(stage.owner.looks().await, before, "nothing of it left a trace");
    }
}

#[tokio::test]
async fn a_new_cookie_from_the_same_address_comes_in_where_addresses_are_not_kept_out() {
    let stage = Stage::set().await;
    stage.owner.does("kick", json!({ "id": stage.guest.id() })).await;
    let somebody = stage.another().await;
    assert_ne!(somebody.id(), stage.guest.id());
}

#[tokio::test]
async fn what_is_under_way_while_the_kick_comes_is_refused_or_was_before_it() {
    let stage = Stage::set().await;
    for round in 0..20 {
        let guest = stage.guest_again().await;
        let kick = stage.owner.act(Door::Http, "kick", json!({ "id": guest.id() }));
        let text = format!("{round}번째");
        let say = guest.say(Door::Http, &text);
        let gif = post_gif(&guest.visitor, &stage.room);
        let (said, shown, kicked) = tokio::join!(say, gif, kick);
        assert_eq!(kicked["ok"], true);
        let entries = stage.owner.looks().await;
        let entries = entries["messages"].as_array().unwrap();
        let out = entries.iter().rposition(|entry| entry["system"]["kind"] == "kick").unwrap();
        for (answer, is_it) in [(said, "chat"), (shown, "gif")] {
            if answer["ok"] == true {
                let own = |entry: &Value| entry["author"] == guest.id() && entry[is_it].is_string();
                let place = entries.iter().rposition(own).unwrap();
                assert!(place < out, "said after being sent out: {entries:#?}");
            } else {
                assert_refused(&answer, "banned");
            }
        }
        stage.owner.does("unban", json!({ "id": guest.id() })).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_join_under_way_while_the_kick_comes_never_listens_without_a_seat() {
    let stage = Stage::set().await;
    let (mut in_before, mut refused) = (0, 0);
    for round in 0..30 {
        let guest = stage.guest_again().await;
        let sockets = join_all((0..6).map(|_| guest.visitor.socket("/chat").connect())).await;
        let sockets: Vec<SocketClient> = sockets.into_iter().map(Result::unwrap).collect();
        let join = async |(number, socket): (usize, &SocketClient)| {
            let by_object = json!({ "room": stage.room });
            let payload = if number % 2 == 0 { by_object } else { json!(stage.room) };
            socket.ask_result("join", payload).await
        };
        // The kick is asked for after so many of them.
        let early = 1 + round % 5;
        let (joins, later) = (sockets.iter().enumerate().take(early), sockets.iter().enumerate());
        let kicking = stage.owner.act(Door::Socket, "kick", json!({ "id": guest.id() }));
        let (mut answers, kicked, late) = tokio::join!(
            join_all(joins.map(join)),
            kicking,
            join_all(later.skip(early).map(join)),
        );
        answers.extend(late);
        assert_eq!(kicked["ok"], true, "{kicked}");
        let after = format!("{round}번 뒤에");
        stage.owner.socket.say(&after).await;
        stage.owner.socket.expect_text(&after).await;
        for (socket, answer) in sockets.iter().zip(answers) {
            match answer {
                Ok(answer) if answer["ok"] != true => {
                    assert_refused(&answer, "banned");
                    refused += 1;
                    // The socket goes on, and hears nothing.
                    let page = json!({ "before": 9, "limit": 9 });
                    assert_refused(&socket.ask("history", page).await, "not_in_room");
                }
                _joined_or_closed => {
                    in_before += 1;
                    assert!(socket.closed().await.by_namespace_disconnect);
                }
            }
            let heard = socket.live_entries().iter().any(|entry| entry["chat"] == *after);
            assert!(!heard, "round {round}: a socket listens without a seat");
        }
        let people = stage.owner.looks().await["participants"].clone();
        assert_eq!(people.as_array().unwrap().len(), 1, "{people}");
        stage.owner.does("unban", json!({ "id": guest.id() })).await;
    }
    assert!(in_before > 0 && refused > 0, "{in_before} came before a kick, {refused} after it");
}

#[tokio::test]
async fn whoever_left_on_another_tab_is_still_the_same_one() {
    let stage = Stage::set().await;
    let tab: Member = stage.guest_again().await;
    tab.does("leave", Value::Null).await;
    stage.owner.does("kick", json!({ "id": stage.guest.id() })).await;
    assert!(stage.guest.socket.closed().await.by_namespace_disconnect);
    // This socket was in no room any more: it is not ended, and not let in.
    assert_refused(&tab.socket.ask("join", json!({ "room": stage.room })).await, "banned");
    assert_eq!(tab.socket.count_of("kicked"), 0);
}

#[tokio::test]
async fn a_join_that_is_too_fast_takes_no_seat_and_hears_nothing() {
    let builder = TestServer::builder().config(|config| {
        config.joins_burst = 3;
        config.joins_per_second = 1;
    });
    let stage = Stage::on(builder.start().await, "10", "").await;
    for payload in [json!({ "room": stage.room }), json!(stage.room)] {
        let visitor = stage.server.visitor().known().await;
        let busy = visitor.socket("/chat").connect().await.unwrap();
        for _ in 0..3 {
            assert_eq!(busy.ask("join", payload.clone()).await["ok"], true);
        }
        assert_eq!(busy.ask("leave", Value::Null).await["ok"], true);
        let socket = visitor.socket("/chat").connect().await.unwrap();
        let refused = socket.ask("join", payload.clone()).await;
        assert_refused(&refused, "too_fast");
        assert!(refused["retryAfterMs"].as_u64().is_some_and(|wait| wait <= 1_000), "{refused}");
        stage.owner.socket.say("들리나요").await;
        stage.owner.socket.expect_text("들리나요").await;
        let page = json!({ "before": 9, "limit": 9 });
        assert_refused(&socket.ask("history", page).await, "not_in_room");
        assert_eq!(socket.received(), Vec::new());
        let (_, rooms) = stage.server.visitor().lobby().await;
        assert_eq!(rooms[0]["count"], 2, "nobody came in");
        stage.server.clock.advance(Duration::from_secs(1));
        assert_eq!(socket.ask("join", payload).await["ok"], true);
        socket.ask("leave", Value::Null).await;
    }
}
