//! What one message may be: each limit, one below it and one above it.

use std::time::Duration;

use socketio::Config;

use crate::support::{Bare, Close, Opcode, Polling, Server, frame, frame_of, refusal};

const BYTES_MAX: usize = 1_000;

fn small() -> Config {
    Config { message_bytes_max: BYTES_MAX, ..Config::default() }
}

/// An echo event of this many bytes.
fn event(bytes: usize) -> String {
    let empty = r#"42["echo",""]"#.len();
    format!(r#"42["echo","{}"]"#, "x".repeat(bytes - empty))
}

#[tokio::test]
async fn a_websocket_message_may_be_as_large_as_the_limit() {
    let server = Server::echoing(small()).await;
    let mut client = server.client().await;
    for bytes in [BYTES_MAX - 1, BYTES_MAX] {
        client.send(&event(bytes)).await;
        assert_eq!(client.text().await, event(bytes));
    }
    client.send(&event(BYTES_MAX + 1)).await;
    assert_eq!(client.close_code().await, 1009);
    assert_eq!(server.ended("too_large"), 1);
}

#[tokio::test]
async fn a_message_that_is_too_large_is_refused_by_its_header() {
    let server = Server::echoing(small()).await;
    let mut bare = Bare::client(server.address).await;
    let bytes = frame(Opcode::Text, &[b'x'; BYTES_MAX + 1]);
    bare.send(&bytes[..8]).await;
    assert_eq!(bare.close_code().await, 1009);
}

#[tokio::test]
async fn the_fragments_of_a_message_count_together() {
    let server = Server::echoing(small()).await;
    for (bytes, is_fine) in [(BYTES_MAX - 1, true), (BYTES_MAX, true), (BYTES_MAX + 1, false)] {
        let mut bare = Bare::client(server.address).await;
        let text = event(bytes);
        let (first, second) = text.as_bytes().split_at(BYTES_MAX / 2);
        bare.send(&frame_of(0x01, first)).await;
        bare.send(&frame_of(0x80, second)).await;
        if is_fine {
            assert_eq!(bare.text().await, text);
        } else {
            assert_eq!(bare.close_code().await, 1009);
        }
    }
}

#[tokio::test]
async fn a_message_may_have_as_many_fragments_as_the_limit() {
    let server = Server::echoing(Config { fragments_max: 8, ..Config::default() }).await;
    for (fragments, is_fine) in [(7, true), (8, true), (9, false)] {
        let mut bare = Bare::client(server.address).await;
        let text = event(40);
        for index in 0..fragments {
            let is_last = index + 1 == fragments;
            // The first one carries all; the others nothing.
            let payload = if index == 0 { text.as_bytes() } else { b"" };
            let first = u8::from(index == 0) | if is_last { 0x80 } else { 0 };
            bare.send(&frame_of(first, payload)).await;
        }
        if is_fine {
            assert_eq!(bare.text().await, text);
        } else {
            assert_eq!(bare.close_code().await, 1002);
        }
    }
}

/// What becomes of a body of so many bytes, sent with its length or in chunks.
async fn posted(server: &Server, bytes: usize, in_chunks: bool) -> (u16, Polling) {
    let client = server.polling_client().await;
    let body = event(bytes);
    let answer = if in_chunks {
        let chunks: Vec<_> = body.into_bytes().chunks(300).map(<[u8]>::to_vec).collect();
        let chunks = futures_util::stream::iter(chunks.into_iter().map(std::io::Result::Ok));
        client.post(reqwest::Body::wrap_stream(chunks)).await
    } else {
        client.post(body).await
    };
    (answer.status, client)
}

#[tokio::test]
async fn a_body_may_be_as_large_as_the_limit() {
    let server = Server::echoing(small()).await;
    for in_chunks in [false, true] {
        for bytes in [BYTES_MAX - 1, BYTES_MAX] {
            let (status, mut client) = posted(&server, bytes, in_chunks).await;
            assert_eq!(status, 200);
            assert_eq!(client.packet().await, event(bytes));
        }
        let (status, client) = posted(&server, BYTES_MAX + 1, in_chunks).await;
        assert_eq!(status, 413);
        // The reference server lets the session live; but what was in the body is lost, and an
        // official client closes at such an answer.
        assert!(client.is_over().await);
    }
    assert_eq!(server.ended("too_large"), 2);
}

#[tokio::test]
async fn a_body_that_declares_too_much_is_refused_before_it_comes() {
    let server = Server::echoing(small()).await;
    let client = server.polling_client().await;
    let mut bare = Bare::connect(server.address).await;
    let head = format!(
        "POST /?EIO=4&transport=polling&sid={} HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n",
        client.sid,
        BYTES_MAX + 1
    );
    assert_eq!(bare.request(&head).await.status, 413);
}

#[tokio::test]
async fn a_body_may_hold_as_many_packets_as_the_limit() {
    let server = Server::echoing(Config { body_packets_max: 5, ..Config::default() }).await;
    for (packets, is_fine) in [(4, true), (5, true), (6, false)] {
        let mut client = server.polling_client().await;
        let body = vec![r#"42["echo"]"#; packets].join("\u{1e}");
        assert_eq!(client.post(body).await.status, 200);
        if is_fine {
            assert_eq!(client.packets(packets).await.len(), packets);
        } else {
            assert!(client.is_over().await);
        }
    }
    assert_eq!(server.ended("malformed"), 1);
}

#[tokio::test]
async fn a_body_that_takes_too_long_ends_the_session() {
    let config = Config { body_time_max: Duration::from_millis(100), ..Config::default() };
    let server = Server::echoing(config).await;
    let client = server.polling_client().await;
    let mut bare = Bare::connect(server.address).await;
    let head = format!(
        "POST /?EIO=4&transport=polling&sid={} HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n42",
        client.sid
    );
    let answer = bare.request(&head).await;
    assert_eq!((answer.status, answer.body), (400, refusal(3, "Bad request")));
    assert!(client.is_over().await);
}

const BINARY: &str = r#"["bytes",{"_placeholder":true,"num":0}]"#;

#[tokio::test]
async fn a_binary_event_may_be_as_large_as_the_limit_with_its_bytes() {
    let server = Server::echoing(small()).await;
    let whole = BYTES_MAX - BINARY.len();
    for (bytes, is_fine) in [(whole - 1, true), (whole, true), (whole + 1, false)] {
        let mut client = server.client().await;
        client.send(&format!("451-{BINARY}")).await;
        client.send_binary(&vec![7; bytes]).await;
        if is_fine {
            assert_eq!(client.text().await, format!("451-{BINARY}"));
            assert_eq!(client.binary().await.len(), bytes);
        } else {
            assert_eq!(client.close_code().await, 1009);
        }
    }
}

#[tokio::test]
async fn a_binary_event_over_polling_has_the_same_limit_whatever_its_bodies() {
    let server = Server::echoing(small()).await;
    let whole = BYTES_MAX - r#"["bytes",0,0]"#.len();
    for (bytes, is_fine) in [(whole, true), (whole + 3, false)] {
        let client = server.polling_client().await;
        client.send(r#"452-["bytes",0,0]"#).await;
        for part in [bytes / 2, bytes - bytes / 2] {
            // Base64 without padding, of zeros.
            assert_eq!(
                client.post(format!("b{}", "A".repeat((part * 8).div_ceil(6)))).await.status,
                200
            );
        }
        if is_fine {
            let mut client = client;
            assert!(client.is_alive().await);
        } else {
            assert!(client.is_over().await);
        }
    }
    assert_eq!(server.ended("too_large"), 1);
}

#[tokio::test]
async fn an_event_may_have_as_many_attachments_as_the_limit() {
    let server = Server::echoing(Config { attachments_max: 3, ..Config::default() }).await;
    for (parts, is_fine) in [(2, true), (3, true), (4, false)] {
        let mut client = server.client().await;
        let places = (0..parts).map(|n| format!(r#",{{"_placeholder":true,"num":{n}}}"#));
        let event = format!(r#"45{parts}-["bytes"{}]"#, places.collect::<String>());
        client.send(&event).await;
        if is_fine {
            for part in 0..parts {
                client.send_binary(&[part]).await;
            }
            assert_eq!(client.text().await, event);
        } else {
            assert_eq!(client.close_code().await, 4006);
        }
    }
}

#[tokio::test]
async fn attachments_that_do_not_come_in_time_close_the_connection() {
    let config = Config { attachments_time_max: Duration::from_millis(300), ..Config::default() };
    let server = Server::echoing(config).await;
    let mut client = server.client().await;
    client.send(&format!("451-{BINARY}")).await;
    assert_eq!(client.close_code().await, 4006);
    // In time is fine.
    let mut client = server.client().await;
    client.send(&format!("451-{BINARY}")).await;
    client.send_binary(&[1]).await;
    client.text().await;
    client.binary().await;
    let waited = tokio::time::timeout(Duration::from_millis(400), client.message()).await;
    assert!(waited.is_err(), "{waited:?}");
    assert!(client.is_alive().await);
}

#[tokio::test]
async fn a_message_that_is_begun_and_not_finished_in_time_closes_the_connection() {
    let config = Config { message_time_max: Duration::from_millis(300), ..Config::default() };
    let server = Server::echoing(config).await;
    let whole = frame(Opcode::Text, event(100).as_bytes());
    let unfinished = [
        whole[..1].to_vec(),
        whole[..whole.len() - 1].to_vec(),
        // A first fragment of no bytes, then pings, which finish nothing.
        [frame_of(0x01, b""), frame(Opcode::Ping, b""), frame(Opcode::Ping, b"")].concat(),
    ];
    for bytes in unfinished {
        let mut bare = Bare::client(server.address).await;
        bare.send(&bytes).await;
        let (_pongs, close) = bare.close().await;
        assert_eq!(close, Close::Frame(4006, "malformed packet".to_owned()), "{bytes:x?}");
    }
}

#[tokio::test]
async fn messages_that_are_finished_in_time_may_follow_each_other_without_a_pause() {
    let (message_time_max, packets_burst_max) = (Duration::from_millis(300), 1_000_000);
    let config = Config { message_time_max, packets_burst_max, ..Config::default() };
    let server = Server::echoing(config).await;
    let mut bare = Bare::client(server.address).await;
    let whole = frame(Opcode::Text, event(100).as_bytes());
    let (head, tail) = whole.split_at(10);
    bare.send(head).await;
    // What is sent ends one message and begins the next, for much longer than one may take.
    let begun = tokio::time::Instant::now();
    while begun.elapsed() < Duration::from_millis(900) {
        bare.send(&[tail, head].concat()).await;
        assert_eq!(bare.text().await, event(100));
    }
    bare.send(tail).await;
    assert_eq!(bare.text().await, event(100));
}

#[tokio::test]
async fn a_namespaces_name_may_be_as_long_as_the_limit() {
    let server = Server::echoing(Config { namespace_bytes_max: 20, ..Config::default() }).await;
    for bytes in [19, 20] {
        let mut client = server.websocket().await;
        let name = format!("/{}", "x".repeat(bytes - 1));
        client.send(&format!("40{name},")).await;
        assert_eq!(client.text().await, format!(r#"44{name},{{"message":"Invalid namespace"}}"#));
    }
    let mut client = server.websocket().await;
    client.send(&format!("40/{},", "x".repeat(20))).await;
    assert_eq!(client.close_code().await, 4006);
}

#[tokio::test]
async fn json_may_be_64_levels_deep_with_the_events_own_array() {
    let server = Server::echoing(Config::default()).await;
    for (levels, is_fine) in [(62, true), (63, true), (64, false)] {
        let mut client = server.client().await;
        let json = format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        let event = format!(r#"42["echo",{json}]"#);
        client.send(&event).await;
        if is_fine {
            assert_eq!(client.text().await, event);
        } else {
            assert_eq!(client.close_code().await, 4006);
        }
    }
}
