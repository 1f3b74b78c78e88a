//! Sessions over WebSocket: what frames and packets do to them, and how they are closed.

use socketio::Config;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use crate::support::{Bare, Close, Opcode, Server, eventually, frame, frame_of};

#[tokio::test]
async fn a_message_comes_back_in_one_frame() {
    let server = Server::echoing(Config::default()).await;
    let mut client = server.client().await;
    for text in ["a", "방", "", &"x".repeat(126), &"x".repeat(65_000)] {
        let event = format!(r#"42["echo","{text}"]"#);
        client.send(&event).await;
        assert_eq!(client.text().await, event);
    }
}

#[tokio::test]
async fn a_binary_event_goes_both_ways_as_frames() {
    let server = Server::echoing(Config::default()).await;
    let mut client = server.client().await;
    let event = r#"452-["bytes",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]"#;
    client.send(event).await;
    client.send_binary(&[1, 2, 3]).await;
    client.send_binary(&[]).await;
    assert_eq!(client.text().await, event);
    assert_eq!(client.binary().await, [1, 2, 3]);
    assert_eq!(client.binary().await, [0_u8; 0]);
}

#[tokio::test]
async fn a_packet_that_the_protocol_does_not_know_closes_the_connection() {
    for text in ["", "7", "x", "abc", "2", "2probe", "4", "47", "42[", "42{}", "bAQID", "420[]"] {
        let server = Server::echoing(Config::default()).await;
        let mut client = server.client().await;
        client.send(text).await;
        assert_eq!(client.close().await, Close::Frame(4006, "malformed packet".into()), "{text:?}");
        drop(client);
        eventually(|| server.engine.counters().sessions == 0).await;
        assert_eq!(server.ended("malformed"), 1, "{text:?}");
    }
}

#[tokio::test]
async fn a_binary_message_that_nobody_announced_closes_the_connection() {
    let server = Server::echoing(Config::default()).await;
    let mut client = server.client().await;
    client.send_binary(&[1, 2, 3]).await;
    assert_eq!(client.close_code().await, 4006);
}

#[tokio::test]
async fn frames_that_break_rfc_6455_are_answered_with_its_codes() {
    let text = frame(Opcode::Text, b"42[]");
    let mut unmasked = text.clone();
    unmasked[1] &= 0x7f;
    let long_ping = frame(Opcode::Ping, &[0; 126]);
    let not_shortest = [&[0x81, 0xfe, 0, 5][..], &text[2..]].concat();
    let huge = [&[0x81, 0xff, 0, 0, 1, 0, 0, 0, 0, 0][..], &[0; 4]].concat();
    let negative = [&[0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0][..], &[0; 4]].concat();
    let table = [
        ("no mask", unmasked, 1002),
        ("reserved bit 1", frame_of(0xc1, b"4"), 1002),
        ("reserved bit 2", frame_of(0xa1, b"4"), 1002),
        ("reserved bit 3", frame_of(0x91, b"4"), 1002),
        ("reserved opcode 3", frame_of(0x83, b"4"), 1002),
        ("reserved opcode 11", frame_of(0x8b, b"4"), 1002),
        ("continuation of nothing", frame(Opcode::Continuation, b"4"), 1002),
        ("fragmented ping", frame_of(0x09, b"4"), 1002),
        ("ping over 125 bytes", long_ping, 1002),
        ("length not in its shortest form", not_shortest, 1002),
        ("message inside of a message", [frame_of(1, b"4"), text.clone()].concat(), 1002),
        ("close frame of one byte", frame(Opcode::Close, &[3]), 1002),
        ("close frame with code 1005", frame(Opcode::Close, &1005_u16.to_be_bytes()), 1002),
        ("text that is not UTF-8", frame(Opcode::Text, b"42[\"\xff\"]"), 1007),
        ("half a letter at the end", frame(Opcode::Text, b"42[\"\xeb\xb0"), 1007),
        ("a terabyte", huge, 1009),
        ("length with the highest bit", negative, 1002),
    ];
    for (what, bytes, code) in table {
        let server = Server::echoing(Config::default()).await;
        let mut bare = Bare::client(server.address).await;
        bare.send(&bytes).await;
        assert_eq!(bare.close_code().await, code, "{what}");
        assert_eq!(bare.read_to_end().await, b"", "{what}");
        drop(bare);
        eventually(|| server.engine.counters().sessions == 0).await;
    }
}

#[tokio::test]
async fn a_text_in_pieces_of_any_size_is_one_message() {
    let server = Server::echoing(Config::default()).await;
    let mut bare = Bare::client(server.address).await;
    let event = r#"42["echo","방에 들어가기"]"#;
    for byte in frame(Opcode::Text, event.as_bytes()) {
        bare.send(&[byte]).await;
    }
    assert_eq!(bare.text().await, event);
    let pieces = event.as_bytes().chunks(3).enumerate();
    let count = event.len().div_ceil(3);
    for (index, piece) in pieces {
        let last = if index + 1 == count { 0x80 } else { 0 };
        bare.send(&frame_of(last | u8::from(index == 0), piece)).await;
        bare.send(&frame(Opcode::Ping, b"between")).await;
        assert_eq!(bare.frame().await, Some((0x8a, b"between".to_vec())), "{index}");
        if index + 1 == count {
            break;
        }
    }
}

#[tokio::test]
async fn a_ping_frame_is_answered_with_what_it_carries() {
    let server = Server::echoing(Config::default()).await;
    let mut bare = Bare::client(server.address).await;
    for payload in [&b""[..], b"abc", &[7; 125]] {
        bare.send(&frame(Opcode::Ping, payload)).await;
        assert_eq!(bare.frame().await, Some((0x8a, payload.to_vec())));
    }
    bare.send(&frame(Opcode::Pong, b"unasked")).await;
    bare.send(&frame(Opcode::Text, br#"42["echo"]"#)).await;
    assert_eq!(bare.text().await, r#"42["echo"]"#);
}

#[tokio::test]
async fn a_client_that_says_goodbye_is_answered_with_its_code_and_then_the_connection_ends() {
    for (code, answered) in
        [(Some(1000_u16), 1000), (Some(1001), 1001), (Some(4999), 4999), (None, 1000)]
    {
        let server = Server::echoing(Config::default()).await;
        let mut bare = Bare::client(server.address).await;
        let code = code.map(u16::to_be_bytes);
        let goodbye = code.map(|code| [&code[..], b"bye"].concat()).unwrap_or_default();
        bare.send(&frame(Opcode::Close, &goodbye)).await;
        assert_eq!(bare.close_code().await, answered);
        assert_eq!(bare.read_to_end().await, b"");
        drop(bare);
        eventually(|| server.engine.counters().sessions == 0).await;
        assert_eq!(server.ended("transport_close"), 1);
    }
}

#[tokio::test]
async fn nothing_behind_a_goodbye_is_handled() {
    let (seen, mut shown) = crate::support::feed();
    let server = Server::with(Config::default(), move |engine| {
        engine
            .namespace("/")
            .fallback(move |name: socketio::EventName| {
                seen.put(name.0);
                async {}
            })
            .open();
    })
    .await;
    let mut bare = Bare::client(server.address).await;
    let all = [
        frame(Opcode::Text, br#"42["before"]"#),
        frame(Opcode::Close, &[]),
        frame(Opcode::Text, br#"42["behind"]"#),
    ];
    bare.send(&all.concat()).await;
    bare.close().await;
    drop(bare);
    eventually(|| server.engine.counters().sessions == 0).await;
    assert_eq!(shown.now(), ["before"]);
}

#[tokio::test]
async fn a_client_that_only_ends_its_connection_is_gone_too() {
    let server = Server::echoing(Config::default()).await;
    drop(server.client().await);
    eventually(|| server.engine.counters().sessions == 0).await;
    assert_eq!(server.ended("transport_close"), 1);
}

#[tokio::test]
async fn a_client_that_closes_with_a_library_is_told_so() {
    let server = Server::echoing(Config::default()).await;
    let mut client = server.client().await;
    let goodbye = CloseFrame { code: 1001.into(), reason: "leaving".into() };
    client.send_message(Message::Close(Some(goodbye))).await;
    assert_eq!(client.close().await, Close::Frame(1001, String::new()));
}

#[tokio::test]
async fn packets_that_mean_nothing_from_a_client_change_nothing() {
    let server = Server::echoing(Config::default()).await;
    let mut client = server.client().await;
    for text in ["0", "3", "3probe", "5", "6"] {
        client.send(text).await;
    }
    assert!(client.is_alive().await);
}

#[tokio::test]
async fn frames_that_come_with_the_request_for_the_websocket_are_not_lost() {
    let server = Server::echoing(Config::default()).await;
    let mut bare = Bare::connect(server.address).await;
    let mut bytes = Bare::upgrade_head("").into_bytes();
    bytes.extend(frame(Opcode::Text, b"40"));
    bytes.extend(frame(Opcode::Text, br#"42["echo","early"]"#));
    bare.send(&bytes).await;
    assert_eq!(bare.answer().await.status, 101);
    assert!(bare.text().await.starts_with("0{"));
    assert!(bare.text().await.starts_with("40{"));
    assert_eq!(bare.text().await, r#"42["echo","early"]"#);
}
