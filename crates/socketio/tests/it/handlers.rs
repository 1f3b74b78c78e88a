//! Functions that handle events: what they can ask for, and what their results become.

use serde::Deserialize;
use serde_json::{Value, json};
use socketio::{
    Ack, Arguments, BadEvent, Binary, Config, Data, EmitError, Engine, EventName, FromEvent,
    Incoming, Reply, Socket,
};

use crate::support::{Server, WebSocket, eventually, feed};

async fn client_of(describe: impl FnOnce(&Engine)) -> (Server, WebSocket) {
    let server = Server::with(Config::default(), describe).await;
    let client = server.client().await;
    (server, client)
}

/// Sends an event that asks for an answer; returns the answer.
async fn ask(client: &mut WebSocket, event: &str) -> String {
    client.send(&format!("427{event}")).await;
    let answer = client.text().await;
    answer.strip_prefix("437").unwrap_or_else(|| panic!("not an answer: {answer}")).to_owned()
}

#[tokio::test]
async fn a_handler_takes_none_to_five_arguments() {
    let (_server, mut client) = client_of(|engine| {
        engine
            .namespace("/")
            .on("0", async || Reply(0))
            .on("1", async |_: Socket| Reply(1))
            .on("2", async |_: Socket, Data(()): Data<()>| Reply(2))
            .on("3", async |_: Socket, Data(()): Data<()>, EventName(name)| Reply(name))
            .on("4", async |Data(a): Data<u8>, _: Socket, _: EventName, Arguments(b)| {
                let (first, second): (u8, u8) = b;
                Reply([a, first, second])
            })
            .on(
                "5",
                async |_: Socket,
                       Data(a): Data<Value>,
                       Arguments(b): Arguments<Vec<Value>>,
                       EventName(name),
                       ack: Option<Ack>| {
                    ack.unwrap().answer_with(&(a, b, name)).unwrap();
                },
            )
            .open();
    })
    .await;
    for (event, answer) in [
        (r#"["0",1,2,3]"#, "[0]"),
        (r#"["1"]"#, "[1]"),
        (r#"["2"]"#, "[2]"),
        (r#"["3",null]"#, r#"["3"]"#),
        (r#"["4",5,6]"#, "[[5,5,6]]"),
        (r#"["5",{"a":1},2]"#, r#"[{"a":1},[{"a":1},2],"5"]"#),
    ] {
        assert_eq!(ask(&mut client, event).await, answer, "{event}");
    }
}

#[tokio::test]
async fn an_event_that_does_not_fit_is_answered_with_why_and_not_handled() {
    let (told, mut heard) = feed();
    let (_server, mut client) = client_of(move |engine| {
        let pair = told.clone();
        engine
            .namespace("/")
            .on("number", move |Data(number): Data<u8>| {
                told.put(u64::from(number));
                async {}
            })
            .on("pair", move |Arguments((a, _)): Arguments<(u64, u64)>| {
                pair.put(a);
                async {}
            })
            .open();
    })
    .await;
    for event in [
        r#"["number"]"#,
        r#"["number","x"]"#,
        r#"["number",256]"#,
        r#"["pair",1]"#,
        r#"["pair",1,2,3]"#,
        r#"["pair","a","b"]"#,
    ] {
        let answer: Value = serde_json::from_str(&ask(&mut client, event).await).unwrap();
        assert!(!answer[0]["error"].as_str().unwrap().is_empty(), "{event} {answer}");
        // Without an answer asked for, it is nothing.
        client.send(&format!("42{event}")).await;
    }
    client.send(r#"42["number",7]"#).await;
    assert_eq!(heard.next().await, 7);
}

#[tokio::test]
async fn a_handler_may_answer_a_bad_event_by_itself() {
    let (_server, mut client) = client_of(|engine| {
        engine
            .namespace("/")
            .on("number", async |number: Result<Data<u8>, BadEvent>| match number {
                Ok(Data(number)) => Ok(Reply(number)),
                Err(bad) => Err(Reply(format!("bad: {}", bad.to_string().len() > 3))),
            })
            .open();
    })
    .await;
    assert_eq!(ask(&mut client, r#"["number",7]"#).await, "[7]");
    assert_eq!(ask(&mut client, r#"["number","x"]"#).await, r#"["bad: true"]"#);
}

#[tokio::test]
async fn an_answer_may_be_given_later_and_only_once() {
    let (acks, mut kept) = feed();
    let (_server, mut client) = client_of(move |engine| {
        engine
            .namespace("/")
            .on("keep", move |first: Option<Ack>, second: Option<Ack>| {
                acks.put((first, second.is_some()));
                // What the handler returns has no answer left to go to.
                async { "returned" }
            })
            .on("none", async || {})
            .open();
    })
    .await;
    client.send(r#"425["keep"]"#).await;
    client.send(r#"42["keep"]"#).await;
    client.send(r#"426["none"]"#).await;
    let (ack, is_second) = kept.next().await;
    assert!(!is_second);
    let (without, _) = kept.next().await;
    assert!(without.is_none());
    client.is_silent().await;
    ack.unwrap().answer("later").unwrap();
    assert_eq!(client.text().await, r#"435["later"]"#);
}

#[tokio::test]
async fn an_answer_to_somebody_who_is_gone_says_so() {
    let (acks, mut kept) = feed();
    let (server, mut client) = client_of(move |engine| {
        engine
            .namespace("/")
            .on("keep", move |ack: Option<Ack>| {
                acks.put(ack);
                async {}
            })
            .open();
    })
    .await;
    client.send(r#"425["keep"]"#).await;
    let ack = kept.next().await.unwrap();
    drop(client);
    eventually(|| server.engine.counters().sessions == 0).await;
    assert!(matches!(ack.answer("late"), Err(EmitError::Gone)));
}

#[tokio::test]
async fn a_handler_that_panics_costs_its_event_and_nothing_else() {
    let (_server, mut client) = client_of(|engine| {
        crate::support::echo(engine);
        engine
            .namespace("/panic")
            .on("late", async || -> () {
                tokio::task::yield_now().await;
                panic!("in the future");
            })
            .on("early", || -> std::future::Ready<()> { panic!("before it") })
            .on("fine", async || "fine")
            .open();
    })
    .await;
    client.enter("/panic").await;
    client.send(r#"42/panic,0["late"]"#).await;
    client.send(r#"42/panic,1["early"]"#).await;
    client.send(r#"42/panic,2["fine"]"#).await;
    assert_eq!(client.text().await, r#"43/panic,2["fine"]"#);
    assert!(client.is_alive().await);
}

#[tokio::test]
async fn all_other_events_come_to_the_fallback() {
    let (_server, mut client) = client_of(|engine| {
        engine
            .namespace("/")
            .on("known", async || "known")
            .fallback(async |EventName(name), Arguments(all): Arguments<Vec<Value>>| {
                Reply(json!([name, all]))
            })
            .open();
    })
    .await;
    assert_eq!(ask(&mut client, r#"["known"]"#).await, r#"["known"]"#);
    assert_eq!(ask(&mut client, r#"["other",1,2]"#).await, r#"[["other",[1,2]]]"#);
    assert_eq!(ask(&mut client, r#"["kno\u0077n"]"#).await, r#"["known"]"#);
    assert_eq!(ask(&mut client, r#"["",{}]"#).await, r#"[["",[{}]]]"#);
}

/// What a handler of its own makes of an event.
struct Shout(String);

impl<S> FromEvent<S> for Shout {
    type Rejection = BadEvent;

    fn from_event(event: &mut Incoming<'_, S>) -> Result<Self, BadEvent> {
        let [only] = event.arguments() else {
            return Err(BadEvent::new(format!("{} takes one argument", event.name())));
        };
        Ok(Self(only.get().to_uppercase()))
    }
}

#[tokio::test]
async fn an_application_may_make_arguments_of_its_own() {
    let (_server, mut client) = client_of(|engine| {
        engine.namespace("/").on("shout", async |Shout(text): Shout| Reply(text)).open();
    })
    .await;
    assert_eq!(ask(&mut client, r#"["shout",[true]]"#).await, r#"["[TRUE]"]"#);
    let expected = r#"[{"error":"shout takes one argument"}]"#;
    assert_eq!(ask(&mut client, r#"["shout"]"#).await, expected);
}

/// A picture with its name.
#[derive(Deserialize)]
struct Picture {
    name: String,
    bytes: Binary,
}

#[tokio::test]
async fn bytes_may_be_anywhere_inside_of_what_is_sent() {
    let (_server, mut client) = client_of(|engine| {
        engine
            .namespace("/")
            .on("turn", async |socket: Socket, Data(picture): Data<Picture>| {
                let turned: Vec<u8> = picture.bytes.0.iter().rev().copied().collect();
                let turned = (Binary(turned.into()), picture.name, Binary(picture.bytes.0));
                socket.emit_with("turned", &turned).unwrap();
            })
            .open();
    })
    .await;
    client.send(r#"451-["turn",{"name":"a","bytes":{"_placeholder":true,"num":0}}]"#).await;
    client.send_binary(&[1, 2, 3]).await;
    let expected =
        r#"452-["turned",{"_placeholder":true,"num":0},"a",{"_placeholder":true,"num":1}]"#;
    assert_eq!(client.text().await, expected);
    assert_eq!([client.binary().await, client.binary().await], [[3, 2, 1], [1, 2, 3]]);
    // A text where bytes should be does not fit.
    client.send(r#"427["turn",{"name":"a","bytes":"b"}]"#).await;
    assert!(client.text().await.starts_with(r#"437[{"error":"#));
}

#[tokio::test]
async fn what_cannot_be_written_is_an_error_and_not_sent() {
    let (told, mut heard) = feed();
    let (_server, mut client) = client_of(move |engine| {
        engine
            .namespace("/")
            .on("try", move |socket: Socket| {
                let keys = std::collections::HashMap::from([([1_u8, 2], 3)]);
                let results = [
                    socket.emit("x", &keys).map(|()| 0),
                    socket.emit_with("x", &keys).map(|()| 0),
                    socket.emit_with("x", &7).map(|()| 0),
                    socket.namespace().all().emit("x", &keys),
                ];
                told.put(results.map(|result| matches!(result, Err(EmitError::Unwritable(_)))));
                async { "tried" }
            })
            .open();
    })
    .await;
    assert_eq!(ask(&mut client, r#"["try"]"#).await, r#"["tried"]"#);
    assert_eq!(heard.next().await, [true; 4]);
}
