//! Uploads: only real GIFs, without anything hidden in them, each kept once and not longer than a
//! room shows it.

use reqwest::{Method, multipart};
use serde_json::json;

use crate::support::socket_client::SocketClient;
use crate::support::{
    Answer, RawAnswer, RawConnection, TestServer, Visitor, gif_of_bytes, gif_with_comment,
    small_gif, small_gif_of, until,
};

struct Room {
    owner: Visitor,
    id: String,
    socket: SocketClient,
}

impl Room {
    async fn of(server: &TestServer) -> Self {
        let owner = server.visitor();
        let id = owner.make_room("방").await;
        let (socket, _) = owner.join(&id).await;
        Self { owner, id, socket }
    }

    async fn post(&self, bytes: Vec<u8>) -> Answer {
        self.owner.post_gif(&format!("/room/{}/gif", self.id), bytes).await
    }

    /// Posts a GIF that is taken, and returns its address.
    async fn show(&self, bytes: Vec<u8>) -> String {
        let answer = self.post(bytes).await;
        assert_eq!((answer.status, answer.text().as_str()), (200, "ok"));
        let entry = self.socket.expect("chat").await;
        format!("/gif/{}", entry["gif"].as_str().unwrap())
    }

    async fn close(&self) {
        assert_eq!(self.owner.delete(&format!("/room/{}", self.id)).await.status, 200);
    }

    /// What the room has got, after a text that must get through.
    async fn entries(&self) -> usize {
        let sent = self.socket.ask("chat", json!({ "chat": "끝" })).await;
        assert_eq!(sent["ok"], true);
        self.socket.expect_where("chat", |entry| entry["chat"] == "끝").await;
        self.socket.received().iter().filter(|(name, _)| name == "chat").count() - 1
    }
}

#[tokio::test]
async fn a_page_that_calls_itself_a_gif_is_none() {
    let server = TestServer::start().await;
    let room = Room::of(&server).await;
    let path = format!("/room/{}/gif", room.id);
    for bytes in [
        &b"<!doctype html><script>alert(1)</script>"[..],
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"\x89PNG\r\n\x1a\n0000000000000000",
        b"\xff\xd8\xff\xe0JFIF",
        b"GIF88a0000000000000000",
        b"gif89a0000000000000000",
        b" GIF89a",
        b"%PDF-1.7",
        b"\0\0\0\0\0\0\0\0",
    ] {
        for (name, kind) in [("evil.html", "image/gif"), ("evil.gif", "text/html")] {
            let part = multipart::Part::bytes(bytes.to_vec()).file_name(name);
            let form = multipart::Form::new().part("gif", part.mime_str(kind).unwrap());
            let answer =
                room.owner.send(room.owner.request(Method::POST, &path).multipart(form)).await;
            let refusal = (answer.status, answer.error());
            assert_eq!(refusal, (422, "not_a_gif".to_owned()), "{bytes:?}");
        }
    }
    assert_eq!(server.gif_files(), Vec::<String>::new());
    assert_eq!(room.entries().await, 0);
}

#[tokio::test]
async fn a_gif_by_another_name_is_a_gif_and_its_name_is_not_kept() {
    let server = TestServer::start().await;
    let room = Room::of(&server).await;
    for name in ["evil-canary.html", "../../evil-canary.gif", "evil-canary\u{202e}fig.exe", ""] {
        let part = multipart::Part::bytes(small_gif()).file_name(name).mime_str("text/html");
        let form = multipart::Form::new().part("gif", part.unwrap());
        let path = format!("/room/{}/gif", room.id);
        let answer = room.owner.send(room.owner.request(Method::POST, &path).multipart(form)).await;
        assert_eq!(answer.text(), "ok", "{name}");
        let entry = room.socket.expect("chat").await;
        assert!(!entry.to_string().contains("canary"));
        let shown = room.owner.get(&format!("/gif/{}", entry["gif"].as_str().unwrap())).await;
        assert_eq!(shown.header("content-type"), "image/gif");
        assert!(!format!("{:?}", shown.headers).contains("canary"));
    }
    assert!(server.files_with(b"canary").is_empty());
}

#[tokio::test]
async fn nothing_hidden_in_a_gif_gets_out_again() {
    let server = TestServer::start().await;
    let room = Room::of(&server).await;
    let script = "*/=1;alert('canary')/*";
    let trailing = [small_gif(), b"<script>canary</script>PK\x03\x04".to_vec()].concat();
    let clean = room.show(gif_with_comment(script)).await;
    for same in [trailing, small_gif()] {
        // What is left is the picture, so it is the same file.
        assert_eq!(room.show(same).await, clean);
    }
    let shown = room.owner.get(&clean).await.bytes;
    assert!(shown.starts_with(b"GIF89a") && shown.ends_with(b"\x3b"));
    assert!(!String::from_utf8_lossy(&shown).contains("canary"));
    assert!(server.files_with(b"canary").is_empty());
    assert_eq!(server.gif_files().len(), 1);
}

