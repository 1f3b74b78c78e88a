//! Whatever people do, in whatever order: who is in a room is the same for the store, for somebody who
//! asks, for the lobby, and for a page that has only heard what happened.

mod page;
mod steps;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use gif_chat::chat::Clock as _;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use serde_json::{Value, json};

use super::{Door, Member};
use crate::support::socket_client::SocketClient;
use crate::support::sockets::soon;
use crate::support::watch::Lobby;
use crate::support::{TestServer, Visitor};
use page::Page;
use steps::Step;

/// Each plays the same walk again.
const SEEDS: [u64; 3] = [8005, 20_260_821, 7];

const STEPS: usize = 150;
const GUESTS: usize = 5;
/// Fewer than there are people: a full room is nothing rare.
const SEATS: usize = 4;

/// How many of the last steps a failure names.
const STORY_MAX: usize = 25;

/// One of the people, with what the model knows of them.
struct Guest {
    visitor: Visitor,
    id: String,
    /// Sockets in the room.
    tabs: Vec<SocketClient>,
    /// Sockets that have left it, and may come again.
    idle: Vec<SocketClient>,
    seat: Option<Held>,
    banned_until: Option<Duration>,
    /// Whether the server may not have noticed the end of a socket yet: then a leave may not have
    /// been that of the last one.
    loose: bool,
}

/// A seat, as the model has it.
#[derive(Clone, Debug, PartialEq)]
struct Held {
    since: Value,
    /// When its grace ends; nothing while somebody is connected.
    ends_at: Option<Duration>,
}

/// A room, everybody who may be in it, and what must be so.
struct Walk {
    server: TestServer,
    room: String,
    lobby: Lobby,
    owner: Member,
    owner_since: Value,
    /// What the owner's page has made of what it heard.
    page: Page,
    guests: Vec<Guest>,
    /// How far the clock was turned.
    now: Duration,
    random: StdRng,
    seed: u64,
    /// What was done last.
    story: VecDeque<String>,
    steps: usize,
}

impl Walk {
    async fn begin(seed: u64) -> Self {
        let server = TestServer::start().await;
        let owner = server.visitor();
        let room = owner.make_room_with("방", &SEATS.to_string(), "").await;
        let owner = Member::join(owner, &room).await;
        let mut guests = Vec::new();
        for _ in 0..GUESTS {
            let visitor = server.visitor();
            let (socket, joined) = visitor.join(&room).await;
            let id = joined["you"]["id"].as_str().unwrap().to_owned();
            assert_eq!(socket.ask("leave", Value::Null).await["ok"], true);
            let (tabs, idle) = (Vec::new(), vec![socket]);
            let seat = None;
            let (banned_until, loose) = (None, false);
            guests.push(Guest { visitor, id, tabs, idle, seat, banned_until, loose });
        }
        let lobby = Lobby::watch(&server).await;
        let state = owner.looks().await;
        let page = Page::of(&state);
        let owner_since = state["participants"][0]["since"].clone();
        Self {
            server,
            room,
            lobby,
            owner,
            owner_since,
            page,
            guests,
            now: Duration::ZERO,
            random: StdRng::seed_from_u64(seed),
            seed,
            story: VecDeque::new(),
            steps: 0,
        }
    }

    async fn walk(&mut self) {
        for _ in 0..STEPS {
            let step = Step::choose(&mut self.random);
            self.steps += 1;
            self.story.push_back(format!("{step:?}"));
            if self.story.len() > STORY_MAX {
                self.story.pop_front();
            }
            self.perform(step).await;
            self.check().await;
        }
    }

    /// The present, as the wire tells it.
    fn present(&self) -> Value {
        json!(self.server.clock.now().to_string())
    }

    /// Taken seats, the owner's among them.
    fn count(&self) -> usize {
        1 + self.guests.iter().filter(|guest| guest.seat.is_some()).count()
    }

    /// Who must be in the room: whether away, and since when.
    fn expected(&self) -> BTreeMap<String, (bool, Value)> {
        let owner = self.owner.id().as_str().unwrap().to_owned();
        let seated = self.guests.iter().filter_map(|guest| {
            let seat = guest.seat.as_ref()?;
            Some((guest.id.clone(), (seat.ends_at.is_some(), seat.since.clone())))
        });
        seated.chain([(owner, (false, self.owner_since.clone()))]).collect()
    }

    /// Who is in the room, as the owner is told when asking again.
    async fn look(&self) -> BTreeMap<String, (bool, Value)> {
        let state = self.owner.looks().await;
        let people = state["participants"].as_array().unwrap();
        assert!(people.len() <= SEATS, "{people:#?}");
        for one in people {
            assert_eq!(one["owner"], one["id"] == self.owner.id(), "{one}");
        }
        let seats = people.iter().map(|one| {
            let id = one["id"].as_str().unwrap().to_owned();
            (id, (one["away"].as_bool().unwrap(), one["since"].clone()))
        });
        seats.collect()
    }

    /// Waits until somebody is as wanted: not there, or there and away or not.
    async fn until(&self, id: &str, wanted: impl Fn(Option<bool>) -> bool) -> Option<bool> {
        let looking = async {
            loop {
                let away = self.look().await.get(id).map(|(away, _)| *away);
                if wanted(away) {
                    return away;
                }
            }
        };
        soon(looking).await
    }

    async fn check(&mut self) {
        let expected = self.expected();
        assert_eq!(self.look().await, expected, "who asks");
        // What is said now comes after everything that happened.
        let text = format!("{}번째", self.steps);
        assert_eq!(self.owner.say(Door::Socket, &text).await["ok"], true);
        self.owner.socket.expect_text(&text).await;
        self.page.hears(&self.owner.socket);
        let heard = expected.into_iter().map(|(id, (away, _))| (id, away)).collect();
        assert_eq!(self.page.people, heard, "who only listens");
        self.lobby.socket.ask("anything", Value::Null).await;
        let updates = self.lobby.socket.received().into_iter().rev();
        let mut told = updates.map(|(name, told)| match name.as_str() {
            "rooms" => told[0]["count"].clone(),
            _ => told["count"].clone(),
        });
        let told = told.find(|count| !count.is_null());
        assert_eq!(told, Some(json!(self.count())), "who looks from the lobby");
    }
}

impl Drop for Walk {
    #[expect(clippy::print_stderr, reason = "a failure names the walk that led to it")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("seed {}, step {}: {:#?}", self.seed, self.steps, self.story);
        }
    }
}

#[tokio::test]
async fn who_is_in_a_room_is_the_same_for_everybody_whatever_happens() {
    for seed in SEEDS {
        Walk::begin(seed).await.walk().await;
    }
}
