//! Coming back to the lobby's stream: with what was missed, or from the start.

use futures_util::future::join_all;
use gif_chat::config::Config;
use serde_json::json;

use super::LOBBY;
use super::reader::{Event, Reader, number, numbers};
use crate::support::{TestServer, Visitor};

/// How many changes the server keeps.
const CHANGES_KEPT_MAX: usize = 1_000;

/// How many bytes of them.
const CHANGES_KEPT_BYTES_MAX: usize = 256 * 1024;

/// The rooms that change at the same time: changes of one room within a commit are told once.
const ROOMS: usize = 20;

/// A server with rooms, and a stream that has heard of them and of nothing after.
struct Scene {
    server: TestServer,
    owner: Visitor,
    rooms: Vec<String>,
    stream: Reader,
}

impl Scene {
    async fn set() -> Self {
        Self::with(|_| {}).await
    }

    async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let server = TestServer::builder().config(change).start().await;
        let owner = server.visitor();
        let mut stream = Reader::open(&server.visitor(), LOBBY).await;
        let mut rooms = Vec::new();
        for _ in 0..ROOMS {
            rooms.push(owner.make_room("방").await);
            stream.expect("newRoom").await;
        }
        Self { server, owner, rooms, stream }
    }

    /// Gives rooms these titles: that is one change of the lobby each.
    async fn retitle(&self, titles: &[String]) {
        for some in titles.chunks(ROOMS) {
            let changing = some.iter().zip(&self.rooms).map(async |(title, room)| {
                let path = format!("/room/{room}/settings");
                let answer = self.owner.post_json(&path, &json!({ "title": title })).await;
                assert_eq!(answer.status, 200, "{}", answer.text());
            });
            join_all(changing).await;
        }
    }

    /// What one is sent that comes back with this id, before the time; nothing when it starts over.
    async fn missed(&self, id: &str) -> Option<Vec<Event>> {
        let mut stream = Reader::after(&self.server.visitor(), LOBBY, id).await;
        let mut events = stream.until("time", |_| true).await;
        events.pop();
        if events.first().is_some_and(|event| event.name == "rooms") {
            assert_eq!(events.len(), 1, "{events:?}");
            return None;
        }
        Some(events)
    }
}

fn titles(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("제목 {number}")).collect()
}

#[tokio::test]
async fn whoever_comes_back_gets_exactly_what_was_missed() {
    let mut scene = Scene::set().await;
    let start = scene.stream.last_id();
    scene.retitle(&titles(12)).await;
    scene.owner.make_room("또 하나").await;
    let all = scene.stream.until("newRoom", |_| true).await;
    assert_eq!(all.len(), 13);
    assert_eq!(scene.missed(&start).await.unwrap(), all);
    for (place, event) in all.iter().enumerate() {
        let id = event.id.as_ref().unwrap();
        assert_eq!(scene.missed(id).await.unwrap(), all[place + 1..], "after {id}");
    }

    let mut back = Reader::after(&scene.server.visitor(), LOBBY, &start).await;
    back.until("newRoom", |_| true).await;
    back.expect("time").await;
    scene.retitle(&titles(1)).await;
    let (live, same) = (back.next().await, scene.stream.next().await);
    assert_eq!(live, same, "and then whatever happens");
}

#[tokio::test]
async fn an_id_that_says_nothing_starts_over() {
    let mut scene = Scene::set().await;
    scene.retitle(&titles(3)).await;
    scene.stream.take(3).await;
    let id = scene.stream.last_id();
    let (epoch, revision) = id.split_once(':').unwrap();
    let revision: u64 = revision.parse().unwrap();
    assert_eq!(scene.missed(&id).await, Some(Vec::new()));
    for foreign in [
        String::new(),
        "x".to_owned(),
        ":".to_owned(),
        epoch.to_owned(),
        format!("{epoch}:"),
        format!("{epoch}:x"),
        format!("{epoch}:-1"),
        format!("{epoch}:+{revision}"),
        format!("{epoch}:{revision}:1"),
        format!("{revision}"),
        format!("5eed:{revision}"),
        format!("{}:{revision}", epoch.to_uppercase()),
        format!("{epoch}:{}", revision + 1),
        format!("{epoch}:{}", u64::MAX),
        format!("{epoch}:{revision}0000000000"),
        format!("{epoch}:0"),
        format!("{epoch}:{}", revision - 24),
        "9".repeat(8_000),
    ] {
        assert_eq!(scene.missed(&foreign).await, None, "{foreign}");
    }
}

