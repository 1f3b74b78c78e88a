//! The lesson on Server-Sent Events.

use std::net::SocketAddr;

use serde_json::Value;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::support::{Lesson, serve, soon, tasks, tasks_left};

#[path = "../../src/bin/server_sent_events.rs"]
#[expect(dead_code, reason = "its `main` is for the program")]
mod lesson;

const BINARY: &str = env!("CARGO_BIN_EXE_server_sent_events");
/// So many events are kept.
const KEPT: usize = 32;

/// One stream, block by block.
struct Events {
    response: reqwest::Response,
    received: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Event {
    name: String,
    id: String,
    data: String,
}

impl Event {
    fn seq(&self) -> usize {
        self.id.split_once(':').unwrap().1.parse().unwrap()
    }
}

impl Events {
    async fn open(url: &str, last: Option<&[u8]>) -> Self {
        let mut request = reqwest::Client::new().get(format!("{url}/events"));
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let response = soon("the stream", request.send()).await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["cache-control"], "no-cache");
        let mut events = Self { response, received: String::new() };
        assert_eq!(events.block().await, "retry: 1000\n");
        events
    }

    /// What comes up to the next empty line; nothing more comes after the end.
    async fn block(&mut self) -> String {
        loop {
            if let Some((block, rest)) = self.received.split_once("\n\n") {
                let block = format!("{block}\n");
                self.received = rest.to_owned();
                return block;
            }
            let chunk = soon("an event", self.response.chunk()).await.unwrap();
            self.received += std::str::from_utf8(&chunk.expect("the stream has ended")).unwrap();
        }
    }

    async fn next(&mut self) -> Event {
        let block = self.block().await;
        let field = |name: &str| {
            let line = block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
            line.unwrap_or_else(|| panic!("no {name} in {block:?}")).to_owned()
        };
        Event { name: field("event"), id: field("id"), data: field("data") }
    }

    async fn take(&mut self, count: usize) -> Vec<Event> {
        let mut events = Vec::new();
        for _ in 0..count {
            events.push(self.next().await);
        }
        events
    }
}

/// A lobby in which something happens when the test says so.
struct StillLobby {
    lobby: watch::Sender<lesson::Lobby>,
    url: String,
    _server: JoinSet<()>,
}

impl StillLobby {
    async fn after(steps: usize) -> Self {
        let (lobby, seen) = watch::channel(lesson::Lobby::default());
        let mut server = JoinSet::new();
        let address: SocketAddr = serve(lesson::router(seen), &mut server).await;
        let still = Self { lobby, url: format!("http://{address}"), _server: server };
        for _ in 0..steps {
            still.step();
        }
        still
    }

    fn step(&self) {
        self.lobby.send_modify(lesson::Lobby::step);
    }
}

#[tokio::test]
async fn rooms_open_fill_and_close_under_names_of_their_own_and_ids_without_gaps() {
    let lobby = StillLobby::after(0).await;
    let mut events = Events::open(&lobby.url, None).await;
    let first = events.next().await;
    assert_eq!((first.name.as_str(), first.data.as_str(), first.seq()), ("rooms", "[]", 0));
    let mut names = Vec::new();
    for seq in 1..=12 {
        lobby.step();
        let event = events.next().await;
        assert_eq!(event.seq(), seq);
        let room: Value = serde_json::from_str(&event.data).unwrap();
        names.push(format!("{} {} {}", event.name, room["_id"], room["count"]));
    }
    let expected = [
        "newRoom 0 0",
        "newRoom 1 0",
        "updateRoom 0 1",
        "updateRoom 1 1",
        "updateRoom 0 2",
        "updateRoom 1 2",
        "updateRoom 0 3",
        "updateRoom 1 3",
        "updateRoom 0 4",
        "updateRoom 1 4",
        "removeRoom 0 5",
        "removeRoom 1 5",
    ];
    assert_eq!(names, expected);
}

#[tokio::test]
async fn a_newcomer_gets_all_rooms_and_then_what_happens() {
    let lobby = StillLobby::after(7).await;
    let mut events = Events::open(&lobby.url, None).await;
    let first = events.next().await;
    assert_eq!((first.name.as_str(), first.seq()), ("rooms", 7));
    let rooms: Value = serde_json::from_str(&first.data).unwrap();
    assert_eq!((&rooms[0]["count"], &rooms[1]["count"]), (&3.into(), &2.into()));
    lobby.step();
    assert_eq!(events.next().await.seq(), 8);
}

