use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::wire::PacketError;
use crate::wire::frame::Frame;
use crate::wire::payload::{EnginePacket, decode_payload, decode_text};

fn binary(bytes: &[u8]) -> EnginePacket<'static> {
    EnginePacket::Binary(bytes.to_vec())
}

#[test]
fn each_type_of_packet_is_read() {
    assert_eq!(decode_text("0"), Ok(EnginePacket::Open));
    assert_eq!(decode_text("1"), Ok(EnginePacket::Close));
    assert_eq!(decode_text("2"), Ok(EnginePacket::Ping("")));
    assert_eq!(decode_text("2probe"), Ok(EnginePacket::Ping("probe")));
    assert_eq!(decode_text("3"), Ok(EnginePacket::Pong("")));
    assert_eq!(decode_text("3probe"), Ok(EnginePacket::Pong("probe")));
    assert_eq!(decode_text("4"), Ok(EnginePacket::Message("")));
    assert_eq!(decode_text("4한글 \u{1e}"), Ok(EnginePacket::Message("한글 \u{1e}")));
    assert_eq!(decode_text("5"), Ok(EnginePacket::Upgrade));
    assert_eq!(decode_text("6"), Ok(EnginePacket::Noop));
    assert_eq!(decode_text("bAQIDBA=="), Ok(binary(&[1, 2, 3, 4])));
}

#[test]
fn what_a_packet_without_data_carries_is_dropped() {
    assert_eq!(decode_text("0{}"), Ok(EnginePacket::Open));
    assert_eq!(decode_text("1bye"), Ok(EnginePacket::Close));
    assert_eq!(decode_text("5x"), Ok(EnginePacket::Upgrade));
    assert_eq!(decode_text("6x"), Ok(EnginePacket::Noop));
}

#[test]
fn packets_without_a_known_type_are_refused() {
    assert_eq!(decode_text(""), Err(PacketError::Empty));
    for text in ["7", "9", "a", "B", " 4", "-", "한", "\u{1e}", "\0", "\u{ff14}"] {
        assert_eq!(decode_text(text), Err(PacketError::UnknownType), "{text}");
    }
}

#[test]
fn base64_is_read_as_the_reference_reads_it() {
    assert_eq!(decode_text("b"), Ok(binary(b"")));
    assert_eq!(decode_text("bYQ=="), Ok(binary(b"a")));
    assert_eq!(decode_text("bYQ="), Ok(binary(b"a")));
    assert_eq!(decode_text("bYQ"), Ok(binary(b"a")));
    assert_eq!(decode_text("bYR=="), Ok(binary(b"a")));
    assert_eq!(decode_text("b+/+/"), Ok(binary(&[0xfb, 0xff, 0xbf])));
    assert_eq!(decode_text("b-_-_"), Ok(binary(&[0xfb, 0xff, 0xbf])));
    assert_eq!(decode_text("b+_-/"), Ok(binary(&[0xfb, 0xff, 0xbf])));
}

#[test]
fn what_is_not_base64_is_refused() {
    for text in ["bA", "b=", "bYQ===", "bYQ==YQ==", "bYW Jj", "bYWJj\n", "bYW.j", "b한글", "bY=Q"]
    {
        assert_eq!(decode_text(text), Err(PacketError::Base64), "{text}");
    }
}

#[test]
fn a_payload_has_packets_with_separators_between_them() {
    assert_eq!(decode_payload("6", 1), Ok(vec![EnginePacket::Noop]));
    let packets = decode_payload("4hello\u{1e}2\u{1e}bAQID\u{1e}4€", 4).unwrap();
    let expected = [
        EnginePacket::Message("hello"),
        EnginePacket::Ping(""),
        EnginePacket::Binary(vec![1, 2, 3]),
        EnginePacket::Message("€"),
    ];
    assert_eq!(packets, expected);
}

#[test]
fn a_payload_with_an_empty_packet_is_refused() {
    for body in ["", "\u{1e}", "4a\u{1e}", "\u{1e}4a", "4a\u{1e}\u{1e}4b"] {
        assert_eq!(decode_payload(body, 10), Err(PacketError::Empty), "{body:?}");
    }
}

#[test]
fn one_bad_packet_refuses_the_whole_payload() {
    assert_eq!(decode_payload("4a\u{1e}x", 10), Err(PacketError::UnknownType));
    assert_eq!(decode_payload("4a\u{1e}b?", 10), Err(PacketError::Base64));
}

#[test]
fn a_payload_may_have_as_many_packets_as_the_limit_and_no_more() {
    let body = |packets: usize| vec!["4"; packets].join("\u{1e}");
    assert_eq!(decode_payload(&body(2), 3).unwrap().len(), 2);
    assert_eq!(decode_payload(&body(3), 3).unwrap().len(), 3);
    assert_eq!(decode_payload(&body(4), 3), Err(PacketError::TooManyPackets));
    assert_eq!(decode_payload("4", 0), Err(PacketError::TooManyPackets));
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(body in ".{0,200}|[0-6b\u{1e}A-Za-z=]{0,60}") {
        if let Ok(packets) = decode_payload(&body, 8) {
            prop_assert!((1..=8).contains(&packets.len()));
            let separate: Vec<_> =
                body.split('\u{1e}').map(|packet| decode_text(packet).unwrap()).collect();
            prop_assert_eq!(packets, separate);
        }
    }

    #[test]
    fn base64_in_every_dialect_is_the_same_bytes(bytes in vec(any::<u8>(), 0..100)) {
        for engine in [&STANDARD, &STANDARD_NO_PAD, &URL_SAFE] {
            let packet = format!("b{}", engine.encode(&bytes));
            prop_assert_eq!(decode_text(&packet), Ok(binary(&bytes)));
        }
    }

    #[test]
    fn what_is_written_for_polling_is_read_again(
        messages in vec(prop_oneof![
            "4[^\u{1e}]{0,40}".prop_map(Ok),
            vec(any::<u8>(), 0..40).prop_map(Err),
        ], 1..8),
    ) {
        let mut body = Vec::new();
        for message in &messages {
            let frame = match message {
                Ok(text) => Frame::text(text),
                Err(bytes) => Frame::binary(bytes),
            };
            if !body.is_empty() {
                body.push(0x1e);
            }
            let before = body.len();
            frame.write_polling(&mut body);
            prop_assert_eq!(body.len() - before, frame.polling_len());
        }
        let body = String::from_utf8(body).unwrap();
        let packets = decode_payload(&body, messages.len()).unwrap();
        for (packet, message) in packets.iter().zip(&messages) {
            match message {
                Ok(text) => prop_assert_eq!(packet, &EnginePacket::Message(&text[1..])),
                Err(bytes) => prop_assert_eq!(packet, &EnginePacket::Binary(bytes.clone())),
            }
        }
        prop_assert_eq!(packets.len(), messages.len());
    }
}
