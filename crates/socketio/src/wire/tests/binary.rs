use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::Bytes;
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::wire::PacketError;
use crate::wire::binary::{Binary, check_placeholders, collecting, with_attachments};

fn binary(text: &'static str) -> Binary {
    Binary(Bytes::from_static(text.as_bytes()))
}

/// What a client may make of the attachments `a` and `b`.
fn read(json: &str) -> Result<Binary, serde_json::Error> {
    with_attachments(&[binary("a").0, binary("b").0], || serde_json::from_str(json))
}

#[test]
fn bytes_are_written_beside_the_json() {
    #[derive(Serialize)]
    struct File {
        name: &'static str,
        parts: Vec<Binary>,
    }
    let file = File { name: "x", parts: vec![binary("a"), binary(""), binary("a")] };
    let (json, attachments) = collecting(|| serde_json::to_string(&file).unwrap());
    let expected = concat!(
        r#"{"name":"x","parts":[{"_placeholder":true,"num":0},"#,
        r#"{"_placeholder":true,"num":1},{"_placeholder":true,"num":2}]}"#
    );
    assert_eq!(json, expected);
    assert_eq!(attachments, ["a", "", "a"]);
}

#[test]
fn bytes_are_not_written_outside_of_an_event() {
    assert!(serde_json::to_string(&binary("a")).is_err());
    let ((), attachments) = collecting(|| ());
    assert!(attachments.is_empty());
    assert!(serde_json::to_string(&binary("a")).is_err());
}

#[test]
fn an_event_written_inside_another_has_its_own_attachments() {
    let (inner, outer) = collecting(|| {
        serde_json::to_string(&binary("1")).unwrap();
        let inner = collecting(|| serde_json::to_string(&binary("2")).unwrap());
        assert_eq!(serde_json::to_value(binary("3")).unwrap()["num"], 1);
        inner
    });
    assert_eq!(inner.0, r#"{"_placeholder":true,"num":0}"#);
    assert_eq!(inner.1, ["2"]);
    assert_eq!(outer, ["1", "3"]);
}

#[test]
fn a_panic_while_writing_leaves_nothing_behind() {
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        collecting(|| {
            serde_json::to_string(&binary("1")).unwrap();
            panic!("in a serializer");
        })
    }));
    assert!(panicked.is_err());
    assert!(serde_json::to_string(&binary("a")).is_err());
    let (_, outer) = collecting(|| {
        serde_json::to_string(&binary("2")).unwrap();
        catch_unwind(|| collecting(|| -> () { panic!("in an inner one") }))
    });
    assert_eq!(outer, ["2"]);
}

