//! From polling to WebSocket: nothing is lost, repeated or overtaken, and an upgrade that comes to
//! nothing leaves polling as it was.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use socketio::{Config, Data};
use tokio::sync::Semaphore;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{
    Bare, Close, Opcode, Polling, Server, WebSocket, eventually, feed, frame, refusal, soon,
};

async fn entered() -> (Server, Polling) {
    let server = Server::echoing(Config::default()).await;
    let client = server.polling_client().await;
    (server, client)
}

async fn probed(client: &Polling) -> WebSocket {
    let mut websocket = WebSocket::beside(client.address(), &client.sid).await;
    websocket.send("2probe").await;
    assert_eq!(websocket.text().await, "3probe");
    websocket
}

#[tokio::test]
async fn a_session_goes_on_over_a_websocket_once_it_is_probed() {
    let (server, client) = entered().await;
    let mut poll = Box::pin(client.waiting());
    client.is_silent(&mut poll).await;
    let mut websocket = probed(&client).await;
    assert_eq!(poll.await.short(), (200, "6"));
    websocket.send("5").await;
    assert!(websocket.is_alive().await);
    assert_eq!(server.engine.counters().upgrades, 1);
    for method in [Method::GET, Method::POST] {
        let url = format!("?EIO=4&transport=polling&sid={}", client.sid);
        let answer = Polling::request(client.address(), method, &url).await;
        assert_eq!(answer.short(), (400, refusal(3, "Bad request").as_str()));
    }
    assert!(websocket.is_alive().await);
}

