use serde_json::{Value, json};
use ts_rs::{Config, TS};

use super::*;
use crate::chat::{ChatError, Limits, SystemKind};

/// The types of the page, as they follow from the types of the server.
fn typescript() -> String {
    let config = Config::default();
    let declarations = [
        Alias::decl(&config),
        Person::decl(&config),
        Participant::decl(&config),
        Room::decl(&config),
        RoomSettings::decl(&config),
        System::decl(&config),
        Reactor::decl(&config),
        Reaction::decl(&config),
        Quote::decl(&config),
        Change::decl(&config),
        Entry::decl(&config),
        Whisper::decl(&config),
        Ban::decl(&config),
        Invitation::decl(&config),
        Report::decl(&config),
        Failure::decl(&config),
        You::decl(&config),
        Joined::decl(&config),
        Sent::decl(&config),
        Changed::decl(&config),
        Whispered::decl(&config),
        History::decl(&config),
        Close::decl(&config),
        Kicked::decl(&config),
        Presence::decl(&config),
        Typing::decl(&config),
        Restart::decl(&config),
        Time::decl(&config),
    ];
    let header = "// What travels between the server and the page. Only types: nothing here runs.\n\
                  // Generated from crates/gif-chat/src/realtime/wire; `make types` writes it anew.\n";
    let kinds = SystemKind::ALL.iter().map(|kind| format!("\"{}\"", kind.as_str()));
    let kinds = kinds.collect::<Vec<_>>().join(" | ");
    let header = format!("{header}\nexport type SystemKind = {kinds};\n");
    let exported = declarations.map(|declaration| format!("\nexport {declaration}\n"));
    format!("{header}{}", exported.concat())
}

#[test]
fn the_page_has_the_types_that_the_server_sends() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/src/wire.ts");
    let expected = typescript();
    if std::env::var_os("GIFCHAT_WRITE_TYPES").is_some() {
        std::fs::write(path, &expected).unwrap();
    }
    let found = std::fs::read_to_string(path).unwrap();
    assert!(found == expected, "web/src/wire.ts is not what the server sends; run `make types`");
}

#[test]
fn a_join_is_a_string_or_our_object_and_nothing_else() {
    let limits = Limits::default();
    let room = "0123456789abcdef0123456789abcdef";
    assert!(JoinRequest::parse(json!(room), &limits).unwrap().ours.is_none());
    let ours =
        json!({ "room": room, "after": 7, "epoch": "e", "password": null, "afterPrivate": 1 });
    let ours = JoinRequest::parse(ours, &limits).unwrap().ours.unwrap();
    assert_eq!(ours.resume.after, Some(7));
    for (bad, expected) in [
        (json!(null), ChatError::BadRequest),
        (json!([room]), ChatError::BadRequest),
        (json!(17), ChatError::BadRequest),
        (json!({}), ChatError::BadRequest),
        (json!({ "room": [room] }), ChatError::BadRequest),
        (json!({ "room": room, "after": -1 }), ChatError::BadRequest),
        (json!({ "room": room, "after": "7" }), ChatError::BadRequest),
        (json!("__proto__"), ChatError::NotFound),
        (json!({ "room": "constructor" }), ChatError::NotFound),
    ] {
        assert_eq!(JoinRequest::parse(bad.clone(), &limits).unwrap_err(), expected, "{bad}");
    }
}

#[test]
fn a_message_names_its_text_and_wrong_types_are_refused() {
    let course = json!({ "room": "r", "user": "#000000", "chat": "안녕" });
    assert_eq!(SendRequest::parse(course).unwrap().text, "안녕");
    for bad in [
        json!(null),
        json!("text"),
        json!(["text"]),
        json!({}),
        json!({ "chat": 1 }),
        json!({ "chat": null }),
    ] {
        assert_eq!(SendRequest::parse(bad.clone()).unwrap_err(), ChatError::BadRequest, "{bad}");
    }
    let bad_id = json!({ "chat": "x", "clientId": "" });
    assert_eq!(SendRequest::parse(bad_id).unwrap_err().code(), "invalid");
}

#[test]
fn a_failure_says_its_code_its_sentence_and_when_to_try_again() {
    let error = ChatError::TooFast { retry_after: std::time::Duration::from_millis(1_500) };
    let ack: Value = serde_json::to_value(Failure::ack(&error, crate::i18n::Locale::En)).unwrap();
    assert_eq!(ack["ok"], false);
    assert_eq!(ack["error"], "too_fast");
    assert_eq!(ack["retryAfterMs"], 1_500);
    assert!(ack["message"].as_str().unwrap().contains('2'));
    let body = Failure::body(&ChatError::invalid("title", "title_empty"), crate::i18n::Locale::Ko);
    let body: Value = serde_json::to_value(body).unwrap();
    assert_eq!(body["field"], "title");
    assert_eq!(body["reason"], "title_empty");
    assert!(body.get("ok").is_none());
}
