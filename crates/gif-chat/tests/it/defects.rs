//! The eighteen defects of the course's app, each by what must hold instead.

use std::collections::HashSet;
use std::time::Duration;

use gif_chat::chat::Colour;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::socket_client::Transport;
use crate::support::watch::{Lobby, participants, until_away};
use crate::support::{TestServer, small_gif};

#[tokio::test]
async fn defect_1_a_lone_visitors_refresh_keeps_the_room_and_its_history() {
    let server = TestServer::start().await;
    let lobby = Lobby::watch(&server).await;
    let visitor = server.visitor();
    let room = visitor.make_room("혼자").await;
    let (socket, _) = visitor.join(&room).await;
    socket.ask("chat", json!({ "chat": "혼잣말" })).await;
    socket.disconnect().await;
    lobby.closing(&server, &room).await;
    let page = visitor.browser().get(&format!("/room/{room}")).await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("혼잣말"));
    let (_socket, joined) = visitor.join(&room).await;
    assert_eq!(joined["messages"][1]["chat"], "혼잣말");
    assert!(!lobby.says_removed(&room).await);
}

#[tokio::test]
async fn defect_2_a_participant_can_refresh_a_full_room() {
    let server = TestServer::start().await;
    let (one, two) = (server.visitor(), server.visitor());
    let room = one.make_room_with("둘이서", "2", "").await;
    let (socket, _) = one.join(&room).await;
    let (other, joined) = two.join(&room).await;
    // With the socket still there, and without it.
    assert_eq!(
        two.browser().get(&format!("/room/{room}")).await.status,
        200
    );
    other.disconnect().await;
    until_away(&socket, &room, &joined["you"]["id"], true).await;
    assert_eq!(
        two.browser().get(&format!("/room/{room}")).await.status,
        200
    );
    let (_other, _) = two.join(&room).await;
    assert_eq!(participants(&socket, &room).await.len(), 2);
}

#[tokio::test]
async fn defect_3_a_password_is_told_to_nobody_and_stands_nowhere() {
    let server = TestServer::start().await;
    let lobby = Lobby::watch(&server).await;
    let (maker, guest) = (server.visitor(), server.visitor());
    let room = maker.make_room_with("비밀방", "10", "open-sesame").await;
    let made = lobby.socket.expect("newRoom").await;
    assert_eq!(made["password"], true, "that there is one, and not which");
    let answer = guest
        .get(&format!("/room/{room}?password=open-sesame"))
        .await;
    assert_eq!(
        (answer.status, answer.location()),
        (302, format!("/room/{room}"))
    );
    let page = guest.browser().get(&format!("/room/{room}")).await;
    assert_eq!(page.status, 200);
    assert!(!page.text().contains("open-sesame"), "not in the page");
    let (socket, joined) = guest.join(&room).await;
    let heard = json!([lobby.socket.received(), socket.received(), joined]).to_string();
    assert!(!heard.contains("open-sesame"), "not in any event");
    assert_eq!(
        server.files_with(b"open-sesame"),
        Vec::<String>::new(),
        "not in any file"
    );
    assert!(
        !server.files_with(b"$argon2id$").is_empty(),
        "only its hash is kept"
    );
}

#[tokio::test]
async fn defect_4_password_and_seats_are_checked_at_every_door() {
    let server = TestServer::start().await;
    let (maker, guest) = (server.visitor(), server.visitor());
    let secret = maker.make_room_with("비밀방", "10", "1234").await;
    let full = maker.make_room_with("둘이서", "2", "").await;
    let (_one, _) = maker.join(&full).await;
    let (_two, _) = server.visitor().join(&full).await;
    guest.get("/").await;
    for (room, code) in [(&secret, "not_admitted"), (&full, "room_full")] {
        for transport in Transport::ALL {
            let socket = guest
                .socket("/chat")
                .transport(transport)
                .connect()
                .await
                .unwrap();
            assert_eq!(
                socket.ask("join", json!({ "room": room })).await["error"],
                code
            );
            socket.emit("join", json!(room)).await;
            assert_eq!(socket.expect("refused").await["error"], code);
            let said = socket
                .ask("chat", json!({ "room": room, "chat": "몰래" }))
                .await;
            assert_eq!(said["error"], "not_in_room");
        }
        let said = guest
            .post_form(&format!("/room/{room}/chat"), &[("chat", "몰래")])
            .await;
        assert_eq!(said.error(), code);
        let shown = guest
            .post_gif(&format!("/room/{room}/gif"), small_gif())
            .await;
        assert_eq!(shown.error(), code);
    }
}