#[tokio::test]
async fn polling_goes_on_until_the_client_says_that_it_goes_over() {
    let (_server, client) = entered().await;
    let mut websocket = probed(&client).await;
    // Polls return at once, with nothing.
    for _ in 0..3 {
        assert_eq!(client.get().await.short(), (200, "6"));
    }
    client.send(r#"42["echo",1]"#).await;
    loop {
        match client.get().await.body.as_str() {
            "6" => {}
            body => break assert_eq!(body, r#"42["echo",1]"#),
        }
    }
    websocket.send("5").await;
    assert!(websocket.is_alive().await);
}

#[tokio::test]
async fn what_was_not_polled_comes_over_the_websocket() {
    let (_server, client) = entered().await;
    let mut websocket = WebSocket::beside(client.address(), &client.sid).await;
    client.send("42[\"echo\",1]\u{1e}42[\"echo\",2]").await;
    websocket.send("2probe").await;
    assert_eq!(websocket.text().await, "3probe");
    websocket.send("5").await;
    websocket.send(r#"42["echo",3]"#).await;
    let expected = [r#"42["echo",1]"#, r#"42["echo",2]"#, r#"42["echo",3]"#];
    assert_eq!(websocket.texts(3).await, expected);
}

#[tokio::test]
async fn a_client_may_go_over_without_a_probe_or_probe_twice() {
    let (_server, client) = entered().await;
    let mut websocket = WebSocket::beside(client.address(), &client.sid).await;
    websocket.send("5").await;
    assert!(websocket.is_alive().await);
    let (_server, client) = entered().await;
    let mut websocket = probed(&client).await;
    websocket.send("2probe").await;
    assert_eq!(websocket.text().await, "3probe");
    websocket.send("5").await;
    assert!(websocket.is_alive().await);
}

#[tokio::test]
async fn what_comes_together_with_the_word_to_go_over_is_not_lost() {
    let (_server, client) = entered().await;
    let mut bare = Bare::connect(client.address()).await;
    let mut bytes = Bare::upgrade_head(&format!("&sid={}", client.sid)).into_bytes();
    for text in ["2probe", "5", r#"42["echo","behind"]"#] {
        bytes.extend(frame(Opcode::Text, text.as_bytes()));
    }
    // Half of the last one comes later.
    let (first, second) = bytes.split_at(bytes.len() - 7);
    bare.send(first).await;
    assert_eq!(bare.answer().await.status, 101);
    assert_eq!(bare.text().await, "3probe");
    bare.send(second).await;
    assert_eq!(bare.text().await, r#"42["echo","behind"]"#);
}

#[tokio::test]
async fn a_websocket_that_does_anything_else_is_closed_and_polling_goes_on() {
    let messages = ["2", "2hello", "3", "1", "6", "0", "4", "7", "", r#"42["echo"]"#];
    let mut messages: Vec<_> = messages.iter().map(|text| Message::text(*text)).collect();
    messages.push(Message::binary(vec![1]));
    messages.push(Message::Close(None));
    for message in messages {
        for is_probed in [false, true] {
            let (server, mut client) = entered().await;
            let mut websocket = WebSocket::beside(client.address(), &client.sid).await;
            if is_probed {
                websocket.send("2probe").await;
                assert_eq!(websocket.text().await, "3probe");
            }
            websocket.send_message(message.clone()).await;
            let (texts, close) = websocket.rest().await;
            assert!(texts.is_empty(), "{message:?} {texts:?}");
            assert!(matches!(close, Close::Cut | Close::Empty), "{message:?} {close:?}");
            assert!(client.is_alive().await, "{message:?}");
            assert_eq!(server.engine.counters().upgrades, 0);
        }
    }
}

#[tokio::test]
async fn a_websocket_that_breaks_while_it_is_probed_leaves_polling_and_another_may_be_tried() {
    let (_server, mut client) = entered().await;
    drop(probed(&client).await);
    // The next one may be refused until the end of the first is known.
    let request = Bare::upgrade_head(&format!("&sid={}", client.sid));
    let mut bare = soon(async {
        loop {
            let mut bare = Bare::connect(client.address()).await;
            match bare.request(&request).await.status {
                101 => break bare,
                status => assert_eq!(status, 400),
            }
        }
    })
    .await;
    assert!(client.is_alive().await);
    bare.send(&frame(Opcode::Text, b"5")).await;
    bare.send(&frame(Opcode::Text, br#"42["echo"]"#)).await;
    assert_eq!(bare.text().await, r#"42["echo"]"#);
}

/// How a further WebSocket for a session is answered.
async fn another(client: &Polling) -> u16 {
    let request = Bare::upgrade_head(&format!("&sid={}", client.sid));
    Bare::connect(client.address()).await.request(&request).await.status
}

#[tokio::test]
async fn a_second_websocket_is_refused_and_does_not_disturb_the_first() {
    let (_server, client) = entered().await;
    let mut websocket = probed(&client).await;
    assert_eq!(another(&client).await, 400);
    websocket.send("5").await;
    assert!(websocket.is_alive().await);
    assert_eq!(another(&client).await, 400);
    assert!(websocket.is_alive().await);
}

#[tokio::test]
async fn a_session_that_began_over_a_websocket_cannot_be_taken_over() {
    let server = Server::echoing(Config::default()).await;
    let mut client = server.client().await;
    let request = Bare::upgrade_head(&format!("&sid={}", client.sid));
    assert_eq!(Bare::connect(server.address).await.request(&request).await.status, 400);
    assert!(client.is_alive().await);
}

#[tokio::test]
async fn an_upgrade_that_takes_too_long_is_given_up() {
    let config = Config { upgrade_time_max: Duration::from_millis(300), ..Config::default() };
    let server = Server::echoing(config).await;
    for is_probed in [false, true] {
        let mut client = server.polling_client().await;
        let mut websocket = WebSocket::beside(client.address(), &client.sid).await;
        if is_probed {
            websocket.send("2probe").await;
            assert_eq!(websocket.text().await, "3probe");
        }
        assert!(matches!(websocket.close().await, Close::Cut | Close::Empty));
        assert!(client.is_alive().await);
        let mut poll = Box::pin(client.waiting());
        client.is_silent(&mut poll).await;
    }
}

#[tokio::test]
async fn a_ping_frame_is_answered_also_before_the_upgrade() {
    let (_server, client) = entered().await;
    let mut websocket = WebSocket::beside(client.address(), &client.sid).await;
    websocket.send_message(Message::Ping(vec![7].into())).await;
    assert_eq!(websocket.message().await, Message::Pong(vec![7].into()));
    websocket.send("5").await;
    assert!(websocket.is_alive().await);
}

#[tokio::test]
async fn a_websocket_that_pings_for_ever_does_not_go_on_for_ever() {
    let (_server, mut client) = entered().await;
    let mut websocket = WebSocket::beside(client.address(), &client.sid).await;
    for _ in 0..100 {
        if !websocket.try_send("2probe").await {
            break;
        }
    }
    let (texts, close) = websocket.rest().await;
    assert!(texts.len() < 100 && texts.iter().all(|text| text == "3probe"), "{texts:?}");
    assert_eq!(close, Close::Cut);
    assert!(client.is_alive().await);
}

#[tokio::test]
async fn an_events_text_may_be_posted_and_its_bytes_come_over_the_websocket() {
    let (_server, client) = entered().await;
    let mut websocket = probed(&client).await;
    let event = r#"451-["bytes",{"_placeholder":true,"num":0}]"#;
    client.send(event).await;
    websocket.send("5").await;
    websocket.send_binary(&[1, 2, 3]).await;
    assert_eq!(websocket.text().await, event);
    assert_eq!(websocket.binary().await, [1, 2, 3]);
}

#[tokio::test]
async fn a_body_whose_end_comes_after_the_upgrade_is_not_lost() {
    let (server, client) = entered().await;
    let body = r#"42["echo","slow"]"#;
    let mut bare = Bare::connect(client.address()).await;
    let head = format!(
        "POST /socket.io/?EIO=4&transport=polling&sid={} HTTP/1.1\r\nHost: x\r\n\
         Content-Length: {}\r\n\r\n",
        client.sid,
        body.len()
    );
    bare.send(head.as_bytes()).await;
    bare.is_silent().await;
    let mut websocket = probed(&client).await;
    websocket.send("5").await;
    eventually(|| server.engine.counters().upgrades == 1).await;
    bare.send(body.as_bytes()).await;
    assert_eq!(bare.answer().await.body, "ok");
    assert_eq!(websocket.text().await, body);
    assert!(websocket.is_alive().await);
}

#[tokio::test]
async fn what_was_posted_before_the_upgrade_is_handled_before_what_comes_after_it() {
    let (told, mut heard) = feed();
    let gate = Arc::new(Semaphore::new(0));
    let waits = gate.clone();
    let config = Config { events_waiting_max: 1, ..Config::default() };
    let server = Server::with(config, move |engine| {
        engine
            .namespace("/")
            .on("count", move |Data(number): Data<u8>| {
                let (told, waits) = (told.clone(), waits.clone());
                async move {
                    waits.acquire().await.unwrap().forget();
                    told.put(number);
                }
            })
            .open();
    })
    .await;
    let client = server.polling_client().await;
    // The first is handled, the second waits to be, the third waits to be looked at.
    for number in 0..3 {
        client.send(&format!(r#"42["count",{number}]"#)).await;
    }
    let mut websocket = probed(&client).await;
    websocket.send("5").await;
    websocket.send(r#"42["count",3]"#).await;
    eventually(|| server.engine.counters().upgrades == 1).await;
    gate.add_permits(4);
    assert_eq!(heard.take(4).await, [0, 1, 2, 3]);
}

#[tokio::test]
async fn a_shutdown_ends_an_upgrade_that_is_under_way() {
    let (server, client) = entered().await;
    let mut websocket = probed(&client).await;
    let poll = client.waiting();
    let (left, polled) = tokio::join!(server.engine.shutdown(Duration::from_secs(10)), poll);
    assert_eq!(left, 0);
    assert!(["6", "1"].contains(&polled.body.as_str()), "{polled:?}");
    assert!(matches!(websocket.close().await, Close::Cut | Close::Empty));
}
