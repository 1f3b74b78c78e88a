//! The end of an engine: everybody is told, all hooks run, nothing is left.

use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::Method;
use socketio::{Config, Connect, Data, Engine, Reason, Refusal, Socket};
use tokio::runtime::Handle;

use crate::support::{Bare, Close, Polling, Server, WebSocket, echo, eventually, feed, soon};

const LONG: Duration = Duration::from_secs(15);

#[tokio::test]
async fn everybody_is_told_and_all_hooks_run_before_it_is_over() {
    let (told, mut heard) = feed();
    let server = Server::with(Config::default(), move |engine| {
        engine
            .namespace("/")
            .disconnected(move |socket: Socket, reason| {
                let told = told.clone();
                async move {
                    tokio::time::sleep(Duration::from_millis(30)).await;
                    told.put((socket.is_websocket(), reason));
                }
            })
            .open();
    })
    .await;
    let mut client = server.client().await;
    let polling = server.polling_client().await;
    let idle = server.websocket().await;
    let poll = polling.waiting();
    let ending = server.engine.shutdown(LONG);
    let (left, polled, close) = tokio::join!(ending, poll, client.close());
    assert_eq!(left, 0);
    assert_eq!(close, Close::Frame(4000, "server shutting down".into()));
    assert_eq!(polled.short(), (200, "1"));
    let reasons = heard.now();
    assert_eq!(reasons.len(), 2);
    assert!(reasons.iter().all(|(_, reason)| *reason == Reason::Shutdown));
    let counters = server.engine.counters();
    assert_eq!((counters.sessions, server.ended("shutdown")), (0, 3));
    drop(idle);
}

#[tokio::test]
async fn nobody_is_let_in_any_more() {
    let server = Server::with(Config { retry_after_seconds: 3, ..Config::default() }, echo).await;
    assert_eq!(soon(server.engine.shutdown(LONG)).await, 0);
    let query = "?EIO=4&transport=polling";
    let answer = Polling::request(server.address, Method::GET, query).await;
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("3")));
    let answer = Bare::connect(server.address).await.request(&Bare::upgrade_head("")).await;
    assert_eq!(answer.status, 503);
    assert_eq!(soon(server.engine.shutdown(LONG)).await, 0);
    assert_eq!(server.engine.counters().sessions_refused, 2);
}

