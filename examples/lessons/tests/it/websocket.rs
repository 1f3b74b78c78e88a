//! The lesson on WebSocket.

use std::time::{Duration, Instant};

use rustix::process::Signal;
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Lesson, WebSocket, serve, tasks, tasks_left};

#[path = "../../src/bin/websocket.rs"]
#[expect(dead_code, reason = "its `main` is for the program")]
mod lesson;

const BINARY: &str = env!("CARGO_BIN_EXE_websocket");
const LINE: &str = "서버에서 클라이언트로 메시지를 보냅니다.";
const ANSWER: &str = "클라이언트에서 서버로 답장을 보냅니다.";
const MESSAGE_BYTES_MAX: usize = 64 * 1024;

#[tokio::test]
async fn a_line_comes_every_three_seconds_and_the_answer_is_logged() {
    let lesson = Lesson::start(BINARY).await;
    let opened = Instant::now();
    let mut socket = WebSocket::open(lesson.address(), "/socket").await;
    for seconds in [3, 6] {
        assert_eq!(socket.text().await, LINE);
        let passed = opened.elapsed();
        assert!(passed >= Duration::from_secs(seconds), "too early: {passed:?}");
        assert!(passed < Duration::from_secs(seconds + 2), "too late: {passed:?}");
    }
    socket.send(ANSWER).await;
    lesson.logged(&["INFO", "message", "client=127.0.0.1", ANSWER]).await;
    socket.close(4321).await;
    lesson.logged(&["INFO", "closed", "client=127.0.0.1", "code=4321"]).await;
}

#[tokio::test]
async fn page_and_socket_are_on_the_same_port() {
    let lesson = Lesson::start(BINARY).await;
    let page = reqwest::get(&lesson.url).await.unwrap();
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
    assert!(page.text().await.unwrap().contains("/socket"));
    WebSocket::open(lesson.address(), "/socket").await.close(1000).await;
}

#[tokio::test]
async fn without_a_trusted_proxy_its_header_means_nothing() {
    let lesson = Lesson::start(BINARY).await;
    let _socket = WebSocket::open_with(lesson.address(), "/socket", &["203.0.113.9"]).await;
    lesson.logged(&["open", "client=127.0.0.1"]).await;
    assert!(!lesson.log().contains("203.0.113.9"));
}

#[tokio::test]
async fn behind_trusted_proxies_the_client_is_the_last_hop_that_is_none() {
    let trusted = [("PORT", "0"), ("TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/8,2001:db8::/32")];
    let lesson = Lesson::start_with(BINARY, &trusted).await;
    let cases: [(&[&str], &str); 8] = [
        (&["203.0.113.1"], "203.0.113.1"),
        (&["198.51.100.7, 203.0.113.2"], "203.0.113.2"),
        (&["198.51.100.7,203.0.113.3 , 10.9.8.7"], "203.0.113.3"),
        (&["203.0.113.4", "10.0.0.1,10.0.0.2"], "203.0.113.4"),
        (&["198.51.100.7", "2001:db9::5, 2001:db8::1"], "2001:db9::5"),
        // What is no address is as good as nothing, and so is all that stands left of it.
        (&["203.0.113.6, unknown, 10.0.0.6"], "10.0.0.6"),
        (&["203.0.113.7, , 10.0.0.7"], "10.0.0.7"),
        (&["10.0.0.8"], "10.0.0.8"),
    ];
    for (forwarded, client) in cases {
        let _socket = WebSocket::open_with(lesson.address(), "/socket", forwarded).await;
        lesson.logged(&["open", &format!("client={client}")]).await;
    }
    let _socket = WebSocket::open(lesson.address(), "/socket").await;
    lesson.logged(&["open", "client=127.0.0.1"]).await;
    assert!(!lesson.log().contains("198.51.100.7"));
}

#[tokio::test]
async fn the_echo_sends_back_texts_and_bytes_up_to_the_limit_and_logs_them() {
    let lesson = Lesson::start(BINARY).await;
    let mut socket = WebSocket::open(lesson.address(), "/echo").await;
    let longest = "가".repeat(MESSAGE_BYTES_MAX / 3) + "x";
    assert_eq!(longest.len(), MESSAGE_BYTES_MAX);
    for message in ["", "안녕하세요\n\u{1b}[31m", &longest] {
        socket.send(message).await;
        assert_eq!(socket.text().await, message);
    }
    let bytes = Message::binary(vec![0, 255, 128]);
    socket.send(bytes.clone()).await;
    assert_eq!(socket.next().await.unwrap().unwrap(), bytes);
    socket.close(1000).await;
    lesson.logged(&["closed", "code=1000"]).await;
    assert_eq!(lesson.log().matches("message").count(), 4);
    assert!(!lesson.log().contains('\u{1b}'), "a client writes to the terminal");
}

#[tokio::test]
async fn a_message_over_the_limit_ends_its_socket_alone() {
    let lesson = Lesson::start(BINARY).await;
    let mut other = WebSocket::open(lesson.address(), "/echo").await;
    for path in ["/socket", "/echo"] {
        let mut socket = WebSocket::open(lesson.address(), path).await;
        socket.send("x".repeat(MESSAGE_BYTES_MAX + 1)).await;
        assert_eq!(socket.close_code().await, 1009);
    }
    lesson.logged(&["WARN", "error", "client=127.0.0.1", "too long"]).await;
    lesson.logged(&["closed", "code=1009"]).await;
    other.send("still here").await;
    assert_eq!(other.text().await, "still here");
}

#[tokio::test]
async fn a_client_that_vanishes_is_logged() {
    let lesson = Lesson::start(BINARY).await;
    drop(WebSocket::open(lesson.address(), "/socket").await);
    lesson.logged(&["WARN", "error", "client=127.0.0.1"]).await;
    lesson.logged(&["closed", "code=1006"]).await;
}

#[tokio::test]
async fn the_timer_ends_with_its_socket() {
    let mut server = JoinSet::new();
    let address = serve(lesson::router(lesson::Sockets::default()), &mut server).await;
    let before = tasks();
    let mut staying = WebSocket::open(address, "/socket").await;
    let mut vanishing = WebSocket::open(address, "/socket").await;
    assert_eq!(staying.text().await, LINE);
    assert_eq!(vanishing.text().await, LINE);
    let open = tasks();
    assert!(open >= before + 2, "{open} tasks with two sockets, {before} without");
    drop(vanishing);
    tasks_left(before + (open - before) / 2).await;
    staying.close(1000).await;
    tasks_left(before).await;
}

#[tokio::test]
async fn a_lesson_that_ends_says_goodbye() {
    let mut lesson = Lesson::start(BINARY).await;
    let mut socket = WebSocket::open(lesson.address(), "/socket").await;
    lesson.logged(&["open"]).await;
    lesson.signal(Signal::TERM);
    assert_eq!(socket.close_code().await, 1001);
    while socket.next().await.is_some() {}
    assert!(lesson.end().await.success());
    lesson.logged(&["closed", "code=1001"]).await;
}
