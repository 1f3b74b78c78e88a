//! The log: a line per request, and nothing that somebody said, typed or is.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::program::{Launch, Program};
use crate::support::small_gif;
use crate::support::socket_client::Transport;

/// In everything that must not be logged.
const CANARY: &str = "canary";

/// What people say, type and are while they use the server: every door, right and wrong. Returns
/// secrets that the server has made, and the ids of some requests.
async fn use_everything(program: &Program) -> (Vec<String>, Vec<String>) {
    let (maker, guest, bot) = (program.visitor(), program.visitor(), program.visitor());
    let secret = "canary-password";
    let room = maker.make_room_with("canary title", "10", secret).await;
    let path = format!("/room/{room}");
    let mut ids = Vec::new();
    for wrong in ["canary-wrong", &"canary".repeat(40)] {
        ids.push(guest.get(&format!("{path}?password={wrong}")).await);
        ids.push(
            guest
                .post_form(&format!("{path}/enter"), &[("password", wrong)])
                .await,
        );
        ids.push(
            guest
                .post_json(&format!("{path}/enter"), &json!({ "password": wrong }))
                .await,
        );
    }
    ids.push(guest.get(&format!("{path}?password={secret}")).await);
    ids.push(guest.browser().get(&path).await);
    ids.push(guest.browser().get("/?error=canary").await);
    ids.push(guest.browser().get("/missing?canary=canary").await);
    let (maker_socket, _) = maker.join(&room).await;
    for transport in Transport::ALL {
        let socket = guest
            .socket("/chat")
            .transport(transport)
            .connect()
            .await
            .unwrap();
        socket
            .emit("canary-event", json!({ "canary": "canary" }))
            .await;
        let joined = json!({ "room": room, "password": secret, "epoch": "canary", "after": 1 });
        assert_eq!(socket.ask("join", joined).await["ok"], true);
        let text = json!({ "chat": "canary by socket", "clientId": "canary-id" });
        assert_eq!(socket.ask("chat", text).await["ok"], true);
        assert_eq!(
            socket.ask("chat", json!({ "chat": ["canary"] })).await["error"],
            "bad_request"
        );
        socket.disconnect().await;
    }
    let chat = format!("{path}/chat");
    ids.push(guest.post_form(&chat, &[("chat", "canary by form")]).await);
    ids.push(
        guest
            .post_json(&chat, &json!({ "chat": "canary by json" }))
            .await,
    );
    ids.push(
        guest
            .post_json(&chat, &json!({ "chat": { "canary": "canary" } }))
            .await,
    );
    ids.push(
        guest
            .post_json(&chat, &json!({ "chat": "canary ".repeat(3_000) }))
            .await,
    );
    let broken = guest
        .request(Method::POST, &chat)
        .header("content-type", "application/json");
    ids.push(guest.send(broken.body("{\"chat\": canary")).await);
    let key = guest
        .request(Method::POST, &chat)
        .header("idempotency-key", "canary key");
    ids.push(guest.send(key.json(&json!({ "chat": "canary" }))).await);
    for bytes in [small_gif(), b"canary, and no GIF".to_vec()] {
        let part = reqwest::multipart::Part::bytes(bytes).file_name("canary.gif");
        let form = reqwest::multipart::Form::new()
            .part("gif", part)
            .text("canary", "canary");
        let upload = guest.request(Method::POST, &format!("{path}/gif"));
        ids.push(guest.send(upload.multipart(form)).await);
    }
    bot.set_cookie("gifchat=canary.canary");
    ids.push(bot.get("/").await);
    let auth = json!({ "session": "canary.canary" });
    let socket = bot.socket("/chat").auth(auth).connect().await.unwrap();
    socket.ask("join", json!({ "room": "canary" })).await;
    for raw in [
        "42/chat,[\"join\",{\"canary\":",
        "42/canary,[\"canary\"]",
        "9canary",
    ] {
        let socket = bot.socket("/chat").connect().await.unwrap();
        socket.send_raw(raw).await;
    }
    drop(maker_socket);
    ids.push(maker.delete(&path).await);

    let secrets = [maker, guest, bot].into_iter().flat_map(|visitor| {
        let token = visitor
            .cookie()
            .unwrap()
            .split_once('=')
            .unwrap()
            .1
            .to_owned();
        let (session, signature) = token.split_once('.').unwrap();
        [session.to_owned(), signature.to_owned()]
    });
    let request_ids = ids
        .iter()
        .map(|answer| answer.header("x-request-id").to_owned());
    (secrets.collect(), request_ids.collect())
}

#[track_caller]
fn assert_says_nothing(log: &str, secrets: &[String]) {
    for secret in secrets
        .iter()
        .map(String::as_str)
        .chain([CANARY, "127.0.0.1", "$argon2"])
    {
        let found = log.lines().find(|line| line.contains(secret));
        assert_eq!(found, None, "the log names {secret}");
    }
    assert!(
        !log.contains('\u{1b}'),
        "escape sequences are for terminals"
    );
}

#[tokio::test]
async fn nothing_that_somebody_said_typed_or_is_goes_into_the_log() {
    for format in ["text", "json"] {
        let launch = Launch::new()
            .variable("GIFCHAT_LOG", "trace")
            .variable("GIFCHAT_LOG_FORMAT", format)
            .variable("GIFCHAT_DEVELOPMENT", "1");
        let program = launch.start().await;
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
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let of = |id: &str| {
        let same = lines
            .iter()
            .filter(|line| line["fields"]["request_id"] == id);
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
        let program = Launch::new()
            .variable("GIFCHAT_LOG_FORMAT", format)
            .start()
            .await;
        let visitor = program.visitor();
        let path = "/%0a%0dFORGED%1b[31m%e2%80%a8".to_owned();
        assert_eq!(visitor.get(&path).await.status, 404);
        let log = program.stop().await;
        assert!(log.lines().all(|line| !line.starts_with("FORGED")), "{log}");
        assert!(
            !log.contains('\u{1b}') && !log.contains('\u{2028}'),
            "{log}"
        );
    }
}
