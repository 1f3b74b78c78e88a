//! Socket.IO packets, by the rows of the protocol's document and what the reference server does.

use std::time::Duration;

use serde_json::Value;
use socketio::{Config, Connect, EventName, Reason, Refusal, Socket};

use crate::support::{Server, echo, feed};

#[tokio::test]
async fn a_client_enters_the_main_namespace_and_gets_an_id() {
    for request in ["40", "40/", "40/,", "40{}", r#"40{"token":"x"}"#, "40/,{}"] {
        let server = Server::echoing(Config::default()).await;
        let mut client = server.websocket().await;
        client.send(request).await;
        let answer = client.text().await;
        let answer: Value = serde_json::from_str(answer.strip_prefix("40").unwrap()).unwrap();
        let sid = answer["sid"].as_str().unwrap();
        assert_eq!(answer, serde_json::json!({ "sid": sid }), "{request}");
        assert!(sid.len() >= 20);
        // Whoever knows the session's id can act as the client; others are told the socket's.
        assert_ne!(sid, client.sid, "{request}");
    }
}

#[tokio::test]
async fn a_client_enters_a_namespace_with_or_without_a_comma() {
    for request in ["40/chat", "40/chat,", "40/chat,{}"] {
        let server = Server::echoing(Config::default()).await;
        let mut client = server.websocket().await;
        client.send(request).await;
        assert!(client.text().await.starts_with(r#"40/chat,{"sid":""#), "{request}");
    }
}

#[tokio::test]
async fn an_unknown_namespace_is_refused_and_the_connection_stays() {
    let server = Server::echoing(Config::default()).await;
    let mut client = server.websocket().await;
    for name in ["/nowhere", "/chat/", "/chat?a=b", "/방"] {
        client.send(&format!("40{name},")).await;
        let expected = format!(r#"44{name},{{"message":"Invalid namespace"}}"#);
        assert_eq!(client.text().await, expected);
    }
    client.enter("/").await;
    assert!(client.is_alive().await);
}

#[tokio::test]
async fn a_client_may_be_in_several_namespaces_and_leave_one() {
    let server = Server::echoing(Config::default()).await;
    let mut client = server.client().await;
    client.enter("/chat").await;
    client.send(r#"42/chat,["echo",1]"#).await;
    assert_eq!(client.text().await, r#"42/chat,["echo",1]"#);
    client.send("41").await;
    client.send(r#"42["echo","nobody"]"#).await;
    client.send(r#"42/chat,7["echo",2]"#).await;
    assert_eq!(client.text().await, "43/chat,7[2]");
    client.enter("/").await;
    assert!(client.is_alive().await);
}

#[tokio::test]
async fn a_client_that_asks_twice_is_in_once() {
    let server = Server::echoing(Config::default()).await;
    let mut client = server.client().await;
    client.send("40").await;
    assert!(client.is_alive().await);
}

#[tokio::test]
async fn what_is_said_before_one_has_entered_is_not_heard() {
    let server = Server::echoing(Config::default()).await;
    let mut client = server.websocket().await;
    client.send(r#"420["echo","early"]"#).await;
    client.send("430[]").await;
    client.send("41").await;
    client.enter("/").await;
    client.send(r#"42/chat,0["echo"]"#).await;
    assert!(client.is_alive().await);
}

#[tokio::test]
async fn an_event_with_an_id_is_answered_under_it() {
    let server = Server::echoing(Config::default()).await;
    let mut client = server.client().await;
    for (sent, answered) in [
        (r#"420["echo"]"#, "430[]"),
        (r#"421["echo",null,{"a":[1]},"방"]"#, r#"431[null,{"a":[1]},"방"]"#),
        (r#"42007["echo",1]"#, "437[1]"),
        (r#"429007199254740991["echo",1]"#, "439007199254740991[1]"),
        (r#"4212[ "echo" , 1 ] "#, "4312[1]"),
        (r#"42/,5["echo"]"#, "435[]"),
    ] {
        client.send(sent).await;
        assert_eq!(client.text().await, answered, "{sent}");
    }
}

#[tokio::test]
async fn a_binary_event_is_answered_with_bytes() {
    let server = Server::echoing(Config::default()).await;
    let mut client = server.client().await;
    client.send(r#"451-12["bytes",{"_placeholder":true,"num":0}]"#).await;
    client.send_binary(&[9, 8]).await;
    assert_eq!(client.text().await, r#"461-12[{"_placeholder":true,"num":0}]"#);
    assert_eq!(client.binary().await, [9, 8]);
}

#[tokio::test]
async fn bytes_come_in_the_order_of_their_numbers_and_may_be_used_twice() {
    let server = Server::echoing(Config::default()).await;
    let mut client = server.client().await;
    let place = |number| format!(r#"{{"_placeholder":true,"num":{number}}}"#);
    client.send(&format!(r#"452-["bytes",{},{},{}]"#, place(1), place(0), place(1))).await;
    client.send_binary(b"a").await;
    client.send("3").await;
    client.send_binary(b"b").await;
    let expected = format!(r#"453-["bytes",{},{},{}]"#, place(0), place(1), place(2));
    assert_eq!(client.text().await, expected);
    let parts = [client.binary().await, client.binary().await, client.binary().await];
    assert_eq!(parts, [b"b", b"a", b"b"]);
}

#[tokio::test]
async fn bytes_as_base64_text_are_bytes() {
    let server = Server::echoing(Config::default()).await;
    let mut client = server.client().await;
    client.send(r#"451-["bytes",{"_placeholder":true,"num":0}]"#).await;
    client.send("bAQID").await;
    client.text().await;
    assert_eq!(client.binary().await, [1, 2, 3]);
}

#[tokio::test]
async fn an_event_that_nobody_handles_is_nothing() {
    let server = Server::echoing(Config::default()).await;
    let mut client = server.client().await;
    client.send(r#"420["unheard of",1]"#).await;
    client.send(r#"421[""]"#).await;
    assert!(client.is_alive().await);
}

#[tokio::test]
async fn an_answer_that_nobody_waits_for_is_nothing() {
    let server = Server::echoing(Config::default()).await;
    let mut client = server.client().await;
    client.send("430[]").await;
    client.send("4399[1,2]").await;
    client.send("43[]").await;
    assert!(client.is_alive().await);
}

#[tokio::test]
async fn what_the_protocol_does_not_allow_closes_the_connection() {
    for text in [
        "40[]",
        "40\"x\"",
        "40null",
        "40{",
        "40{}x",
        "41{}",
        "41[]",
        "42",
        "42{}",
        "42[]",
        "42[1]",
        "42[null]",
        "42[\"a\"",
        "42[\"a\"]x",
        "42\"a\"",
        "42-1[\"a\"]",
        "42+1[\"a\"]",
        "421.5[\"a\"]",
        "421e1[\"a\"]",
        "420x1[\"a\"]",
        "429007199254740992[\"a\"]",
        "43",
        "430",
        "430{}",
        "44",
        "44{}",
        "44{\"message\":\"x\"}",
        "45[\"a\"]",
        "45-[\"a\"]",
        "450-[\"a\"]",
        "45-1-[\"a\"]",
        "451.5-[\"a\"]",
        "4511-[\"a\"]",
        "45999999999999999999999-[\"a\"]",
        "451-{}",
        "461-",
        "451-[\"a\",{\"_placeholder\":true,\"num\":1}]",
        "451-[\"a\",{\"_placeholder\":true,\"num\":-1}]",
        "451-[\"a\",{\"_placeholder\":true,\"num\":\"0\"}]",
        "451-[\"a\",{\"_placeholder\":true}]",
        "47",
        "4x",
        "4",
    ] {
        let server = Server::echoing(Config::default()).await;
        let mut client = server.client().await;
        client.send(text).await;
        assert_eq!(client.close_code().await, 4006, "{text}");
    }
}

#[tokio::test]
async fn something_else_where_bytes_should_be_closes_the_connection() {
    for text in [r#"42["echo"]"#, "40/chat,", "41", r#"451-["bytes"]"#] {
        let server = Server::echoing(Config::default()).await;
        let mut client = server.client().await;
        client.send(r#"451-["bytes",{"_placeholder":true,"num":0}]"#).await;
        client.send(text).await;
        assert_eq!(client.close_code().await, 4006, "{text}");
    }
}

#[tokio::test]
async fn deep_json_is_refused_and_nothing_else_happens() {
    let server = Server::echoing(Config::default()).await;
    let mut bystander = server.client().await;
    for levels in [100, 20_000, 30_000] {
        let mut client = server.client().await;
        let json = format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        client.send(&format!(r#"42["echo",{json}]"#)).await;
        assert_eq!(client.close_code().await, 4006, "{levels}");
    }
    assert!(bystander.is_alive().await);
}

/// Sockets that say what happens to them.
async fn telling(config: Config) -> (Server, crate::support::Taker<String>) {
    let (told, heard) = feed();
    let server = Server::with(config, move |engine| {
        let (entered, left) = (told.clone(), told.clone());
        engine
            .namespace("/")
            .connect(async |connect: Connect| Ok::<_, Refusal>(connect.auth::<Value>().unwrap()))
            .connected(move |socket: Socket<Value>| {
                entered.put(format!("connected {}", socket.state()));
                async {}
            })
            .fallback(move |name: EventName| {
                told.put(name.0);
                async {}
            })
            .disconnected(move |_, reason: Reason| {
                left.put(format!("disconnected {reason:?}"));
                async {}
            })
            .open();
    })
    .await;
    (server, heard)
}

#[tokio::test]
async fn what_the_client_says_of_itself_is_heard() {
    let (server, mut heard) = telling(Config::default()).await;
    for (auth, seen) in [("", "null"), ("{}", "{}"), (r#"{"a":[1]}"#, r#"{"a":[1]}"#)] {
        let mut client = server.websocket().await;
        client.send(&format!("40{auth}")).await;
        assert_eq!(heard.next().await, format!("connected {seen}"));
        client.send("41").await;
        assert_eq!(heard.next().await, "disconnected ClientDisconnect");
    }
}

#[tokio::test]
async fn an_event_in_the_same_breath_as_connect_is_handled_and_so_is_one_before_disconnect() {
    let (server, mut heard) = telling(Config::default()).await;
    let first = ["40", r#"42["first"]"#, r#"42["second"]"#];
    let last = [r#"42["last"]"#, "41", r#"42["late"]"#];
    let expected = ["connected null", "first", "second", "last", "disconnected ClientDisconnect"];
    let mut client = server.websocket().await;
    client.send_all(first.map(str::to_owned)).await;
    assert!(client.text().await.starts_with("40{"));
    client.send_all(last.map(str::to_owned)).await;
    assert_eq!(heard.take(5).await, expected);
    client.enter("/").await;
    assert_eq!(heard.next().await, "connected null");
    let mut polling = server.polling().await;
    polling.send(&first.join("\u{1e}")).await;
    assert!(polling.packet().await.starts_with("40{"));
    polling.send(&last.join("\u{1e}")).await;
    assert_eq!(heard.take(5).await, expected);
}

#[tokio::test]
async fn a_client_that_leaves_before_it_is_let_in_has_never_been_in() {
    let (server, mut heard) = telling(Config::default()).await;
    let mut client = server.websocket().await;
    let all = ["40", r#"42["unheard"]"#, "41", "40", r#"42["heard"]"#];
    client.send_all(all.map(str::to_owned)).await;
    assert_eq!(heard.take(2).await, ["connected null", "heard"]);
    assert!(client.text().await.starts_with("40{"));
    client.is_silent().await;
}

#[tokio::test]
async fn events_wait_while_the_application_decides_about_their_socket() {
    let (told, mut heard) = feed();
    let server = Server::with(Config::default(), move |engine| {
        echo(engine);
        engine
            .namespace("/slow")
            .connect(async |_| {
                tokio::time::sleep(Duration::from_millis(50)).await;
                Ok::<_, Refusal>(())
            })
            .fallback(move |name: EventName| {
                told.put(name.0);
                async {}
            })
            .open();
    })
    .await;
    let mut client = server.client().await;
    client.send("40/slow,").await;
    for event in ["first", "second"] {
        client.send(&format!(r#"42/slow,["{event}"]"#)).await;
    }
    // Other namespaces are not held up.
    assert!(client.is_alive().await);
    assert!(client.text().await.starts_with("40/slow,"));
    assert_eq!(heard.take(2).await, ["first", "second"]);
}
