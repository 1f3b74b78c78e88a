//! What is refused: one code, one status and one sentence, as JSON for programs and as a page for
//! people, in both languages.

use reqwest::{Method, RequestBuilder, multipart};
use serde_json::json;

use crate::support::{Answer, TestServer, TestServerBuilder, Visitor, small_gif};

/// Rooms and people about which something can be refused.
struct Scene {
    server: TestServer,
    /// Owns the open room.
    owner: Visitor,
    /// Has no seat and is admitted nowhere.
    stranger: Visitor,
    open: String,
    secret: String,
    full: String,
    _sockets: Vec<crate::support::socket_client::SocketClient>,
}

impl Scene {
    async fn of(builder: TestServerBuilder) -> Self {
        let server = builder.start().await;
        let (owner, other, stranger) = (server.visitor(), server.visitor(), server.visitor());
        let open = owner.make_room("열린 방").await;
        let secret = owner.make_room_with("비밀방", "5", "참깨").await;
        let full = owner.make_room_with("둘만", "2", "").await;
        let sockets = vec![owner.join(&full).await.0, other.join(&full).await.0];
        stranger.get("/").await;
        Self { server, owner, stranger, open, secret, full, _sockets: sockets }
    }

    fn upload(&self, bytes: Vec<u8>) -> RequestBuilder {
        let form = multipart::Form::new().part("gif", multipart::Part::bytes(bytes));
        let path = format!("/room/{}/gif", self.open);
        self.owner.request(Method::POST, &path).multipart(form)
    }

    /// Every refusal that the configuration does not decide.
    fn refusals(&self) -> Vec<(u16, &'static str, RequestBuilder)> {
        let Self { owner, stranger, open, secret, full, .. } = self;
        let room = |id: &str| format!("/room/{id}");
        let enter = format!("/room/{secret}/enter");
        let missing = "0".repeat(32);
        let taken = say(owner, open, "다른 말").header("idempotency-key", "taken");
        let foreign = say(owner, open, "말").header("origin", "https://evil.example");
        vec![
            (400, "bad_request", stranger.request(Method::POST, "/room").body("?")),
            (401, "wrong_password", stranger.request(Method::POST, &enter).json(&json!({}))),
            (403, "not_admitted", say(stranger, secret, "말")),
            (403, "not_owner", stranger.request(Method::DELETE, &room(open))),
            (403, "cross_site", foreign),
            (404, "not_found", say(stranger, &missing, "말")),
            (404, "not_found", owner.request(Method::DELETE, &room(&missing))),
            (404, "not_found", stranger.request(Method::GET, "/gif/none.gif")),
            (409, "conflict", taken),
            (409, "room_full", say(stranger, full, "말")),
            (413, "too_large", say(owner, open, &"x".repeat(70_000))),
            (422, "not_a_gif", self.upload(b"<html></html>".to_vec())),
            (422, "invalid", say(owner, open, " ")),
        ]
    }
}

fn say(visitor: &Visitor, room: &str, text: &str) -> RequestBuilder {
    let path = format!("/room/{room}/chat");
    visitor.request(Method::POST, &path).form(&[("chat", text)])
}

fn html_escaped(text: &str) -> String {
    text.replace('\'', "&#39;").replace('"', "&#34;")
}

/// Sends a request as a program and as a person, in both languages, and compares the answers.
async fn assert_refused(visitor: &Visitor, expected: (u16, &str), request: RequestBuilder) {
    let mut sentences = Vec::new();
    for language in ["ko", "en"] {
        let send = |accept: &'static str| {
            let request = request.try_clone().unwrap_or_else(|| panic!("{expected:?}"));
            visitor.send(request.header("accept", accept).header("accept-language", language))
        };
        let json = send("application/json").await;
        assert_eq!((json.status, json.error().as_str()), expected);
        assert_eq!(json.header("content-type"), "application/json");
        let sentence = json.json()["message"].as_str().unwrap().to_owned();
        assert_eq!(send("*/*").await.json(), json.json());
        let page = send("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8").await;
        assert_eq!(page.status, expected.0, "{}", page.text());
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        let text = page.text();
        assert!(text.contains(&format!("<html lang=\"{language}\">")), "{text}");
        assert!(text.contains(&html_escaped(&sentence)), "{sentence} is not in {text}");
        assert!(text.contains("href=\"/\""), "a way back");
        sentences.push(sentence);
    }
    assert_ne!(sentences[0], sentences[1], "{expected:?} is said in one language");
}

