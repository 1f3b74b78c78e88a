//! Whose connection it is: cookies, sessions for clients without cookies, and stolen ones.

use std::collections::HashSet;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::socket_client::{
    ConnectError, DEADLINE, SocketClient, SocketClientBuilder, Transport,
};
use crate::support::sockets::close_code;
use crate::support::{TestServer, until};

/// A client without a cookie jar.
fn bot(server: &TestServer, transport: Transport) -> SocketClientBuilder {
    SocketClient::builder(&server.url()).namespace("/chat").transport(transport)
}

async fn join(socket: &SocketClient, room: &str) -> Value {
    let joined = socket.ask("join", json!({ "room": room })).await;
    assert_eq!(joined["ok"], true, "{joined}");
    joined
}

#[tokio::test]
async fn a_client_without_a_cookie_gets_a_session_and_gives_it_back() {
    let server = TestServer::start().await;
    let room = server.visitor().make_room_with("봇", "10", "").await;
    for transport in Transport::ALL {
        let socket = bot(&server, transport).connect().await.unwrap();
        let cookies = socket.set_cookies();
        assert_eq!(cookies.len(), 1, "{transport:?}");
        assert!(cookies[0].contains("HttpOnly") && cookies[0].contains("SameSite=Lax"));
        let joined = join(&socket, &room).await;
        let session = joined["you"]["session"].clone();
        assert!(session.is_string(), "{joined}");
        let seats = joined["participants"].as_array().unwrap().len();

        // The same visitor: by auth, and by the cookie, while the first one is still there.
        let auth = json!({ "session": session });
        let again = bot(&server, transport).auth(auth).connect().await.unwrap();
        let joined_again = join(&again, &room).await;
        assert_eq!(joined_again["you"], joined["you"], "{transport:?}");
        assert_eq!(joined_again["participants"].as_array().unwrap().len(), seats, "one seat");
        assert_eq!(joined_again["head"], joined["head"], "one entry");
        let cookie = cookies[0].split(';').next().unwrap();
        let with_cookie = bot(&server, transport).cookie(cookie).connect().await.unwrap();
        assert_eq!(with_cookie.set_cookies(), Vec::<String>::new());
        let joined_again = join(&with_cookie, &room).await;
        assert_eq!(joined_again["you"]["id"], joined["you"]["id"]);
        assert_eq!(joined_again["you"].get("session"), None, "a cookie needs no session");
    }
}

#[tokio::test]
async fn a_session_given_back_after_the_connection_ended_has_its_seat_still() {
    let server = TestServer::start().await;
    let owner = server.visitor();
    let room = owner.make_room_with("둘만", "2", "").await;
    let (_owner_socket, _) = owner.join(&room).await;
    let mut socket = bot(&server, Transport::WebSocket).connect().await.unwrap();
    let joined = join(&socket, &room).await;
    let auth = json!({ "session": joined["you"]["session"] });
    for transport in Transport::ALL {
        socket.cut().await;
        socket = bot(&server, transport).auth(auth.clone()).connect().await.unwrap();
        assert_eq!(join(&socket, &room).await["you"], joined["you"], "{transport:?}");
    }
}

#[tokio::test]
async fn a_forged_session_is_never_adopted() {
    let server = TestServer::start().await;
    let room = server.visitor().make_room_with("위조", "100", "").await;
    let victim = bot(&server, Transport::WebSocket).connect().await.unwrap();
    let joined = join(&victim, &room).await;
    let token = joined["you"]["session"].as_str().unwrap().to_owned();
    let mut seen = HashSet::from([joined["you"]["id"].to_string()]);
    let flip = |place: usize| {
        let mut bytes = token.clone().into_bytes();
        bytes[place] = if bytes[place] == b'0' { b'1' } else { b'0' };
        String::from_utf8(bytes).unwrap()
    };
    let (id, signature) = token.split_at(token.len() / 2);
    let strings = [
        flip(0),
        flip(token.len() - 1),
        id.to_owned(),
        signature.to_owned(),
        format!("{token}0"),
        format!(" {token}"),
        token[..token.len() - 1].to_owned(),
        token.chars().rev().collect(),
        "x".repeat(10_000),
        String::new(),
    ];
    let mut forged: Vec<Value> = strings.iter().map(|text| json!({ "session": text })).collect();
    forged.extend([
        json!({ "session": 7 }),
        json!({ "session": null }),
        json!({ "session": [token] }),
        json!({ "session": { "toString": token } }),
        json!({ "__proto__": { "session": token } }),
        json!({ "Session": token }),
    ]);
    for (number, auth) in forged.into_iter().enumerate() {
        let transport = Transport::ALL[number % 3];
        let socket = bot(&server, transport).auth(auth.clone()).connect().await.unwrap();
        let you = join(&socket, &room).await["you"].clone();
        assert!(seen.insert(you["id"].to_string()), "a visitor of its own, not {auth}");
        let session = you["session"].as_str().unwrap();
        assert!(session != token && !strings.iter().any(|text| text == session));
    }
}

