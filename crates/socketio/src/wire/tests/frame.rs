use std::collections::BTreeMap;

use bytes::Bytes;
use proptest::prelude::*;
use serde::ser::Error as _;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::wire::binary::Binary;
use crate::wire::frame::{
    Frame, Frames, ack, ack_with, connected, disconnected, event, event_with, refused,
    scratch_bytes,
};
use crate::wire::packet::{Kind, PacketLimits, decode, event_parts};

fn text(frame: &Frame) -> String {
    let mut body = Vec::new();
    frame.write_polling(&mut body);
    assert_eq!(body.len(), frame.polling_len());
    String::from_utf8(body).unwrap()
}

fn first(frames: Result<Frames, serde_json::Error>) -> String {
    let frames = frames.unwrap();
    assert!(frames.attachments.is_empty());
    text(&frames.first)
}

fn binary(text: &'static str) -> Binary {
    Binary(Bytes::from_static(text.as_bytes()))
}

#[test]
fn a_frame_is_a_header_and_its_packet() {
    assert_eq!(Frame::text("2").websocket(), b"\x81\x012");
    assert_eq!(Frame::text("").websocket(), b"\x81\0");
    assert_eq!(Frame::text("3probe").websocket(), b"\x81\x063probe");
    assert_eq!(Frame::binary(b"abc").websocket(), b"\x82\x03abc");
    assert_eq!(Frame::text("4한").bytes(), 6);
}

#[test]
fn a_frame_of_every_length_is_whole_for_both_transports() {
    for length in [0, 1, 124, 125, 126, 127, 128, 65534, 65535, 65536, 65537, 200_000] {
        let payload = "a".repeat(length);
        let frame = Frame::text(&payload);
        let header = match length {
            ..126 => 2,
            126..65536 => 4,
            _ => 10,
        };
        assert_eq!(frame.bytes(), header + length);
        assert_eq!(&frame.websocket()[header..], payload.as_bytes());
        assert_eq!(text(&frame), payload);
        let bytes = Frame::binary(payload.as_bytes());
        assert_eq!(bytes.bytes(), header + length);
        assert_eq!(text(&bytes).len(), 1 + length.div_ceil(3) * 4);
    }
}

#[test]
fn bytes_are_base64_for_polling() {
    for (bytes, expected) in [
        (b"".as_slice(), "b"),
        (b"a", "bYQ=="),
        (b"ab", "bYWI="),
        (b"abc", "bYWJj"),
        (&[0xfb, 0xff, 0xbf, 0xff], "b+/+//w=="),
    ] {
        assert_eq!(text(&Frame::binary(bytes)), expected);
    }
}

#[test]
fn polling_packets_are_appended() {
    let mut body = b"2\x1e".to_vec();
    Frame::text("4a").write_polling(&mut body);
    Frame::binary(b"abc").write_polling(&mut body);
    assert_eq!(body, b"2\x1e4abYWJj");
}

#[test]
fn a_clone_shares_the_bytes() {
    let frame = Frame::text("4hello");
    assert_eq!(frame.clone().websocket().as_ptr(), frame.websocket().as_ptr());
    assert!(size_of::<Frame>() <= 40);
}

