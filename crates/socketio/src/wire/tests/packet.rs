use std::borrow::Cow;

use proptest::prelude::*;
use serde_json::value::RawValue;

use crate::wire::PacketError;
use crate::wire::packet::{
    Kind, Packet, PacketLimits, arguments, decode as decode_within, event_parts,
};

const LIMITS: PacketLimits = PacketLimits { attachments_max: 10, namespace_bytes_max: 20 };
/// The largest id that JavaScript can count to.
const ID_MAX: u64 = 9_007_199_254_740_991;

fn decode(text: &str) -> Result<Packet<'_>, PacketError> {
    decode_within(text, &LIMITS)
}

fn packet(kind: Kind, namespace: &'static str, payload: &'static str) -> Packet<'static> {
    Packet { kind, namespace, id: None, attachments: 0, payload }
}

#[test]
fn the_examples_of_the_protocol_are_read() {
    let id = Some(12);
    let event = r#"["project:delete",123]"#;
    let placeholder = r#"["hello",{"_placeholder":true,"num":0}]"#;
    let answer = r#"[{"_placeholder":true,"num":0}]"#;
    let binary = |kind, payload| Packet { attachments: 1, ..packet(kind, "/", payload) };
    let cases = [
        ("0", packet(Kind::Connect, "/", "")),
        (r#"0/admin,{"token":"123"}"#, packet(Kind::Connect, "/admin", r#"{"token":"123"}"#)),
        (r#"0{"sid":"x"}"#, packet(Kind::Connect, "/", r#"{"sid":"x"}"#)),
        (r#"4{"message":"no"}"#, packet(Kind::ConnectError, "/", r#"{"message":"no"}"#)),
        (r#"4"no""#, packet(Kind::ConnectError, "/", r#""no""#)),
        (r#"2["foo"]"#, packet(Kind::Event, "/", r#"["foo"]"#)),
        (r#"2/admin,["bar"]"#, packet(Kind::Event, "/admin", r#"["bar"]"#)),
        (r#"212["foo"]"#, Packet { id, ..packet(Kind::Event, "/", r#"["foo"]"#) }),
        (
            r#"2/admin,12["project:delete",123]"#,
            Packet { id, ..packet(Kind::Event, "/admin", event) },
        ),
        ("3/admin,12[]", Packet { id, ..packet(Kind::Ack, "/admin", "[]") }),
        ("312[1]", Packet { id, ..packet(Kind::Ack, "/", "[1]") }),
        ("1/admin,", packet(Kind::Disconnect, "/admin", "")),
        ("1", packet(Kind::Disconnect, "/", "")),
        (r#"51-["hello",{"_placeholder":true,"num":0}]"#, binary(Kind::BinaryEvent, placeholder)),
        (
            r#"51-/admin,12["hello",{"_placeholder":true,"num":0}]"#,
            Packet { id, namespace: "/admin", ..binary(Kind::BinaryEvent, placeholder) },
        ),
        (
            r#"61-/admin,12[{"_placeholder":true,"num":0}]"#,
            Packet { id, namespace: "/admin", ..binary(Kind::BinaryAck, answer) },
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(decode(text), Ok(expected), "{text}");
    }
}

#[test]
fn packets_without_a_known_type_are_refused() {
    for text in ["", "7", "9", " ", "a", "-1", "한", "[\"a\"]"] {
        assert_eq!(decode(text), Err(PacketError::UnknownType), "{text}");
    }
}

#[test]
fn a_namespace_ends_at_the_comma_or_with_the_packet() {
    assert_eq!(decode("0/").unwrap().namespace, "/");
    assert_eq!(decode("0/,").unwrap().namespace, "/");
    assert_eq!(decode("0/chat").unwrap().namespace, "/chat");
    assert_eq!(decode("0/chat?a=b,{}").unwrap().namespace, "/chat?a=b");
    assert_eq!(decode("0/한,{}").unwrap().namespace, "/한");
    assert_eq!(decode(r#"2/["a"],["b"]"#).unwrap().namespace, r#"/["a"]"#);
    assert_eq!(decode(r#"2/a,["b","/c,"]"#).unwrap().namespace, "/a");
    assert_eq!(decode(r#"2chat,["a"]"#), Err(PacketError::Json("no value")));
}

#[test]
fn a_namespace_may_be_as_long_as_the_limit_and_no_longer() {
    for (length, refused) in [(19, false), (20, false), (21, true)] {
        let namespace = format!("/{}", "a".repeat(length - 1));
        for text in [format!("0{namespace}"), format!("0{namespace},{{}}")] {
            let decoded = decode(&text).map(|packet| packet.namespace);
            let expected =
                if refused { Err(PacketError::NamespaceTooLong) } else { Ok(namespace.as_str()) };
            assert_eq!(decoded, expected);
        }
    }
}

#[test]
fn an_id_is_digits_that_javascript_can_count() {
    let id = |digits: &str| decode(&format!(r#"2{digits}["a"]"#)).map(|packet| packet.id);
    assert_eq!(id(""), Ok(None));
    assert_eq!(id("0"), Ok(Some(0)));
    assert_eq!(id("007"), Ok(Some(7)));
    assert_eq!(id(&"0".repeat(100)), Ok(Some(0)));
    assert_eq!(id(&(ID_MAX - 1).to_string()), Ok(Some(ID_MAX - 1)));
    assert_eq!(id(&ID_MAX.to_string()), Ok(Some(ID_MAX)));
    assert_eq!(id(&(ID_MAX + 1).to_string()), Err(PacketError::Id));
    assert_eq!(id("18446744073709551616"), Err(PacketError::Id));
    assert_eq!(id(&"9".repeat(1000)), Err(PacketError::Id));
    for digits in ["-1", "+1", "1.5", "1e3", "0x1", "１", "1 ", " 1", " ", "\n", "\t"] {
        assert!(id(digits).is_err(), "{digits:?}");
    }
}

#[test]
fn a_binary_packet_announces_one_to_as_many_attachments_as_the_limit() {
    let announced = |number: &str| {
        let event = decode(&format!(r#"5{number}["a"]"#)).map(|packet| packet.attachments);
        let answer = decode(&format!(r#"6{number}["a"]"#)).map(|packet| packet.attachments);
        assert_eq!(event, answer);
        event
    };
    assert_eq!(announced("1-"), Ok(1));
    assert_eq!(announced("01-"), Ok(1));
    assert_eq!(announced("9-"), Ok(9));
    assert_eq!(announced("10-"), Ok(10));
    assert_eq!(announced("11-"), Err(PacketError::TooManyAttachments));
    assert_eq!(announced("99999999999999999999999-"), Err(PacketError::TooManyAttachments));
    assert_eq!(announced("0-"), Err(PacketError::Attachments));
    for number in ["", "1", "-", "-1-", "1.0-", "+1-", "1e0-", "0x1-", " 1-", "a-", "1/a,", "１-"]
    {
        assert_eq!(announced(number), Err(PacketError::Attachments), "{number}");
    }
    assert_eq!(decode("5"), Err(PacketError::Attachments));
}

#[test]
fn a_plain_packet_announces_no_attachments() {
    assert!(decode(r#"21-["a"]"#).is_err());
    assert!(decode("31-[]").is_err());
    let placeholder = r#"["a",{"_placeholder":true,"num":0}]"#;
    assert_eq!(decode(&format!("2{placeholder}")).unwrap().payload, placeholder);
}

#[test]
fn a_payload_has_the_form_of_its_kind() {
    let good = [
        "0{}",
        "1",
        r#"2["connect"]"#,
        r#"2["disconnecting",1]"#,
        r#"2[""]"#,
        "2[ \"a\" ]",
        "2[\t\r\n\"a\"]\n",
        "30[]",
        "3[]",
        "4",
        "4{}",
        r#"4"why""#,
        r#"51-["a"]"#,
        "61-0[]",
    ];
    for text in good {
        assert!(decode(text).is_ok(), "{text}");
    }
    let bad = [
        "0[]",
        "0null",
        r#"0"a""#,
        "0/a,true",
        "1{}",
        "1[]",
        "1null",
        "2",
        "20",
        "2{}",
        "2[]",
        "2[1]",
        "2[null]",
        r#"2[["a"]]"#,
        r#"2"a""#,
        "2null",
        "3",
        "30",
        "30{}",
        "3null",
        "4[]",
        "4null",
        "51-",
        "51-[]",
        "51-[1]",
        "51-{}",
        "61-",
        "61-{}",
        r#"61-"a""#,
    ];
    for text in bad {
        assert_eq!(decode(text), Err(PacketError::Payload), "{text}");
    }
}

#[test]
fn a_payload_begins_right_behind_the_head() {
    for text in [r#"2 ["a"]"#, "0 {}", "30 []", "0/a, {}", "4 {}", r#"51- ["a"]"#] {
        assert_eq!(decode(text), Err(PacketError::Payload), "{text}");
    }
}

#[test]
fn a_payload_is_strict_json() {
    for text in [
        r#"2["a""#,
        r#"2["a"]]"#,
        r#"2["a"] x"#,
        r#"2["a",{"b":1,"b":2}]"#,
        r#"2["a",1e999]"#,
        r#"2["\ud800"]"#,
        r#"2["a",]"#,
        "0{",
        "0{}{}",
        "1}",
    ] {
        assert!(matches!(decode(text), Err(PacketError::Json(_))), "{text}");
    }
}

#[test]
fn an_event_has_a_name_and_arguments() {
    let (name, arguments) = event_parts(r#"["hi", {"a": [1]} ,null,"x"]"#).unwrap();
    assert!(matches!(name, Cow::Borrowed("hi")));
    let arguments: Vec<&str> = arguments.into_iter().map(RawValue::get).collect();
    assert_eq!(arguments, [r#"{"a": [1]}"#, "null", r#""x""#]);
    let (name, arguments) = event_parts(r#"["h\u00e9\n"]"#).unwrap();
    assert_eq!(name, "hé\n");
    assert!(arguments.is_empty());
}

#[test]
fn an_event_without_a_name_has_no_parts() {
    for payload in ["", "[]", "[1]", "[null]", "{}", r#""a""#, r#"["a"]x"#, r#"["a""#, "[[]]"] {
        assert_eq!(event_parts(payload).err(), Some(PacketError::Payload), "{payload}");
    }
}

#[test]
fn an_acknowledgement_has_arguments() {
    assert!(arguments("[]").unwrap().is_empty());
    let all: Vec<&str> = arguments("[1, [2],{}]").unwrap().into_iter().map(RawValue::get).collect();
    assert_eq!(all, ["1", "[2]", "{}"]);
    for payload in ["", "{}", "null", "[1", "[1]x"] {
        assert_eq!(arguments(payload).err(), Some(PacketError::Payload), "{payload}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in r#".{0,100}|[0-6][0-9/a,\[\]"{}: -]{0,40}"#) {
        if let Ok(packet) = decode(&text) {
            prop_assert!(text.ends_with(packet.payload));
            match packet.kind {
                Kind::Event | Kind::BinaryEvent => {
                    let (_, rest) = event_parts(packet.payload).unwrap();
                    prop_assert_eq!(rest.len() + 1, arguments(packet.payload).unwrap().len());
                }
                Kind::Ack | Kind::BinaryAck => drop(arguments(packet.payload).unwrap()),
                Kind::Connect | Kind::Disconnect | Kind::ConnectError => {}
            }
        }
    }

    #[test]
    fn a_packet_that_is_written_is_read_again(
        namespace in "/[a-z?=]{0,15}",
        id in proptest::option::of(0..=ID_MAX),
        attachments in 1_usize..=10,
        name in ".{0,20}",
    ) {
        let payload = serde_json::to_string(&[&name]).unwrap();
        let digits = id.map(|id| id.to_string()).unwrap_or_default();
        let plain = format!("2{namespace},{digits}{payload}");
        let expected = Packet {
            kind: Kind::Event, namespace: &namespace, id, attachments: 0, payload: &payload,
        };
        prop_assert_eq!(decode(&plain), Ok(expected));
        let binary = format!("5{attachments}-{namespace},{digits}{payload}");
        let packet = decode(&binary).unwrap();
        prop_assert_eq!(packet.attachments, attachments);
        prop_assert_eq!((packet.namespace, packet.id), (namespace.as_str(), id));
        prop_assert_eq!(event_parts(packet.payload).unwrap().0, name);
    }
}
