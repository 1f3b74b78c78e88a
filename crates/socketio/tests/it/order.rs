//! Nothing is lost, repeated or overtaken: by one sender, by many, during an upgrade, on one thread
//! and on several.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use socketio::{Config, Data, Engine, Namespace, Reply, Socket};
use tokio_util::task::TaskTracker;

use crate::support::{Polling, Server, Taker, WebSocket, feed, soon};

/// Limits that no test here is about.
fn wide() -> Config {
    Config {
        packets_burst_max: 1_000_000,
        backlog_packets_max: 1_000_000,
        backlog_bytes_max: 1_000_000_000,
        ..Config::default()
    }
}

/// A server that sends as many ticks as it is asked for, and tells which tocks it got.
async fn ticking() -> (Server, Taker<u64>) {
    let (told, heard) = feed();
    let server = Server::with(wide(), move |engine| {
        engine
            .namespace("/")
            .on("tick", async |socket: Socket, Data(count): Data<u64>| {
                // Handlers of one socket run one after the other: the ticks come from elsewhere.
                TaskTracker::new().spawn(async move {
                    for number in 0..count {
                        socket.emit("tick", &number).unwrap();
                        tokio::task::yield_now().await;
                    }
                });
            })
            .on("tock", move |Data(number): Data<u64>| {
                told.put(number);
                async {}
            })
            .open();
    })
    .await;
    (server, heard)
}

