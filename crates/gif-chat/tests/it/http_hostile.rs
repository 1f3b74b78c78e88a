//! Bodies that no honest client sends. Each is refused with a code, and the others chat on.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::socket_client::SocketClient;
use crate::support::{Answer, TestServer, Visitor};

/// Somebody else's room, which must go on whatever happens.
struct Bystander {
    socket: SocketClient,
}

impl Bystander {
    async fn of(server: &TestServer) -> Self {
        let visitor = server.visitor();
        let room = visitor.make_room("남의 방").await;
        Self { socket: visitor.join(&room).await.0 }
    }

    async fn chats_on(&self) {
        let sent = self.socket.ask("chat", json!({ "chat": "여전히" })).await;
        assert_eq!(sent["ok"], true, "{sent}");
        self.socket.expect("chat").await;
    }
}

async fn post(visitor: &Visitor, path: &str, kind: &str, body: impl Into<Vec<u8>>) -> Answer {
    let request = visitor.request(Method::POST, path).body(body.into());
    visitor.send(request.header("content-type", kind)).await
}

/// The small bodies' addresses, each with the name of its text field.
async fn doors(visitor: &Visitor) -> [(String, &'static str); 3] {
    let room = visitor.make_room("방").await;
    let secret = visitor.make_room_with("비밀", "5", "참깨").await;
    [
        ("/room".to_owned(), "title"),
        (format!("/room/{room}/chat"), "chat"),
        (format!("/room/{secret}/enter"), "password"),
    ]
}

fn assert_refused(answer: &Answer, what: &str) {
    assert!((400..500).contains(&answer.status), "{what}: {} {}", answer.status, answer.text());
    let code = answer.error();
    let known = ["bad_request", "invalid", "wrong_password", "too_large", "not_found"];
    assert!(known.contains(&code.as_str()), "{what}: {code}");
}

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn a_field_of_the_wrong_type_is_a_bad_request() {
    let server = TestServer::start().await;
    let bystander = Bystander::of(&server).await;
    let visitor = server.visitor();
    for (path, field) in doors(&visitor).await {
        for value in [json!(5), json!(true), json!([]), json!(["방"]), json!({}), json!(1.5)] {
            let answer = visitor.post_json(&path, &json!({ field: value })).await;
            assert_eq!((answer.status, answer.error().as_str()), (400, "bad_request"), "{value}");
        }
        bystander.chats_on().await;
    }
    for value in [json!(true), json!([2]), json!({ "valueOf": 2 })] {
        let answer = visitor.post_json("/room", &json!({ "title": "방", "max": value })).await;
        assert_eq!((answer.status, answer.error().as_str()), (400, "bad_request"), "{value}");
    }
}

#[tokio::test]
async fn a_body_that_is_no_object_is_a_bad_request() {
    let server = TestServer::start().await;
    let bystander = Bystander::of(&server).await;
    let visitor = server.visitor();
    for (path, field) in doors(&visitor).await {
        let cut = format!("{{\"{field}\":\"방");
        let lone = format!("{{\"{field}\":\"\\ud800\"}}");
        for body in [
            "",
            "null",
            "[]",
            "5",
            "\"방\"",
            "true",
            "{",
            "{}}",
            "{'a':1}",
            "[[]]",
            "NaN",
            "\u{feff}{}",
            &cut,
            &lone,
        ] {
            let answer = post(&visitor, &path, JSON, body).await;
            assert_eq!((answer.status, answer.error().as_str()), (400, "bad_request"), "{body}");
        }
        bystander.chats_on().await;
    }
}

#[tokio::test]
async fn missing_fields_are_named_or_refused() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    for (path, field) in doors(&visitor).await {
        // The one who made the secret room needs no password.
        let visitor = server.visitor();
        for (kind, body) in [
            (JSON, "{}".to_owned()),
            (JSON, json!({ field: Value::Null }).to_string()),
            (FORM, String::new()),
        ] {
            let answer = post(&visitor, &path, kind, body).await;
            assert_refused(&answer, field);
            let expected = if field == "password" { "wrong_password" } else { "invalid" };
            assert_eq!(answer.error(), expected);
        }
    }
}

