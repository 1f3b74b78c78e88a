//! Readers that do not read: they lose their stream, and nobody else does.

use std::time::Duration;

use futures_util::future::join_all;
use gif_chat::config::Config;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use super::reader::{Reader, numbers};
use super::{LOBBY, of};
use crate::support::socket_client::DEADLINE;
use crate::support::watch::until_away;
use crate::support::{TestServer, Visitor, until};

/// Asks for a stream over a connection of which the kernel holds little, and does not read it.
pub(super) async fn stalled(
    server: &TestServer,
    visitor: &Visitor,
    (path, last): (&str, &str),
) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(65_536).unwrap();
    let address = server.app().address();
    let mut connection = socket.connect(address).await.unwrap();
    let cookie = visitor.cookie().unwrap();
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nCookie: {cookie}\r\nConnection: close\r\n\
         Last-Event-ID: {last}\r\n\r\n"
    );
    connection.write_all(request.as_bytes()).await.unwrap();
    connection
}

/// Everything up to the end of the connection.
pub(super) async fn read_to_end(mut connection: TcpStream) -> String {
    let mut bytes = Vec::new();
    let reading = connection.read_to_end(&mut bytes);
    // A connection that is reset has an end too.
    let _end = timeout(DEADLINE, reading).await.expect("an end");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// One who does not read is let go of while others hear everything, and comes back for the rest.
async fn assert_let_go(change: impl FnOnce(&mut Config)) {
    let server = TestServer::builder().config(change).start().await;
    let (owner, slow) = (server.visitor(), server.visitor().known().await);
    let room = owner.make_room("방").await;
    let (speaker, _) = owner.join(&room).await;
    let mut other = Reader::open(&server.visitor(), &of(&room)).await;
    other.history().await;
    let connection = stalled(&server, &slow, (&of(&room), "")).await;
    let entry = speaker.expect_where("join", |line| line["count"] == 3).await;
    let id = entry["participant"]["id"].clone();
    other.until("join", |line| line["seq"] == entry["seq"]).await;
    let known = entry["seq"].as_u64().unwrap();

    // 16,000 bytes in 4,000 characters. The kernel holds some megabytes of them.
    let texts = vec!["😀".repeat(4_000); 15];
    let mut said = 0;
    while server.app().sessions() == 3 {
        assert!(said < 1_500, "24 MB waited for a reader that does not read");
        owner.say_at_once(&room, &texts).await;
        said += texts.len();
        other.until_count("chat", texts.len()).await;
    }
    speaker.expect_where("presence", |told| told["id"] == id && told["away"] == true).await;
    speaker.say("끝").await;
    other.until_text("끝").await;
    assert!(other.is_open());

    let text = read_to_end(connection).await;
    assert!(text.starts_with("HTTP/1.1 200 OK\r\n") && text.contains("event: joined\n"));
    let whole = text.rsplit_once("\n\n").unwrap().0;
    let last = whole.lines().rev().find_map(|line| line.strip_prefix("id: ")).unwrap();
    let mut back = Reader::after(&slow, &of(&room), last).await;
    assert_eq!(back.next().await.data["reset"], false);
    let seen: u64 = last.split_once(':').unwrap().1.parse().unwrap();
    let missed = numbers(&back.until_text("끝").await);
    let end = known + u64::try_from(said).unwrap() + 1;
    assert!(missed.last() >= Some(&end), "{missed:?}");
    assert!(missed.iter().copied().eq((seen + 1..).take(missed.len())), "{missed:?}");
}

#[tokio::test]
async fn whoever_lets_too_many_bytes_wait_loses_the_stream() {
    assert_let_go(|config| config.socket_backlog_bytes_max = 400_000).await;
}

#[tokio::test]
async fn whoever_lets_too_many_events_wait_loses_the_stream() {
    assert_let_go(|config| config.socket_backlog_packets_max = 20).await;
}

#[tokio::test]
async fn whoever_takes_nothing_for_too_long_loses_the_stream_however_little_waits() {
    assert_let_go(|config| {
        config.socket_write_time_max = Duration::from_millis(100);
        config.socket_backlog_bytes_max = 1024 * 1024 * 1024;
        config.socket_backlog_packets_max = 1024 * 1024;
    })
    .await;
}

#[tokio::test]
async fn a_reader_that_vanishes_before_the_history_is_sent_is_let_go_too() {
    let server = TestServer::builder()
        .config(|config| config.socket_write_time_max = Duration::from_millis(200))
        .start()
        .await;
    let (owner, slow) = (server.visitor(), server.visitor().known().await);
    let room = owner.make_room("방").await;
    let (speaker, _) = owner.join(&room).await;
    let mut first = Reader::open(&slow, &of(&room)).await;
    let id = first.next().await.data["you"]["id"].clone();
    first.history().await;
    let last = first.last_id();
    drop(first);
    until_away(&speaker, &room, &id, true).await;
    // More than the kernel holds: 6 MB.
    for _ in 0..8 {
        owner.say_at_once(&room, &vec!["😀".repeat(4_000); 50]).await;
    }
    let _connection = stalled(&server, &slow, (&of(&room), &last)).await;
    let here = |told: &Value| told["id"] == id && told["away"] == false;
    speaker.expect_where("presence", here).await;
    until("the reader has lost the stream", || server.app().sessions() == 1).await;
    until_away(&speaker, &room, &id, true).await;
}

#[tokio::test]
async fn in_the_lobby_it_is_the_same() {
    let server = TestServer::builder()
        .config(|config| config.socket_write_time_max = Duration::from_millis(100))
        .start()
        .await;
    let (owner, slow) = (server.visitor().known().await, server.visitor().known().await);
    // A hundred graphemes of 25 bytes: the list is half a megabyte.
    let long = "👨‍👩‍👧‍👦".repeat(100);
    let rooms = join_all((0..200).map(|_| owner.make_room(&long))).await;
    let mut other = Reader::open(&server.visitor(), LOBBY).await;
    other.expect("time").await;
    let connection = stalled(&server, &slow, (LOBBY, "")).await;
    until("the stream is open", || server.app().sessions() == 2).await;
    let mut rounds = 0;
    while server.app().sessions() == 2 {
        assert!(rounds < 20, "10 MB waited for a reader that does not read");
        rounds += 1;
        let title = json!({ "title": format!("{rounds}{}", &long[25..]) });
        let changing = rooms.iter().map(async |room| {
            let answer = owner.post_json(&format!("/room/{room}/settings"), &title).await;
            assert_eq!(answer.status, 200, "{}", answer.text());
        });
        join_all(changing).await;
        other.until_count("updateRoom", rooms.len()).await;
    }
    assert!(other.is_open());
    drop(connection);
}
