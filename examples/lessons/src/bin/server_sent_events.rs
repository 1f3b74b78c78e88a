//! Server-Sent Events: the browser asks once, and the answer never ends. A lobby tells its news.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use std::{convert::Infallible, error::Error, net::SocketAddr};

use axum::extract::{ConnectInfo, State};
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::{Router, response::Html, routing::get};
use futures_util::{Stream, StreamExt as _, stream};
use serde_json::{Value, json};
use tokio::{sync::watch, time::sleep};

const STEP_EVERY: Duration = Duration::from_secs(1);
const RETRY_AFTER: Duration = Duration::from_secs(1);
const KEPT_MAX: usize = 32;
const SEATS: usize = 4;

/// Rooms open, fill and close by themselves. Of `seq` events the last ones are kept.
#[derive(Default)]
pub(crate) struct Lobby {
    epoch: String,
    seq: usize,
    kept: VecDeque<(usize, Event)>,
    rooms: BTreeMap<usize, Value>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    #[expect(clippy::disallowed_methods, reason = "only to tell this run from those before")]
    let epoch = SystemTime::now().duration_since(UNIX_EPOCH)?.as_micros().to_string();
    let (lobby, seen) = watch::channel(Lobby { epoch, ..Lobby::default() });
    let live = async {
        loop {
            sleep(STEP_EVERY).await;
            lobby.send_modify(Lobby::step);
        }
    };
    tokio::select! { served = lessons::serve(router(seen)) => served, () = live => Ok(()) }
}

pub(crate) fn router(lobby: watch::Receiver<Lobby>) -> Router {
    let page = get(async || Html(include_str!("../../pages/server_sent_events.html")));
    Router::new().route("/", page).route("/events", get(events)).with_state(lobby)
}

async fn events(
    State(lobby): State<watch::Receiver<Lobby>>,
    ConnectInfo(client): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let id = headers.get("last-event-id").map(|id| id.to_str().unwrap_or_default());
    tracing::info!(client = %client.ip(), last = id, "open");
    let last = id.map_or(Err("rooms"), |id| lobby.borrow().seq_of(id).ok_or("startOver"));
    let news = stream::unfold((lobby, last), async |(mut lobby, last)| {
        let (seq, event) = lobby.wait_for(|lobby| last != Ok(lobby.seq)).await.ok()?.after(last);
        Some((Ok(event), (lobby, Ok(seq))))
    });
    let retry = stream::iter([Ok(Event::default().retry(RETRY_AFTER))]);
    Sse::new(retry.chain(news)).keep_alive(KeepAlive::default())
}

impl Lobby {
    /// In another run the same numbers mean other events.
    fn seq_of(&self, id: &str) -> Option<usize> {
        let (epoch, seq) = id.split_once(':')?;
        seq.parse().ok().filter(|_| epoch == self.epoch)
    }

    /// The event that follows; all rooms, under a name that says why, if it is not kept.
    fn after(&self, last: Result<usize, &'static str>) -> (usize, Event) {
        let next = |last| self.kept.iter().find(|(seq, _)| *seq - 1 == last).cloned();
        let next = last.and_then(|last| next(last).ok_or("startOver"));
        let rooms = || self.rooms.values().cloned().collect();
        next.unwrap_or_else(|name| (self.seq, self.event(name, &rooms())))
    }

    fn event(&self, name: &str, data: &Value) -> Event {
        let id = format!("{}:{}", self.epoch, self.seq);
        Event::default().event(name).id(id).data(data.to_string())
    }

    /// One thing happens, in one of two rooms.
    pub(crate) fn step(&mut self) {
        let (id, count) = (self.seq / 12 * 2 + self.seq % 2, self.seq % 12 / 2);
        let room = json!({ "_id": id, "title": format!("방 {id}"), "count": count, "max": SEATS });
        let name = match count {
            0 => "newRoom",
            1..=SEATS => "updateRoom",
            _ => "removeRoom",
        };
        self.seq += 1;
        self.kept.push_back((self.seq, self.event(name, &room)));
        self.kept.drain(..self.kept.len().saturating_sub(KEPT_MAX));
        self.rooms.insert(id, room);
        self.rooms.retain(|other, _| *other != id || count <= SEATS);
    }
}