#[tokio::test]
async fn a_file_that_is_a_script_and_a_gif_at_once_is_refused() {
    let server = TestServer::start().await;
    let room = Room::of(&server).await;
    // `GIF89a/*` opens a comment in a script, and is a canvas of 10,799 pixels in a GIF.
    let mut polyglot = small_gif();
    polyglot[6..8].copy_from_slice(b"/*");
    polyglot.extend_from_slice(b"*/=1;alert(1)");
    let answer = room.post(polyglot).await;
    assert_eq!((answer.status, answer.error().as_str()), (422, "invalid"));
    assert_eq!(answer.json()["reason"], "gif_canvas");
    assert!(server.gif_files().is_empty());
}

#[tokio::test]
async fn a_broken_gif_is_refused_with_the_reason() {
    let server = TestServer::start().await;
    let room = Room::of(&server).await;
    let whole = small_gif();
    for length in 6..whole.len() {
        let answer = room.post(whole[..length].to_vec()).await;
        assert_eq!((answer.status, answer.error().as_str()), (422, "invalid"), "{length} bytes");
        let body = answer.json();
        assert_eq!((&body["field"], &body["reason"]), (&json!("gif"), &json!("gif_truncated")));
        assert!(body["message"].as_str().unwrap().contains("중간에 끊겨"), "{body}");
    }
    let empty = [&whole[..13], &whole[13..19], b"\x3b"].concat();
    let frame = whole.iter().position(|byte| *byte == 0x2c).unwrap();
    let mut outside = whole.clone();
    outside[frame + 1] = 200;
    for (bytes, reason) in [(empty, "gif_empty"), (outside, "gif_malformed")] {
        let answer = room.post(bytes).await;
        assert_eq!(answer.json()["reason"], reason);
        assert_eq!(answer.status, 422);
    }
    assert!(server.gif_files().is_empty());
    assert_eq!(room.entries().await, 0);
    room.show(whole).await;
}

/// Begins an upload and stops in the middle of it.
async fn begin_upload(server: &TestServer, room: &Room) -> RawConnection {
    let mut connection = RawConnection::open(server).await;
    let head = format!(
        "POST /room/{}/gif HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\n\
         Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 100000\r\n\r\n\
         --x\r\nContent-Disposition: form-data; name=\"gif\"; filename=\"a.gif\"\r\n\r\nGIF89a{}",
        room.id,
        server.app().address(),
        room.owner.cookie().unwrap(),
        "x".repeat(20_000),
    );
    connection.send(head.as_bytes()).await;
    connection
}

#[tokio::test]
async fn an_upload_that_is_broken_off_leaves_nothing_behind() {
    let builder =
        TestServer::builder().config(|config| config.gif_uploads_at_once_per_address = 20);
    let server = builder.start().await;
    let room = Room::of(&server).await;
    let mut uploads = Vec::new();
    for _ in 0..20 {
        uploads.push(begin_upload(&server, &room).await);
    }
    until("all uploads have begun", || server.gif_files().len() == 20).await;
    assert!(server.gif_files().iter().all(|path| path.contains("/gifs/incoming/")));
    drop(uploads);
    until("nothing is left of them", || server.gif_files().is_empty()).await;
    assert_eq!(room.entries().await, 0);
}

#[tokio::test]
async fn a_broken_off_upload_gives_its_place_back() {
    for (in_all, per_address) in [(1, 16), (64, 1)] {
        let builder = TestServer::builder().config(|config| {
            config.gif_uploads_at_once = in_all;
            config.gif_uploads_at_once_per_address = per_address;
        });
        one_upload_at_once(builder.start().await).await;
    }
}

async fn one_upload_at_once(server: TestServer) {
    let room = Room::of(&server).await;
    let upload = begin_upload(&server, &room).await;
    until("the upload has begun", || server.gif_files().len() == 1).await;
    let busy = room.post(small_gif()).await;
    assert_eq!((busy.status, busy.error().as_str()), (503, "unavailable"));
    drop(upload);
    until("nothing is left of it", || server.gif_files().is_empty()).await;
    room.show(small_gif()).await;
}

#[tokio::test]
async fn an_upload_on_its_way_does_not_outlive_a_restart() {
    let mut server = TestServer::start().await;
    let room = Room::of(&server).await;
    let left_over = server.data().join("gifs/incoming/left-over");
    room.show(small_gif()).await;
    server.stop().await;
    std::fs::write(&left_over, "half a GIF").unwrap();
    let nobodys = format!("{}.gif", "0".repeat(32));
    std::fs::write(server.data().join("gifs/files").join(&nobodys), "nobody's").unwrap();
    server.restart().await;
    let files = server.gif_files();
    assert_eq!(files.len(), 1, "{files:?}");
    assert!(!files[0].ends_with(&nobodys));
}

