use std::fmt::Write as _;

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::Value;

use crate::wire::PacketError;
use crate::wire::strict::{DEPTH_MAX, check};

fn refused(json: &str) -> Option<&'static str> {
    match check(json) {
        Ok(()) => None,
        Err(PacketError::Json(reason)) => Some(reason),
        Err(other) => panic!("{other:?}"),
    }
}

/// An object with `count` keys that all differ, `a0` to `a<count - 1>`, and then `last`.
fn object(count: usize, last: &str) -> String {
    let mut object = "{".to_owned();
    for key in 0..count {
        write!(object, "\"a{key}\":{key},").unwrap();
    }
    object + last + ":0}"
}

#[test]
fn every_form_of_json_is_accepted() {
    for json in [
        "null",
        "true",
        "false",
        "0",
        "-0",
        "12",
        "-1.5",
        "1e3",
        "1E+3",
        "1e-3",
        "0.0e0",
        "\"\"",
        "\"a\"",
        "[]",
        "{}",
        "[ ]",
        "{ }",
        "[1,2]",
        "[[],[[]],{}]",
        r#"{"a":1}"#,
        r#"{"a":{"b":[1,{"c":null}]},"d":"e"}"#,
        " \t\n\r[ 1 , 2 ] \n",
        r#"{ "a" : 1 , "b" : 2 }"#,
        "\"한글 \u{1f600} \u{7f}\u{2028}\"",
        r#""\"\\\/\b\f\n\r\t\u00e9\uFFFF""#,
        r#""\ud83d\ude00""#,
        r#""\uD83D\uDE00\u0000""#,
        "18446744073709551616",
        "1.7976931348623157e308",
        "1e-999",
        "0e999999999999999999999",
        "[\"[\",\"]\",\"{\\\"\"]",
        r#"{"":1}"#,
        "[null,true,false]",
        "[{},{}]",
        r#"[{"a":1},{"a":1}]"#,
        r#"{"a":{"a":{"a":1}}}"#,
    ] {
        assert_eq!(refused(json), None, "{json}");
        assert!(serde_json::from_str::<Value>(json).is_ok(), "{json}");
    }
}

#[test]
fn scalars_that_are_not_json_are_refused() {
    for json in [
        "",
        " ",
        "nul",
        "nulll",
        "True",
        "tru e",
        "undefined",
        "NaN",
        "Infinity",
        "'a'",
        "+1",
        ".5",
        "1.",
        "01",
        "-",
        "-a",
        "1e",
        "1e+",
        "0x1",
        "1_000",
        "00",
        "-01",
        "1.e1",
    ] {
        assert!(refused(json).is_some(), "{json}");
        assert!(serde_json::from_str::<Value>(json).is_err(), "{json}");
    }
}

#[test]
fn structures_that_are_not_json_are_refused() {
    for json in [
        "[",
        "]",
        "{",
        "}",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[1 2]",
        "[1,,2]",
        "[1}",
        "{]",
        r#"{"a"}"#,
        r#"{"a":}"#,
        r#"{"a":1,}"#,
        "{a:1}",
        "{1:1}",
        r#"{"a" 1}"#,
        r#"{"a":1 "b":2}"#,
        r#"{,"a":1}"#,
        r#"{"a":1]"#,
        r#"{"a"::1}"#,
        "\"",
        "\"a",
        "\"\\\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u12g4\"",
        "\"\\u+123\"",
        "\"\\",
        "\"\\u",
        "\"\n\"",
        "\"\t\"",
        "\"\0\"",
        "\"\u{1f}\"",
        "// a\n1",
        "1 /* a */",
        "\u{feff}1",
        "\u{a0}1",
        "1 2",
        "[] []",
        "{}{}",
        "null,",
        "nul\u{e9}",
        "\"\\한\"",
        "\"\\u한\"",
        "[1]]",
        "{\"a\":1}}",
        "{\"a\":1,2}",
        "[\"a\":1]",
    ] {
        assert!(refused(json).is_some(), "{json}");
        assert!(serde_json::from_str::<Value>(json).is_err(), "{json}");
    }
}