#[tokio::test]
async fn defect_5_nobody_posts_into_a_room_that_is_not_open_to_them_or_not_there() {
    let server = TestServer::start().await;
    let (maker, guest) = (server.visitor(), server.visitor());
    let secret = maker.make_room_with("비밀방", "10", "1234").await;
    let (witness, _) = maker.join(&secret).await;
    let missing = "0123456789abcdef0123456789abcdef";
    for (room, status, code) in [
        (secret.as_str(), 403, "not_admitted"),
        (missing, 404, "not_found"),
        ("__proto__", 404, "not_found"),
        ("%2e%2e", 404, "not_found"),
    ] {
        let said = guest
            .post_json(&format!("/room/{room}/chat"), &json!({ "chat": "몰래" }))
            .await;
        assert_eq!(
            (said.status, said.error().as_str()),
            (status, code),
            "{room}"
        );
        let shown = guest
            .post_gif(&format!("/room/{room}/gif"), small_gif())
            .await;
        assert_eq!(
            (shown.status, shown.error().as_str()),
            (status, code),
            "{room}"
        );
    }
    assert_eq!(
        witness.ask("chat", json!({ "chat": "우리끼리" })).await["seq"],
        2
    );
    assert_eq!(server.gif_files(), Vec::<String>::new());
}

#[tokio::test]
async fn defect_6_only_the_owner_closes_a_room_and_the_lobby_is_told() {
    let server = TestServer::start().await;
    let lobby = Lobby::watch(&server).await;
    let (owner, guest, stranger) = (server.visitor(), server.visitor(), server.visitor());
    let room = owner.make_room("방").await;
    let (socket, _) = guest.join(&room).await;
    for visitor in [&guest, &stranger] {
        let refused = visitor.delete(&format!("/room/{room}")).await;
        assert_eq!(
            (refused.status, refused.error()),
            (403, "not_owner".to_owned())
        );
    }
    assert_eq!(
        socket.ask("chat", json!({ "chat": "아직 있다" })).await["ok"],
        true
    );
    assert_eq!(owner.delete(&format!("/room/{room}")).await.text(), "ok");
    lobby.removed(&room).await;
    socket.expect("close").await;
}

#[tokio::test]
async fn defect_7_what_is_no_gif_is_not_kept_and_a_gif_is_never_a_page() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    let room = visitor.make_room("방").await;
    let (socket, _) = visitor.join(&room).await;
    let path = format!("/room/{room}/gif");
    let upload = async |bytes: &[u8], name: &'static str, kind: &str| {
        let part = reqwest::multipart::Part::bytes(bytes.to_vec()).file_name(name);
        let form = reqwest::multipart::Form::new().part("gif", part.mime_str(kind).unwrap());
        visitor
            .send(visitor.request(Method::POST, &path).multipart(form))
            .await
    };
    let page = b"<!doctype html><script>alert(1)</script>";
    let refused = upload(page, "evil.html", "text/html").await;
    assert_eq!(
        (refused.status, refused.error()),
        (422, "not_a_gif".to_owned())
    );
    let disguised = [b"GIF89a".as_slice(), page].concat();
    assert_eq!(
        upload(&disguised, "evil.gif", "image/gif").await.status,
        422
    );
    assert_eq!(server.gif_files(), Vec::<String>::new());

    // A real GIF is one by its bytes, whatever it is called, and nothing rides on it.
    let riding = [small_gif().as_slice(), page].concat();
    assert_eq!(upload(&riding, "evil.html", "text/html").await.text(), "ok");
    let name = socket.expect("chat").await["gif"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(name.ends_with(".gif") && !name.contains("evil"), "{name}");
    let served = visitor.get(&format!("/gif/{name}")).await;
    assert_eq!(served.header("content-type"), "image/gif");
    assert_eq!(served.header("x-content-type-options"), "nosniff");
    assert!(served.header("content-security-policy").contains("sandbox"));
    assert!(!served.text().contains("script"));
    assert_eq!(server.files_with(b"<script>"), Vec::<String>::new());
}

