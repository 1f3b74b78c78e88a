//! The session cookie: what it is like, how long it holds, and that nobody can make one.

use serde_json::json;

use crate::support::{TestServer, Visitor, config_with};

/// The one `Set-Cookie` line of an answer, if it has one.
fn set_cookie(answer: &crate::support::Answer) -> Option<&str> {
    let lines: Vec<_> = answer.headers.get_all("set-cookie").iter().collect();
    assert!(lines.len() < 2, "{lines:?}");
    lines.first().map(|line| line.to_str().unwrap())
}

/// Whether the visitor may read the secret room without its password.
async fn is_admitted(visitor: &Visitor, room: &str) -> bool {
    visitor.browser().get(&format!("/room/{room}")).await.text().contains("id=\"history\"")
}

/// A visitor with a cookie of another's making.
fn with_cookie(server: &TestServer, cookie: &str) -> Visitor {
    let visitor = server.visitor();
    visitor.set_cookie(cookie);
    visitor
}

#[tokio::test]
async fn the_first_answer_sets_a_cookie_that_scripts_and_other_sites_cannot_use() {
    let server = TestServer::start().await;
    for path in ["/", "/room", "/room/missing", "/nowhere", "/socket.io/?EIO=4&transport=polling"] {
        let visitor = server.visitor();
        let answer = visitor.get(path).await;
        let cookie = set_cookie(&answer).unwrap_or_else(|| panic!("no cookie from {path}"));
        let mut parts = cookie.split("; ");
        let (name, value) = parts.next().unwrap().split_once('=').unwrap();
        assert_eq!(name, "gifchat");
        let (session, signature) = value.split_once('.').unwrap();
        assert_eq!((session.len(), signature.len()), (32, 64));
        let attributes: Vec<_> = parts.collect();
        for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(attributes.contains(&attribute), "{attribute} is not in {cookie}");
        }
        assert!(attributes.iter().any(|attribute| attribute.starts_with("Max-Age=")), "{cookie}");
        assert!(!attributes.contains(&"Secure") && !cookie.contains("Domain"), "{cookie}");
        assert!(set_cookie(&visitor.get(path).await).is_none(), "a known visitor keeps the cookie");
    }
}

#[tokio::test]
async fn over_https_the_cookie_is_bound_to_this_very_host() {
    let https = config_with("public_url", "https://chat.example").public_url;
    let builder = TestServer::builder().config(|config| config.public_url = https);
    let server = builder.start().await;
    let visitor = server.visitor();
    let answer = visitor.get("/").await;
    let cookie = set_cookie(&answer).unwrap();
    assert!(cookie.starts_with("__Host-gifchat="), "{cookie}");
    for attribute in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.split("; ").any(|found| found == attribute), "{attribute}: {cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
    assert!(set_cookie(&visitor.get("/").await).is_none());
    // A name without the prefix can be planted by a neighbour: it counts for nothing.
    let planted = visitor.cookie().unwrap().replace("__Host-", "");
    assert!(set_cookie(&with_cookie(&server, &planted).get("/").await).is_some());
}

#[tokio::test]
async fn every_visitor_has_a_session_of_their_own() {
    let server = TestServer::start().await;
    let mut seen = std::collections::HashSet::new();
    for _ in 0..50 {
        let visitor = server.visitor();
        visitor.get("/").await;
        assert!(seen.insert(visitor.cookie().unwrap()));
    }
}

#[tokio::test]
async fn a_restart_knows_everybody_again() {
    let mut server = TestServer::start().await;
    let visitor = server.visitor();
    let room = visitor.make_room_with("비밀", "5", "참깨").await;
    let (socket, before) = visitor.join(&room).await;
    drop(socket);
    let cookie = visitor.cookie();
    server.restart().await;
    let visitor = visitor.moved_to(&server.url());
    let (_socket, after) = visitor.join(&room).await;
    assert_eq!(before["you"], after["you"]);
    assert_eq!(visitor.cookie(), cookie);
    assert!(is_admitted(&visitor, &room).await);
}

