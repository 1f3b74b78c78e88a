//! Texts that look like the protocol, and headers that no browser sends.

use serde_json::{Value, json};

use super::reader::Reader;
use super::{LOBBY, of};
use crate::support::TestServer;
use crate::support::raw_request;

/// Each of them would end a line, an event or the stream, if it were not written as JSON.
const TEXTS: [&str; 9] = [
    "한 줄\n두 줄",
    "a\r\nb",
    "a\rb",
    "\n\ndata: canary\n\n",
    "a\n\nevent: close\ndata: {}\n\nb",
    "a\nid: 5eed:1\nretry: 0\n: c",
    "a\u{2028}b\u{2029}c\u{85}d\u{b}e\u{c}f",
    "data: \"]}\\",
    "\u{feff}:\u{feff}",
];

#[tokio::test]
async fn whatever_is_said_is_one_event() {
    let server = TestServer::start().await;
    let owner = server.visitor();
    let room = owner.make_room("방").await;
    let (socket, _) = owner.join(&room).await;
    let mut stream = Reader::open(&server.visitor(), &of(&room)).await;
    stream.history().await;
    let start = stream.last_id();
    for text in TEXTS {
        let said = socket.say(text).await;
        let heard = socket.expect_where("chat", |entry| entry["seq"] == said["seq"]).await;
        let event = stream.until("chat", |_| true).await.pop().unwrap();
        assert_eq!(event.data, heard, "{text:?}");
        assert_eq!(event.id, Some(stream.last_id()));
    }
    // The same from the history.
    socket.say("끝").await;
    let watcher = server.visitor();
    let mut fresh = Reader::open(&watcher, &of(&room)).await;
    let mut back = Reader::after(&watcher, &of(&room), &start).await;
    for stream in [&mut fresh, &mut back] {
        let page = stream.until_text("끝").await;
        let said = page.iter().filter(|event| event.name == "chat").count();
        assert_eq!(said, TEXTS.len() + 1);
    }
    for stream in [stream, fresh, back] {
        assert!(stream.is_open());
        assert!(stream.retry().await.as_millis() >= 1_000, "nobody else says when to come back");
        let lines = stream.text();
        assert!(lines.lines().all(|line| !line.starts_with("event: close")), "{lines}");
    }
}

#[tokio::test]
async fn whatever_a_title_is_it_is_one_event() {
    let server = TestServer::start().await;
    let (lobby, _) = server.visitor().lobby().await;
    let mut stream = Reader::open(&server.visitor(), LOBBY).await;
    let owner = server.visitor();
    let mut made = 0;
    for text in TEXTS {
        let answer = owner.post_form("/room", &[("title", text), ("max", "10")]).await;
        made += usize::from(answer.status == 302);
    }
    assert!(made > 0, "some of them are titles");
    owner.make_room("끝").await;
    let at_the_end = |state: &Value| state["title"] == "끝";
    lobby.expect_where("newRoom", at_the_end).await;
    let heard: Vec<_> = stream.until("newRoom", at_the_end).await;
    let heard: Vec<_> = heard.into_iter().filter(|event| event.name == "newRoom").collect();
    let told = lobby.received().into_iter().filter(|(name, _)| name == "newRoom");
    assert_eq!(super::reader::pairs(&heard), told.collect::<Vec<_>>());
    assert_eq!(heard.len(), made + 1);

    let room = heard[0].data["_id"].as_str().unwrap();
    let (socket, _) = owner.join(room).await;
    let mut inside = Reader::open(&owner, &of(room)).await;
    assert_eq!(inside.next().await.data["room"]["title"], heard[0].data["title"]);
    let settings = json!({ "title": TEXTS[6] });
    assert_eq!(socket.ask("settings", settings).await["ok"], true);
    socket.say("끝").await;
    let said = inside.until_text("끝").await;
    let line = said.iter().find(|event| event.data["system"]["kind"].is_string());
    assert!(line.is_some(), "{said:?}");
}

#[tokio::test]
async fn a_last_id_that_nobody_has_said_starts_over_and_harms_nobody() {
    let server = TestServer::start().await;
    let owner = server.visitor();
    let room = owner.make_room("방").await;
    let (_socket, joined) = owner.join(&room).await;
    let good = format!("{}:1", joined["epoch"].as_str().unwrap());
    for path in [LOBBY.to_owned(), of(&room)] {
        for id in [
            "\u{0}".to_owned(),
            "한글".to_owned(),
            format!("{good} "),
            format!("{good}\u{e9}"),
            format!("{good}, {good}"),
            format!("{}:1", "e".repeat(20_000)),
            "' OR 1=1 --".to_owned(),
        ] {
            // Bytes as they stand, whatever a library would say about them.
            let line = format!("Last-Event-ID: {id}\r\nCookie: {}\r\n", owner.cookie().unwrap());
            let first_line = format!("HEAD {path} HTTP/1.1");
            let answer = raw_request(&server, &first_line, &line).await;
            let refused = answer.status == 400 && id.contains('\u{0}');
            assert!(refused || answer.status == 200, "{path} {id:?}: {}", answer.text);
        }
        for bytes in [&b"\xff\xfe:1"[..], b"\xed\xa0\x80", "5eed:١".as_bytes()] {
            let value = reqwest::header::HeaderValue::from_bytes(bytes).unwrap();
            let request = owner.request(reqwest::Method::GET, &path).header("last-event-id", value);
            let mut answer = request.send().await.unwrap();
            assert_eq!(answer.status(), 200);
            let mut text = String::new();
            while !text.contains("\ndata: ") {
                text += &String::from_utf8_lossy(&answer.chunk().await.unwrap().unwrap());
            }
            let starts_over = text.contains("event: rooms") || text.contains("\"reset\":true");
            assert!(starts_over, "{text}");
        }
    }
    let huge = format!("Last-Event-ID: {}\r\n", "9".repeat(300_000));
    let answer = raw_request(&server, "HEAD /events HTTP/1.1", &huge).await;
    assert!([0, 200, 431].contains(&answer.status), "{}", answer.text);
    Reader::open(&owner, LOBBY).await.next().await;
}