#[tokio::test]
async fn defect_8_a_socket_without_a_referer_is_like_any_other() {
    let server = TestServer::start().await;
    let (one, two) = (server.visitor(), server.visitor());
    let room = one.make_room("방").await;
    let (socket, _) = one.join(&room).await;
    two.get("/").await;
    for referer in [
        None,
        Some("http://elsewhere.example/room/x"),
        Some("no address"),
    ] {
        let builder = two.socket("/chat");
        let builder = match referer {
            Some(referer) => builder.header("referer", referer),
            None => builder,
        };
        let other = builder.connect().await.unwrap();
        assert_eq!(other.ask("join", json!({ "room": room })).await["ok"], true);
        other.disconnect().await;
    }
    assert_eq!(
        socket.ask("chat", json!({ "chat": "살아 있다" })).await["ok"],
        true
    );
}

#[tokio::test]
async fn defect_9_empty_text_is_refused() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    let room = visitor.make_room("방").await;
    let (socket, _) = visitor.join(&room).await;
    for empty in ["", "  ", "\n\t", "\u{3000}", "\0"] {
        let said = socket.ask("chat", json!({ "chat": empty })).await;
        assert_eq!(
            (&said["error"], &said["reason"]),
            (&json!("invalid"), &json!("text_empty"))
        );
        let said = visitor
            .post_form(&format!("/room/{room}/chat"), &[("chat", empty)])
            .await;
        assert_eq!((said.status, said.error()), (422, "invalid".to_owned()));
    }
    let said = visitor.post_form(&format!("/room/{room}/chat"), &[]).await;
    assert_eq!(said.status, 422, "no text at all");
    assert_eq!(
        socket.ask("chat", json!({ "chat": "글" })).await["seq"],
        2,
        "nothing was kept"
    );
    let page = visitor.browser().get(&format!("/room/{room}")).await.text();
    assert!(!page.contains("<img"), "and there is no broken image");
}

#[tokio::test]
async fn defect_10_uploads_go_with_the_room_and_are_bounded() {
    let builder = TestServer::builder().config(|config| config.gifs_per_minute = 2);
    let server = builder.start().await;
    let visitor = server.visitor();
    let room = visitor.make_room("방").await;
    let (socket, _) = visitor.join(&room).await;
    let path = format!("/room/{room}/gif");
    for _ in 0..2 {
        assert_eq!(visitor.post_gif(&path, small_gif()).await.text(), "ok");
    }
    let third = visitor.post_gif(&path, small_gif()).await;
    assert_eq!((third.status, third.error()), (429, "too_fast".to_owned()));
    let wait = third.json()["retryAfterMs"].as_u64().unwrap();
    server.clock.advance(Duration::from_millis(wait));
    assert_eq!(visitor.post_gif(&path, small_gif()).await.text(), "ok");
    let name = socket.expect("chat").await["gif"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(visitor.delete(&format!("/room/{room}")).await.text(), "ok");
    assert_eq!(visitor.get(&format!("/gif/{name}")).await.status, 404);
    assert_eq!(server.gif_files(), Vec::<String>::new());
}

#[tokio::test]
async fn defect_11_two_tabs_take_one_seat_and_announce_one_entry() {
    let server = TestServer::start().await;
    let (owner, guest) = (server.visitor(), server.visitor());
    let room = owner.make_room_with("둘이서", "2", "").await;
    let (witness, _) = owner.join(&room).await;
    let (_first, joined) = guest.join(&room).await;
    let (_second, again) = guest.join(&room).await;
    assert_eq!(again["head"], joined["head"], "no second entry line");
    assert_eq!(participants(&witness, &room).await.len(), 2);
}

#[tokio::test]
async fn defect_12_rooms_that_nobody_enters_or_that_a_restart_leaves_end() {
    let mut server = TestServer::start().await;
    let visitor = server.visitor();
    let left = visitor.make_room("남은 방").await;
    let (_socket, _) = visitor.join(&left).await;
    server.restart().await;
    let lobby = Lobby::watch(&server).await;
    let visitor = visitor.moved_to(&server.url());
    let never_entered = visitor.make_room("빈 방").await;
    server.clock.advance(server.grace());
    lobby.removed(&left).await;
    lobby.removed(&never_entered).await;
    let page = visitor.browser().get("/").await.text();
    assert!(!page.contains(&left) && !page.contains(&never_entered));
}

#[tokio::test]
async fn defect_13_the_same_gif_can_be_sent_twice_in_a_row() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    let room = visitor.make_room("방").await;
    let (socket, _) = visitor.join(&room).await;
    for _ in 0..2 {
        assert_eq!(
            visitor
                .post_gif(&format!("/room/{room}/gif"), small_gif())
                .await
                .text(),
            "ok"
        );
    }
    let (first, second) = (socket.expect("chat").await, socket.expect("chat").await);
    assert_eq!(first["gif"], second["gif"], "the same file");
    assert_ne!(first["_id"], second["_id"], "in two messages");
    assert_eq!(server.gif_files().len(), 1);
}