fn tick_of(packet: &str) -> u64 {
    let number = packet.strip_prefix(r#"42["tick","#).and_then(|rest| rest.strip_suffix(']'));
    number.unwrap_or_else(|| panic!("no tick: {packet}")).parse().unwrap()
}

const EVENTS: usize = 2_000;

/// Goes over to a WebSocket as the official client does, while both sides send all the time.
async fn upgraded_under_load(server: &Server) -> Vec<u64> {
    let mut client = server.polling_client().await;
    let sid = client.sid.clone();
    let is_paused = AtomicBool::new(false);
    let mut ticks = Vec::new();
    let polls = async {
        loop {
            let packet = client.packet().await;
            match packet.as_str() {
                "6" if is_paused.load(Ordering::SeqCst) => break,
                "6" => {}
                tick => ticks.push(tick_of(tick)),
            }
        }
    };
    let poster = Polling::again(server.address, &sid);
    let posts = async {
        let mut next = 0;
        poster.send(&format!(r#"42["tick",{EVENTS}]"#)).await;
        while !is_paused.load(Ordering::SeqCst) && next < EVENTS / 2 {
            let body: Vec<_> = (next..next + 10).map(|n| format!(r#"42["tock",{n}]"#)).collect();
            poster.send(&body.join("\u{1e}")).await;
            next += 10;
        }
        next
    };
    let probes = async {
        let mut websocket = WebSocket::beside(server.address, &sid).await;
        websocket.send("2probe").await;
        assert_eq!(websocket.text().await, "3probe");
        is_paused.store(true, Ordering::SeqCst);
        websocket
    };
    let ((), next, mut websocket) = tokio::join!(polls, posts, probes);
    let rest = (next..EVENTS).map(|n| format!(r#"42["tock",{n}]"#));
    websocket.send_all(std::iter::once("5".to_owned()).chain(rest)).await;
    while ticks.len() < EVENTS {
        ticks.push(tick_of(&websocket.text().await));
    }
    assert!(websocket.is_silent().await);
    ticks
}

async fn an_upgrade_loses_nothing() {
    let (server, mut heard) = ticking().await;
    let ticks = upgraded_under_load(&server).await;
    assert_eq!(ticks, (0..2_000).collect::<Vec<_>>());
    assert_eq!(heard.take(EVENTS).await, ticks);
    assert_eq!(server.engine.counters().upgrades, 1);
}

#[tokio::test]
async fn thousands_of_events_in_both_directions_survive_an_upgrade() {
    an_upgrade_loses_nothing().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousands_of_events_in_both_directions_survive_an_upgrade_on_two_threads() {
    an_upgrade_loses_nothing().await;
}

/// Everything that anybody says goes to all, and is answered.
fn repeating(engine: &Engine) -> Namespace {
    engine
        .namespace("/")
        .on("say", async |socket: Socket, Data(text): Data<Value>| {
            socket.namespace().all().emit("said", &text).unwrap();
            Reply(text)
        })
        .open()
}

async fn a_burst_stays_in_order() {
    const BURST: u64 = 2_000;
    let server = Server::with(wide(), |engine| drop(repeating(engine))).await;
    let mut listener = server.client().await;
    let mut sender = server.client().await;
    let events = (0..BURST).map(|number| format!(r#"42{number}["say",{number}]"#));
    sender.send_all(events).await;
    for number in 0..BURST {
        assert_eq!(listener.text().await, format!(r#"42["said",{number}]"#));
    }
    for number in 0..BURST {
        assert_eq!(sender.text().await, format!(r#"42["said",{number}]"#));
        assert_eq!(sender.text().await, format!("43{number}[{number}]"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_burst_of_one_sender_stays_in_order_on_two_threads() {
    a_burst_stays_in_order().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_burst_of_one_sender_stays_in_order_on_four_threads() {
    a_burst_stays_in_order().await;
}

async fn all_see_one_order() {
    const SENDERS: usize = 8;
    const EACH: usize = 150;
    let server = Server::with(wide(), |engine| drop(repeating(engine))).await;
    let tasks = TaskTracker::new();
    let (mut senders, mut pollers) = (Vec::new(), Vec::new());
    for _ in 0..SENDERS {
        senders.push(server.client().await);
    }
    for _ in 0..2 {
        pollers.push(server.polling_client().await);
    }
    let mut listening = Vec::new();
    for mut poller in pollers {
        listening.push(tasks.spawn(async move { poller.packets(SENDERS * EACH).await }));
    }
    for (index, mut client) in senders.into_iter().enumerate() {
        listening.push(tasks.spawn(async move {
            let events = (0..EACH).map(|number| format!(r#"42["say",[{index},{number}]]"#));
            client.send_all(events).await;
            // Events only: there are no answers to what asks for none.
            client.texts(SENDERS * EACH).await
        }));
    }
    let mut orders = Vec::new();
    for listener in listening {
        orders.push(soon(listener).await.unwrap());
    }
    let first = orders.pop().unwrap();
    // Of one sender, all and in order.
    for index in 0..SENDERS {
        let own: Vec<_> = first
            .iter()
            .filter(|text| text.starts_with(&format!(r#"42["said",[{index},"#)))
            .collect();
        let expected: Vec<_> =
            (0..EACH).map(|number| format!(r#"42["said",[{index},{number}]]"#)).collect();
        assert_eq!(own, expected.iter().collect::<Vec<_>>());
    }
    // Of all, one order for everybody.
    for order in orders {
        assert_eq!(order, first);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_sees_what_many_say_in_one_order_on_two_threads() {
    all_see_one_order().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn everybody_sees_what_many_say_in_one_order_on_four_threads() {
    all_see_one_order().await;
}

async fn slow_handlers_keep_the_order() {
    let (told, mut heard) = feed();
    let running = Arc::new(AtomicU64::new(0));
    let server = Server::with(wide(), move |engine| {
        engine
            .namespace("/")
            .on("slow", move |Data(number): Data<u64>| {
                let (told, running) = (told.clone(), running.clone());
                async move {
                    assert_eq!(running.fetch_add(1, Ordering::SeqCst), 0, "two at once");
                    for _ in 0..number % 5 {
                        tokio::task::yield_now().await;
                    }
                    if number % 40 == 0 {
                        tokio::time::sleep(Duration::from_millis(1)).await;
                    }
                    running.fetch_sub(1, Ordering::SeqCst);
                    told.put(number);
                }
            })
            .open();
    })
    .await;
    let mut client = server.client().await;
    client.send_all((0..400).map(|number| format!(r#"42["slow",{number}]"#))).await;
    assert_eq!(heard.take(400).await, (0..400).collect::<Vec<_>>());
}

#[tokio::test]
async fn events_of_one_socket_are_handled_one_after_the_other() {
    slow_handlers_keep_the_order().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_of_one_socket_are_handled_one_after_the_other_on_two_threads() {
    slow_handlers_keep_the_order().await;
}

/// Says numbers to a room for as long as it is wanted.
fn saying(namespace: Namespace, is_over: Arc<AtomicBool>, tasks: &TaskTracker) {
    tasks.spawn(async move {
        let mut number = 0_u64;
        while !is_over.load(Ordering::SeqCst) {
            namespace.to("room").emit("n", &number).unwrap();
            namespace.all().emit("all", &number).unwrap();
            number += 1;
            tokio::task::yield_now().await;
        }
    });
}

async fn whoever_is_in_misses_nothing() {
    let engine = Engine::new(wide());
    let namespace = engine
        .namespace("/")
        .on("join", async |socket: Socket| {
            socket.join("room").unwrap();
            socket.emit("joined", &()).unwrap();
        })
        .on("leave", async |socket: Socket| {
            socket.leave("room");
            socket.emit("left", &()).unwrap();
        })
        .open();
    let server = Server::of(engine).await;
    let (tasks, is_over) = (TaskTracker::new(), Arc::new(AtomicBool::new(false)));
    saying(namespace, is_over.clone(), &tasks);
    let mut visits = Vec::new();
    for _ in 0..8 {
        let mut client = server.websocket().await;
        visits.push(tasks.spawn(async move {
            client.send("40").await;
            assert!(client.text().await.starts_with("40{"), "something came before the answer");
            visit(&mut client).await;
        }));
    }
    for visit in visits {
        soon(visit).await.unwrap();
    }
    is_over.store(true, Ordering::SeqCst);
    tasks.close();
    soon(tasks.wait()).await;
}

/// Joins and leaves some times, and looks at all the numbers that come.
async fn visit(client: &mut WebSocket) {
    let (mut all, mut room): (Option<u64>, Option<u64>) = (None, None);
    let mut is_in = false;
    for turn in 0..6 {
        client.send(if turn % 2 == 0 { r#"42["join"]"# } else { r#"42["leave"]"# }).await;
        let mut seen_after = 0;
        loop {
            let text = client.text().await;
            let event: Value = serde_json::from_str(&text[2..]).unwrap();
            match (event[0].as_str().unwrap(), event[1].as_u64()) {
                ("joined", _) => is_in = true,
                ("left", _) => (is_in, room) = (false, None),
                ("all", Some(number)) => {
                    assert!(all.is_none_or(|before| number == before + 1), "{all:?} {number}");
                    all = Some(number);
                    seen_after += 1;
                }
                ("n", Some(number)) => {
                    // Between `join` and its answer, numbers of the room may come already.
                    assert!(is_in || turn % 2 == 0, "{number} came to one who is not in");
                    assert!(room.is_none_or(|before| number == before + 1), "{room:?} {number}");
                    room = Some(number);
                }
                other => panic!("something else: {other:?}"),
            }
            if is_in == (turn % 2 == 0) && seen_after > 20 {
                break;
            }
        }
    }
    assert_eq!(json!(room), Value::Null);
}

#[tokio::test]
async fn whoever_is_in_a_room_misses_nothing_and_whoever_is_not_gets_nothing() {
    whoever_is_in_misses_nothing().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_in_a_room_misses_nothing_and_whoever_is_not_gets_nothing_on_two_threads() {
    whoever_is_in_misses_nothing().await;
}