#[tokio::test]
async fn every_refusal_has_its_code_its_status_and_its_sentence() {
    let scene = Scene::of(TestServer::builder()).await;
    let first = say(&scene.owner, &scene.open, "처음").header("idempotency-key", "taken");
    assert_eq!(scene.owner.send(first).await.status, 200);
    for (status, code, request) in scene.refusals() {
        if request.try_clone().is_some() && code != "wrong_password" {
            assert_refused(&scene.stranger, (status, code), request).await;
        } else {
            // An upload cannot be repeated, and JSON is answered by JSON.
            let answer = scene.stranger.send(request).await;
            assert_eq!((answer.status, answer.error().as_str()), (status, code));
            assert!(!answer.json()["message"].as_str().unwrap().is_empty());
        }
    }
}

#[tokio::test]
async fn an_upload_is_refused_as_a_page_too() {
    let scene = Scene::of(TestServer::builder()).await;
    let person = scene.upload(b"<html>".to_vec()).header("accept", "text/html");
    let answer = scene.owner.send(person).await;
    assert_eq!(answer.status, 422);
    assert!(answer.text().contains("GIF 파일이 아닙니다."), "{}", answer.text());
}

#[tokio::test]
async fn an_invalid_field_is_named_with_the_rule_that_it_breaks() {
    let scene = Scene::of(TestServer::builder()).await;
    let body = scene.owner.post_json("/room", &json!({ "title": "방", "max": 1_001 })).await;
    let body = body.json();
    assert_eq!((&body["error"], &body["field"]), (&json!("invalid"), &json!("max")));
    assert_eq!(body["reason"], "max_out_of_range");
    let message = body["message"].as_str().unwrap();
    assert!(message.contains('2') && message.contains("1000"), "{message}");
    // Other refusals carry neither, and no answer over HTTP has the `ok` of an ack.
    let other = scene.stranger.delete(&format!("/room/{}", scene.open)).await.json();
    let keys: Vec<_> = other.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["error", "message"]);
}

#[tokio::test]
async fn too_fast_says_when_to_come_back() {
    let limited = TestServer::builder().config(|config| config.messages_burst = 1);
    let scene = Scene::of(limited).await;
    assert_eq!(scene.owner.send(say(&scene.owner, &scene.open, "하나")).await.status, 200);
    let answer = scene.owner.send(say(&scene.owner, &scene.open, "둘")).await;
    assert_eq!((answer.status, answer.error().as_str()), (429, "too_fast"));
    let wait = answer.json()["retryAfterMs"].as_u64().unwrap();
    assert!((1..=1_000).contains(&wait), "{wait}");
    assert_eq!(answer.header("retry-after"), "1");
    assert!(answer.json()["message"].as_str().unwrap().contains('1'));
    let again = say(&scene.owner, &scene.open, "둘");
    assert_refused(&scene.owner, (429, "too_fast"), again).await;
    scene.server.clock.advance(std::time::Duration::from_millis(wait));
    assert_eq!(scene.owner.send(say(&scene.owner, &scene.open, "둘")).await.status, 200);
}