#[tokio::test]
async fn defect_14_the_history_is_well_formed() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    let room = visitor.make_room("방 {{ title }} <b>").await;
    let (socket, _) = visitor.join(&room).await;
    socket.ask("chat", json!({ "chat": "첫 글" })).await;
    socket
        .ask("chat", json!({ "chat": "<img src=x onerror=alert(1)>" }))
        .await;
    assert_eq!(
        visitor
            .post_gif(&format!("/room/{room}/gif"), small_gif())
            .await
            .text(),
        "ok"
    );
    let page = visitor.browser().get(&format!("/room/{room}")).await.text();
    let (_, history) = page.split_once("<ol id=\"history\"").unwrap();
    let (history, _) = history.split_once("</ol>").unwrap();
    assert_eq!(
        history.matches("<li ").count(),
        4,
        "entry, two texts, one GIF"
    );
    assert_eq!(
        history.matches("<li ").count(),
        history.matches("</li>").count()
    );
    assert_eq!(
        history.matches("<img").count(),
        1,
        "text is never an element"
    );
    assert!(
        !history.contains('{') && !history.contains('}'),
        "{history}"
    );
    let order =
        ["님이 입장하셨습니다.", "첫 글", "onerror", "/gif/"].map(|word| history.find(word));
    assert!(
        order.is_sorted() && order[0].is_some(),
        "in the order of the log: {order:?}"
    );
}

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
    assert!(
        time.len() == 24 && time.ends_with("234Z"),
        "ISO 8601 with milliseconds: {time}"
    );
    let page = guest.browser().get(&format!("/room/{room}")).await.text();
    assert!(page.contains(&format!("<time datetime=\"{time}\">")));
    assert_eq!(other.ask("leave", Value::Null).await["ok"], true);
    lobby.update(&room, |state| state["count"] == 1).await;
    // The page holds the newest messages; older ones are asked for.
    let older = socket
        .ask("history", json!({ "before": sent["seq"], "limit": 1 }))
        .await;
    assert_eq!(older["messages"][0]["_id"], entered["_id"]);
}

#[tokio::test]
async fn defect_16_no_page_names_another_host() {
    let server = TestServer::start().await;
    let visitor = server.visitor().browser();
    let room = visitor.make_room("방").await;
    for path in [
        "/",
        "/room",
        &format!("/room/{room}"),
        "/missing",
        "/?error=x",
    ] {
        let page = visitor.get(path).await;
        let text = page.text();
        assert!(
            text.contains("<!doctype html>") || text.contains("<!DOCTYPE html>"),
            "{path}"
        );
        // The one address that names no host to load from is SVG's.
        let loaded = text.replace("http://www.w3.org/2000/svg", "");
        for foreign in ["http:", "https:", "\"//", "localhost", "127.0.0.1", "8005"] {
            assert!(!loaded.contains(foreign), "{path} names {foreign}");
        }
        let policy = page.header("content-security-policy");
        assert!(
            policy.contains("default-src 'none'") && !policy.contains("http"),
            "{policy}"
        );
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
        let said = guest
            .post_form(&format!("/room/{room}/chat"), &[("chat", "안녕")])
            .await;
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
    let rooms = server
        .visitor()
        .socket("/room")
        .connect()
        .await
        .unwrap()
        .expect("rooms")
        .await;
    let page = server.visitor().browser().get("/").await.text();
    let (light, _) = page.split_once("prefers-color-scheme:dark").unwrap();
    for room in rooms.as_array().unwrap() {
        let shown = room["owner"].as_str().unwrap();
        let colour = Colour::parse(shown).unwrap();
        let readable = colour.contrast(Colour::parse("#ffffff").unwrap()) >= 4.5;
        if !readable {
            assert!(
                !light.contains(&format!("{{color:{shown}}}")),
                "{shown} on a light page"
            );
        }
        assert!(
            page.contains(&format!("fill=\"{shown}\"")),
            "{shown} as a mark"
        );
    }
}
