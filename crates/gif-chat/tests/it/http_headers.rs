//! Headers that every answer has, whatever it answers.

use std::collections::HashSet;

use reqwest::Method;

use crate::support::{Answer, TestServer, config_with, small_gif};

const PAGE_POLICY: [&str; 12] = [
    "default-src 'none'",
    "script-src 'self'",
    "img-src 'self' blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "require-trusted-types-for 'script'",
    "trusted-types svelte-trusted-html",
];

/// One answer of every route and every kind of refusal.
async fn answers(server: &TestServer) -> Vec<(String, Answer)> {
    let visitor = server.visitor();
    let room = visitor.make_room_with("방", "5", "참깨").await;
    let (socket, _) = visitor.join(&room).await;
    visitor.post_gif(&format!("/room/{room}/gif"), small_gif()).await;
    let gif = socket.expect("chat").await["gif"].as_str().unwrap().to_owned();
    let mut answers = Vec::new();
    for (method, path) in [
        (Method::GET, "/".to_owned()),
        (Method::HEAD, "/".to_owned()),
        (Method::GET, "/room".to_owned()),
        (Method::POST, "/room".to_owned()),
        (Method::GET, format!("/room/{room}")),
        (Method::GET, format!("/room/{room}?password=x")),
        (Method::GET, "/room/missing".to_owned()),
        (Method::POST, format!("/room/{room}/enter")),
        (Method::POST, format!("/room/{room}/chat")),
        (Method::POST, format!("/room/{room}/gif")),
        (Method::GET, format!("/gif/{gif}")),
        (Method::GET, "/gif/none.gif".to_owned()),
        (Method::GET, "/assets/none.js".to_owned()),
        (Method::GET, "/socket.io/socket.io.js".to_owned()),
        (Method::GET, "/socket.io/?EIO=4&transport=polling".to_owned()),
        (Method::GET, "/socket.io/?EIO=9&transport=none".to_owned()),
        (Method::POST, "/socket.io/?EIO=4&transport=polling&sid=none".to_owned()),
        (Method::GET, "/livez".to_owned()),
        (Method::GET, "/readyz".to_owned()),
        (Method::GET, "/nowhere".to_owned()),
        (Method::OPTIONS, "/room".to_owned()),
        (Method::DELETE, "/room/missing".to_owned()),
    ] {
        for who in [visitor.browser(), server.visitor()] {
            let answer = who.send(who.request(method.clone(), &path)).await;
            answers.push((format!("{method} {path} {}", answer.status), answer));
        }
    }
    let foreign = visitor.with_header("origin", "https://evil.example");
    answers.push(("cross-site".to_owned(), foreign.post_form("/room", &[]).await));
    answers
}

#[tokio::test]
async fn every_answer_keeps_browsers_from_sniffing_framing_and_loading_from_elsewhere() {
    let server = TestServer::start().await;
    for (what, answer) in answers(&server).await {
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), value, "{name} of {what}");
        }
        assert!(["same-origin", "no-referrer"].contains(&answer.header("referrer-policy")));
        assert!(answer.header("permissions-policy").contains("camera=()"), "{what}");
        assert_eq!(answer.header("x-request-id").len(), 16, "{what}");
        assert!(answer.headers.get("strict-transport-security").is_none(), "{what}");
        assert!(answer.headers.get("access-control-allow-origin").is_none(), "{what}");
        assert!(answer.headers.get("server").is_none(), "{what}");
        let policy = answer.header("content-security-policy");
        assert_eq!(answer.headers.get_all("content-security-policy").iter().count(), 1);
        if answer.header("content-type") == "image/gif" {
            assert_eq!(policy, "default-src 'none'; sandbox");
        } else {
            let parts: Vec<_> = policy.split("; ").collect();
            for part in PAGE_POLICY {
                assert!(parts.contains(&part), "{part} is not in the policy of {what}: {policy}");
            }
            assert!(!policy.contains("unsafe") && !policy.contains('*'), "{policy}");
        }
        let is_page = answer.header("content-type").starts_with("text/html");
        assert!(!is_page || answer.header("cache-control") == "no-store", "{what}");
    }
}

#[tokio::test]
async fn the_one_style_on_a_page_is_allowed_by_a_nonce_that_is_never_used_again() {
    let server = TestServer::start().await;
    let visitor = server.visitor().browser();
    let mut nonces = HashSet::new();
    for _ in 0..20 {
        let answer = visitor.get("/").await;
        let policy = answer.header("content-security-policy");
        let (_, rest) = policy.split_once("style-src 'self' 'nonce-").expect("a nonce");
        let nonce = rest.split_once('\'').unwrap().0.to_owned();
        assert_eq!(nonce.len(), 32, "128 random bits");
        assert!(answer.text().contains(&format!("<style nonce=\"{nonce}\">")));
        assert!(nonces.insert(nonce), "a nonce came twice");
    }
}

#[tokio::test]
async fn no_page_carries_a_script_a_handler_or_a_style_of_its_own() {
    let server = TestServer::start().await;
    for (what, answer) in answers(&server).await {
        if !answer.header("content-type").starts_with("text/html") {
            continue;
        }
        let page = answer.text();
        for element in page.split("<script").skip(1) {
            let element = element.split_once("</script>").unwrap().0;
            assert!(element.contains("src=\"/") && element.ends_with('>'), "{what}: {element}");
        }
        for forbidden in [" style=", " onclick=", " onload=", "javascript:", "http://", "https://"]
        {
            assert!(!page.contains(forbidden), "{forbidden} on {what}: {page}");
        }
    }
}

#[tokio::test]
async fn over_https_browsers_are_told_to_stay_there() {
    let https = config_with("public_url", "https://chat.example").public_url;
    let builder = TestServer::builder().config(|config| config.public_url = https);
    let server = builder.start().await;
    let visitor = server.visitor();
    for path in ["/", "/nowhere", "/livez", "/gif/none.gif", "/socket.io/socket.io.js"] {
        let policy = visitor.get(path).await.header("strict-transport-security").to_owned();
        assert!(policy.starts_with("max-age="), "{path}: {policy}");
    }
}