#[tokio::test]
async fn a_server_that_is_busy_or_full_says_so_and_goes_on() {
    let full_disk = TestServer::builder().config(|config| config.free_disk_bytes_min = u64::MAX);
    let busy = TestServer::builder().config(|config| config.gif_uploads_at_once = 0);
    for (builder, status, code) in [(full_disk, 507, "no_space"), (busy, 503, "unavailable")] {
        let scene = Scene::of(builder).await;
        let answer = scene.owner.send(scene.upload(small_gif())).await;
        assert_eq!((answer.status, answer.error().as_str()), (status, code));
        let said = scene.owner.send(say(&scene.owner, &scene.open, "글은 된다")).await;
        assert_eq!(said.status, 200, "{code}");
        assert!(scene.server.gif_files().is_empty());
    }
}

fn message(answer: &Answer) -> String {
    assert_eq!((answer.status, answer.error().as_str()), (404, "not_found"));
    answer.json()["message"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_is_not_served_is_named_with_its_method_and_address() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    for (method, path, named) in [
        (Method::GET, "/nowhere", "GET /nowhere"),
        (Method::GET, "/room/a/b/c", "GET /room/a/b/c"),
        (Method::POST, "/", "POST /"),
        (Method::PUT, "/room", "PUT /room"),
        (Method::PATCH, "/gif/x.gif", "PATCH /gif/x.gif"),
        (Method::DELETE, "/한글", "DELETE /한글"),
        (Method::GET, "/socket.io/none.js", "GET /socket.io/none.js"),
    ] {
        let request = |accept: &'static str, language: &'static str| {
            let request = visitor.request(method.clone(), path).header("accept", accept);
            visitor.send(request.header("accept-language", language))
        };
        let korean = format!("{named} 라우터가 없습니다.");
        let english = format!("There is no route for {named}.");
        assert_eq!(message(&request("application/json", "ko").await), korean);
        assert_eq!(message(&request("*/*", "en").await), english);
        for (language, sentence) in [("ko", korean), ("en", english)] {
            let page = request("text/html", language).await;
            assert_eq!(page.status, 404);
            assert!(page.text().contains(&format!(">{sentence}<")), "{}", page.text());
            assert!(!page.text().contains("<pre"), "details are for developers");
        }
    }
}

#[tokio::test]
async fn the_address_on_the_error_page_is_only_text() {
    let server = TestServer::start().await;
    let visitor = server.visitor().browser();
    let page = visitor.get("/%3Cscript%3Ealert(1)%3C/script%3E?password=canary").await;
    assert_eq!(page.status, 404);
    assert!(page.text().contains("GET /&#60;script&#62;alert"), "{}", page.text());
    assert!(!page.text().contains("<script>alert") && !page.text().contains("canary"));
}

#[tokio::test]
async fn details_are_shown_only_in_development() {
    for development in [false, true] {
        let builder = TestServer::builder().config(|config| config.development = development);
        let server = builder.start().await;
        let visitor = server.visitor().browser();
        let refused = visitor.delete(&format!("/room/{}", "0".repeat(32))).await;
        for page in [visitor.get("/nowhere").await, refused] {
            assert_eq!(page.status, 404);
            assert_eq!(page.text().contains("<pre"), development, "{}", page.text());
            // The number under which the log speaks of the request.
            let number = page.header("x-request-id");
            assert!(number.len() == 16 && page.text().contains(number), "{number}");
        }
    }
}

#[tokio::test]
async fn an_address_that_is_no_text_is_a_bad_request_or_no_room() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    for (method, path) in [
        (Method::GET, "/gif/%FF"),
        (Method::DELETE, "/room/%FF"),
        (Method::POST, "/room/%C3%28/chat"),
        (Method::GET, "/socket.io/%FF.js"),
        (Method::GET, "/assets/%FF.js"),
    ] {
        let request = visitor.request(method, path).form(&[("chat", "말")]);
        let answer = visitor.send(request).await;
        assert!([400, 404].contains(&answer.status), "{path}: {}", answer.status);
        let code = answer.error();
        assert!(["bad_request", "not_found"].contains(&code.as_str()), "{path}: {code}");
    }
}