#[tokio::test]
async fn who_comes_back_gets_exactly_what_was_missed() {
    let lobby = StillLobby::after(0).await;
    let mut events = Events::open(&lobby.url, None).await;
    let mut seen = vec![events.next().await];
    for _ in 0..10 {
        lobby.step();
        seen.push(events.next().await);
    }
    drop(events);
    let mut back = Vec::new();
    for last in [0, 1, 6, 9, 10] {
        let mut again = Events::open(&lobby.url, Some(seen[last].id.as_bytes())).await;
        assert_eq!(again.take(10 - last).await, seen[last + 1..]);
        back.push(again);
    }
    lobby.step();
    for events in &mut back {
        let next = events.next().await;
        assert_eq!((next.name.as_str(), next.seq()), ("removeRoom", 11));
    }
}

#[tokio::test]
async fn who_missed_more_than_is_kept_starts_over() {
    const STEPS: usize = 40;
    let lobby = StillLobby::after(STEPS).await;
    let oldest = STEPS - KEPT;
    let mut events = Events::open(&lobby.url, Some(format!(":{oldest}").as_bytes())).await;
    let missed: Vec<_> = events.take(KEPT).await.iter().map(Event::seq).collect();
    assert_eq!(missed, (oldest + 1..=STEPS).collect::<Vec<_>>());
    let unknown: [&[u8]; 9] =
        [b":7", b":0", b":41", b":", b"", b"40", b"another:40", b":-1", b"\xff\xfe:40"];
    let rooms = Events::open(&lobby.url, None).await.next().await;
    let expected = Event { name: "startOver".to_owned(), ..rooms };
    let mut back = Vec::new();
    for last in unknown {
        let mut events = Events::open(&lobby.url, Some(last)).await;
        assert_eq!(events.next().await, expected, "after {last:?}");
        back.push(events);
    }
    lobby.step();
    for events in &mut back {
        assert_eq!(events.next().await.seq(), STEPS + 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_quiet_stream_is_kept_alive_by_comments() {
    let lobby = StillLobby::after(0).await;
    let response = reqwest::get(format!("{}/events", lobby.url)).await.unwrap();
    let mut events = Events { response, received: String::new() };
    events.block().await;
    events.next().await;
    for _ in 0..3 {
        let chunk = events.response.chunk().await.unwrap().unwrap();
        assert_eq!(chunk, ":\n\n");
    }
    lobby.step();
    assert_eq!(events.next().await.seq(), 1);
}

#[tokio::test]
async fn a_reader_that_goes_leaves_nothing_behind() {
    let lobby = StillLobby::after(3).await;
    let before = tasks();
    let mut events = Events::open(&lobby.url, None).await;
    events.next().await;
    let open = tasks();
    assert!(open > before, "{open} tasks with a stream, {before} without");
    drop(events);
    tasks_left(before).await;
}

#[tokio::test]
async fn something_happens_by_itself_and_another_run_has_other_ids() {
    let lesson = Lesson::start(BINARY).await;
    let mut events = Events::open(&lesson.url, None).await;
    let seen = events.take(4).await;
    assert_eq!(seen[0].name, "rooms");
    assert!(seen.windows(2).all(|pair| pair[1].seq() == pair[0].seq() + 1), "{seen:?}");
    drop(events);
    let mut events = Events::open(&lesson.url, Some(seen[1].id.as_bytes())).await;
    assert_eq!(events.take(2).await, seen[2..]);
    lesson.logged(&["open", "client=127.0.0.1", &format!("last=\"{}\"", seen[1].id)]).await;

    let again = Lesson::start(BINARY).await;
    let mut events = Events::open(&again.url, Some(seen[1].id.as_bytes())).await;
    let first = events.next().await;
    assert_eq!(first.name, "startOver");
    assert_ne!(first.id.split_once(':').unwrap().0, seen[1].id.split_once(':').unwrap().0);
    assert!(events.next().await.name != "startOver");
}

#[tokio::test]
async fn many_readers_get_the_same() {
    let lobby = StillLobby::after(1).await;
    let mut readers = Vec::new();
    for _ in 0..20 {
        let mut reader = Events::open(&lobby.url, None).await;
        assert_eq!(reader.next().await.name, "rooms");
        readers.push(reader);
    }
    lobby.step();
    for reader in &mut readers {
        assert_eq!(soon("the event", reader.next()).await.seq(), 2);
    }
}