#[tokio::test]
async fn a_cookie_that_we_did_not_sign_is_replaced_and_never_adopted() {
    let server = TestServer::start().await;
    let owner = server.visitor();
    let room = owner.make_room_with("비밀", "5", "참깨").await;
    let cookie = owner.cookie().unwrap();
    let (name, value) = cookie.split_once('=').unwrap();
    let (session, signature) = value.split_once('.').unwrap();
    let mut flipped = signature.to_owned();
    let last = if flipped.ends_with('0') { "1" } else { "0" };
    flipped.replace_range(63.., last);
    for forged in [
        session.to_owned(),
        format!("{session}."),
        format!("{session}.{}", "0".repeat(64)),
        format!("{session}.{flipped}"),
        format!("{session}.{}", &signature[..62]),
        format!("{session}.{signature}00"),
        format!("{}.{signature}", "0".repeat(32)),
        format!("{}.{signature}", session.to_uppercase()),
        format!(".{signature}"),
        String::new(),
        "x".repeat(5_000),
        format!("s%3A{session}.{signature}"),
    ] {
        let thief = with_cookie(&server, &format!("{name}={forged}"));
        let answer = thief.get("/").await;
        let fresh = set_cookie(&answer).unwrap_or_else(|| panic!("{forged} was kept"));
        assert!(!fresh.contains(session), "{forged} was adopted");
        let thief = with_cookie(&server, &format!("{name}={forged}"));
        assert!(!is_admitted(&thief, &room).await, "{forged} opens the room");
        let thief = with_cookie(&server, &format!("{name}={forged}"));
        assert_eq!(thief.delete(&format!("/room/{room}")).await.error(), "not_owner");
    }
    assert!(is_admitted(&owner, &room).await);
}

#[tokio::test]
async fn a_socket_adopts_no_forged_cookie_and_no_forged_session() {
    let server = TestServer::start().await;
    let owner = server.visitor();
    let room = owner.make_room_with("비밀", "5", "참깨").await;
    let cookie = owner.cookie().unwrap();
    let value = cookie.split_once('=').unwrap().1;
    let session = value.split_once('.').unwrap().0;
    let forged = format!("{session}.{}", "0".repeat(64));
    let builder = with_cookie(&server, &format!("gifchat={forged}")).socket("/chat");
    let socket = builder.auth(json!({ "session": forged })).connect().await.unwrap();
    assert_eq!(socket.ask("join", json!({ "room": room })).await["error"], "not_admitted");
    let set = socket.set_cookies();
    assert!(set.len() == 1 && !set[0].contains(session), "{set:?}");
}

#[tokio::test]
async fn with_another_secret_old_cookies_are_worth_nothing() {
    let secret = |text: &str| config_with("cookie_secret", text).cookie_secret;
    let old = secret("an old secret of more than thirty-two bytes");
    let mut server =
        TestServer::builder().config(|config| config.cookie_secret = old).start().await;
    let owner = server.visitor();
    let room = owner.make_room_with("비밀", "5", "참깨").await;
    let old_cookie = owner.cookie().unwrap();
    let new = secret("a new secret of more than thirty-two bytes, too");
    server.restart_with(|config| config.cookie_secret = new).await;
    let owner = owner.moved_to(&server.url());
    assert!(!is_admitted(&owner, &room).await);
    let new_cookie = owner.cookie().unwrap();
    assert_ne!(old_cookie[..40], new_cookie[..40], "the old session was signed anew");
}

#[tokio::test]
async fn other_cookies_beside_ours_do_no_harm() {
    let server = TestServer::start().await;
    let owner = server.visitor();
    let room = owner.make_room_with("비밀", "5", "참깨").await;
    let own = owner.cookie().unwrap();
    for cookies in [
        format!("other=1; {own}"),
        format!("{own}; other=%FF%00"),
        format!("gifchat2=x;{own}"),
        format!("=; ;;; {own}"),
    ] {
        let visitor = with_cookie(&server, &cookies);
        assert!(is_admitted(&visitor, &room).await, "{cookies}");
    }
}