#[test]
fn an_event_has_its_namespace_id_name_and_argument() {
    let argument = json!({"a": [1, "x"]});
    assert_eq!(first(event("/", None, "hi", &argument)), r#"42["hi",{"a":[1,"x"]}]"#);
    assert_eq!(first(event("/chat", None, "hi", &1)), r#"42/chat,["hi",1]"#);
    assert_eq!(first(event("/", Some(0), "hi", &1)), r#"420["hi",1]"#);
    assert_eq!(first(event("/chat", Some(12), "hi", "you")), r#"42/chat,12["hi","you"]"#);
    assert_eq!(first(event("/", None, "hi", &())), r#"42["hi",null]"#);
    assert_eq!(first(event("/", None, "hi", &(1, 2))), r#"42["hi",[1,2]]"#);
    let id = u64::MAX;
    assert_eq!(first(event("/", Some(id), "", &1)), format!(r#"42{id}["",1]"#));
}

#[test]
fn the_name_of_an_event_is_escaped() {
    assert_eq!(first(event("/", None, "a\"b\\\n한", &1)), r#"42["a\"b\\\n한",1]"#);
    assert_eq!(first(event_with("/", None, "a\"b\\\u{1e}", &[1])), r#"42["a\"b\\\u001e",1]"#);
}

#[test]
fn an_event_has_the_items_of_a_sequence_as_arguments() {
    assert_eq!(first(event_with("/", None, "hi", &(1, "a", [2]))), r#"42["hi",1,"a",[2]]"#);
    assert_eq!(first(event_with("/c", Some(3), "hi", &[1, 2])), r#"42/c,3["hi",1,2]"#);
    assert_eq!(first(event_with("/", None, "hi", &vec![Value::Null])), r#"42["hi",null]"#);
    assert_eq!(first(event_with("/", None, "hi", &[(); 0])), r#"42["hi"]"#);
    assert_eq!(first(event_with("/", None, "hi", &json!([[]]))), r#"42["hi",[]]"#);
    let raw = |json: &str| RawValue::from_string(json.to_owned()).unwrap();
    assert_eq!(first(event_with("/", None, "hi", &raw("[ 1 ,2]"))), r#"42["hi", 1 ,2]"#);
    assert_eq!(first(event_with("/", None, "hi", &raw("[ \n]"))), r#"42["hi"]"#);
}

#[test]
fn an_acknowledgement_has_its_id_and_answer() {
    assert_eq!(first(ack("/", 0, &"ok")), r#"430["ok"]"#);
    assert_eq!(first(ack("/chat", 12, &[1, 2])), "43/chat,12[[1,2]]");
    assert_eq!(first(ack_with("/chat", 12, &(1, "a"))), r#"43/chat,12[1,"a"]"#);
    assert_eq!(first(ack_with("/", 1, &[(); 0])), "431[]");
}

#[test]
fn arguments_that_are_no_sequence_are_an_error() {
    let map = BTreeMap::from([("a", 1)]);
    assert!(event_with("/", None, "hi", &map).is_err());
    assert!(event_with("/", None, "hi", "[]").is_err());
    assert!(event_with("/", None, "hi", &7).is_err());
    assert!(event_with("/", None, "hi", &()).is_err());
    assert!(event_with("/", None, "hi", &None::<[u8; 2]>).is_err());
    assert!(event_with("/", None, "hi", &binary("a")).is_err());
    assert!(ack_with("/", 1, &map).is_err());
    assert!(ack_with("/", 1, &true).is_err());
    assert!(ack_with("/", 1, &()).is_err());
}

#[test]
fn an_event_with_bytes_is_followed_by_them() {
    let argument = json!({"a": 1});
    let frames = event_with("/", None, "hi", &(binary("x"), &argument, binary("yz"))).unwrap();
    let expected = concat!(
        r#"452-["hi",{"_placeholder":true,"num":0},{"a":1},"#,
        r#"{"_placeholder":true,"num":1}]"#
    );
    assert_eq!(text(&frames.first), expected);
    assert_eq!(frames.first.websocket()[..2], [0x81, u8::try_from(expected.len()).unwrap()]);
    assert_eq!(frames.attachments, [Frame::binary(b"x"), Frame::binary(b"yz")]);
    let frames = event("/chat", Some(9), "hi", &binary("x")).unwrap();
    assert_eq!(text(&frames.first), r#"451-/chat,9["hi",{"_placeholder":true,"num":0}]"#);
}

#[test]
fn an_acknowledgement_with_bytes_is_followed_by_them() {
    let frames = ack("/chat", 9, &binary("x")).unwrap();
    assert_eq!(text(&frames.first), r#"461-/chat,9[{"_placeholder":true,"num":0}]"#);
    assert_eq!(frames.attachments, [Frame::binary(b"x")]);
    let frames = ack_with("/", 9, &[binary("x")]).unwrap();
    assert_eq!(text(&frames.first), r#"461-9[{"_placeholder":true,"num":0}]"#);
}

#[test]
fn many_attachments_are_counted() {
    let parts = vec![binary("x"); 1234];
    let frames = event("/", None, "hi", &parts).unwrap();
    assert!(text(&frames.first).starts_with(r#"451234-["hi",[{"_pl"#));
    assert_eq!(frames.attachments.len(), 1234);
}

#[test]
fn an_argument_that_cannot_be_serialized_leaves_nothing_behind() {
    struct Unwilling;
    impl Serialize for Unwilling {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            binary("x").serialize(serializer)?;
            Err(S::Error::custom("no"))
        }
    }
    assert!(event("/", None, "hi", &("x", Unwilling)).is_err());
    assert!(ack("/", 1, &Unwilling).is_err());
    assert_eq!(first(event("/", None, "hi", &1)), r#"42["hi",1]"#);
}

#[test]
fn an_event_may_be_encoded_while_another_one_is() {
    struct Nested;
    impl Serialize for Nested {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let inner = event("/", None, "inner", &binary("i")).map_err(S::Error::custom)?;
            assert_eq!(inner.attachments, [Frame::binary(b"i")]);
            serializer.serialize_str(&text(&inner.first))
        }
    }
    let frames = event_with("/", None, "outer", &(binary("o"), Nested, 1)).unwrap();
    let inner = r#""451-[\"inner\",{\"_placeholder\":true,\"num\":0}]""#;
    let placeholder = r#"{"_placeholder":true,"num":0}"#;
    assert_eq!(text(&frames.first), format!(r#"451-["outer",{placeholder},{inner},1]"#));
    assert_eq!(frames.attachments, [Frame::binary(b"o")]);
}

#[test]
fn a_small_packet_after_a_large_one_is_whole() {
    let large = "a".repeat(300_000);
    assert_eq!(first(event("/", None, "x", &large)).len(), 300_000 + 10);
    assert_eq!(first(event("/", None, "x", &1)), r#"42["x",1]"#);
}

#[test]
fn memory_for_writing_is_kept_unless_it_has_grown_large() {
    let _ = Frame::text("4small");
    let kept = scratch_bytes();
    assert!(kept > 0);
    let _ = Frame::text(&"a".repeat(50_000));
    assert!((50_000..=64 * 1024).contains(&scratch_bytes()));
    let _ = Frame::text(&"a".repeat(70_000));
    assert_eq!(scratch_bytes(), 0);
}

#[test]
fn clients_are_let_in_refused_and_put_out() {
    assert_eq!(text(&connected("/", "abc")), r#"40{"sid":"abc"}"#);
    assert_eq!(text(&connected("/chat", "a\"b")), r#"40/chat,{"sid":"a\"b"}"#);
    assert_eq!(text(&disconnected("/")), "41");
    assert_eq!(text(&disconnected("/chat")), "41/chat,");
    let plain = refused("/", "a \"bad\" one", None).unwrap();
    assert_eq!(text(&plain), r#"44{"message":"a \"bad\" one"}"#);
    let detailed = refused("/chat", "no", Some(&json!({"code": 7}))).unwrap();
    assert_eq!(text(&detailed), r#"44/chat,{"message":"no","data":{"code":7}}"#);
    let null = refused("/", "no", Some(&Value::Null)).unwrap();
    assert_eq!(text(&null), r#"44{"message":"no","data":null}"#);
}

proptest! {
    #[test]
    fn what_is_encoded_is_decoded(
        namespace in "/|/[a-z]{1,10}",
        id in proptest::option::of(0..1_u64 << 53),
        name in ".{0,20}",
        words in prop::collection::vec(".{0,30}", 0..4),
        bytes in prop::collection::vec(any::<u8>(), 0..20),
    ) {
        let limits = PacketLimits { attachments_max: 1, namespace_bytes_max: 20 };
        let frames = event_with(&namespace, id, &name, &words).unwrap();
        let packet = text(&frames.first);
        let packet = decode(packet.strip_prefix('4').unwrap(), &limits).unwrap();
        prop_assert_eq!(packet.kind, Kind::Event);
        prop_assert_eq!((packet.namespace, packet.id), (namespace.as_str(), id));
        let (decoded, arguments) = event_parts(packet.payload).unwrap();
        prop_assert_eq!(decoded, name.as_str());
        let arguments: Vec<String> =
            arguments.iter().map(|json| serde_json::from_str(json.get()).unwrap()).collect();
        prop_assert_eq!(arguments, words);

        let frames = event(&namespace, id, &name, &Binary(bytes.clone().into())).unwrap();
        let packet = text(&frames.first);
        let packet = decode(packet.strip_prefix('4').unwrap(), &limits).unwrap();
        prop_assert_eq!((packet.kind, packet.attachments), (Kind::BinaryEvent, 1));
        prop_assert_eq!(frames.attachments, vec![Frame::binary(&bytes)]);
    }
}
