//! What a page does when its connection is bad, and what it writes down.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use loadgen::client::wire::{Chat, Join};
use loadgen::client::{Client, Door, Transport, Visitor, read_log};
use loadgen::history::{Content, Outcome, Record};
use loadgen::page::{Handle, Page, Phase, Settings, Stage};
use loadgen::proxy::{Direction, Flow, Line};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::support::{DEADLINE, TestServer};

struct Play {
    door: Door,
    owner: Visitor,
    room: String,
    line: Line,
    stage: Arc<Stage>,
    pages: JoinSet<Result<(), String>>,
}

impl Play {
    async fn start(server: &TestServer) -> Self {
        let door = server.door();
        let owner = Visitor::arrive(&door).await.unwrap();
        let room = owner.make_room(&door, "play", 9).await.unwrap();
        let line = Line::open(server.address()).unwrap();
        Self { door, owner, room, line, stage: Arc::default(), pages: JoinSet::new() }
    }

    async fn open_page(&mut self, viewer: &str, transport: Transport) -> Handle {
        let settings = Settings {
            room: self.room.clone(),
            viewer: viewer.to_owned(),
            transport,
            answer_time_max: Duration::from_secs(5),
            return_after: Duration::from_millis(5)..Duration::from_millis(20),
            restart_wait_max: Duration::from_millis(20),
            seed: 1,
        };
        let visitor = Visitor::arrive(&self.door).await.unwrap();
        let door = self.door.at(&self.line.authority());
        let page = Page::new(door, visitor, settings, self.stage.clone());
        let handle = page.handle();
        self.pages.spawn(page.run());
        handle
    }

    async fn until_acknowledged(&self, more: u64) {
        let mut acknowledged = self.stage.acknowledged();
        let goal = *acknowledged.borrow() + more;
        timeout(DEADLINE, acknowledged.wait_for(|count| *count >= goal)).await.unwrap().unwrap();
    }

    async fn until(&self, what: impl Fn(&Stage) -> bool) {
        timeout(DEADLINE, async {
            while !what(&self.stage) {
                tokio::task::yield_now().await;
            }
        })
        .await
        .unwrap();
    }

    /// Has everybody finish and catch up, and returns the record.
    async fn end(mut self) -> Vec<Record> {
        let pages = self.pages.len();
        self.stage.enter(Phase::Finishing);
        let mut finished = self.stage.finished();
        timeout(DEADLINE, finished.wait_for(|count| *count == pages)).await.unwrap().unwrap();
        let log = read_log(&self.door, &self.owner, &self.room).await.unwrap();
        let heads = HashMap::from([(self.room.clone(), log.last().unwrap().seq)]);
        self.stage.enter(Phase::CatchingUp(Arc::new(heads)));
        timeout(DEADLINE, async {
            while let Some(page) = self.pages.join_next().await {
                page.unwrap().unwrap();
            }
        })
        .await
        .unwrap();
        self.stage.take_records()
    }
}

/// The texts that each viewer saw, after checking that nothing was skipped.
fn seen(records: &[Record]) -> BTreeMap<String, Vec<String>> {
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut last = HashMap::new();
    for record in records {
        let Record::Seen(seen) = record else { continue };
        let before = last.insert(seen.viewer.clone(), seen.entry.seq);
        assert!(before.is_none_or(|before| before + 1 == seen.entry.seq), "{seen:?} {before:?}");
        if let Content::Text(text) = &seen.entry.content {
            texts.entry(seen.viewer.clone()).or_default().push(text.clone());
        }
    }
    texts
}

fn acknowledged(records: &[Record]) -> Vec<String> {
    let texts = records.iter().filter_map(|record| match record {
        Record::Sent(sent) if matches!(sent.outcome, Outcome::Ok { .. }) => Some(sent.text.clone()),
        _ => None,
    });
    let mut texts: Vec<_> = texts.collect();
    texts.sort();
    texts
}

#[tokio::test]
async fn pages_lose_and_repeat_nothing_on_a_line_that_breaks() {
    let server = TestServer::start(|_| {}).await;
    let mut play = Play::start(&server).await;
    play.open_page("a", Transport::WebSocket).await;
    play.open_page("b", Transport::Polling).await;
    play.until_acknowledged(50).await;
    play.line.cut();
    play.until_acknowledged(50).await;
    play.line.set(Direction::ToClient, Flow::Lose);
    play.until(|stage| stage.board.in_flight.get() == 2).await;
    play.line.cut();
    play.line.mend();
    play.until_acknowledged(50).await;
    let board = &play.stage.board;
    assert!(board.resumes.get() >= 2 && board.attempts_unknown.get() > 0, "{board:?}");
    let records = play.end().await;
    let (acknowledged, seen) = (acknowledged(&records), seen(&records));
    for viewer in ["a", "b"] {
        let mut texts = seen[viewer].clone();
        let shown = texts.len();
        texts.sort();
        texts.dedup();
        assert_eq!((texts.len(), &texts), (shown, &acknowledged), "{viewer}");
    }
    assert!(
        records.iter().any(|record| matches!(record, Record::Seats(seats) if seats.count == 2))
    );
}

#[tokio::test]
async fn a_page_that_was_away_for_too_long_goes_on_under_another_name() {
    let server = TestServer::start(|config| config.history_entries_max = 20).await;
    let mut play = Play::start(&server).await;
    let page = play.open_page("away", Transport::WebSocket).await;
    play.until_acknowledged(1).await;
    play.stage.enter(Phase::Finishing);
    let mut finished = play.stage.finished();
    timeout(DEADLINE, finished.wait_for(|count| *count == 1)).await.unwrap().unwrap();
    page.freeze();
    play.line.refuse();
    play.line.cut();
    let (client, events) =
        Client::connect(&play.door, &play.owner, Transport::WebSocket).await.unwrap();
    drop(events);
    client.join(&Join { room: &play.room, ..Join::default() }, DEADLINE).await.unwrap();
    for number in 0..100 {
        let client_id = format!("o-{number}");
        let chat = Chat { chat: &client_id, client_id: &client_id };
        client.chat(&chat, DEADLINE).await.unwrap();
    }
    play.line.mend();
    page.thaw();
    play.until(|stage| stage.board.resets.get() == 1).await;
    let records = play.end().await;
    let seen = seen(&records);
    assert_eq!(seen["away/1"].last().unwrap(), "o-99");
}

#[tokio::test]
async fn a_room_that_is_not_there_ends_the_page_with_the_reason() {
    let server = TestServer::start(|_| {}).await;
    let mut play = Play::start(&server).await;
    play.room = "0".repeat(32);
    play.open_page("lost", Transport::Polling).await;
    let ended = timeout(DEADLINE, play.pages.join_next()).await.unwrap().unwrap().unwrap();
    assert_eq!(ended, Err("lost: not_found".to_owned()));
}
