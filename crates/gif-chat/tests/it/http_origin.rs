//! Which pages may act in a visitor's name. Cookies travel by themselves, so this holds at every
//! door: forms, deletions, polling and sockets.

use reqwest::Method;

use crate::support::origins::{SITES, hosts, origins};
use crate::support::socket_client::Transport;
use crate::support::{TestServer, Visitor, config_with};

/// The headers that a browser would send along.
type Lines = Vec<(&'static str, String)>;

fn with_lines(visitor: &Visitor, lines: &Lines) -> Visitor {
    let add =
        |visitor: Visitor, (name, value): &(&'static str, String)| visitor.with_header(name, value);
    lines.iter().fold(visitor.clone(), add)
}

/// Tries every door and says whether all let the visitor act, or all refused.
async fn may_act(server: &TestServer, lines: &Lines) -> bool {
    let visitor = server.visitor();
    let (room, doomed) = (visitor.make_room("방").await, visitor.make_room("닫을 방").await);
    let page = with_lines(&visitor, lines);
    let writes = [
        page.post_form("/room", &[("title", "새 방")]).await,
        page.post_form(&format!("/room/{room}/chat"), &[("chat", "말")]).await,
        page.post_form(&format!("/room/{room}/enter"), &[("password", "")]).await,
        page.delete(&format!("/room/{doomed}")).await,
    ];
    let mut outcomes = Vec::new();
    for answer in writes {
        let refused = answer.status == 403;
        assert!(!refused || answer.error() == "cross_site", "{lines:?}: {}", answer.text());
        assert!(refused || answer.status < 400, "{lines:?}: {}", answer.status);
        assert!(answer.headers.get("access-control-allow-origin").is_none());
        outcomes.push(!refused);
    }
    for transport in Transport::ALL {
        let builder = visitor.socket("/chat").transport(transport);
        let add =
            |builder: crate::support::socket_client::SocketClientBuilder,
             (name, value): &(&'static str, String)| builder.header(name, value);
        match lines.iter().fold(builder, add).connect().await {
            Ok(_socket) => outcomes.push(true),
            Err(error) => {
                assert_eq!(error.status(), Some(403), "{lines:?} by {transport:?}: {error}");
                outcomes.push(false);
            }
        }
    }
    let all_the_same = outcomes.iter().all(|outcome| *outcome == outcomes[0]);
    assert!(all_the_same, "{lines:?}: the doors do not agree: {outcomes:?}");
    outcomes[0]
}

fn origin(value: &str) -> Lines {
    vec![("origin", value.to_owned())]
}

#[tokio::test]
async fn a_page_of_another_origin_may_not_act() {
    let server = TestServer::start().await;
    for (value, allowed) in origins(server.app().address()) {
        assert_eq!(may_act(&server, &origin(&value)).await, allowed, "{value}");
    }
}

#[tokio::test]
async fn without_an_origin_the_browser_says_where_the_page_is_from() {
    let server = TestServer::start().await;
    assert!(may_act(&server, &Vec::new()).await);
    for (site, allowed) in SITES {
        let lines = vec![("sec-fetch-site", site.to_owned())];
        assert_eq!(may_act(&server, &lines).await, allowed, "{site}");
    }
}

#[tokio::test]
async fn a_loopback_server_is_not_fooled_by_a_rebound_name() {
    let server = TestServer::start().await;
    for (host, allowed) in hosts(server.app().address().port()) {
        let visitor = server.visitor();
        let room = visitor.make_room("방").await;
        let own_page = format!("http://{host}");
        for lines in [vec![], vec![("origin", own_page.clone())]] {
            let lines = [lines, vec![("host", host.clone())]].concat();
            let page = with_lines(&visitor, &lines);
            let path = format!("/room/{room}/chat");
            let written = page.post_form(&path, &[("chat", "말")]).await.status;
            let polled = page.get("/socket.io/?EIO=4&transport=polling").await.status;
            let request = page.request(Method::GET, "/socket.io/?EIO=4&transport=websocket");
            let request = request
                .header("connection", "upgrade")
                .header("upgrade", "websocket")
                .header("sec-websocket-version", "13")
                .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
            let upgraded = request.send().await.unwrap().status().as_u16();
            let expected = if allowed { (200, 200, 101) } else { (403, 403, 403) };
            assert_eq!((written, polled, upgraded), expected, "{lines:?}");
        }
    }
}

#[tokio::test]
async fn with_a_public_url_only_its_pages_may_act() {
    for (public_url, own) in [
        ("https://chat.example", "https://chat.example"),
        ("https://Chat.Example:443/", "https://chat.example"),
        ("http://chat.example:8080", "http://chat.example:8080"),
    ] {
        let url = config_with("public_url", public_url).public_url;
        let server = TestServer::builder().config(|config| config.public_url = url).start().await;
        let host = server.app().address();
        assert!(may_act(&server, &origin(own)).await, "{own}");
        assert!(may_act(&server, &Vec::new()).await);
        for foreign in [
            format!("http://{host}"),
            "https://chat.example.evil".to_owned(),
            "https://evil-chat.example".to_owned(),
            "https://chat.example:8443".to_owned(),
            "http://chat.example".to_owned(),
            "null".to_owned(),
        ] {
            assert!(!may_act(&server, &origin(&foreign)).await, "{foreign} for {public_url}");
        }
    }
}

#[tokio::test]
async fn bound_to_every_address_the_name_in_the_request_is_our_own() {
    let everywhere = "0.0.0.0".parse().unwrap();
    let server = TestServer::builder().config(|config| config.bind = everywhere).start().await;
    let visitor = server.visitor().with_header("host", "chat.home:8005");
    let room = visitor.make_room("방").await;
    for (value, status) in [
        ("http://chat.home:8005", 200),
        ("https://CHAT.home:8005", 200),
        ("http://chat.home", 403),
        ("http://chat.home:8005.evil.example", 403),
        ("null", 403),
    ] {
        let page = visitor.with_header("origin", value);
        let answer = page.post_form(&format!("/room/{room}/chat"), &[("chat", "말")]).await;
        assert_eq!(answer.status, status, "{value}");
    }
}

#[tokio::test]
async fn packets_of_an_open_session_obey_the_same_rule() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    visitor.get("/").await;
    let builder = visitor.socket("/chat").transport(Transport::Polling);
    let socket = builder.connect().await.unwrap();
    let path = format!("/socket.io/?EIO=4&transport=polling&sid={}", socket.engine_sid());
    let foreign = visitor.with_header("origin", "https://evil.example");
    let post = foreign.request(Method::POST, &path).body("42/chat,[\"leave\"]");
    assert_eq!(foreign.send(post).await.status, 403);
    assert_eq!(foreign.get(&path).await.status, 403);
    assert_eq!(socket.ask("leave", serde_json::json!({})).await["ok"], true);
}

#[tokio::test]
async fn links_and_pictures_may_come_from_anywhere() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    let room = visitor.make_room("방").await;
    let foreign = visitor.with_header("sec-fetch-site", "cross-site");
    for path in ["/", "/room", &format!("/room/{room}"), "/socket.io/socket.io.js", "/livez"] {
        assert_eq!(foreign.get(path).await.status, 200, "{path}");
    }
    let preflight = foreign.with_header("origin", "https://evil.example");
    let preflight = preflight.with_header("access-control-request-method", "DELETE");
    let path = format!("/room/{room}");
    let answer = preflight.send(preflight.request(Method::OPTIONS, &path)).await;
    assert!(answer.status >= 400 && answer.headers.get("access-control-allow-methods").is_none());
}
