//! The log: a line per request, and nothing that somebody said, typed or is.

use reqwest::{Method, multipart};
use serde_json::{Value, json};

use crate::support::program::{Launch, Program};
use crate::support::socket_client::Transport;
use crate::support::{Answer, Visitor, small_gif};

/// In everything that must not be logged.
const CANARY: &str = "canary";

/// The password of the room.
const PASSWORD: &str = "canary-password";

/// What people say, type and are while they use the server: every door, right and wrong. Returns
/// secrets that the server has made, and the ids of the requests.
async fn use_everything(program: &Program) -> (Vec<String>, Vec<String>) {
    let (maker, guest, bot) = (program.visitor(), program.visitor(), program.visitor());
    let room = maker.make_room_with("canary title", "10", PASSWORD).await;
    let mut answers = knock(&guest, &room).await;
    let _maker_socket = maker.join(&room).await;
    talk_over_sockets(&guest, &room).await;
    answers.extend(talk_over_http(&guest, &room).await);
    bot.set_cookie("gifchat=canary.canary");
    answers.push(bot.get("/").await);
    send_nonsense(&bot).await;
    answers.push(maker.delete(&format!("/room/{room}")).await);

    let secrets = [maker, guest, bot].into_iter().flat_map(|visitor| {
        let token = visitor.cookie().unwrap().split_once('=').unwrap().1.to_owned();
        let (session, signature) = token.split_once('.').unwrap();
        [session.to_owned(), signature.to_owned()]
    });
    let request_ids = answers.iter().map(|answer| answer.header("x-request-id").to_owned());
    (secrets.collect(), request_ids.collect())
}

/// At the door of a secret room, and beside it.
async fn knock(guest: &Visitor, room: &str) -> Vec<Answer> {
    let path = format!("/room/{room}");
    let enter = format!("{path}/enter");
    let mut answers = Vec::new();
    for wrong in ["canary-wrong", &CANARY.repeat(40)] {
        answers.push(guest.get(&format!("{path}?password={wrong}")).await);
        answers.push(guest.post_form(&enter, &[("password", wrong)]).await);
        answers.push(guest.post_json(&enter, &json!({ "password": wrong })).await);
    }
    answers.push(guest.get(&format!("{path}?password={PASSWORD}")).await);
    for page in [&path, "/?error=canary", "/missing?canary=canary"] {
        answers.push(guest.browser().get(page).await);
    }
    answers
}

async fn talk_over_sockets(guest: &Visitor, room: &str) {
    for transport in Transport::ALL {
        let socket = guest.socket("/chat").transport(transport).connect().await.unwrap();
        socket.emit("canary-event", json!({ "canary": "canary" })).await;
        let join = json!({ "room": room, "password": PASSWORD, "epoch": "canary", "after": 1 });
        assert_eq!(socket.ask("join", join).await["ok"], true);
        let text = json!({ "chat": "canary by socket", "clientId": "canary-id" });
        assert_eq!(socket.ask("chat", text).await["ok"], true);
        let wrong = socket.ask("chat", json!({ "chat": ["canary"] })).await;
        assert_eq!(wrong["error"], "bad_request");
        socket.disconnect().await;
    }
}

async fn talk_over_http(guest: &Visitor, room: &str) -> Vec<Answer> {
    let chat = format!("/room/{room}/chat");
    let mut answers = vec![
        guest.post_form(&chat, &[("chat", "canary by form")]).await,
        guest.post_json(&chat, &json!({ "chat": "canary by json" })).await,
        guest.post_json(&chat, &json!({ "chat": { "canary": "canary" } })).await,
        guest.post_json(&chat, &json!({ "chat": "canary ".repeat(3_000) })).await,
    ];
    let broken = guest.request(Method::POST, &chat).header("content-type", "application/json");
    answers.push(guest.send(broken.body("{\"chat\": canary")).await);
    let key = guest.request(Method::POST, &chat).header("idempotency-key", "canary key");
    answers.push(guest.send(key.json(&json!({ "chat": "canary" }))).await);
    for bytes in [small_gif(), b"canary, and no GIF".to_vec()] {
        let part = multipart::Part::bytes(bytes).file_name("canary.gif");
        let form = multipart::Form::new().part("gif", part).text("canary", "canary");
        let upload = guest.request(Method::POST, &format!("/room/{room}/gif"));
        answers.push(guest.send(upload.multipart(form)).await);
    }
    answers
}