#[tokio::test]
async fn the_last_thousand_changes_are_kept() {
    let mut scene = Scene::set().await;
    let start = scene.stream.last_id();
    // Short ones, so that all of them fit.
    for _ in 0..CHANGES_KEPT_MAX / 2 / ROOMS {
        let rooms = join_all((0..ROOMS).map(|_| scene.owner.make_room("방"))).await;
        let closing = rooms.iter().map(async |room| {
            assert_eq!(scene.owner.delete(&format!("/room/{room}")).await.status, 200);
        });
        join_all(closing).await;
    }
    let first = scene.stream.next().await.id.unwrap();
    scene.stream.take(CHANGES_KEPT_MAX - 1).await;
    let all = scene.missed(&start).await.unwrap();
    assert_eq!(all.len(), CHANGES_KEPT_MAX);
    assert!(numbers(&all).windows(2).all(|pair| pair[1] == pair[0] + 1));
    let last = scene.owner.make_room("방").await;
    assert_eq!(scene.stream.next().await.data["_id"], last.as_str());
    assert_eq!(scene.missed(&start).await, None);
    assert_eq!(scene.missed(&first).await.unwrap().len(), CHANGES_KEPT_MAX);
}

#[tokio::test]
async fn of_long_changes_as_many_are_kept_as_fit() {
    let mut scene = Scene::set().await;
    // A hundred graphemes of 25 bytes.
    let long = "👨‍👩‍👧‍👦".repeat(100);
    scene.retitle(&vec![long; 120]).await;
    let all = scene.stream.take(120).await;
    let (mut kept, mut bytes) = (0, 0);
    for event in all.iter().rev() {
        bytes += event.bytes;
        if bytes > CHANGES_KEPT_BYTES_MAX {
            break;
        }
        kept += 1;
    }
    assert!((80..119).contains(&kept), "{kept} fit");
    let before = |kept: usize| all[all.len() - kept - 1].id.clone().unwrap();
    assert_eq!(scene.missed(&before(kept)).await.unwrap(), all[all.len() - kept..]);
    assert_eq!(scene.missed(&before(kept + 1)).await, None);
}

#[tokio::test]
async fn what_was_missed_is_told_in_another_way_when_it_may_not_wait() {
    let mut scene = Scene::with(|config| config.socket_backlog_packets_max = 20).await;
    let mut ids = vec![scene.stream.last_id()];
    for number in 0..60 {
        scene.retitle(&[format!("제목 {number}")]).await;
        ids.push(scene.stream.next().await.id.unwrap());
    }
    assert_eq!(scene.missed(&ids[0]).await, None, "else it would come back for ever");
    for id in ids {
        // One way or the other, it hears what is now.
        let mut stream = Reader::after(&scene.server.visitor(), LOBBY, &id).await;
        stream.expect("time").await;
        assert!(stream.is_open());
    }
}

#[tokio::test]
async fn a_revision_never_comes_again_also_after_a_restart() {
    let mut scene = Scene::set().await;
    let epoch = scene.owner.join(&scene.rooms[0]).await.1["epoch"].clone();
    let mut seen = vec![number(&scene.stream.last_id(), &epoch)];
    for _ in 0..3 {
        let before = scene.stream.last_id();
        assert!(scene.missed(&before).await.is_some());
        scene.server.restart().await;
        scene.owner = scene.owner.moved_to(&scene.server.url());
        scene.stream = Reader::after(&scene.server.visitor(), LOBBY, &before).await;
        let list = scene.stream.next().await;
        assert_eq!(list.name, "rooms", "an id of before the restart");
        assert_eq!(list.data.as_array().unwrap().len(), ROOMS);
        scene.stream.expect("time").await;
        scene.retitle(&titles(2)).await;
        let changes = scene.stream.take(2).await;
        for id in [list.id.as_ref(), changes[0].id.as_ref(), changes[1].id.as_ref()] {
            seen.push(number(id.unwrap(), &epoch));
        }
    }
    assert!(seen.windows(2).all(|pair| pair[0] < pair[1]), "{seen:?}");
}
