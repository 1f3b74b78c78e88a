//! Defects 15 to 18: what people see of each other.

use std::collections::HashSet;
use std::time::Duration;

use gif_chat::chat::Colour;
use serde_json::{Value, json};

use crate::support::TestServer;
use crate::support::watch::{Lobby, participants};

#[tokio::test]
async fn defect_15_messages_carry_their_time_and_the_lobby_a_live_count() {
    let server = TestServer::start().await;
    let lobby = Lobby::watch(&server).await;
    let (owner, guest) = (server.visitor(), server.visitor());
    let room = owner.make_room("방").await;
    let (socket, _) = owner.join(&room).await;
    lobby.update(&room, |state| state["count"] == 1).await;
    let (other, _) = guest.join(&room).await;
    lobby.update(&room, |state| state["count"] == 2).await;
    server.clock.advance(Duration::from_millis(1_234));
    let sent = socket.ask("chat", json!({ "chat": "글" })).await;
    let text = other.expect("chat").await;
    let entered = socket.expect_where("join", |line| line["count"] == 2).await;
    assert_eq!(text["createdAt"], sent["createdAt"]);
    assert!(text["createdAt"].as_str() > entered["createdAt"].as_str());
    let time = text["createdAt"].as_str().unwrap();
    assert!(time.len() == 24 && time.ends_with("234Z"), "ISO 8601 with milliseconds: {time}");
    let page = guest.browser().get(&format!("/room/{room}")).await.text();
    assert!(page.contains(&format!("<time datetime=\"{time}\">")));
    assert_eq!(other.ask("leave", Value::Null).await["ok"], true);
    lobby.update(&room, |state| state["count"] == 1).await;
    // The page holds the newest messages; older ones are asked for.
    let older = socket.ask("history", json!({ "before": sent["seq"], "limit": 1 })).await;
    assert_eq!(older["messages"][0]["_id"], entered["_id"]);
}

#[tokio::test]
async fn defect_16_no_page_names_another_host() {
    let server = TestServer::start().await;
    let visitor = server.visitor().browser();
    let room = visitor.make_room("방").await;
    for path in ["/", "/room", &format!("/room/{room}"), "/missing", "/?error=x"] {
        let page = visitor.get(path).await;
        let text = page.text();
        assert!(text.contains("<!doctype html>") || text.contains("<!DOCTYPE html>"), "{path}");
        // The one address that names no host to load from is SVG's.
        let loaded = text.replace("http://www.w3.org/2000/svg", "");
        for foreign in ["http:", "https:", "\"//", "localhost", "127.0.0.1", "8005"] {
            assert!(!loaded.contains(foreign), "{path} names {foreign}");
        }
        let policy = page.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && !policy.contains("http"), "{policy}");
    }
    let client = visitor.get("/socket.io/socket.io.js").await;
    assert_eq!(client.status, 200, "the client comes from here");
}

#[tokio::test]
async fn defect_17_a_restart_leaves_everybody_the_colour_they_had() {
    let mut server = TestServer::start().await;
    let visitor = server.visitor();
    let room = visitor.make_room("방").await;
    let (_socket, before) = visitor.join(&room).await;
    let cookie = visitor.cookie();
    server.restart().await;
    let visitor = visitor.moved_to(&server.url());
    let (_socket, after) = visitor.join(&room).await;
    assert_eq!(after["you"], before["you"]);
    assert_eq!(visitor.cookie(), cookie, "no new cookie");
    // And in a room that did not know the visitor before.
    let other = visitor.make_room("다른 방").await;
    let (_socket, there) = visitor.join(&other).await;
    assert_eq!(there["you"]["user"], before["you"]["user"]);
}

#[tokio::test]
async fn defect_18_nobody_shares_a_colour_and_unreadable_ones_are_no_text() {
    let server = TestServer::start().await;
    let owner = server.visitor();
    let room = owner.make_room_with("모두", "1000", "").await;
    let (witness, _) = owner.join(&room).await;
    // About as many as share a colour of color-hash by chance.
    for _ in 0..120 {
        let guest = server.visitor();
        let said = guest.post_form(&format!("/room/{room}/chat"), &[("chat", "안녕")]).await;
        assert_eq!(said.text(), "ok");
    }
    let people = participants(&witness, &room).await;
    let distinct = |read: fn(&Value) -> &Value| {
        let all: HashSet<_> = people.iter().map(|one| read(one).to_string()).collect();
        all.len()
    };
    assert_eq!(people.len(), 121);
    assert_eq!(distinct(|one| &one["user"]), 121, "colours");
    assert_eq!(distinct(|one| &one["alias"]), 121, "aliases beside them");

    // The lobby colours text only where it can be read, and shows the colour as a mark anyway.
    for _ in 0..20 {
        server.visitor().make_room("방").await;
    }
    let rooms = server.visitor().socket("/room").connect().await.unwrap().expect("rooms").await;
    let page = server.visitor().browser().get("/").await.text();
    for room in rooms.as_array().unwrap() {
        let shown = room["owner"].as_str().unwrap();
        let colour = Colour::parse(shown).unwrap();
        let readable = colour.contrast(Colour::parse("#ffffff").unwrap()) >= 4.5;
        if !readable {
            let rule = format!("color:light-dark({shown}");
            assert!(!page.contains(&rule), "{shown} on a light page");
        }
        assert!(page.contains(&format!("fill=\"{shown}\"")), "{shown} as a mark");
    }
}