#[test]
fn a_string_is_read_in_the_same_way_wherever_its_special_characters_are() {
    for length in 0..30 {
        for place in 0..=length {
            let (before, after) = ("a".repeat(place), "ā".repeat(length - place));
            for good in ["", " ", "!", "#", "[", "]", "\u{7f}", "é", "\u{10ffff}", "\\\"", "\\\\"]
            {
                assert_eq!(refused(&format!("\"{before}{good}{after}\"")), None);
            }
            for control in '\0'..' ' {
                let string = format!("\"{before}{control}{after}\"");
                assert_eq!(refused(&string), Some("control character"));
            }
            let ended = format!("\"{before}\"{after}\"");
            assert!(refused(&ended).is_some());
            let escaped = format!("\"{before}\\{after}\"");
            assert!(refused(&escaped).is_some());
        }
    }
}

#[test]
fn text_behind_the_value_is_refused() {
    for json in ["1 2", "[]x", "{} {}", "null null", "\"a\"\"b\"", "[1]\u{0}"] {
        assert_eq!(refused(json), Some("trailing text"), "{json}");
    }
}

#[test]
fn nesting_may_be_as_deep_as_the_limit_and_no_deeper() {
    for (depth, expected) in
        [(DEPTH_MAX - 1, None), (DEPTH_MAX, None), (DEPTH_MAX + 1, Some("nested too deep"))]
    {
        let arrays = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(refused(&arrays), expected, "{depth}");
        let objects = format!("{}{{}}{}", "{\"a\":".repeat(depth - 1), "}".repeat(depth - 1));
        assert_eq!(refused(&objects), expected, "{depth}");
    }
    let wide = format!("[{}[]]", "[[]],".repeat(1000));
    assert_eq!(refused(&wide), None);
}

#[test]
fn bottomless_nesting_does_not_overflow_the_stack() {
    assert_eq!(refused(&"[".repeat(2_000_000)), Some("nested too deep"));
    assert_eq!(refused(&"{\"a\":".repeat(2_000_000)), Some("nested too deep"));
}

#[test]
fn a_key_is_given_once_in_an_object() {
    let duplicate = Some("duplicate key");
    for json in [
        r#"{"a":1,"a":1}"#,
        r#"{"a":1,"b":2,"a":3}"#,
        r#"{"":1,"":2}"#,
        r#"[{"a":{"b":1},"a":2}]"#,
        r#"{"a":[{"b":1,"b":2}]}"#,
        r#"{"a":{"x":1},"b":{"x":1},"b":1}"#,
        r#"{"a":1,"\u0061":2}"#,
        r#"{"\u0061":1,"a":2}"#,
        r#"{"\/":1,"/":2}"#,
        r#"{"\ud83d\ude00":1,"😀":2}"#,
        r#"{"__proto__":1,"__proto__":2}"#,
    ] {
        assert_eq!(refused(json), duplicate, "{json}");
    }
    for json in [r#"{"a":1,"A":2}"#, r#"{"\\u0061":1,"a":2}"#, r#"{"a":1,"a ":2}"#] {
        assert_eq!(refused(json), None, "{json}");
    }
}

#[test]
fn a_duplicate_is_found_among_few_keys_and_among_many() {
    for count in 1..40 {
        assert_eq!(refused(&object(count, "\"b\"")), None);
        for key in 0..count {
            let json = object(count, &format!("\"a{key}\""));
            assert_eq!(refused(&json), Some("duplicate key"), "{count} {key}");
            let escaped = object(count, &format!("\"\\u0061{key}\""));
            assert_eq!(refused(&escaped), Some("duplicate key"), "{count} {key}");
        }
    }
}