#[tokio::test]
async fn events_that_have_come_in_are_still_handled() {
    let (told, mut heard) = feed();
    let server = Server::with(Config::default(), move |engine| {
        engine
            .namespace("/")
            .on("slow", move |Data(number): Data<u8>| {
                let told = told.clone();
                async move {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    told.put(number);
                }
            })
            .open();
    })
    .await;
    let mut client = server.client().await;
    client.send_all((0..5).map(|number| format!(r#"42["slow",{number}]"#))).await;
    eventually(|| server.engine.counters().packets_received == 6).await;
    let (left, _) = tokio::join!(server.engine.shutdown(LONG), client.close());
    assert_eq!((left, heard.now()), (0, vec![0, 1, 2, 3, 4]));
}

#[tokio::test]
async fn what_has_not_ended_by_the_deadline_is_cut_off() {
    let held = Arc::new(());
    let holding = held.clone();
    let (told, mut heard) = feed();
    let server = Server::with(Config::default(), move |engine| {
        let left = told.clone();
        engine
            .namespace("/")
            .connect(async |connect: Connect| {
                connect.auth::<Option<u8>>().map_err(|_not_one| Refusal::new("no number"))
            })
            .on("hang", move || {
                let held = holding.clone();
                told.put("hangs");
                async move {
                    std::future::pending::<()>().await;
                    drop(held);
                }
            })
            .disconnected(move |_, _| {
                left.put("disconnected");
                async {}
            })
            .open();
    })
    .await;
    let mut hanging = server.client().await;
    hanging.send(r#"42["hang"]"#).await;
    assert_eq!(heard.next().await, "hangs");
    let mut other = server.client().await;
    let begin = Instant::now();
    let deadline = Duration::from_millis(150);
    let closing = async move {
        other.close().await;
        drop(other);
    };
    let (left, ..) = tokio::join!(server.engine.shutdown(deadline), hanging.close(), closing);
    assert_eq!(left, 1);
    assert!(begin.elapsed() >= deadline);
    // The other's hook has run; the one that hangs is dropped, and its hook with it.
    assert_eq!(heard.now(), ["disconnected"]);
    assert_eq!(Arc::strong_count(&held), 2);
}

#[tokio::test]
async fn a_client_that_does_not_answer_is_not_waited_for_longer_than_the_end_may_take() {
    let config = Config { close_time_max: Duration::from_millis(80), ..Config::default() };
    let server = Server::echoing(config).await;
    let _bare = Bare::client(server.address).await;
    let _polling = server.polling_client().await;
    assert_eq!(soon(server.engine.shutdown(LONG)).await, 0);
    assert_eq!(server.engine.counters().sessions, 0);
}

#[tokio::test]
async fn an_engine_that_is_dropped_leaves_nothing_behind() {
    let tasks_before = Handle::current().metrics().num_alive_tasks();
    let state = Arc::new(());
    let kept = state.clone();
    let short = Duration::from_millis(100);
    let config = Config {
        ping_interval: Duration::from_secs(1),
        ping_time_max: short,
        close_time_max: short,
        ..Config::default()
    };
    let engine = Engine::new(config);
    engine
        .namespace("/")
        .connect(move |_| std::future::ready(Ok::<_, Refusal>(kept.clone())))
        .on("echo", async || "heard")
        .open();
    let server = Server::of(engine).await;
    let mut client = server.client().await;
    let polling = server.polling_client().await;
    let Server { engine, tasks, stop, .. } = server;
    drop(engine);
    // Its sessions go on for as long as they are served.
    client.send(r#"420["echo"]"#).await;
    assert_eq!(client.text().await, r#"430["heard"]"#);
    stop.accepting.cancel();
    stop.connections.cancel();
    tasks.close();
    soon(tasks.wait()).await;
    drop((client, polling));
    // The one that polls is missed when it does not answer.
    eventually(|| Arc::strong_count(&state) == 1).await;
    eventually(|| Handle::current().metrics().num_alive_tasks() == tasks_before).await;
}

#[tokio::test]
async fn after_a_shutdown_nothing_is_left_of_an_engine() {
    let tasks_before = Handle::current().metrics().num_alive_tasks();
    let state = Arc::new(());
    let kept = state.clone();
    let engine = Engine::new(Config::default());
    engine
        .namespace("/")
        .connect(move |_| std::future::ready(Ok::<_, Refusal>(kept.clone())))
        .connected(async |socket: Socket<Arc<()>>| socket.join("room").unwrap())
        .open();
    let server = Server::of(engine).await;
    let mut clients = Vec::new();
    for _ in 0..20 {
        clients.push(server.client().await);
    }
    let polling = server.polling_client().await;
    eventually(|| Arc::strong_count(&state) == 2 + 21).await;
    let ending = server.engine.shutdown(LONG);
    let polled = polling.waiting();
    let closing = futures_util::future::join_all(clients.iter_mut().map(WebSocket::close));
    let (left, ..) = soon(Box::pin(async { tokio::join!(ending, polled, closing) })).await;
    assert_eq!(left, 0);
    let Server { engine, tasks, stop, .. } = server;
    stop.accepting.cancel();
    stop.connections.cancel();
    tasks.close();
    soon(tasks.wait()).await;
    drop((engine, polling, clients));
    eventually(|| Arc::strong_count(&state) == 1).await;
    eventually(|| Handle::current().metrics().num_alive_tasks() == tasks_before).await;
}

#[tokio::test]
async fn an_engine_counts_what_it_does() {
    let server = Server::echoing(Config::default()).await;
    let mut client = server.client().await;
    client.send(r#"42["echo","abc"]"#).await;
    client.text().await;
    let polling = server.polling_client().await;
    polling.send("3\u{1e}3").await;
    eventually(|| server.engine.counters().packets_received == 5).await;
    let counters = server.engine.counters();
    assert_eq!((counters.sessions, counters.sessions_opened), (2, 2));
    assert_eq!((counters.sessions_refused, counters.upgrades), (0, 0));
    // Opened, let in, echoed; and let in by polling, whose opening is part of the answer.
    assert_eq!(counters.packets_sent, 4);
    assert!((150..300).contains(&counters.bytes_sent), "{counters:?}");
    drop(client);
    eventually(|| server.engine.counters().sessions == 1).await;
    let ended: u64 = server.engine.counters().ended.iter().map(|(_, count)| count).sum();
    assert_eq!((ended, server.ended("transport_close")), (1, 1));
}