#[test]
fn a_placeholder_is_read_as_its_attachment() {
    assert_eq!(read(r#"{"_placeholder":true,"num":0}"#).unwrap(), binary("a"));
    assert_eq!(read(r#"{"num":1,"_placeholder":true}"#).unwrap(), binary("b"));
    assert_eq!(read(r#"{"x":[{}],"num":1,"_placeholder":true}"#).unwrap(), binary("b"));
    assert_eq!(read(r#"{"\u005fplaceholder":true,"n\u0075m":1}"#).unwrap(), binary("b"));
}

#[test]
fn what_is_no_placeholder_of_an_attachment_is_not_read() {
    for json in [
        r#"{"_placeholder":true,"num":2}"#,
        r#"{"_placeholder":true,"num":-1}"#,
        r#"{"_placeholder":true,"num":-0}"#,
        r#"{"_placeholder":true,"num":0.5}"#,
        r#"{"_placeholder":true,"num":0.0}"#,
        r#"{"_placeholder":true,"num":1e0}"#,
        r#"{"_placeholder":true,"num":"0"}"#,
        r#"{"_placeholder":true,"num":null}"#,
        r#"{"_placeholder":true,"num":18446744073709551616}"#,
        r#"{"_placeholder":true}"#,
        r#"{"_placeholder":false,"num":0}"#,
        r#"{"_placeholder":1,"num":0}"#,
        r#"{"num":0}"#,
        "{}",
        "[]",
        "[true,0]",
        r#""a""#,
        "null",
        "0",
    ] {
        assert!(read(json).is_err(), "{json}");
    }
}

#[test]
fn errors_say_what_is_wrong() {
    let said = |json| read(json).unwrap_err().to_string();
    assert!(said("7").contains("expected the placeholder of an attachment"));
    assert!(said("{}").starts_with("no placeholder"));
    assert!(said(r#"{"_placeholder":true,"num":2}"#).starts_with("placeholder without"));
    let written = serde_json::to_string(&binary("a")).unwrap_err().to_string();
    assert_eq!(written, "binary value outside of an event");
}

#[test]
fn nothing_is_read_where_there_are_no_attachments() {
    let json = r#"{"_placeholder":true,"num":0}"#;
    assert!(serde_json::from_str::<Binary>(json).is_err());
    assert!(with_attachments(&[], || serde_json::from_str::<Binary>(json)).is_err());
    assert!(read(json).is_ok());
    assert!(serde_json::from_str::<Binary>(json).is_err());
}

#[test]
fn an_event_read_inside_another_has_its_own_attachments() {
    let json = r#"{"_placeholder":true,"num":0}"#;
    with_attachments(&[binary("outer").0], || {
        with_attachments(&[binary("inner").0], || {
            assert_eq!(serde_json::from_str::<Binary>(json).unwrap(), binary("inner"));
        });
        assert_eq!(serde_json::from_str::<Binary>(json).unwrap(), binary("outer"));
        let panicked = catch_unwind(|| with_attachments(&[], || panic!("in a deserializer")));
        assert!(panicked.is_err());
        assert_eq!(serde_json::from_str::<Binary>(json).unwrap(), binary("outer"));
    });
}

#[test]
fn bytes_are_read_inside_of_other_types() {
    #[derive(Deserialize)]
    struct File {
        parts: Vec<Option<Binary>>,
    }
    let json = json!({"parts": [{"_placeholder": true, "num": 1}, null]}).to_string();
    let file: File =
        with_attachments(&[binary("a").0, binary("b").0], || serde_json::from_str(&json).unwrap());
    assert_eq!(file.parts, [Some(binary("b")), None]);
}

#[test]
fn bytes_are_read_without_a_copy() {
    let bytes = Bytes::from(vec![7; 100]);
    let read: Binary = with_attachments(std::slice::from_ref(&bytes), || {
        serde_json::from_str(r#"{"_placeholder":true,"num":0}"#).unwrap()
    });
    assert_eq!(read.0.as_ptr(), bytes.as_ptr());
}

#[test]
fn placeholders_with_attachments_are_accepted_wherever_they_are() {
    for payload in [
        r#"["a"]"#,
        r#"["a",{"_placeholder":true,"num":0}]"#,
        r#"["a",{"_placeholder":true,"num":1},{"_placeholder":true,"num":1}]"#,
        r#"["a",{"x":[{"y":{"num":1,"_placeholder":true,"z":0}}]}]"#,
        r#"["a",{"_placeholder":false,"num":9}]"#,
        r#"["a",{"_placeholder":"true","num":9}]"#,
        r#"["a",{"_placeholder":1,"num":9},{"num":9},{"num":-1}]"#,
        r#"["a",{"_placeholder":null}]"#,
        r#"["_placeholder",true,"num",9,1.5,-3,null,""]"#,
    ] {
        assert_eq!(check_placeholders(payload, 2), Ok(()), "{payload}");
    }
}

#[test]
fn a_placeholder_without_an_attachment_is_refused_wherever_it_is() {
    for placeholder in [
        r#"{"_placeholder":true,"num":2}"#,
        r#"{"num":2,"_placeholder":true}"#,
        r#"{"_placeholder":true,"num":-1}"#,
        r#"{"_placeholder":true,"num":0.5}"#,
        r#"{"_placeholder":true,"num":1.0}"#,
        r#"{"_placeholder":true,"num":"0"}"#,
        r#"{"_placeholder":true,"num":true}"#,
        r#"{"_placeholder":true,"num":{"num":0}}"#,
        r#"{"_placeholder":true,"num":18446744073709551615}"#,
        r#"{"_placeholder":true,"num":18446744073709551616}"#,
        r#"{"_placeholder":true}"#,
        r#"{"\u005fplaceholder":true,"num":2}"#,
    ] {
        for payload in [
            placeholder.to_owned(),
            format!(r#"["a",{placeholder}]"#),
            format!(r#"["a",{{"x":[1,{{"y":{placeholder}}}]}}]"#),
            format!(r#"["a",{{"_placeholder":true,"num":0,"x":{placeholder}}}]"#),
            format!(r#"["a",{{"_placeholder":{placeholder}}}]"#),
        ] {
            assert_eq!(check_placeholders(&payload, 2), Err(PacketError::Placeholder), "{payload}");
        }
    }
    assert!(check_placeholders(r#"["a",{"_placeholder":true,"num":0}]"#, 0).is_err());
}

#[test]
fn placeholders_are_not_looked_for_in_what_is_not_json() {
    for payload in ["", "[", "[1]x", r#"{"a":}"#] {
        assert_eq!(check_placeholders(payload, 2), Err(PacketError::Placeholder), "{payload}");
    }
    let deep = "[".repeat(2_000_000);
    assert_eq!(check_placeholders(&deep, 2), Err(PacketError::Placeholder));
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(
        parts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..50), 0..8),
    ) {
        let binaries: Vec<Binary> = parts.into_iter().map(|part| Binary(part.into())).collect();
        let (json, attachments) = collecting(|| serde_json::to_string(&binaries).unwrap());
        prop_assert_eq!(check_placeholders(&json, attachments.len()), Ok(()));
        let read: Vec<Binary> =
            with_attachments(&attachments, || serde_json::from_str(&json).unwrap());
        prop_assert_eq!(&read, &binaries);
        if let Some(fewer) = attachments.len().checked_sub(1) {
            prop_assert!(check_placeholders(&json, fewer).is_err());
        }
    }

    #[test]
    fn what_passes_the_check_can_be_read(index in -2_i64..4, marked in any::<bool>()) {
        let json = json!({"_placeholder": marked, "num": index}).to_string();
        let checked = check_placeholders(&json, 2).is_ok();
        prop_assert_eq!(read(&json).is_ok(), checked && marked);
        let value: Value = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(&value["num"], index);
    }
}
