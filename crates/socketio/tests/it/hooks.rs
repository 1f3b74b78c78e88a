//! Who may enter, and what runs when a socket comes and goes.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use socketio::{Config, Connect, Engine, EventName, Namespace, Reason, Refusal, Socket};
use tokio::sync::Notify;

use crate::support::{Bare, Close, Opcode, Server, Taker, eventually, feed, frame, soon};

#[tokio::test]
async fn a_socket_keeps_what_the_application_made_of_its_client() {
    let server = Server::with(Config::default(), |engine| {
        engine
            .namespace("/")
            .connect(async |connect: Connect| {
                connect.auth::<String>().map_err(|_unsaid| Refusal::new("who are you?"))?;
                Ok(())
            })
            .open();
        engine
            .namespace("/named")
            .connect(async |connect: Connect| {
                let auth = connect.auth::<serde_json::Value>();
                let name = auth.ok().and_then(|auth| auth["name"].as_str().map(str::to_owned));
                name.ok_or_else(|| Refusal::new("who are you?").with_data(&json!({ "code": 7 })))
            })
            .on("name", async |socket: Socket<String>| {
                socket.emit("name", &**socket.state()).unwrap();
            })
            .open();
    })
    .await;
    let mut client = server.websocket().await;
    client.send("40").await;
    assert_eq!(client.text().await, r#"44{"message":"who are you?"}"#);
    client.send("40/named,").await;
    let refused = r#"44/named,{"message":"who are you?","data":{"code":7}}"#;
    assert_eq!(client.text().await, refused);
    // The connection stays, and the client may try again.
    client.send(r#"40/named,{"name":"방"}"#).await;
    assert!(client.text().await.starts_with("40/named,{"));
    client.send(r#"42/named,["name"]"#).await;
    assert_eq!(client.text().await, r#"42/named,["name","방"]"#);
}

#[tokio::test]
async fn a_hook_that_panics_lets_nobody_in_and_costs_nothing_else() {
    let server = Server::with(Config::default(), |engine| {
        crate::support::echo(engine);
        let late = async |_: Connect| -> Result<(), Refusal> { panic!("in the future") };
        engine.namespace("/late").connect(late).open();
        let early = |_: Connect| -> std::future::Ready<Result<(), Refusal>> { panic!("before it") };
        engine.namespace("/early").connect(early).open();
    })
    .await;
    let mut client = server.client().await;
    for namespace in ["/late", "/early"] {
        client.send(&format!("40{namespace},")).await;
        let expected = format!(r#"44{namespace},{{"message":"internal error"}}"#);
        assert_eq!(client.text().await, expected);
    }
    assert!(client.is_alive().await);
}

#[tokio::test]
async fn a_client_that_goes_while_it_is_decided_about_has_never_been_in() {
    let (told, mut heard) = feed::<&str>();
    let held = Arc::new(());
    let holding = held.clone();
    let server = Server::with(Config::default(), move |engine| {
        let (began, entered, left) = (told.clone(), told.clone(), told);
        engine
            .namespace("/")
            .connect(move |_| {
                began.put("began");
                let held = holding.clone();
                async move {
                    std::future::pending::<()>().await;
                    drop(held);
                    Ok::<_, Refusal>(())
                }
            })
            .connected(move |_| {
                entered.put("connected");
                async {}
            })
            .disconnected(move |_, _| {
                left.put("disconnected");
                async {}
            })
            .open();
    })
    .await;
    let mut client = server.websocket().await;
    client.send("40").await;
    assert_eq!(heard.next().await, "began");
    assert_eq!(Arc::strong_count(&held), 3);
    drop(client);
    eventually(|| Arc::strong_count(&held) == 2).await;
    eventually(|| server.engine.counters().sessions == 0).await;
    assert!(heard.now().is_empty());
}

/// A namespace that tells what happens in it, and what state its sockets share.
async fn telling(config: Config) -> (Server, Taker<String>, Taker<Socket<Arc<()>>>, Arc<()>) {
    let ((told, heard), (met, sockets)) = (feed(), feed());
    let state = Arc::new(());
    let kept = state.clone();
    let server = Server::with(config, move |engine| {
        let (entered, left) = (told.clone(), told.clone());
        engine
            .namespace("/")
            .connect(move |_| std::future::ready(Ok::<_, Refusal>(kept.clone())))
            .connected(move |socket: Socket<Arc<()>>| {
                entered.put("connected".to_owned());
                met.put(socket);
                async {}
            })
            .fallback(move |name: EventName| {
                told.put(name.0);
                async {}
            })
            .disconnected(move |socket: Socket<Arc<()>>, reason| {
                left.put(format!("disconnected: {reason}"));
                assert_eq!(socket.ended(), Some(reason));
                async {}
            })
            .open();
    })
    .await;
    (server, heard, sockets, state)
}

#[tokio::test]
async fn whatever_ends_a_socket_its_hooks_run_once_and_in_order() {
    let goodbye = frame(Opcode::Close, &[]);
    let text = |text: &str| frame(Opcode::Text, text.as_bytes());
    let table = [
        (text("41"), Reason::ClientDisconnect),
        (text("1"), Reason::TransportClose),
        (goodbye, Reason::TransportClose),
        (text("nonsense"), Reason::Malformed),
        (frame(Opcode::Text, &[0xff]), Reason::InvalidUtf8),
        (vec![0xff; 10], Reason::InvalidFrame),
        (text(&"x".repeat(70_000)), Reason::TooLarge),
    ];
    for (bytes, reason) in table {
        let (server, mut heard, mut sockets, state) = telling(Config::default()).await;
        let mut bare = Bare::client(server.address).await;
        bare.send(&text(r#"42["event"]"#)).await;
        let expected = ["connected".to_owned(), "event".to_owned()];
        assert_eq!(heard.take(2).await, expected, "{reason}");
        bare.send(&bytes).await;
        assert_eq!(heard.next().await, format!("disconnected: {reason}"));
        drop((bare, sockets.next().await));
        eventually(|| server.engine.counters().sessions == 0).await;
        eventually(|| Arc::strong_count(&state) == 2).await;
        assert!(heard.now().is_empty());
    }
}

#[tokio::test]
async fn a_cut_connection_and_a_late_pong_end_a_socket_in_the_same_way() {
    let config = Config {
        ping_interval: Duration::from_millis(300),
        ping_time_max: Duration::from_millis(300),
        ..Config::default()
    };
    let (server, mut heard, _sockets, _) = telling(config).await;
    let late = server.client().await;
    assert_eq!(heard.next().await, "connected");
    assert_eq!(heard.next().await, "disconnected: ping timeout");
    drop(late);
    drop(server.client().await);
    assert_eq!(heard.next().await, "connected");
    assert_eq!(heard.next().await, "disconnected: transport close");
    eventually(|| server.engine.counters().sessions == 0).await;
    assert!(heard.now().is_empty());
}

#[tokio::test]
async fn disconnect_ends_the_socket_and_close_the_whole_session() {
    let (server, mut heard, mut sockets, _) = telling(Config::default()).await;
    let mut client = server.client().await;
    let socket = sockets.next().await;
    socket.emit("before", &1).unwrap();
    socket.disconnect();
    assert!(socket.emit("behind", &1).is_err());
    assert_eq!(client.texts(2).await, [r#"42["before",1]"#, "41"]);
    let expected = ["connected", "disconnected: server namespace disconnect"];
    assert_eq!(heard.take(2).await, expected);
    // The session goes on, and may enter again as somebody else.
    client.enter("/").await;
    let again = sockets.next().await;
    assert_ne!(again.id(), socket.id());
    assert_ne!(again.number(), socket.number());
    again.close("maintenance");
    assert_eq!(client.close().await, Close::Frame(4007, "maintenance".into()));
    assert_eq!(heard.take(2).await, ["connected", "disconnected: maintenance"]);
}

#[tokio::test]
async fn a_client_that_polls_hears_both_too() {
    let (server, _heard, mut sockets, _) = telling(Config::default()).await;
    let mut client = server.polling_client().await;
    sockets.next().await.disconnect();
    assert_eq!(client.packet().await, "41");
    client.enter("/").await;
    sockets.next().await.close("maintenance");
    assert_eq!(client.packet().await, "1");
    assert!(client.is_over().await);
}

#[tokio::test]
async fn a_socket_that_is_gone_is_in_no_room_and_reaches_nobody_by_itself() {
    let (told, mut heard) = feed();
    let engine = Engine::new(Config::default());
    let namespace: Namespace = engine
        .namespace("/")
        .connected(async |socket: Socket| socket.join("room").unwrap())
        .disconnected(move |socket: Socket, _| {
            let (rooms, joined) = (socket.rooms(), socket.join("again"));
            let sent = socket.emit("late", &1).is_err();
            let others = socket.to("room").emit("left", &socket.id()).unwrap();
            told.put((rooms.len(), joined, sent, others));
            async {}
        })
        .open();
    let server = Server::of(engine).await;
    let mut client = server.websocket().await;
    let id = client.enter("/").await;
    let mut other = server.client().await;
    eventually(|| namespace.to("room").count() == 2).await;
    client.send("41").await;
    assert_eq!(heard.next().await, (0, Ok(()), true, 1));
    assert_eq!(other.text().await, format!(r#"42["left","{id}"]"#));
    assert_eq!((namespace.socket_count(), namespace.room_count()), (1, 1));
}

#[tokio::test]
async fn hooks_that_panic_cost_nothing_else() {
    let server = Server::with(Config::default(), |engine| {
        engine
            .namespace("/")
            .connected(async |_: Socket| panic!("connected"))
            .on("echo", async |_: Socket| "heard")
            .disconnected(async |_: Socket, _| panic!("disconnected"))
            .open();
    })
    .await;
    let mut client = server.client().await;
    client.send(r#"420["echo"]"#).await;
    assert_eq!(client.text().await, r#"430["heard"]"#);
    client.send("41").await;
    client.enter("/").await;
    drop(client);
    eventually(|| server.engine.counters().sessions == 0).await;
}

#[tokio::test]
async fn events_wait_until_the_first_hook_has_run_and_the_last_hook_until_they_are_handled() {
    let (told, mut heard) = feed();
    let gate = Arc::new(Notify::new());
    let opened = gate.clone();
    let server = Server::with(Config::default(), move |engine| {
        let (entered, left) = (told.clone(), told.clone());
        engine
            .namespace("/")
            .connected(move |_: Socket| {
                let (entered, gate) = (entered.clone(), gate.clone());
                async move {
                    gate.notified().await;
                    entered.put("connected".to_owned());
                }
            })
            .fallback(move |name: EventName| {
                let told = told.clone();
                async move {
                    tokio::task::yield_now().await;
                    told.put(name.0);
                }
            })
            .disconnected(move |_: Socket, _| {
                left.put("disconnected".to_owned());
                async {}
            })
            .open();
    })
    .await;
    let mut client = server.client().await;
    for event in ["first", "second", "third"] {
        client.send(&format!(r#"42["{event}"]"#)).await;
    }
    drop(client);
    eventually(|| server.engine.counters().packets_received == 4).await;
    assert!(heard.now().is_empty());
    opened.notify_one();
    let expected = ["connected", "first", "second", "third", "disconnected"];
    assert_eq!(soon(heard.take(5)).await, expected);
}

/// Sends `wait`, `behind` and then something else while the first is being handled; returns what is
/// handled of it in the end.
async fn handled_before(last: &str, is_kicked: bool) -> Vec<String> {
    let (told, mut heard) = feed();
    let gate = Arc::new(Notify::new());
    let opened = gate.clone();
    let server = Server::with(Config::default(), move |engine| {
        let left = told.clone();
        engine
            .namespace("/")
            .on("wait", move |socket: Socket| {
                let gate = gate.clone();
                async move {
                    gate.notified().await;
                    if is_kicked {
                        socket.disconnect();
                    }
                }
            })
            .fallback(move |name: EventName| {
                told.put(name.0);
                async {}
            })
            .disconnected(move |_: Socket, reason| {
                left.put(format!("over: {reason}"));
                async {}
            })
            .open();
    })
    .await;
    let mut client = server.client().await;
    for text in [r#"42["wait"]"#, r#"42["behind"]"#, last] {
        client.send(text).await;
    }
    eventually(|| server.engine.counters().packets_received == 4).await;
    opened.notify_one();
    let mut handled = vec![heard.next().await];
    while handled.last().is_some_and(|last| !last.starts_with("over")) {
        handled.push(heard.next().await);
    }
    handled
}

#[tokio::test]
async fn what_waits_of_a_client_that_broke_a_rule_or_was_ended_is_not_handled() {
    let left = handled_before("41", false).await;
    assert_eq!(left, ["behind", "over: client namespace disconnect"]);
    let faulty = handled_before("nonsense", false).await;
    assert_eq!(faulty, ["over: malformed packet"]);
    let kicked = handled_before(r#"42["last"]"#, true).await;
    assert_eq!(kicked, ["over: server namespace disconnect"]);
}

#[tokio::test]
async fn a_namespace_that_is_opened_again_takes_over_from_the_one_before() {
    let server = Server::echoing(Config::default()).await;
    let mut before = server.client().await;
    server.engine.namespace("/").on("echo", async || "newer").open();
    let mut client = server.client().await;
    client.send(r#"420["echo"]"#).await;
    assert_eq!(client.text().await, r#"430["newer"]"#);
    assert!(before.is_alive().await);
}