/// What no client of good will sends.
async fn send_nonsense(bot: &Visitor) {
    let auth = json!({ "session": "canary.canary" });
    let socket = bot.socket("/chat").auth(auth).connect().await.unwrap();
    socket.ask("join", json!({ "room": "canary" })).await;
    for raw in ["42/chat,[\"join\",{\"canary\":", "42/canary,[\"canary\"]", "9canary"] {
        let socket = bot.socket("/chat").connect().await.unwrap();
        socket.send_raw(raw).await;
    }
}

#[track_caller]
fn assert_says_nothing(log: &str, secrets: &[String]) {
    for secret in secrets.iter().map(String::as_str).chain([CANARY, "127.0.0.1", "$argon2"]) {
        let found = log.lines().find(|line| line.contains(secret));
        assert_eq!(found, None, "the log names {secret}");
    }
    assert!(!log.contains('\u{1b}'), "escape sequences are for terminals");
}

#[tokio::test]
async fn nothing_that_somebody_said_typed_or_is_goes_into_the_log() {
    for format in ["text", "json"] {
        let program = Launch::new().telling_everything(format).start().await;
        let (secrets, _) = use_everything(&program).await;
        let log = program.stop().await;
        assert!(log.contains("/enter"), "there is a log: {log}");
        assert_says_nothing(&log, &secrets);
    }
}

#[tokio::test]
async fn each_request_is_a_line_with_method_path_status_time_and_id() {
    let launch = Launch::new().variable("GIFCHAT_LOG_FORMAT", "json");
    let program = launch.start().await;
    let (_, request_ids) = use_everything(&program).await;
    let visitor = program.visitor().with_header("x-request-id", "canary");
    let answer = visitor.get("/room/x?password=canary").await;
    assert_ne!(answer.header("x-request-id"), "canary", "ids are our own");
    let asked = answer.header("x-request-id").to_owned();
    let log = program.stop().await;
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |id: &str| {
        let same = lines.iter().filter(|line| line["fields"]["request_id"] == id);
        same.map(|line| line["fields"].clone()).collect::<Vec<_>>()
    };
    for id in &request_ids {
        let fields = of(id);
        assert_eq!(fields.len(), 1, "one line for {id}");
        assert!(fields[0]["method"].is_string() && fields[0]["status"].is_number());
        assert!(fields[0]["path"].as_str().unwrap().starts_with('/'));
        assert!(!fields[0]["path"].as_str().unwrap().contains('?'));
        assert!(fields[0]["millis"].is_number());
    }
    let fields = &of(&asked)[0];
    let named = (&fields["method"], &fields["path"], &fields["status"]);
    assert_eq!(named, (&json!("GET"), &json!("/room/x"), &json!(302)));
}

#[tokio::test]
async fn lines_cannot_be_forged() {
    for format in ["text", "json"] {
        let program = Launch::new().variable("GIFCHAT_LOG_FORMAT", format).start().await;
        let visitor = program.visitor();
        let path = "/%0a%0dFORGED%1b[31m%e2%80%a8";
        assert_eq!(visitor.get(path).await.status, 404);
        let log = program.stop().await;
        assert!(log.lines().all(|line| !line.starts_with("FORGED")), "{log}");
        assert!(!log.contains('\u{1b}') && !log.contains('\u{2028}'), "{log}");
    }
}
