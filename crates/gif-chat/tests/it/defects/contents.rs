//! Defects 3, 7, 9, 10, 13 and 14: passwords, texts and GIFs.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use crate::support::watch::Lobby;
use crate::support::{TestServer, small_gif};

#[tokio::test]
async fn defect_3_a_password_is_told_to_nobody_and_stands_nowhere() {
    let server = TestServer::start().await;
    let lobby = Lobby::watch(&server).await;
    let (maker, guest) = (server.visitor(), server.visitor());
    let room = maker.make_room_with("비밀방", "10", "open-sesame").await;
    let made = lobby.socket.expect("newRoom").await;
    assert_eq!(made["password"], true, "that there is one, and not which");
    let answer = guest.get(&format!("/room/{room}?password=open-sesame")).await;
    assert_eq!((answer.status, answer.location()), (302, format!("/room/{room}")));
    let page = guest.browser().get(&format!("/room/{room}")).await;
    assert_eq!(page.status, 200);
    assert!(!page.text().contains("open-sesame"), "not in the page");
    let (socket, joined) = guest.join(&room).await;
    let heard = json!([lobby.socket.received(), socket.received(), joined]).to_string();
    assert!(!heard.contains("open-sesame"), "not in any event");
    assert_eq!(server.files_with(b"open-sesame"), Vec::<String>::new(), "not in any file");
    assert!(!server.files_with(b"$argon2id$").is_empty(), "only its hash is kept");
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
        visitor.send(visitor.request(Method::POST, &path).multipart(form)).await
    };
    let page = b"<!doctype html><script>alert(1)</script>";
    let refused = upload(page, "evil.html", "text/html").await;
    assert_eq!((refused.status, refused.error()), (422, "not_a_gif".to_owned()));
    let disguised = [b"GIF89a".as_slice(), page].concat();
    assert_eq!(upload(&disguised, "evil.gif", "image/gif").await.status, 422);
    assert_eq!(server.gif_files(), Vec::<String>::new());

    // A real GIF is one by its bytes, whatever it is called, and nothing rides on it.
    let riding = [small_gif().as_slice(), page].concat();
    assert_eq!(upload(&riding, "evil.html", "text/html").await.text(), "ok");
    let name = socket.expect("chat").await["gif"].as_str().unwrap().to_owned();
    assert!(!name.contains("evil") && !name.contains("html"), "{name}");
    let answer = visitor.get(&format!("/gif/{name}")).await;
    assert_eq!(answer.header("content-type"), "image/gif");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert!(answer.header("content-security-policy").contains("sandbox"));
    assert!(!answer.text().contains("script"));
    assert_eq!(server.files_with(b"<script>"), Vec::<String>::new());
}

#[tokio::test]
async fn defect_9_empty_text_is_refused() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    let room = visitor.make_room("방").await;
    let (socket, _) = visitor.join(&room).await;
    for empty in ["", "  ", "\n\t", "\u{3000}", "\0"] {
        let said = socket.ask("chat", json!({ "chat": empty })).await;
        assert_eq!((&said["error"], &said["reason"]), (&json!("invalid"), &json!("text_empty")));
        let said = visitor.post_form(&format!("/room/{room}/chat"), &[("chat", empty)]).await;
        assert_eq!((said.status, said.error()), (422, "invalid".to_owned()));
    }
    let said = visitor.post_form(&format!("/room/{room}/chat"), &[]).await;
    assert_eq!(said.status, 422, "no text at all");
    assert_eq!(socket.ask("chat", json!({ "chat": "글" })).await["seq"], 2, "nothing was kept");
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
    let name = socket.expect("chat").await["gif"].as_str().unwrap().to_owned();
    assert_eq!(visitor.delete(&format!("/room/{room}")).await.text(), "ok");
    assert_eq!(visitor.get(&format!("/gif/{name}")).await.status, 404);
    assert_eq!(server.gif_files(), Vec::<String>::new());
}

#[tokio::test]
async fn defect_13_the_same_gif_can_be_sent_twice_in_a_row() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    let room = visitor.make_room("방").await;
    let (socket, _) = visitor.join(&room).await;
    for _ in 0..2 {
        assert_eq!(visitor.post_gif(&format!("/room/{room}/gif"), small_gif()).await.text(), "ok");
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
    socket.ask("chat", json!({ "chat": "<img src=x onerror=alert(1)>" })).await;
    assert_eq!(visitor.post_gif(&format!("/room/{room}/gif"), small_gif()).await.text(), "ok");
    let page = visitor.browser().get(&format!("/room/{room}")).await.text();
    let (_, history) = page.split_once("<ol id=\"history\"").unwrap();
    let (history, _) = history.split_once("</ol>").unwrap();
    assert_eq!(history.matches("<li ").count(), 4, "entry, two texts, one GIF");
    assert_eq!(history.matches("<li ").count(), history.matches("</li>").count());
    assert_eq!(history.matches("<img").count(), 1, "text is never an element");
    assert!(!history.contains('{') && !history.contains('}'), "{history}");
    let order =
        ["님이 입장하셨습니다.", "첫 글", "onerror", "/gif/"].map(|word| history.find(word));
    assert!(order.is_sorted() && order[0].is_some(), "in the order of the log: {order:?}");
}