#[tokio::test]
async fn the_same_gif_in_two_rooms_is_one_file_and_goes_with_the_last() {
    let server = TestServer::start().await;
    let (one, other) = (Room::of(&server).await, Room::of(&server).await);
    let shared = one.show(small_gif()).await;
    assert_eq!(other.show(small_gif()).await, shared);
    let alone = one.show(small_gif_of(7)).await;
    assert_ne!(alone, shared);
    assert_eq!(server.gif_files().len(), 2);
    one.close().await;
    assert_eq!(other.owner.get(&alone).await.status, 404);
    assert_eq!(other.owner.get(&shared).await.status, 200);
    other.close().await;
    assert_eq!(other.owner.get(&shared).await.status, 404);
    assert!(server.gif_files().is_empty());
}

#[tokio::test]
async fn the_same_gif_twice_in_a_row_is_two_entries_of_one_file() {
    let server = TestServer::start().await;
    let room = Room::of(&server).await;
    let first = room.show(small_gif()).await;
    let second = room.show(small_gif()).await;
    assert_eq!(first, second);
    assert_eq!((room.entries().await, server.gif_files().len()), (2, 1));
}

#[tokio::test]
async fn another_server_names_the_same_gif_differently() {
    let (here, there) = (TestServer::start().await, TestServer::start().await);
    let (one, other) = (Room::of(&here).await, Room::of(&there).await);
    assert_ne!(one.show(small_gif()).await, other.show(small_gif()).await);
}

#[tokio::test]
async fn a_room_closed_during_an_upload_takes_the_gif_along() {
    let server = TestServer::start().await;
    let room = Room::of(&server).await;
    let guest = server.visitor();
    guest.join(&room.id).await;
    let path = format!("/room/{}/gif", room.id);
    for number in 0..5 {
        let next = Room::of(&server).await;
        let upload = format!("/room/{}/gif", next.id);
        let posting = guest.post_gif(&upload, small_gif_of(number));
        let (posted, ()) = tokio::join!(posting, next.close());
        assert!([200, 404].contains(&posted.status), "{}", posted.text());
    }
    assert_eq!(guest.post_gif(&path, small_gif()).await.text(), "ok");
    assert_eq!(server.gif_files().len(), 1, "only the living room's");
}

/// Sends a whole upload before it looks for an answer, as simple clients do.
async fn upload_first(server: &TestServer, room: &str, lines: &str, bytes: &[u8]) -> RawAnswer {
    let part = "--x\r\nContent-Disposition: form-data; name=\"gif\"\r\n\r\n";
    let end = "\r\n--x--\r\n";
    let length = part.len() + bytes.len() + end.len();
    let head = format!(
        "POST /room/{room}/gif HTTP/1.1\r\nHost: {}\r\n{lines}Connection: close\r\n\
         Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {length}\r\n\r\n{part}",
        server.app().address(),
    );
    let mut connection = RawConnection::open(server).await;
    for part in [head.as_bytes(), bytes, end.as_bytes()] {
        connection.send(part).await;
    }
    RawAnswer::parse(connection.read_to_end().await)
}

#[tokio::test]
async fn a_refusal_reaches_a_client_that_sends_everything_first() {
    let builder = TestServer::builder().config(|config| config.gif_uploads_at_once = 1);
    let server = builder.start().await;
    let room = Room::of(&server).await;
    let cookie = format!("Cookie: {}\r\n", room.owner.cookie().unwrap());
    let (large, beyond) = (gif_of_bytes(8 << 20), gif_of_bytes(12 << 20));
    let text = vec![b'x'; 8 << 20];
    let key = format!("{cookie}Idempotency-Key: a b\r\n");
    let foreign = format!("{cookie}Origin: https://evil.example\r\n");
    for (id, lines, bytes, status, code) in [
        (room.id.as_str(), &foreign, &large, 403, "cross_site"),
        (&room.id, &key, &large, 422, "invalid"),
        ("none", &cookie, &large, 404, "not_found"),
        (&room.id, &cookie, &beyond, 413, "too_large"),
        (&room.id, &cookie, &text, 422, "not_a_gif"),
    ] {
        let answer = upload_first(&server, id, lines, bytes).await;
        assert_eq!(answer.status, status, "{code}: {}", answer.text);
        assert!(answer.text.contains(code), "{}", answer.text);
    }
    let _upload = begin_upload(&server, &room).await;
    until("the only place is taken", || server.gif_files().len() == 1).await;
    let answer = upload_first(&server, &room.id, &cookie, &large).await;
    assert_eq!(answer.status, 503, "{}", answer.text);
}