#[tokio::test]
async fn names_that_mean_something_elsewhere_mean_nothing_here() {
    let server = TestServer::start().await;
    let bystander = Bystander::of(&server).await;
    let visitor = server.visitor();
    let text = r#"{"__proto__":{"title":"밖","max":2},"constructor":{"prototype":{"max":2}},"title":"안"}"#;
    let made = post(&visitor, "/room", JSON, text).await;
    assert_eq!(made.status, 302);
    let rooms = visitor.socket("/room").connect().await.unwrap().expect("rooms").await;
    let room = made.location().replace("/room/", "");
    let room =
        rooms.as_array().unwrap().iter().find(|found| found["_id"] == room.as_str()).unwrap();
    assert_eq!((&room["title"], &room["max"]), (&json!("안"), &json!(10)));
    for word in ["__proto__", "constructor", "toString", "hasOwnProperty", "system"] {
        let id = visitor.make_room(word).await;
        let chat = visitor.post_form(&format!("/room/{id}/chat"), &[("chat", word)]).await;
        assert_eq!(chat.text(), "ok");
        assert_eq!(visitor.delete(&format!("/room/{word}")).await.error(), "not_found");
    }
    assert_refused(
        &post(&visitor, "/room", JSON, r#"{"__proto__":{"title":"밖"}}"#).await,
        "proto",
    );
    bystander.chats_on().await;
}

#[tokio::test]
async fn bytes_that_are_no_text_are_a_bad_request() {
    let server = TestServer::start().await;
    let bystander = Bystander::of(&server).await;
    let visitor = server.visitor();
    for (path, field) in doors(&visitor).await {
        let json = [b"{\"", field.as_bytes(), b"\":\"\xff\xfe\"}"].concat();
        let raw = [field.as_bytes(), b"=\xc3\x28"].concat();
        let bodies = [
            (JSON, json),
            (FORM, raw),
            (FORM, format!("{field}=%ff").into_bytes()),
            (FORM, format!("{field}=%ed%a0%80").into_bytes()),
            (FORM, b"%c0%80=x".to_vec()),
        ];
        for (kind, body) in bodies {
            let what = format!("{path} {kind} {body:?}");
            let answer = post(&visitor, &path, kind, body).await;
            assert_eq!((answer.status, answer.error().as_str()), (400, "bad_request"), "{what}");
        }
    }
    bystander.chats_on().await;
}

#[tokio::test]
async fn deep_json_is_refused_and_nothing_overflows() {
    let server = TestServer::start().await;
    let bystander = Bystander::of(&server).await;
    let visitor = server.visitor();
    for (path, field) in doors(&visitor).await {
        for depth in [200, 20_000, 30_000] {
            for open in ["[", "{\"a\":"] {
                let body = format!("{{\"{field}\":{}", open.repeat(depth));
                let answer = post(&visitor, &path, JSON, body).await;
                assert_refused(&answer, &format!("{depth} × {open}"));
            }
        }
        let answer = post(&visitor, &path, JSON, "[".repeat(2_000_000)).await;
        assert_eq!(answer.error(), "too_large");
        bystander.chats_on().await;
    }
}

#[tokio::test]
async fn a_field_of_a_megabyte_is_too_large() {
    let server = TestServer::start().await;
    let bystander = Bystander::of(&server).await;
    let visitor = server.visitor();
    let megabyte = "x".repeat(1 << 20);
    for (path, field) in doors(&visitor).await {
        for (kind, body) in [
            (JSON, json!({ field: megabyte }).to_string()),
            (FORM, format!("{field}={megabyte}")),
            (FORM, format!("{megabyte}=1")),
            ("text/plain", megabyte.clone()),
        ] {
            let answer = post(&visitor, &path, kind, body).await;
            assert_eq!((answer.status, answer.error().as_str()), (413, "too_large"), "{kind}");
        }
    }
    bystander.chats_on().await;
}

#[tokio::test]
async fn a_body_of_another_kind_is_a_bad_request() {
    let server = TestServer::start().await;
    let bystander = Bystander::of(&server).await;
    let visitor = server.visitor();
    for (path, field) in doors(&visitor).await {
        for kind in [
            "text/plain",
            "text/html",
            "application/xml",
            "application/jsonp",
            "multipart/form-data",
            "multipart/form-data; boundary=x",
            "application/octet-stream",
            "",
            ";",
            "a/b/c",
        ] {
            let answer = post(&visitor, &path, kind, format!("{field}=x")).await;
            assert_eq!((answer.status, answer.error().as_str()), (400, "bad_request"), "{kind}");
        }
        // Form fields in a JSON's clothes, and the other way round.
        assert_refused(&post(&visitor, &path, JSON, format!("{field}=x")).await, "a form as JSON");
    }
    // What is right stays right with a parameter and in capitals.
    let room = visitor.make_room("방").await;
    let chat = format!("/room/{room}/chat");
    for kind in ["application/json; charset=utf-8", "APPLICATION/JSON"] {
        assert_eq!(post(&visitor, &chat, kind, "{\"chat\":\"말\"}").await.text(), "ok");
    }
    bystander.chats_on().await;
}

#[tokio::test]
async fn an_upload_of_another_shape_is_refused_with_the_reason() {
    let server = TestServer::start().await;
    let bystander = Bystander::of(&server).await;
    let visitor = server.visitor();
    let path = format!("/room/{}/gif", visitor.make_room("방").await);
    let multipart = "multipart/form-data; boundary=x";
    let part =
        |name: &str| format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\nPNG");
    for (kind, body, status, code) in [
        ("image/gif", "GIF89a".to_owned(), 400, "bad_request"),
        ("multipart/form-data", part("gif"), 400, "bad_request"),
        (FORM, "gif=GIF89a".to_owned(), 400, "bad_request"),
        (multipart, String::new(), 400, "bad_request"),
        (multipart, "nonsense".to_owned(), 400, "bad_request"),
        (multipart, part("gif"), 400, "bad_request"),
        (multipart, format!("{}\r\n--x--\r\n", part("file")), 422, "invalid"),
        (multipart, "--x--\r\n".to_owned(), 422, "invalid"),
        (multipart, format!("{}\r\n--x--\r\n", part("gif")), 422, "not_a_gif"),
        (multipart, format!("--x\r\n{}\r\n\r\n", "a: b\r\n".repeat(5_000)), 400, "bad_request"),
    ] {
        let answer = post(&visitor, &path, kind, body.clone()).await;
        assert_eq!((answer.status, answer.error().as_str()), (status, code), "{kind} {body:.60}");
        if code == "invalid" {
            assert_eq!(answer.json()["reason"], "gif_missing");
        }
    }
    assert!(server.gif_files().is_empty());
    bystander.chats_on().await;
}

#[tokio::test]
async fn a_nul_is_shown_nowhere() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    let made = visitor.post_json("/room", &json!({ "title": "방\u{0}제목\u{1b}[31m\r\n" })).await;
    let path = made.location();
    let chat = format!("{path}/chat");
    assert_eq!(visitor.post_json(&chat, &json!({ "chat": "앞\u{0}뒤" })).await.text(), "ok");
    let page = visitor.browser().get(&path).await.text();
    assert!(page.contains("방제목[31m") && page.contains("앞뒤"), "{page}");
    assert!(!page.contains('\0') && !page.contains('\u{1b}'));
    let odd = visitor.get("/room/%00").await;
    assert_eq!(odd.location(), "/?error=존재하지 않는 방입니다.");
}
