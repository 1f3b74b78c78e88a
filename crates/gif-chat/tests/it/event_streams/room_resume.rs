//! Coming back to a room's stream: every entry since, once, in order, whatever happens meanwhile.

use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::of;
use super::reader::{Event, Reader, numbers};
use crate::support::socket_client::SocketClient;
use crate::support::sockets::messages;
use crate::support::{TestServer, Visitor};

/// How often one stream is cut off and comes back while others write.
const ROUNDS: usize = 60;

/// A room with its owner in it, and somebody who watches.
struct Scene {
    server: TestServer,
    room: String,
    owner: Visitor,
    socket: SocketClient,
    watcher: Visitor,
}

impl Scene {
    async fn set() -> Self {
        Self::with(10_000).await
    }

    async fn with(entries_max: u64) -> Self {
        let builder = TestServer::builder();
        let server = builder.config(|config| config.history_entries_max = entries_max);
        let server = server.start().await;
        let (owner, watcher) = (server.visitor(), server.visitor());
        let room = owner.make_room_with("방", "100", "").await;
        let (socket, _) = owner.join(&room).await;
        Self { server, room, owner, socket, watcher }
    }

    /// A new stream, read to the end of its history.
    async fn fresh(&self) -> (Reader, Vec<Event>) {
        let mut stream = Reader::open(&self.watcher, &of(&self.room)).await;
        let page = stream.history().await;
        (stream, page)
    }

    /// A stream that comes back, what it says of the room, and what it is told up to the end of the
    /// history.
    async fn back(&self, id: &str) -> (Reader, Value, Vec<Event>) {
        let mut stream = Reader::after(&self.watcher, &of(&self.room), id).await;
        let begin = stream.next().await;
        assert_eq!(begin.name, "joined");
        let mut missed = stream.history().await;
        missed.pop();
        (stream, begin.data, missed)
    }

    /// Talk with changes in it.
    async fn talk(&self) {
        for number in 0..5 {
            let seq = self.socket.say(&number.to_string()).await["seq"].clone();
            for (name, payload) in [
                ("edit", json!({ "seq": seq, "chat": format!("{number}!") })),
                ("react", json!({ "seq": seq, "emoji": "👍", "on": true })),
                ("delete", json!({ "seq": seq })),
            ] {
                assert_eq!(self.socket.ask(name, payload).await["ok"], true);
            }
        }
    }
}

/// These follow each other, without a gap and without a repeat.
#[track_caller]
fn assert_contiguous(numbers: &[u64], after: u64) {
    let expected: Vec<_> = (after + 1..).take(numbers.len()).collect();
    assert_eq!(numbers, expected);
}

#[tokio::test]
async fn from_everywhere_every_entry_since_comes_once_and_in_order() {
    let scene = Scene::set().await;
    let (mut stream, page) = scene.fresh().await;
    let start = *numbers(&page).last().unwrap();
    scene.talk().await;
    scene.socket.say("끝").await;
    let live: Vec<_> = stream.until_text("끝").await;
    assert_contiguous(&numbers(&live), start);
    let (socket, _) = scene.watcher.join(&scene.room).await;
    for after in start..=start + 21 {
        let id = format!("{}:{after}", stream.last_id().split_once(':').unwrap().0);
        let (back, begin, missed) = scene.back(&id).await;
        assert_eq!(begin["reset"], false);
        let ack = socket.ask("join", json!({ "room": scene.room, "after": after })).await;
        let payloads: Vec<_> = missed.iter().map(|event| event.data.clone()).collect();
        assert_eq!(payloads, messages(&ack), "after {after}");
        for field in ["epoch", "head", "first", "owner", "participants", "room", "you"] {
            assert_eq!(begin[field], ack[field], "{field}");
        }
        let same = live.iter().skip(usize::try_from(after - start).unwrap());
        let names = |event: &Event| (event.id.clone(), event.name.clone());
        assert!(missed.iter().map(names).eq(same.map(names)), "after {after}");
        assert_eq!(back.last_id(), stream.last_id());
    }
}

#[tokio::test]
async fn it_goes_on_live_after_what_was_missed() {
    let scene = Scene::set().await;
    let (stream, _) = scene.fresh().await;
    let id = stream.last_id();
    drop(stream);
    scene.talk().await;
    let (mut back, _, missed) = scene.back(&id).await;
    let last = *numbers(&missed).last().unwrap();
    scene.talk().await;
    scene.socket.say("끝").await;
    let live = back.until_text("끝").await;
    assert_contiguous(&numbers(&live), last);
}

#[tokio::test]
async fn more_than_one_answer_holds_comes_all_the_same() {
    let scene = Scene::set().await;
    let (stream, page) = scene.fresh().await;
    let start = *numbers(&page).last().unwrap();
    let id = stream.last_id();
    drop(stream);
    // More than 500 entries, then more than 256 KiB.
    scene.owner.fill(&scene.room, 1_100).await;
    scene.owner.say_at_once(&scene.room, &vec!["\"😀".repeat(2_000); 40]).await;
    scene.talk().await;
    let (_back, begin, missed) = scene.back(&id).await;
    assert_eq!(begin["reset"], false);
    let missed = numbers(&missed);
    // The one who watches may have been away meanwhile, which is no entry.
    assert_eq!(missed.len(), 1_100 + 40 + 20);
    assert_contiguous(&missed, start);
}

