use bytes::Bytes;
use serde_json::json;

use crate::wire::binary::{Binary, check_placeholders, with_attachments};
use crate::wire::packet::{self, PacketLimits};
use crate::wire::payload::{EnginePacket, decode_payload};
use crate::wire::websocket::{
    FrameLimits, FrameReader, Received, accept_key, close_frame, pong_frame,
};
use crate::wire::{frame, strict};

#[test]
fn a_masked_text_is_read() {
    let mut bytes = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];
    let limits = FrameLimits { message_bytes_max: 100, fragments_max: 4 };
    for split in 0..bytes.len() {
        let mut copy = bytes;
        let (mut first, mut second) = copy.split_at_mut(split);
        let mut reader = FrameReader::new();
        assert_eq!(reader.next(&mut first, &limits), Ok(None));
        assert_eq!(reader.next(&mut second, &limits), Ok(Some(Received::Text("Hello".into()))));
    }
    bytes[1] = 0x05;
    let refused = FrameReader::new().next(&mut bytes.as_mut_slice(), &limits).unwrap_err();
    assert_eq!(refused.code(), 1002);
}

#[test]
fn frames_of_the_server_are_written() {
    assert_eq!(accept_key("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    assert_eq!(pong_frame(b"x"), b"\x8a\x01x");
    assert_eq!(close_frame(1000, "ok"), b"\x88\x04\x03\xe8ok");
}

#[test]
fn packets_are_written_and_read() {
    let frames = frame::event("/chat", Some(7), "hi", &json!({"a": 1})).unwrap();
    assert_eq!(&frames.first.websocket()[2..], br#"42/chat,7["hi",{"a":1}]"#);
    let frames =
        frame::event_with("/", None, "hi", &(1, Binary(Bytes::from_static(b"abc")))).unwrap();
    let expected = br#"451-["hi",1,{"_placeholder":true,"num":0}]"#;
    assert_eq!(&frames.first.websocket()[2..], expected);
    assert_eq!(frames.attachments[0].websocket(), b"\x82\x03abc");
    let mut body = Vec::new();
    frames.attachments[0].write_polling(&mut body);
    assert_eq!(body, b"bYWJj");
    assert_eq!(frames.attachments[0].polling_len(), body.len());
    assert_eq!(frames.first.polling_len(), expected.len());
    assert_eq!(frames.first.bytes(), expected.len() + 2);
    assert_eq!(&frame::ack("/", 1, &2).unwrap().first.websocket()[2..], b"431[2]");
    assert_eq!(&frame::ack_with("/", 1, &(2, 3)).unwrap().first.websocket()[2..], b"431[2,3]");
    assert_eq!(&frame::connected("/chat", "x").websocket()[2..], br#"40/chat,{"sid":"x"}"#);
    assert_eq!(&frame::disconnected("/chat").websocket()[2..], b"41/chat,");
    let refused = frame::refused("/", "no", None).unwrap();
    assert_eq!(&refused.websocket()[2..], br#"44{"message":"no"}"#);

    let limits = PacketLimits { attachments_max: 2, namespace_bytes_max: 10 };
    let packet = packet::decode(r#"51-/a,3["hi",{"_placeholder":true,"num":0}]"#, &limits).unwrap();
    let (name, arguments) = packet::event_parts(packet.payload).unwrap();
    assert_eq!(name, "hi");
    assert_eq!(check_placeholders(packet.payload, packet.attachments), Ok(()));
    let binary: Binary = with_attachments(&[Bytes::from_static(b"abc")], || {
        serde_json::from_str(arguments[0].get()).unwrap()
    });
    assert_eq!(binary.0, "abc");
    assert_eq!(packet::arguments("[1,2]").unwrap().len(), 2);
    assert!(strict::check(r#"{"a":1,"a":2}"#).is_err());
    let packets = decode_payload("2probe\u{1e}bYWJj", 2).unwrap();
    assert_eq!(packets, [EnginePacket::Ping("probe"), EnginePacket::Binary(b"abc".to_vec())]);
}
