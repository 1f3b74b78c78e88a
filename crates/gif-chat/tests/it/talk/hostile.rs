//! Payloads that no client of good will sends, for every act and at both doors.

use reqwest::Method;
use serde_json::{Value, json};

use super::scene::{Guest, Scene, why};
use crate::support::socket_client::Transport;
use crate::support::sockets::close_code;

/// Every act, and whether it can be asked without any field.
const ACTS: [(&str, bool); 20] = [
    ("edit", false),
    ("delete", false),
    ("react", false),
    ("typing", true),
    ("whisper", false),
    ("block", false),
    ("report", false),
    ("handover", false),
    ("kick", false),
    ("bans", true),
    ("unban", false),
    ("mute", false),
    ("settings", true),
    ("invite", true),
    ("invitations", true),
    ("revoke", false),
    ("reports", true),
    ("dismiss", false),
    ("close", false),
    ("keep", true),
];

/// Payloads that are `bad_request` whatever the act: each breaks the type of some field.
fn wrong_types() -> Vec<Value> {
    let numbers =
        [json!("1"), json!(-1), json!(1.5), json!(1e300), json!([1]), json!({}), json!(true)];
    let texts = [json!(7), json!(["x"]), json!({ "a": "x" }), json!(false), json!(1e300)];
    let flags = [json!("true"), json!(1), json!([]), json!({})];
    // The last one has every field in its place, which a careless reader would take for an object.
    let listed = json!([1, "x", "👍", true, "x", "x", "x", "x", 60, "x", 5, "x", true, 1]);
    let others = [json!([]), json!([1, "x"]), json!("x"), json!(""), json!(7), json!(true), listed];
    let mut payloads = Vec::from(others);
    for (names, values) in [
        (&["seq", "seconds", "slow"][..], &numbers[..]),
        (&["chat", "emoji", "to", "clientId", "id", "reason", "title", "password"], &texts),
        (&["on", "locked"], &flags),
        (&["max"], &numbers[2..6]),
    ] {
        for name in names {
            payloads.extend(values.iter().map(|value| with(name, value)));
        }
    }
    payloads
}

/// A payload that is right but for one field.
fn with(name: &str, value: &Value) -> Value {
    let mut payload = json!({ "seq": 1, "chat": "x", "emoji": "👍", "on": true, "to": "x",
        "id": "x", "seconds": 60 });
    payload[name] = value.clone();
    payload
}

/// An array in an array, and so on, so many times.
fn deep(levels: usize) -> String {
    format!("{}{}", "[".repeat(levels), "]".repeat(levels))
}

/// The room goes on as if nothing had happened.
async fn check_unaffected(scene: &Scene, guest: &Guest, head: u64) {
    assert_eq!(guest.head().await, head, "nothing was kept");
    let seq = guest.say("아직 된다").await;
    scene.owner.socket.expect_where("chat", |told| told["seq"] == seq).await;
    assert_eq!(scene.owner.socket.end(), None);
}

#[tokio::test]
async fn a_field_of_another_type_is_a_bad_request_for_every_act() {
    let scene = Scene::set().await;
    let guest = scene.guest().await;
    let head = guest.head().await;
    for payload in wrong_types() {
        for (act, _) in ACTS {
            guest.refused(act, payload.clone(), ["bad_request", "", ""]).await;
        }
    }
    check_unaffected(&scene, &guest, head).await;
    for guest in [&scene.owner, &guest] {
        for name in ["change", "whisper", "typing", "presence", "report", "kicked", "close"] {
            assert!(guest.events(name).is_empty(), "{name}");
        }
    }
}

