//! Requests as no HTTP library would write them, on a bare TCP connection.

use std::time::Duration;

use serde_json::json;

use crate::support::socket_client::SocketClient;
use crate::support::{
    RawAnswer, RawConnection, TestServer, Visitor, raw_request, small_gif, until,
};

/// Somebody's room, which goes on whatever others send.
async fn room(server: &TestServer) -> (Visitor, String, SocketClient) {
    let visitor = server.visitor();
    let room = visitor.make_room("방").await;
    let (socket, _) = visitor.join(&room).await;
    (visitor, room, socket)
}

/// All texts that the room has got, after one more that must get through.
async fn texts(socket: &SocketClient) -> Vec<String> {
    let sent = socket.ask("chat", json!({ "chat": "끝" })).await;
    assert_eq!(sent["ok"], true);
    socket.expect_where("chat", |entry| entry["chat"] == "끝").await;
    let chats = socket.received().into_iter().filter(|(name, _)| name == "chat");
    chats.map(|(_, entry)| entry["chat"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn no_address_leads_out_of_the_folders() {
    let server = TestServer::start().await;
    let (visitor, room, socket) = room(&server).await;
    visitor.post_gif(&format!("/room/{room}/gif"), small_gif()).await;
    let gif = socket.expect("chat").await["gif"].as_str().unwrap().to_owned();
    let canary = format!("{}.gif", "ab".repeat(16));
    std::fs::write(server.data().join(&canary), "CANARY").unwrap();
    std::fs::write(server.data().join("gifs").join(&canary), "CANARY").unwrap();
    for path in [
        format!("/gif/../{canary}"),
        format!("/gif/../../{canary}"),
        format!("/gif/..%2f{canary}"),
        format!("/gif/..%2F..%2F{canary}"),
        format!("/gif/%2e%2e/{canary}"),
        format!("/gif/%2e%2e%2f{canary}"),
        format!("/gif/%252e%252e%252f{canary}"),
        format!("/gif/..%5c{canary}"),
        format!("/gif/..\\{canary}"),
        format!("/gif/./{gif}"),
        format!("/gif/files/{gif}"),
        format!("/gif/{gif}%00"),
        format!("/gif/{gif}%00.gif"),
        format!("/gif//{gif}"),
        format!("/gif/{}", server.data().join(&canary).display()),
        "/gif/C:%5csecret.gif".to_owned(),
        "/assets/../.vite/manifest.json".to_owned(),
        "/assets/%2e%2e/.vite/manifest.json".to_owned(),
        "/assets/..%2f.vite%2fmanifest.json".to_owned(),
        "/assets//etc/passwd".to_owned(),
        "/assets/%2fetc%2fpasswd".to_owned(),
        "/assets/../../Cargo.toml".to_owned(),
        "/socket.io/..%2f.vite%2fmanifest.json".to_owned(),
        "/socket.io/../.vite/manifest.json".to_owned(),
        "/..%2f..%2fetc%2fpasswd".to_owned(),
    ] {
        let answer = raw_request(&server, &format!("GET {path} HTTP/1.1"), "").await;
        assert!((400..500).contains(&answer.status), "{path}: {}", answer.text);
        for secret in ["CANARY", "src/room/main.ts", "GIF89a", "root:"] {
            assert!(!answer.text.contains(secret), "{path} gives {secret}");
        }
    }
}

#[tokio::test]
async fn a_very_long_address_is_refused() {
    let server = TestServer::start().await;
    let (_, _, socket) = room(&server).await;
    for (length, expected) in [(10_000, 404), (60_000, 404), (70_000, 414), (1_000_000, 414)] {
        for path in
            [format!("/{}", "x".repeat(length)), format!("/gif/{}", "%41".repeat(length / 3))]
        {
            let answer = raw_request(&server, &format!("GET {path} HTTP/1.1"), "").await;
            let statuses = [expected, if expected == 414 { 431 } else { 404 }];
            assert!(statuses.contains(&answer.status), "{length}: {}", answer.status);
            assert!(answer.text.len() < 5_000, "the answer repeats the address");
        }
    }
    assert_eq!(texts(&socket).await, ["끝"]);
}

#[tokio::test]
async fn a_flood_of_headers_is_refused() {
    let server = TestServer::start().await;
    let (_, _, socket) = room(&server).await;
    let many = "a: b\r\n".repeat(10_000);
    let long = format!("a: {}\r\n", "b".repeat(1_000_000));
    let name = format!("{}: b\r\n", "a".repeat(200_000));
    for lines in [many, long, name] {
        let answer = raw_request(&server, "GET / HTTP/1.1", &lines).await;
        assert!([400, 431].contains(&answer.status), "{}", answer.status);
    }
    assert_eq!(raw_request(&server, "GET / HTTP/1.1", &"a: b\r\n".repeat(50)).await.status, 200);
    assert_eq!(texts(&socket).await, ["끝"]);
}

#[tokio::test]
async fn nothing_is_smuggled_behind_a_request_of_two_lengths() {
    let server = TestServer::start().await;
    let (visitor, room, socket) = room(&server).await;
    let head = |text: &str, lines: &str| {
        let host = server.app().address();
        let cookie = visitor.cookie().unwrap();
        let form = "Content-Type: application/x-www-form-urlencoded";
        format!(
            "POST /room/{room}/chat HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n{form}\r\n{lines}\r\n{text}"
        )
    };
    let smuggled = head("chat=smuggled", "Content-Length: 13\r\n");
    let chunked = "5\r\nchat=\r\n1\r\na\r\n0\r\n\r\n";
    let length = chunked.len() + smuggled.len();
    for lines in [
        format!("Content-Length: {length}\r\nTransfer-Encoding: chunked\r\n"),
        format!("Transfer-Encoding: chunked\r\nContent-Length: {length}\r\n"),
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n".to_owned(),
        "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n".to_owned(),
        format!("Content-Length: {length}\r\ntransfer-encoding: ChUnKeD\r\n"),
    ] {
        let mut connection = RawConnection::open(&server).await;
        connection.send(head(&format!("{chunked}{smuggled}"), &lines).as_bytes()).await;
        let answers = connection.read_to_end().await;
        assert_eq!(answers.matches("HTTP/1.1 ").count(), 1, "{lines}: {answers}");
    }
    let said = texts(&socket).await;
    assert!(said.iter().all(|text| text != "smuggled"), "{said:?}");
}

#[tokio::test]
async fn a_request_with_an_unclear_length_is_refused() {
    let server = TestServer::start().await;
    let (_, room, socket) = room(&server).await;
    let first_line = format!("POST /room/{room}/chat HTTP/1.1");
    for lines in [
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: 5, 6\r\n",
        "Content-Length: -1\r\n",
        "Content-Length: +5\r\n",
        "Content-Length: 0x5\r\n",
        "Content-Length: 99999999999999999999999\r\n",
        "Content-Length : 5\r\n",
        "Transfer-Encoding: gzip\r\n",
        "Transfer-Encoding: chunked, gzip\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding:\r\n chunked\r\n",
        "X-Folded: a\r\n b\r\nContent-Length: 0\r\n",
        "X-Nul: a\0b\r\n",
        "X Space: a\r\n",
        ": no name\r\n",
    ] {
        let answer = raw_request(&server, &first_line, lines).await;
        assert_eq!(answer.status, 400, "{lines:?}: {}", answer.text);
    }
    for first_line in
        ["GET", "GET /", "/ HTTP/1.1", "GET / HTTP/9.9", "G\0T / HTTP/1.1", "\u{16}\u{3}\u{1}"]
    {
        let answer = raw_request(&server, first_line, "").await;
        assert!([400, 505].contains(&answer.status), "{first_line:?}: {}", answer.text);
    }
    assert_eq!(texts(&socket).await, ["끝"]);
}

#[tokio::test]
async fn a_broken_chunk_is_a_bad_request() {
    let server = TestServer::start().await;
    let (_, room, socket) = room(&server).await;
    let lines = "Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n";
    for chunks in ["zz\r\n", "ffffffffffffffffff\r\nx", "-1\r\nx\r\n", "5\r\nchat=xx\r\n0\r\n\r\n"]
    {
        let mut connection = RawConnection::open(&server).await;
        let host = server.app().address();
        let head =
            format!("POST /room/{room}/chat HTTP/1.1\r\nHost: {host}\r\n{lines}\r\n{chunks}");
        connection.send(head.as_bytes()).await;
        let answer = RawAnswer::parse(connection.read_to_end().await);
        assert_eq!(answer.status, 400, "{chunks:?}: {}", answer.text);
    }
    assert_eq!(texts(&socket).await, ["끝"]);
}

#[tokio::test]
async fn a_client_that_does_not_finish_its_headers_is_let_go() {
    let short = Duration::from_millis(150);
    let builder = TestServer::builder().config(|config| config.header_read_time_max = short);
    let server = builder.start().await;
    let (_, _, socket) = room(&server).await;
    for beginning in ["", "G", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "] {
        let mut connection = RawConnection::open(&server).await;
        connection.send(beginning.as_bytes()).await;
        let answer = connection.read_to_end().await;
        assert!(!answer.contains("200 OK"), "{beginning:?}: {answer}");
    }
    // A byte from time to time buys no time.
    let mut connection = RawConnection::open(&server).await;
    connection.send(b"GET / HTTP/1.1\r\nX-Slow: ").await;
    let started = std::time::Instant::now();
    connection.dribble(b'x').await;
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    assert_eq!(texts(&socket).await, ["끝"]);
}

#[tokio::test]
async fn a_client_that_does_not_finish_its_body_is_let_go() {
    let short = Duration::from_millis(150);
    let builder = TestServer::builder().config(|config| {
        config.request_body_time_max = short;
        config.gif_upload_time_max = short;
    });
    let server = builder.start().await;
    let (visitor, room, socket) = room(&server).await;
    for (kind, path, body) in [
        ("application/json", "chat", "{\"chat\":"),
        ("application/x-www-form-urlencoded", "chat", "chat=a"),
        (
            "multipart/form-data; boundary=x",
            "gif",
            "--x\r\nContent-Disposition: form-data; name=\"gif\"\r\n\r\nGIF89a",
        ),
    ] {
        let cookie = visitor.cookie().unwrap();
        let host = server.app().address();
        let head = format!(
            "POST /room/{room}/{path} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n\
             Content-Type: {kind}\r\nContent-Length: 9000\r\n\r\n{body}"
        );
        let mut connection = RawConnection::open(&server).await;
        connection.send(head.as_bytes()).await;
        let answer = RawAnswer::parse(connection.read_to_end().await);
        assert_eq!(answer.status, 400, "{kind}: {}", answer.text);
        assert!(answer.text.contains("\"bad_request\""), "{}", answer.text);
    }
    until("the upload is gone", || server.gif_files().is_empty()).await;
    assert_eq!(texts(&socket).await, ["끝"]);
}
