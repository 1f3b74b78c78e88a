//! HTTP long-polling, by the rows of the protocol's document and what the reference server does.

use reqwest::Method;
use socketio::Config;

use crate::support::{Bare, Polling, Server, eventually, refusal};

async fn entered() -> (Server, Polling) {
    let server = Server::echoing(Config::default()).await;
    let client = server.polling_client().await;
    (server, client)
}

#[tokio::test]
async fn a_poll_brings_packets_as_text_that_nobody_keeps() {
    let (_server, client) = entered().await;
    client.send(r#"420["echo","a"]"#).await;
    let polled = client.get().await;
    assert_eq!(polled.short(), (200, r#"430["a"]"#));
    assert_eq!(polled.header("content-type"), Some("text/plain; charset=UTF-8"));
    assert_eq!(polled.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn a_body_is_answered_ok() {
    let (_server, client) = entered().await;
    let posted = client.post(r#"42["echo"]"#).await;
    assert_eq!(posted.short(), (200, "ok"));
    assert_eq!(posted.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn a_waiting_poll_returns_as_soon_as_there_is_something() {
    let (_server, client) = entered().await;
    let mut poll = Box::pin(client.waiting());
    client.is_silent(&mut poll).await;
    client.send(r#"42["echo","방"]"#).await;
    assert_eq!(poll.await.body, r#"42["echo","방"]"#);
}

#[tokio::test]
async fn several_packets_in_one_body_are_handled_in_order_and_come_back_in_order() {
    let (_server, mut client) = entered().await;
    let body: Vec<_> = (0..5).map(|n| format!(r#"42["echo",{n}]"#)).collect();
    client.send(&body.join("\u{1e}")).await;
    assert_eq!(client.packets(5).await, body);
}

#[tokio::test]
async fn a_binary_event_goes_both_ways_as_base64() {
    let (_server, mut client) = entered().await;
    let event = r#"451-["bytes",{"_placeholder":true,"num":0}]"#;
    client.send(&format!("{event}\u{1e}bAQIDBA==")).await;
    assert_eq!(client.packets(2).await, [event, "bAQIDBA=="]);
}

#[tokio::test]
async fn a_binary_part_may_come_in_a_body_of_its_own_and_without_padding() {
    let (_server, mut client) = entered().await;
    client.send(r#"451-["bytes",{"_placeholder":true,"num":0}]"#).await;
    client.send("bAQIDBA").await;
    assert_eq!(client.packets(2).await[1], "bAQIDBA==");
}

#[tokio::test]
async fn a_body_that_breaks_the_protocol_ends_the_session() {
    for body in [
        "",
        "\u{1e}",
        "\u{1e}42[\"echo\"]",
        "42[\"echo\"]\u{1e}",
        "abc",
        "7",
        "2",
        "2probe",
        "4",
        "47",
        "42{}",
        "42[",
        "bAQID",
        "b!!!",
    ] {
        let (server, client) = entered().await;
        let posted = client.post(body).await;
        assert_eq!(posted.short(), (200, "ok"), "{body:?}");
        assert!(client.is_over().await, "{body:?}");
        assert_eq!(server.ended("malformed"), 1, "{body:?}");
    }
}

#[tokio::test]
async fn a_body_that_is_not_utf_8_ends_the_session() {
    let (server, client) = entered().await;
    client.post(b"42[\"echo\",\"\xff\"]".to_vec()).await;
    assert!(client.is_over().await);
    assert_eq!(server.ended("invalid_utf8"), 1);
}

#[tokio::test]
async fn a_waiting_poll_hears_that_the_session_ends() {
    let (_server, client) = entered().await;
    let mut poll = Box::pin(client.waiting());
    client.is_silent(&mut poll).await;
    client.post("abc").await;
    assert_eq!(poll.await.short(), (200, "1"));
    assert!(client.is_over().await);
}

#[tokio::test]
async fn a_client_closes_its_session_after_what_it_has_said() {
    let (server, client) = entered().await;
    let mut poll = Box::pin(client.waiting());
    client.is_silent(&mut poll).await;
    client.send("42[\"echo\"]\u{1e}1").await;
    let polled = poll.await;
    assert!(["1", "6", "42[\"echo\"]"].contains(&polled.body.as_str()), "{polled:?}");
    assert!(client.is_over().await);
    assert_eq!(server.ended("transport_close"), 1);
}

#[tokio::test]
async fn packets_that_mean_nothing_from_a_client_change_nothing() {
    let (_server, mut client) = entered().await;
    client.send("0\u{1e}3\u{1e}3probe\u{1e}5\u{1e}6").await;
    assert!(client.is_alive().await);
}

#[tokio::test]
async fn a_second_poll_at_the_same_time_ends_the_session() {
    let (server, client) = entered().await;
    let mut first = Box::pin(client.waiting());
    client.is_silent(&mut first).await;
    assert_eq!(client.get().await.status, 400);
    assert_eq!(first.await.short(), (200, "1"));
    assert!(client.is_over().await);
    assert_eq!(server.ended("transport_error"), 1);
}

/// A body whose end does not come.
async fn begin_body(client: &Polling, length: usize, beginning: &str) -> Bare {
    let mut bare = Bare::connect(client.address()).await;
    let head = format!(
        "POST /socket.io/?EIO=4&transport=polling&sid={} HTTP/1.1\r\nHost: x\r\n\
         Content-Length: {length}\r\n\r\n{beginning}",
        client.sid
    );
    bare.send(head.as_bytes()).await;
    bare
}

#[tokio::test]
async fn a_second_body_at_the_same_time_ends_the_session() {
    let (server, client) = entered().await;
    let mut first = begin_body(&client, 100, "42").await;
    // The first one is under way once the second is refused for it.
    let second = loop {
        let posted = client.post("3").await;
        if posted.status != 200 {
            break posted;
        }
    };
    assert_eq!(second.status, 400);
    assert!(client.is_over().await);
    assert_eq!(server.ended("transport_error"), 1);
    // What comes too late is not taken, and the client is not told that it was.
    first.send(&[b' '; 98]).await;
    let late = first.answer().await;
    assert_eq!((late.status, late.body), (400, refusal(1, "Session ID unknown")));
}

#[tokio::test]
async fn a_client_that_cuts_its_poll_is_gone() {
    let (server, client) = entered().await;
    let mut bare = Bare::connect(server.address).await;
    let sid = &client.sid;
    let head = format!("GET /?EIO=4&transport=polling&sid={sid} HTTP/1.1\r\nHost: x\r\n\r\n");
    bare.send(head.as_bytes()).await;
    // It is under way once it brings something; the next one is cut.
    client.send(r#"42["echo"]"#).await;
    assert_eq!(bare.answer().await.body, r#"42["echo"]"#);
    bare.send(head.as_bytes()).await;
    // A request whose end comes with it is not even begun.
    bare.is_silent().await;
    drop(bare);
    eventually(|| server.ended("transport_close") == 1).await;
    assert_eq!(client.get().await.short(), (200, "1"));
    eventually(|| server.engine.counters().sessions == 0).await;
}

#[tokio::test]
async fn a_client_that_cuts_its_body_is_gone() {
    let (server, client) = entered().await;
    let mut body = begin_body(&client, 100, "42").await;
    body.is_silent().await;
    drop(body);
    assert!(client.is_over().await);
    assert_eq!(server.ended("transport_close"), 1);
}

#[tokio::test]
async fn another_method_is_refused_and_changes_nothing() {
    let (_server, mut client) = entered().await;
    for method in [Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS] {
        let url = format!("?EIO=4&transport=polling&sid={}", client.sid);
        let answer = Polling::request(client.address(), method, &url).await;
        assert_eq!(answer.short(), (400, refusal(3, "Bad request").as_str()));
    }
    assert!(client.is_alive().await);
}

#[tokio::test]
async fn a_binary_body_of_the_older_protocol_is_refused_and_ends_the_session() {
    let (_server, client) = entered().await;
    let request = client.ask(Method::POST).header("content-type", "application/octet-stream");
    let answer = request.body("4").send().await.unwrap();
    assert_eq!(answer.status(), 400);
    assert!(client.is_over().await);
}

#[tokio::test]
async fn a_polling_session_is_no_websocket_without_an_upgrade() {
    let (_server, mut client) = entered().await;
    let url = format!("?EIO=4&transport=websocket&sid={}", client.sid);
    let answer = Polling::request(client.address(), Method::GET, &url).await;
    assert_eq!(answer.short(), (400, refusal(3, "Bad request").as_str()));
    assert!(client.is_alive().await);
}

#[tokio::test]
async fn a_websocket_session_cannot_be_polled_or_posted_to() {
    let server = Server::echoing(Config::default()).await;
    let mut client = server.client().await;
    let url = format!("?EIO=4&transport=polling&sid={}", client.sid);
    for method in [Method::GET, Method::POST] {
        let answer = Polling::request(server.address, method, &url).await;
        assert_eq!(answer.short(), (400, refusal(3, "Bad request").as_str()));
    }
    assert!(client.is_alive().await);
}