#[tokio::test]
async fn a_field_that_is_missing_or_only_looks_like_one_is_a_bad_request() {
    let scene = Scene::set().await;
    let guest = scene.guest().await;
    let head = guest.head().await;
    let inner = with("seq", &json!(1));
    let null = json!({ "seq": null, "chat": null, "emoji": null, "on": null, "to": null,
        "id": null, "seconds": null });
    for payload in [
        json!({}),
        null,
        json!({ "__proto__": inner, "constructor": inner, "prototype": inner }),
        json!({ "toString": inner, "hasOwnProperty": true, "": inner, "SEQ": 1, "Chat": "x" }),
        json!({ "client_id": "x", "seq ": 1, "seq\u{0}": 1 }),
    ] {
        for (act, _) in ACTS.iter().filter(|(_, may_be_empty)| !may_be_empty) {
            guest.refused(act, payload.clone(), ["bad_request", "", ""]).await;
        }
    }
    for name in ["__proto__", "constructor", "toString", "edit ", "Edit", "EDIT", "edit/edit"] {
        let answer = guest.act(name, json!({})).await;
        assert_eq!(why(&answer)[0], "bad_request", "{name}: no such act");
        let path = format!("/room/{}/{}", scene.room, name.replace(' ', "%20"));
        assert_eq!(guest.visitor.post_json(&path, &json!({})).await.status, 404, "{path}");
    }
    check_unaffected(&scene, &guest, head).await;
}

#[tokio::test]
async fn bodies_that_are_no_json_objects_are_bad_requests_over_http() {
    let scene = Scene::set().await;
    let guest = scene.guest().await;
    let head = guest.head().await;
    let bodies = [
        String::new(),
        "null".to_owned(),
        "{".to_owned(),
        "{\"seq\":1,}".to_owned(),
        "{\"seq\":1e999}".to_owned(),
        "{\"seq\":18446744073709551616}".to_owned(),
        "{\"chat\":\"\\ud800\"}".to_owned(),
        "{\"seq\":NaN}".to_owned(),
        format!("{{\"seq\":{}}}", deep(100)),
        format!("{{\"seq\":{}}}", deep(20_000)),
        "[".repeat(30_000),
    ];
    for body in bodies {
        for (act, _) in ACTS {
            let path = format!("/room/{}/{act}", scene.room);
            let request = guest.visitor.request(Method::POST, &path);
            let request = request.header("content-type", "application/json").body(body.clone());
            let answer = guest.visitor.send(request).await;
            let shown: String = body.chars().take(40).collect();
            assert_eq!((answer.status, answer.error().as_str()), (400, "bad_request"), "{shown}");
        }
    }
    // A form can only write texts: whoever needs a number is told.
    let form = [("seq", "1"), ("chat", "x"), ("emoji", "👍"), ("on", "true")];
    for act in ["edit", "delete", "react"] {
        let answer = guest.visitor.post_form(&format!("/room/{}/{act}", scene.room), &form).await;
        assert_eq!((answer.status, answer.error().as_str()), (400, "bad_request"), "{act}");
    }
    check_unaffected(&scene, &guest, head).await;
}

#[tokio::test]
async fn frames_that_cannot_be_read_end_their_own_socket_at_most() {
    let scene = Scene::set().await;
    let guest = scene.guest().await;
    let head = guest.head().await;
    for (act, _) in ACTS {
        let tab = guest.tab(Transport::WebSocket).await;
        tab.socket.send_raw(&format!("42/chat,[\"{act}\",{}]", deep(20_000))).await;
        tab.socket.ended_with(close_code::MALFORMED).await;
    }
    for payload in ["{\"seq\":1e999}", "{\"seq\":NaN}", "{\"chat\":\"\\ud800\"}", "{"] {
        let tab = guest.tab(Transport::WebSocket).await;
        tab.socket.send_raw(&format!("42/chat,[\"edit\",{payload}]")).await;
        tab.socket.ended_with(close_code::MALFORMED).await;
    }
    // Nothing at all, too much, and no wish for an answer: told by an event.
    for packet in ["42/chat,[\"edit\"]", "42/chat,[\"edit\",{},{},{}]", "42/chat,[\"edit\",null]"] {
        let tab = guest.tab(Transport::WebSocket).await;
        tab.socket.send_raw(packet).await;
        let refused = tab.socket.expect("refused").await;
        assert_eq!((&refused["error"], &refused["room"]), (&json!("bad_request"), &Value::Null));
    }
    check_unaffected(&scene, &guest, head).await;
}