#[tokio::test]
async fn what_is_no_object_is_no_auth_and_ends_the_connection() {
    let server = TestServer::start().await;
    let victim = bot(&server, Transport::WebSocket).connect().await.unwrap();
    let room = server.visitor().make_room("빈손").await;
    let token = join(&victim, &room).await["you"]["session"].clone();
    for transport in Transport::ALL {
        for auth in [json!([{ "session": token }]), json!([token]), token.clone()] {
            match bot(&server, transport).auth(auth.clone()).connect().await {
                Err(ConnectError::Closed(end)) => {
                    let code = (transport == Transport::WebSocket).then_some(close_code::MALFORMED);
                    assert_eq!(end.code, code, "{auth} on {transport:?}");
                }
                other => panic!("{auth} on {transport:?}: {other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn with_a_cookie_the_auth_counts_for_nothing() {
    let server = TestServer::start().await;
    let room = server.visitor().make_room("쿠키").await;
    let victim = bot(&server, Transport::WebSocket).connect().await.unwrap();
    let victim_joined = join(&victim, &room).await;
    let visitor = server.visitor().known().await;
    for transport in Transport::ALL {
        let auth = json!({ "session": victim_joined["you"]["session"] });
        let socket =
            visitor.socket("/chat").transport(transport).auth(auth).connect().await.unwrap();
        let joined = join(&socket, &room).await;
        assert_ne!(joined["you"]["id"], victim_joined["you"]["id"], "{transport:?}");
        assert_eq!(joined["you"].get("session"), None);
        assert_eq!(joined["participants"].as_array().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn a_forged_cookie_is_no_cookie() {
    let server = TestServer::start().await;
    let room = server.visitor().make_room("가짜").await;
    let victim = server.visitor();
    let (_victim_socket, victim_joined) = victim.join(&room).await;
    let cookie = victim.cookie().unwrap();
    let forged = format!("{}x", &cookie[..cookie.len() - 1]);
    for cookie in [forged.as_str(), "gifchat=", "gifchat=undefined", "connect.sid=s%3Aabc"] {
        let socket = bot(&server, Transport::WebSocket).cookie(cookie).connect().await.unwrap();
        assert_eq!(socket.set_cookies().len(), 1, "{cookie}");
        let joined = join(&socket, &room).await;
        assert_ne!(joined["you"]["id"], victim_joined["you"]["id"]);
        assert!(joined["you"]["session"].is_string());
    }
}

#[tokio::test]
async fn a_stolen_engine_session_is_of_no_use_to_another_visitor() {
    let server = TestServer::start().await;
    let owner = server.visitor();
    let room = owner.make_room("도둑").await;
    let (victim, _) = owner.join_by(Transport::Polling, &room).await;
    let path = format!("/socket.io/?EIO=4&transport=polling&sid={}", victim.engine_sid());
    let thief = server.visitor().known().await;
    let nobody = server.visitor();
    for (who, stranger) in [("another visitor", &thief), ("nobody", &nobody)] {
        let poll = stranger.get(&path).await;
        assert_eq!(poll.status, 400, "{who} polls: {}", poll.text());
        assert_eq!(poll.json(), json!({ "code": 1, "message": "Session ID unknown" }));
        let post = stranger.request(Method::POST, &path).body(r#"42/chat,["chat",{"chat":"!"}]"#);
        assert_eq!(stranger.send(post).await.status, 400, "{who} posts");
        let upgrade = stranger
            .request(Method::GET, &path.replace("=polling", "=websocket"))
            .header("connection", "Upgrade")
            .header("upgrade", "websocket")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
        assert_eq!(stranger.send(upgrade).await.status, 400, "{who} upgrades");
    }
    // The rightful owner has noticed nothing.
    victim.say("아직 나야").await;
    assert_eq!(victim.expect("chat").await["chat"], "아직 나야");
    victim.upgrade().await.unwrap();
    victim.say("갈아탔어").await;
    let said = victim.live_entries().iter().filter(|entry| entry["chat"] == "!").count();
    assert_eq!(said, 0);
}

#[tokio::test]
async fn a_session_that_has_entered_nothing_yet_is_not_for_others_either() {
    let server = TestServer::start().await;
    let path = "/socket.io/?EIO=4&transport=polling";
    let victim = server.visitor().known().await;
    let opened = victim.get(path).await.text();
    let opened: Value = serde_json::from_str(opened.strip_prefix('0').unwrap()).unwrap();
    let session = format!("{path}&sid={}", opened["sid"].as_str().unwrap());
    let thief = server.visitor().known().await;
    let entering = thief.request(Method::POST, &session).body("40/chat,");
    assert_eq!(thief.send(entering).await.status, 400);
    let entering = victim.request(Method::POST, &session).body("40/chat,");
    assert_eq!(victim.send(entering).await.text(), "ok");
    assert!(victim.get(&session).await.text().starts_with("40/chat,{"));
}

#[tokio::test]
async fn whoever_enters_no_namespace_is_sent_away_and_takes_no_place() {
    let server = TestServer::builder()
        .config(|config| config.socket_connect_time_max = Duration::from_millis(200))
        .start()
        .await;
    let mut strangers = Vec::new();
    for transport in Transport::ALL {
        strangers.push(bot(&server, transport).engine_only().connect().await.unwrap());
    }
    let entered = bot(&server, Transport::WebSocket).connect().await.unwrap();
    for stranger in &strangers {
        stranger.ended_with(close_code::NO_NAMESPACE).await;
    }
    until("only who has entered is counted", || server.app().sessions() == 1).await;
    assert_eq!(entered.ask("leave", Value::Null).await["ok"], true);
}

#[tokio::test]
async fn a_page_of_another_site_opens_no_connection() {
    let server = TestServer::start().await;
    let own = server.url();
    for transport in Transport::ALL {
        let to = || SocketClient::builder(&own).namespace("/room").transport(transport);
        for origin in ["https://evil.example", "null", "http://127.0.0.1.evil.example"] {
            let refused = to().origin(origin).connect().await.unwrap_err();
            assert_eq!(refused.status(), Some(403), "{origin} on {transport:?}: {refused}");
        }
        for site in ["cross-site", "same-site"] {
            let refused = to().header("sec-fetch-site", site).connect().await.unwrap_err();
            assert_eq!(refused.status(), Some(403), "{site} on {transport:?}: {refused}");
        }
        assert!(to().origin(&own).connect().await.is_ok(), "{transport:?}");
        assert!(to().header("sec-fetch-site", "same-origin").connect().await.is_ok());
    }
}

/// Connects again and again until there is room, which must be soon.
async fn until_let_in(builder: SocketClientBuilder) -> SocketClient {
    let trying = async {
        loop {
            match builder.clone().connect().await {
                Ok(socket) => return socket,
                Err(error) => assert_eq!(error.status(), Some(503), "{error}"),
            }
        }
    };
    tokio::time::timeout(DEADLINE, trying).await.expect("a place became free")
}

async fn assert_full(server: &TestServer) {
    for transport in Transport::ALL {
        match bot(server, transport).connect().await {
            Err(ConnectError::Refused(refusal)) => {
                assert_eq!(refusal.status, 503, "{transport:?}");
                let retry_after = refusal.headers["retry-after"].to_str().unwrap();
                assert!(retry_after.parse::<u32>().unwrap() > 0);
            }
            other => panic!("{transport:?} was not refused: {other:?}"),
        }
    }
}

#[tokio::test]
async fn sessions_are_counted_per_address_and_freed_when_they_end() {
    let server =
        TestServer::builder().config(|config| config.sockets_per_address_max = 3).start().await;
    let mut sockets = Vec::new();
    for transport in Transport::ALL {
        sockets.push(bot(&server, transport).connect().await.unwrap());
    }
    assert_full(&server).await;
    assert_eq!(server.app().sessions(), 3);
    let mut successors = Vec::new();
    for socket in sockets {
        socket.disconnect().await;
        successors.push(until_let_in(bot(&server, Transport::WebSocket)).await);
        assert_full(&server).await;
    }
    for successor in successors {
        successor.cut().await;
        until_let_in(bot(&server, Transport::Upgrade)).await.disconnect().await;
    }
}

#[tokio::test]
async fn sessions_are_counted_in_all_whether_they_enter_a_namespace_or_not() {
    let server = TestServer::builder().config(|config| config.sockets_max = 12).start().await;
    let entered = bot(&server, Transport::WebSocket).connect().await.unwrap();
    let mut strangers = Vec::new();
    for number in 0..11 {
        // Few poll: the server bounds connections too, and each of these has two.
        let transport = if number < 2 { Transport::Polling } else { Transport::WebSocket };
        let stranger = bot(&server, transport).engine_only().connect().await.unwrap();
        strangers.push(stranger);
    }
    assert_full(&server).await;
    // The rest of the server goes on.
    assert_eq!(server.visitor().get("/").await.status, 200);
    entered.cut().await;
    until_let_in(bot(&server, Transport::WebSocket)).await;
}

#[tokio::test]
async fn refused_handshakes_take_no_place() {
    let server =
        TestServer::builder().config(|config| config.sockets_per_address_max = 1).start().await;
    let visitor = server.visitor();
    for query in ["", "?EIO=4", "?EIO=3&transport=polling", "?EIO=4&transport=x", "?transport=x"] {
        let answer = visitor.get(&format!("/socket.io/{query}")).await;
        assert!((400..500).contains(&answer.status), "{query}: {}", answer.status);
    }
    let post = visitor.request(Method::POST, "/socket.io/?EIO=4&transport=polling").body("40");
    assert_eq!(visitor.send(post).await.status, 400);
    assert_eq!(server.app().sessions(), 0);
    assert!(bot(&server, Transport::Polling).connect().await.is_ok());
}
