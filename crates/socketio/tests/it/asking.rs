//! Events that the server asks an answer for.

use std::time::Duration;

use serde_json::Value;
use socketio::{AckError, Binary, Config, EmitError, Socket};

use crate::support::{Server, WebSocket, eventually, feed, soon};

const LONG: Duration = Duration::from_secs(15);

async fn met() -> (Server, WebSocket, Socket) {
    let (entered, mut sockets) = feed();
    let server = Server::with(Config::default(), move |engine| {
        engine
            .namespace("/")
            .connected(move |socket: Socket| {
                entered.put(socket);
                async {}
            })
            .open();
    })
    .await;
    let client = server.client().await;
    (server, client, sockets.next().await)
}

#[tokio::test]
async fn the_first_argument_of_the_answer_comes_back() {
    let (_server, mut client, socket) = met().await;
    for (answer, expected) in [("[5]", "5"), ("[{\"a\":1},2]", "{\"a\":1}"), ("[]", "null")] {
        let asking = soon(socket.emit_with_ack::<_, Value>("ask", "?", LONG));
        let answering = async {
            let asked = client.text().await;
            let id = asked.strip_prefix("42").unwrap().strip_suffix(r#"["ask","?"]"#).unwrap();
            client.send(&format!("43{id}{answer}")).await;
        };
        let (answered, ()) = tokio::join!(asking, answering);
        assert_eq!(answered.unwrap().to_string(), expected);
    }
}

#[tokio::test]
async fn an_answer_may_hold_bytes() {
    let (_server, mut client, socket) = met().await;
    let bytes = Binary(vec![7].into());
    let asking = soon(socket.emit_with_ack::<_, (u8, Binary)>("ask", &bytes, LONG));
    let answering = async {
        assert_eq!(client.text().await, r#"451-0["ask",{"_placeholder":true,"num":0}]"#);
        assert_eq!(client.binary().await, [7]);
        client.send(r#"461-0[[1,{"_placeholder":true,"num":0}]]"#).await;
        client.send_binary(&[8, 9]).await;
    };
    let (answered, ()) = tokio::join!(asking, answering);
    assert_eq!(answered.unwrap(), (1, Binary(vec![8, 9].into())));
}

#[tokio::test]
async fn an_answer_of_another_kind_is_an_error() {
    let (_server, mut client, socket) = met().await;
    let asking = soon(socket.emit_with_ack::<_, u64>("ask", "?", LONG));
    let answering = async {
        client.text().await;
        client.send(r#"430["five"]"#).await;
    };
    let (answered, ()) = tokio::join!(asking, answering);
    assert!(matches!(answered, Err(AckError::Unexpected(_))), "{answered:?}");
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_is_an_error_and_later_it_is_nothing() {
    let (_server, mut client, socket) = met().await;
    let short = Duration::from_millis(50);
    let answered = soon(socket.emit_with_ack::<_, u64>("ask", "?", short)).await;
    assert!(matches!(answered, Err(AckError::Timeout)), "{answered:?}");
    assert_eq!(client.text().await, r#"420["ask","?"]"#);
    client.send("430[1]").await;
    let asking = soon(socket.emit_with_ack::<_, u64>("ask", "?", LONG));
    let answering = async {
        assert_eq!(client.text().await, r#"421["ask","?"]"#);
        client.send("430[2]").await;
        client.send("431[3]").await;
        client.send("431[4]").await;
    };
    let (answered, ()) = tokio::join!(asking, answering);
    assert_eq!(answered.unwrap(), 3);
}

#[tokio::test]
async fn whoever_waits_learns_at_once_that_the_socket_is_gone() {
    for goes in ["41", "1", "nonsense", "cut", "server"] {
        let (server, mut client, socket) = met().await;
        let asking = soon(socket.emit_with_ack::<_, u64>("ask", "?", LONG * 100));
        let going = async {
            client.text().await;
            match goes {
                "cut" => drop(client),
                "server" => socket.disconnect(),
                text => client.send(text).await,
            }
        };
        let (answered, ()) = tokio::join!(asking, going);
        assert!(matches!(answered, Err(AckError::Gone)), "{goes} {answered:?}");
        let again = soon(socket.emit_with_ack::<_, u64>("ask", "?", LONG)).await;
        assert!(matches!(again, Err(AckError::Emit(EmitError::Gone))), "{goes} {again:?}");
        drop(socket);
        drop(server);
    }
}

#[tokio::test]
async fn an_answer_for_another_namespace_is_nothing() {
    let (server, mut client, socket) = met().await;
    server.engine.namespace("/other").open();
    client.enter("/other").await;
    let asking = socket.emit_with_ack::<_, u64>("ask", "?", LONG);
    let answering = async {
        client.text().await;
        client.send("43/other,0[1]").await;
        client.send("430[2]").await;
    };
    let (answered, ()) = soon(async { tokio::join!(asking, answering) }).await;
    assert_eq!(answered.unwrap(), 2);
    drop(client);
    eventually(|| server.engine.counters().sessions == 0).await;
}