#[tokio::test]
async fn an_act_without_an_answer_is_done_and_a_refusal_is_told() {
    let scene = Scene::set().await;
    let guest = scene.guest().await;
    let seq = guest.say("말").await;
    guest.socket.emit("edit", json!({ "seq": seq, "chat": "고침" })).await;
    let told = scene.owner.socket.expect("change").await;
    assert_eq!(told["change"]["chat"], "고침");
    guest.socket.emit("delete", json!({ "seq": 1 })).await;
    let refused = guest.socket.expect("refused").await;
    assert_eq!(why(&refused), ["invalid", "seq", "no_message"]);
}

#[tokio::test]
async fn places_beyond_every_log_are_no_messages_and_no_pages() {
    let scene = Scene::set().await;
    let guest = scene.guest().await;
    let head = guest.head().await;
    for seq in [u64::MAX, u64::from(u32::MAX), i64::MAX.unsigned_abs(), i64::MAX.unsigned_abs() + 1]
    {
        let no_message = ["invalid", "seq", "no_message"];
        for (act, payload) in [
            ("edit", json!({ "seq": seq, "chat": "x" })),
            ("delete", json!({ "seq": seq })),
            ("react", json!({ "seq": seq, "emoji": "👍", "on": true })),
            ("report", json!({ "seq": seq })),
        ] {
            guest.refused(act, payload, no_message).await;
        }
        let back = guest.join_again(json!({ "after": seq, "afterPrivate": seq })).await;
        assert_eq!((&back["reset"], &back["private"]), (&json!(true), &json!([])));
        let back = guest.join_again(json!({ "after": head, "afterPrivate": seq })).await;
        assert_eq!((&back["reset"], &back["more"]), (&json!(false), &json!(false)));
        let page = json!({ "before": seq, "limit": 100, "beforePrivate": seq });
        assert_eq!(guest.act("history", page).await["ok"], true);
    }
    for (name, payload) in [
        ("join", json!({ "room": scene.room, "afterPrivate": -1 })),
        ("join", json!({ "room": scene.room, "afterPrivate": "1" })),
        ("history", json!({ "before": 9, "limit": 9, "beforePrivate": -1 })),
        ("history", json!({ "before": 9, "limit": 9, "beforePrivate": [] })),
    ] {
        assert_eq!(why(&guest.act(name, payload.clone()).await)[0], "bad_request", "{payload}");
    }
}

#[tokio::test]
async fn another_site_does_nothing_in_somebodys_name() {
    let scene = Scene::set().await;
    let guest = scene.guest().await;
    let head = guest.head().await;
    let foreign = guest.visitor.with_header("origin", "https://evil.example");
    let embedded = guest.visitor.with_header("sec-fetch-site", "cross-site");
    for (act, _) in ACTS {
        let path = format!("/room/{}/{act}", scene.room);
        for visitor in [&foreign, &embedded] {
            let answer = visitor.post_json(&path, &with("seq", &json!(1))).await;
            assert_eq!((answer.status, answer.error().as_str()), (403, "cross_site"), "{act}");
        }
        // What a page can send without asking first is no JSON.
        let request = guest.visitor.request(Method::POST, &path);
        let request = request.header("content-type", "text/plain").body("{\"seq\":1}");
        let answer = guest.visitor.send(request).await;
        assert_eq!((answer.status, answer.error().as_str()), (400, "bad_request"), "{act}");
        assert_eq!(guest.visitor.get(&path).await.status, 404, "{act}: it is no page");
    }
    check_unaffected(&scene, &guest, head).await;
}
