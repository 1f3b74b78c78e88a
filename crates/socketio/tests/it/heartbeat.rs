//! Whether a client is still there, and how long it may take to say what it wants.

use std::sync::Arc;
use std::time::{Duration, Instant};

use socketio::{Config, Data, Engine, Refusal, Socket};
use tokio::sync::Notify;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Close, Server, echo, eventually, piped};

const INTERVAL: Duration = Duration::from_millis(300);
const ANSWER: Duration = Duration::from_millis(300);

fn beating() -> Config {
    Config { ping_interval: INTERVAL, ping_time_max: ANSWER, ..Config::default() }
}

#[tokio::test]
async fn the_first_ping_comes_after_the_interval_and_not_at_once() {
    let server = Server::echoing(beating()).await;
    let mut client = server.client().await;
    let begin = Instant::now();
    assert_eq!(client.text().await, "2");
    assert!(begin.elapsed() > INTERVAL / 2, "{:?}", begin.elapsed());
}

#[tokio::test]
async fn a_client_that_answers_stays() {
    let server = Server::echoing(beating()).await;
    let mut client = server.client().await;
    for answer in ["3", "3", "3 and more", "3probe"] {
        assert_eq!(client.text().await, "2");
        client.send(answer).await;
    }
    assert!(client.is_alive().await);
}

#[tokio::test]
async fn a_client_that_does_not_answer_is_closed_when_its_time_is_over() {
    let server = Server::echoing(beating()).await;
    let mut client = server.client().await;
    assert_eq!(client.text().await, "2");
    let begin = Instant::now();
    assert_eq!(client.close().await, Close::Frame(4004, "ping timeout".into()));
    assert!(begin.elapsed() > ANSWER / 2, "{:?}", begin.elapsed());
    assert_eq!(server.ended("ping_timeout"), 1);
}

#[tokio::test]
async fn only_a_pong_packet_answers_a_ping() {
    let server = Server::echoing(beating()).await;
    let mut client = server.client().await;
    assert_eq!(client.text().await, "2");
    client.send_message(Message::Pong(vec![1].into())).await;
    client.send_message(Message::Ping(vec![1].into())).await;
    client.send("6").await;
    assert_eq!(client.close_code().await, 4004);
}

#[tokio::test]
async fn an_answer_that_nobody_asked_for_does_not_count_later() {
    let server = Server::echoing(beating()).await;
    let mut client = server.client().await;
    client.send("3").await;
    assert_eq!(client.text().await, "2");
    assert_eq!(client.close_code().await, 4004);
}

#[tokio::test]
async fn a_client_that_polls_is_pinged_and_stays_when_it_answers() {
    let server = Server::echoing(beating()).await;
    let mut client = server.polling_client().await;
    for _ in 0..3 {
        assert_eq!(client.packet().await, "2");
        client.send("3").await;
    }
    assert!(client.is_alive().await);
}

#[tokio::test]
async fn a_client_that_polls_and_does_not_answer_hears_the_end_in_its_poll() {
    let server = Server::echoing(beating()).await;
    let mut client = server.polling_client().await;
    assert_eq!(client.packet().await, "2");
    assert_eq!(client.packet().await, "1");
    assert!(client.is_over().await);
    assert_eq!(server.ended("ping_timeout"), 1);
}

#[tokio::test]
async fn a_client_that_polls_no_more_is_forgotten() {
    let config = Config { close_time_max: Duration::from_millis(50), ..beating() };
    let server = Server::echoing(config).await;
    let client = server.polling_client().await;
    eventually(|| server.engine.counters().sessions == 0).await;
    assert_eq!(server.ended("ping_timeout"), 1);
    assert!(client.is_over().await);
}

#[tokio::test]
async fn a_client_is_not_judged_while_the_server_does_not_read() {
    let (gate, config) = (Arc::new(Notify::new()), Config { events_waiting_max: 1, ..beating() });
    let opened = gate.clone();
    let server = Server::with(config, move |engine| {
        let wait = move || {
            let gate = gate.clone();
            async move {
                gate.notified().await;
                "late"
            }
        };
        engine.namespace("/").on("wait", wait).open();
    })
    .await;
    let mut client = server.client().await;
    for id in 0..3 {
        client.send(&format!(r#"42{id}["wait"]"#)).await;
    }
    assert_eq!(client.text().await, "2");
    client.send("3").await;
    // Its answer lies behind what is not read; many times the time for it goes by.
    let waited = tokio::time::timeout((INTERVAL + ANSWER) * 2, client.message()).await;
    assert!(waited.is_err(), "{waited:?}");
    for id in 0..3 {
        opened.notify_one();
        loop {
            let text = client.text().await;
            match text.as_str() {
                "2" => client.send("3").await,
                _ => break assert_eq!(text, format!(r#"43{id}["late"]"#)),
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_is_not_judged_in_the_moment_in_which_the_server_reads_again() {
    let config = Config { events_waiting_max: 1, ..beating() };
    let engine = Engine::new(config);
    let wait = async |Data(time): Data<u64>| {
        tokio::time::sleep(Duration::from_millis(time)).await;
        "waited"
    };
    engine.namespace("/").on("wait", wait).open();
    let mut client = piped(&engine, 10_000).await;
    client.enter("/").await;
    // It ends when the answer to the first ping is due.
    client.send(&format!(r#"420["wait",{}]"#, (INTERVAL + ANSWER).as_millis())).await;
    client.send(r#"421["wait",0]"#).await;
    assert_eq!(client.text().await, "2");
    client.send("3").await;
    assert_eq!(client.texts(2).await, [r#"430["waited"]"#, r#"431["waited"]"#]);
    assert_eq!(client.text().await, "2");
    assert_eq!(client.close_code().await, 4004);
}

fn impatient() -> Config {
    Config { connect_time_max: Duration::from_millis(300), ..Config::default() }
}

#[tokio::test]
async fn a_session_that_enters_no_namespace_in_time_is_closed() {
    let server = Server::echoing(impatient()).await;
    let mut websocket = server.websocket().await;
    let expected = Close::Frame(4005, "no namespace was entered".into());
    assert_eq!(websocket.close().await, expected);
    let mut polling = server.polling().await;
    assert_eq!(polling.packet().await, "1");
    assert!(polling.is_over().await);
    assert_eq!(server.ended("connect_timeout"), 2);
}

#[tokio::test]
async fn a_namespace_that_refuses_does_not_count_as_entered() {
    let server = Server::with(impatient(), |engine| {
        engine
            .namespace("/closed")
            .connect(async |_| Err::<(), _>(Refusal::new("closed")))
            .on("never", async |_: Socket| {})
            .open();
    })
    .await;
    let mut client = server.websocket().await;
    for namespace in ["closed", "nowhere"] {
        client.send(&format!("40/{namespace},")).await;
        assert!(client.text().await.starts_with(&format!("44/{namespace},")));
    }
    assert_eq!(client.close_code().await, 4005);
}

#[tokio::test]
async fn a_session_that_leaves_its_only_namespace_stays() {
    let server = Server::with(impatient(), echo).await;
    let mut client = server.client().await;
    client.send("41").await;
    let waited = tokio::time::timeout(Duration::from_millis(600), client.message()).await;
    assert!(waited.is_err(), "{waited:?}");
    client.enter("/").await;
    assert!(client.is_alive().await);
}