/// Writes without a pause until told to stop.
async fn write(visitor: Visitor, room: &str, stop: &AtomicBool) {
    let (socket, _) = visitor.join(room).await;
    let mut number = 0;
    while !stop.load(Ordering::Relaxed) {
        number += 1;
        let seq = socket.say(&number.to_string()).await["seq"].clone();
        if number % 3 == 0 {
            let edit = json!({ "seq": seq, "chat": format!("{number}!") });
            assert_eq!(socket.ask("edit", edit).await["ok"], true);
        }
    }
}

/// Cut off again and again, and each time back with its last id.
async fn come_back(scene: &Scene) {
    let (mut stream, page) = scene.fresh().await;
    let mut known = *numbers(&page).last().unwrap();
    for round in 0..ROUNDS {
        let mut heard = Vec::new();
        while heard.len() < round % 7 + 1 {
            let next = stream.next().await;
            assert_eq!(next.data["reset"], Value::Null, "{next:?}");
            heard.extend(next.id.is_some().then_some(next));
        }
        assert_contiguous(&numbers(&heard), known);
        known += u64::try_from(heard.len()).unwrap();
        let id = heard.pop().unwrap().id.unwrap();
        drop(stream);
        let (back, begin, missed) = scene.back(&id).await;
        assert_eq!(begin["reset"], false);
        assert_contiguous(&numbers(&missed), known);
        known += u64::try_from(missed.len()).unwrap();
        stream = back;
    }
}

/// New streams one after the other: between the page and what comes live nothing is lost and nothing
/// comes twice.
async fn come_new(scene: &Scene) {
    for _ in 0..ROUNDS {
        let (mut stream, page) = scene.fresh().await;
        let numbers_of_page = numbers(&page);
        assert!(numbers_of_page.windows(2).all(|pair| pair[0] <= pair[1]), "{numbers_of_page:?}");
        let known = *numbers_of_page.last().unwrap();
        let mut live = Vec::new();
        while live.len() < 5 {
            live.extend(Some(stream.next().await).filter(|event| event.id.is_some()));
        }
        assert_contiguous(&numbers(&live), known);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn between_history_and_live_nothing_is_lost_and_nothing_comes_twice() {
    let scene = Scene::set().await;
    let stop = AtomicBool::new(false);
    let writers = (0..4).map(|_| write(scene.server.visitor(), &scene.room, &stop));
    let reading = async {
        tokio::join!(come_back(&scene), come_new(&scene));
        stop.store(true, Ordering::Relaxed);
    };
    tokio::join!(join_all(writers), reading);
}

#[tokio::test]
async fn across_a_restart_it_goes_on_where_it_was() {
    let mut scene = Scene::set().await;
    let (stream, page) = scene.fresh().await;
    let start = *numbers(&page).last().unwrap();
    let id = stream.last_id();
    drop(stream);
    scene.talk().await;
    scene.server.restart().await;
    let url = scene.server.url();
    (scene.owner, scene.watcher) = (scene.owner.moved_to(&url), scene.watcher.moved_to(&url));
    (scene.socket, _) = scene.owner.join(&scene.room).await;
    scene.talk().await;
    let (mut back, begin, missed) = scene.back(&id).await;
    assert_eq!(begin["reset"], false);
    assert_eq!(missed.len(), 40, "{missed:?}");
    assert_contiguous(&numbers(&missed), start);
    scene.socket.say("끝").await;
    assert_contiguous(&numbers(&back.until_text("끝").await), start + 40);
}

#[tokio::test]
async fn an_id_from_which_nothing_can_be_counted_starts_over() {
    let scene = Scene::with(30).await;
    let (stream, _) = scene.fresh().await;
    let old = stream.last_id();
    let epoch = old.split_once(':').unwrap().0.to_owned();
    scene.owner.fill(&scene.room, 60).await;
    let (_stream, page) = scene.fresh().await;
    let numbers_of_page = numbers(&page);
    let (first, head) = (numbers_of_page[0], *numbers_of_page.last().unwrap());
    assert_eq!(first, head - 29);
    for (id, reset) in [
        (old, true),
        (format!("{epoch}:{}", first - 2), true),
        (format!("{epoch}:{}", first - 1), false),
        (format!("{epoch}:{head}"), false),
        (format!("{epoch}:{}", head + 1), true),
        (format!("{epoch}:{}", u64::MAX), true),
        (format!("{epoch}:{}0", u64::MAX), true),
        (format!("5eed:{head}"), true),
        (format!("{epoch}:x"), true),
        (format!("{head}"), true),
        (String::new(), true),
        ("9".repeat(8_000), true),
    ] {
        let (_back, begin, missed) = scene.back(&id).await;
        assert_eq!(begin["reset"], reset, "{id}");
        if reset {
            assert_eq!(numbers(&missed), (first..=head).collect::<Vec<_>>(), "{id}");
        }
    }
}
