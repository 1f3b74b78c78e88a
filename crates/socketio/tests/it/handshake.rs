//! The first request of a session, and which requests are none.

use std::net::{IpAddr, Ipv4Addr};

use bytes::Bytes;
use http::request::Parts;
use http::{Response, StatusCode, header};
use http_body_util::Full;
use reqwest::Method;
use serde_json::{Value, json};
use socketio::{Admission, Config, Connect, Engine, Everybody, Handshake, Refusal};

use crate::support::{Bare, Polling, Server, WebSocket, feed, refusal};

#[tokio::test]
async fn a_session_over_polling_is_told_the_protocols_fields() {
    let config = Config { message_bytes_max: 12_345, ..Config::default() };
    let server = Server::echoing(config).await;
    let query = "?EIO=4&transport=polling&t=abc&b64=1";
    let answer = Polling::request(server.address, Method::GET, query).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("text/plain; charset=UTF-8"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let open: Value = serde_json::from_str(answer.body.strip_prefix('0').unwrap()).unwrap();
    let expected = json!({
        "sid": open["sid"], "upgrades": ["websocket"], "pingInterval": 25_000,
        "pingTimeout": 20_000, "maxPayload": 12_345,
    });
    assert_eq!(open, expected);
    assert!(open["sid"].as_str().unwrap().len() >= 20);
}

#[tokio::test]
async fn a_session_over_websocket_is_told_the_same_but_no_upgrades() {
    let server = Server::echoing(Config::default()).await;
    let mut bare = Bare::connect(server.address).await;
    let open = bare.upgrade("").await;
    let open: Value = serde_json::from_str(open.strip_prefix('0').unwrap()).unwrap();
    let expected = json!({
        "sid": open["sid"], "upgrades": [], "pingInterval": 25_000,
        "pingTimeout": 20_000, "maxPayload": 65_536,
    });
    assert_eq!(open, expected);
}

#[tokio::test]
async fn every_session_has_an_id_of_its_own() {
    let server = Server::echoing(Config::default()).await;
    let mut ids = std::collections::HashSet::new();
    for _ in 0..20 {
        assert!(ids.insert(server.polling().await.sid));
        assert!(ids.insert(server.websocket().await.sid));
    }
}

#[tokio::test]
async fn a_request_that_is_no_handshake_is_told_why() {
    let server = Server::echoing(Config::default()).await;
    let table = [
        (Method::GET, "", 0, "Transport unknown"),
        (Method::GET, "?EIO=4", 0, "Transport unknown"),
        (Method::GET, "?EIO=4&transport=abc", 0, "Transport unknown"),
        (Method::GET, "?EIO=4&transport=__proto__", 0, "Transport unknown"),
        (Method::GET, "?EIO=4&transport=constructor", 0, "Transport unknown"),
        (Method::GET, "?EIO=4&transport=polling&sid=abc", 1, "Session ID unknown"),
        (Method::GET, "?EIO=4&transport=websocket&sid=abc", 1, "Session ID unknown"),
        (Method::POST, "?EIO=4&transport=polling&sid=abc", 1, "Session ID unknown"),
        (Method::POST, "?EIO=4&transport=polling", 2, "Bad handshake method"),
        (Method::PUT, "?EIO=4&transport=polling", 2, "Bad handshake method"),
        (Method::DELETE, "?EIO=4&transport=polling", 2, "Bad handshake method"),
        (Method::OPTIONS, "?EIO=4&transport=polling", 2, "Bad handshake method"),
        (Method::POST, "?EIO=4&transport=websocket", 2, "Bad handshake method"),
        (Method::GET, "?EIO=4&transport=websocket", 3, "Bad request"),
        (Method::GET, "?transport=polling", 5, "Unsupported protocol version"),
        (Method::GET, "?EIO=3&transport=polling", 5, "Unsupported protocol version"),
        (Method::GET, "?EIO=5&transport=polling", 5, "Unsupported protocol version"),
        (Method::GET, "?EIO=abc&transport=polling", 5, "Unsupported protocol version"),
    ];
    for (method, query, code, message) in table {
        let answer = Polling::request(server.address, method.clone(), query).await;
        let expected = refusal(code, message);
        assert_eq!(answer.short(), (400, expected.as_str()), "{method} {query}");
        assert_eq!(answer.header("content-type"), Some("application/json"), "{method} {query}");
    }
    assert_eq!(server.engine.counters().sessions_opened, 0);
}

#[tokio::test]
async fn an_empty_session_id_is_a_handshake() {
    let server = Server::echoing(Config::default()).await;
    let query = "?EIO=4&transport=polling&sid=";
    assert_eq!(Polling::request(server.address, Method::GET, query).await.status, 200);
}

#[tokio::test]
async fn an_upgrade_that_is_not_rfc_6455s_is_refused() {
    let server = Server::echoing(Config::default()).await;
    let good = Bare::upgrade_head("");
    let table = [
        (good.replace("EIO=4", "EIO=3"), 400),
        (good.replace("EIO=4&", ""), 400),
        (good.replace("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", ""), 400),
        (good.replace("dGhlIHNhbXBsZSBub25jZQ==", "short"), 400),
        (good.replace("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZSBhbmQgbW9yZQ=="), 400),
        (good.replace("Version: 13", "Version: 12"), 426),
        (good.replace("Sec-WebSocket-Version: 13\r\n", ""), 426),
        (good.replace("Upgrade: websocket", "Upgrade: h2c"), 400),
        (good.replace("Connection: Upgrade", "Connection: close"), 400),
        (good.replace("GET ", "POST "), 400),
    ];
    for (request, status) in table {
        let answer = Bare::connect(server.address).await.request(&request).await;
        assert_eq!(answer.status, status, "{request}{}", answer.body);
        let names_version = answer.head.contains("sec-websocket-version: 13\r\n");
        assert_eq!(names_version, status == 426, "{}", answer.head);
    }
    assert_eq!(server.engine.counters().sessions, 0);
}

#[tokio::test]
async fn an_upgrade_is_accepted_with_the_key_of_the_rfcs_example() {
    let server = Server::echoing(Config::default()).await;
    let mut bare = Bare::connect(server.address).await;
    let answer = bare.request(&Bare::upgrade_head("")).await;
    assert_eq!(answer.status, 101);
    let head = answer.head.to_ascii_lowercase();
    assert!(answer.head.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "{head}");
    assert!(head.contains("connection: upgrade\r\n"), "{head}");
    assert!(head.contains("upgrade: websocket\r\n"), "{head}");
}

#[tokio::test]
async fn an_application_sees_the_address_and_the_headers_it_asked_for() {
    let admission = Everybody::keeping([header::COOKIE, header::ORIGIN]);
    let engine = Engine::with_admission(Config::default(), admission);
    let (seen, mut shown) = feed();
    engine
        .namespace("/")
        .connect(move |connect: Connect| {
            let kept = connect.handshake();
            let header = |name| kept.header(name).map(|value| value.to_str().unwrap().to_owned());
            let headers = [&header::COOKIE, &header::ORIGIN, &header::USER_AGENT].map(header);
            seen.put((kept.address(), headers, connect.session_id()));
            async { Ok::<_, Refusal>(()) }
        })
        .open();
    let server = Server::of(engine).await;
    let mut bare = Bare::connect(server.address).await;
    let more = "Cookie: a=1\r\nUser-Agent: bare\r\n\r\n";
    let head = Bare::upgrade_head("").replace("\r\n\r\n", &format!("\r\n{more}"));
    assert_eq!(bare.request(&head).await.status, 101);
    let open: Value = serde_json::from_str(&bare.text().await[1..]).unwrap();
    bare.send(&crate::support::frame(crate::support::Opcode::Text, b"40")).await;
    let (address, headers, session) = shown.next().await;
    assert_eq!(address, Some(IpAddr::V4(Ipv4Addr::LOCALHOST)));
    assert_eq!(headers, [Some("a=1".to_owned()), None, None]);
    assert_eq!(open["sid"], session);
}

/// Lets in who has a ticket, and knows them again by it.
struct Tickets;

impl Admission for Tickets {
    type Handshake = String;

    fn open(&self, request: &Parts) -> Result<String, Box<Response<Full<Bytes>>>> {
        if let Some(ticket) = ticket(request) {
            return Ok(ticket.to_owned());
        }
        let mut refusal = Response::new(Full::from("no ticket"));
        *refusal.status_mut() = StatusCode::FORBIDDEN;
        Err(Box::new(refusal))
    }

    fn is_same(&self, handshake: &String, request: &Parts) -> bool {
        ticket(request) == Some(handshake)
    }
}

fn ticket(request: &Parts) -> Option<&str> {
    request.headers.get("ticket")?.to_str().ok()
}

/// A server with tickets, and the id of a session that polls with ticket `mine`.
async fn ticketed() -> (Server<String>, String) {
    let engine = Engine::with_admission(Config::default(), Tickets);
    engine.namespace("/").open();
    let server = Server::of(engine).await;
    let request = "GET /?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\nTicket: mine\r\n\r\n";
    let answer = Bare::connect(server.address).await.request(request).await;
    let open: Value = serde_json::from_str(answer.body.strip_prefix('0').unwrap()).unwrap();
    let sid = open["sid"].as_str().unwrap().to_owned();
    (server, sid)
}

#[tokio::test]
async fn whoever_is_not_admitted_gets_the_applications_own_answer() {
    let (server, _) = ticketed().await;
    let query = "?EIO=4&transport=polling";
    let answer = Polling::request(server.address, Method::GET, query).await;
    assert_eq!(answer.short(), (403, "no ticket"));
    let answer = Bare::connect(server.address).await.request(&Bare::upgrade_head("")).await;
    assert_eq!((answer.status, answer.body.as_str()), (403, "no ticket"));
    assert_eq!(server.engine.counters().sessions_opened, 1);
}

#[tokio::test]
async fn a_session_is_unknown_to_whoever_did_not_open_it() {
    let (server, sid) = ticketed().await;
    let unknown = refusal(1, "Session ID unknown");
    for ticket in ["", "Ticket: yours\r\n"] {
        for request in [
            format!("GET /?EIO=4&transport=polling&sid={sid} HTTP/1.1\r\nHost: x\r\n{ticket}\r\n"),
            format!(
                "POST /?EIO=4&transport=polling&sid={sid} HTTP/1.1\r\nHost: x\r\n{ticket}\
                 Content-Length: 2\r\n\r\n40"
            ),
            Bare::upgrade_head(&format!("&sid={sid}"))
                .replace("\r\n\r\n", &format!("\r\n{ticket}\r\n")),
        ] {
            let answer = Bare::connect(server.address).await.request(&request).await;
            assert_eq!((answer.status, &answer.body), (400, &unknown), "{request}");
        }
    }
    let mine = format!(
        "POST /?EIO=4&transport=polling&sid={sid} HTTP/1.1\r\nHost: x\r\nTicket: mine\r\n\
         Content-Length: 2\r\n\r\n40"
    );
    assert_eq!(Bare::connect(server.address).await.request(&mine).await.body, "ok");
}

#[tokio::test]
async fn a_handshake_beyond_the_most_sessions_is_told_when_to_come_back() {
    let config = Config { sessions_max: 2, retry_after_seconds: 7, ..Config::default() };
    let server = Server::echoing(config).await;
    let mut first = server.client().await;
    let _second = server.polling().await;
    let query = "?EIO=4&transport=polling";
    let answer = Polling::request(server.address, Method::GET, query).await;
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("7")));
    let answer = Bare::connect(server.address).await.request(&Bare::upgrade_head("")).await;
    assert_eq!(answer.status, 503);
    assert!(answer.head.contains("retry-after: 7\r\n"), "{}", answer.head);
    let counters = server.engine.counters();
    assert_eq!((counters.sessions, counters.sessions_refused), (2, 2));
    assert!(first.is_alive().await);
    drop(first);
    crate::support::eventually(|| server.engine.counters().sessions == 1).await;
    drop(WebSocket::open(server.address).await);
}

#[tokio::test]
async fn the_default_handshake_knows_no_address_when_the_server_tells_none() {
    let handshake = Handshake::default();
    assert_eq!(handshake.address(), None);
    assert_eq!(handshake.header(&header::COOKIE), None);
}