#[test]
fn keys_of_an_object_do_not_meet_those_of_its_neighbours() {
    for count in [3, 8, 9, 20] {
        let one = object(count, "\"b\"");
        assert_eq!(refused(&format!("[{one},{one}]")), None);
        let nested = object(count, &format!("\"n\":{one},\"b\""));
        assert_eq!(refused(&nested), None);
        let after = object(count, &format!("\"n\":{one},\"a0\""));
        assert_eq!(refused(&after), Some("duplicate key"));
        let crossed = format!(r#"{{"a0":{one},"b":{one},"a1":1}}"#);
        assert_eq!(refused(&crossed), None);
    }
}

#[test]
fn a_hundred_thousand_keys_are_checked_in_no_time() {
    let start = std::time::Instant::now();
    assert_eq!(refused(&object(100_000, "\"b\"")), None);
    assert_eq!(refused(&object(100_000, "\"a77\"")), Some("duplicate key"));
    // Comparing each with each would take minutes.
    assert!(start.elapsed().as_secs() < 20);
}

#[test]
fn numbers_fit_a_double() {
    let range = Some("number out of range");
    for number in ["1e309", "-1e309", "1.8e308", "123e307", "1e99999999999999999999"] {
        assert_eq!(refused(number), range, "{number}");
        assert_eq!(refused(&format!("[{number}]")), range, "{number}");
    }
    for (digits, expected) in [(299, None), (300, None), (301, None), (309, None), (310, range)] {
        assert_eq!(refused(&"1".repeat(digits)), expected, "{digits}");
        assert_eq!(refused(&format!("{}.5", "1".repeat(digits))), expected, "{digits}");
    }
    assert_eq!(refused(&format!("0.{}", "1".repeat(1000))), None);
}

#[test]
fn surrogates_have_their_other_half() {
    let lone = Some("lone surrogate");
    for string in [
        r#""\ud800""#,
        r#""\udfff""#,
        r#""\udc00\ud800""#,
        r#""\ud800\ud800""#,
        r#""\ud800a""#,
        r#""\ud83d\u0041""#,
        r#""\ud83d\n""#,
        r#""\ud83d\ude00\ude00""#,
        r#""a\uDBFFb""#,
        r#""\ud83d\ue000""#,
        r#""\ud83d\udbff""#,
    ] {
        assert_eq!(refused(string), lone, "{string}");
        assert_eq!(refused(&format!("{{{string}:1}}")), lone, "{string}");
        assert!(serde_json::from_str::<Value>(string).is_err(), "{string}");
    }
    for string in [r#""\ud7ff\ue000""#, r#""\udbff\udfff""#, r#""\ud800\udc00""#] {
        assert_eq!(refused(string), None, "{string}");
    }
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        prop::num::f64::NORMAL.prop_map(Value::from),
        ".{0,10}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 12, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..12).prop_map(Value::from),
            prop::collection::hash_map(".{0,4}", inner, 0..12)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn what_serde_json_writes_is_accepted(value in json()) {
        prop_assert_eq!(check(&value.to_string()), Ok(()));
        prop_assert_eq!(check(&serde_json::to_string_pretty(&value).unwrap()), Ok(()));
    }

    #[test]
    fn a_part_of_an_array_is_refused(value in json(), cut in any::<prop::sample::Index>()) {
        let json = Value::from(vec![value]).to_string();
        let cut = json.floor_char_boundary(cut.index(json.len()));
        prop_assert!(check(&json[..cut]).is_err());
    }

    #[test]
    fn what_is_accepted_is_json(
        json in r#".{0,40}|[\[\]{}",:0-9eE+.tfn\\u -]{0,30}|\{("a{0,2}":1,){0,3}"a{0,2}":[0-9]\}"#,
    ) {
        if check(&json).is_ok() {
            let value: Value = serde_json::from_str(&json).unwrap();
            prop_assert_eq!(check(&value.to_string()), Ok(()));
        }
    }

    #[test]
    fn damaged_json_is_refused_or_is_json(
        value in json(),
        damage in vec((any::<prop::sample::Index>(), 0x20_u8..0x7f), 1..4),
    ) {
        let mut bytes = value.to_string().into_bytes();
        for (place, byte) in damage {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        let json = String::from_utf8_lossy(&bytes);
        match (check(&json), serde_json::from_str::<Value>(&json)) {
            (Ok(()), parsed) => prop_assert!(parsed.is_ok(), "{}", json),
            (Err(PacketError::Json("duplicate key" | "nested too deep")), _) => {}
            (Err(error), parsed) => prop_assert!(parsed.is_err(), "{} {}", json, error),
        }
    }
}
