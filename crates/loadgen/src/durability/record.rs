//! A server that is used under `strace`: what it did, and what its visitors know.

use std::collections::HashMap;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use tokio::task::JoinSet;

use crate::client::wire::{Chat, Join};
use crate::client::{Client, Door, Transport, Visitor, small_gif};
use crate::history::{Outcome, Sent};
use crate::server::Launch;
use crate::trace::{self, Moment};

/// Rooms in a recording; one more is closed while it goes on.
const ROOMS: usize = 3;

/// Visitors of each room.
const PEOPLE: usize = 4;

/// Everybody shows a GIF after so many messages.
const MESSAGES_PER_GIF: usize = 20;

/// Seats of each room.
pub(super) const SEATS: u32 = 10;

/// Longest time for one answer: under `strace` a server is slow.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(20);

/// Longest time for the end of the server.
const STOP_TIME_MAX: Duration = Duration::from_secs(30);

/// What a server did while it was used, and what its visitors know.
#[derive(Debug)]
pub(super) struct Recording {
    /// What it did, in the order of the log.
    pub(super) moments: Vec<Moment>,
    /// Its data folder, as the log names it. Nothing of it needs to be there any more.
    pub(super) data: PathBuf,
    /// The rooms that stay.
    pub(super) rooms: Vec<Place>,
    /// The room that its owner has closed.
    pub(super) closed: Place,
    /// Every message, all acknowledged.
    pub(super) sent: Vec<Sent>,
    /// Every GIF as it was served, by its name.
    pub(super) gifs: HashMap<String, Vec<u8>>,
}

/// A room and somebody who may read it.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// The room's id.
    pub(super) room: String,
    /// Its owner, who is in it.
    pub(super) owner: Visitor,
}

/// How a server is recorded.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The server's binary.
    pub binary: PathBuf,
    /// Messages of each visitor; there are twelve.
    pub messages: usize,
    /// Variables of its environment, besides.
    pub variables: Vec<(String, String)>,
}

/// Starts a server on a new folder, uses it, stops it, and reads what it did.
///
/// # Errors
/// When something could not be done that a healthy server does.
pub(super) async fn record(plan: &Plan) -> Result<Recording> {
    let folder = tempfile::Builder::new().prefix("loadgen-").tempdir()?;
    let log = folder.path().join("strace.log");
    let root = folder.path().join("disk");
    std::fs::create_dir(&root)?;
    let data = root.join("data");
    let calls = format!("trace={}", trace::CALLS);
    let strace = ["strace", "-f", "-y", "-xx", "-s", "1048576", "-e", &calls, "-o"];
    let wrapper = strace.iter().map(Into::into).chain([log.clone().into_os_string()]);
    let launch = Launch::in_folder(&plan.binary, &data).await?.roomy().wrapper(wrapper);
    let launch = plan
        .variables
        .iter()
        .fold(launch, |launch, (name, value)| launch.variable(name, value.as_str()));
    let server = launch.start().await.context("the server does not start under strace")?;
    let door = Door::new(&launch.authority())?;
    let known = use_it(&door, plan.messages).await?;
    server.stop(STOP_TIME_MAX).await?;
    let moments = trace::read(BufReader::new(File::open(&log)?), folder.path())?;
    ensure!(!moments.is_empty(), "strace has seen nothing");
    Ok(Recording { moments, data, ..known })
}

async fn use_it(door: &Door, messages: usize) -> Result<Recording> {
    let mut places = Vec::new();
    let mut talking = JoinSet::new();
    let begun = Instant::now();
    for number in 0..=ROOMS {
        let owner = Visitor::arrive(door).await?;
        let room = owner.make_room(door, &format!("방 {number}"), SEATS).await?;
        places.push(Place { room, owner });
    }
    let closed = places.pop().context("there are rooms")?;
    let mut hurried = Talker::enter(door, closed.clone(), begun).await?;
    for number in 0..5 {
        hurried.say(&format!("gone {number}")).await?;
    }
    for (index, place) in places.iter().enumerate() {
        for person in 0..PEOPLE {
            let owner = place.owner.clone();
            let visitor = if person == 0 { owner } else { Visitor::arrive(door).await? };
            let place = Place { room: place.room.clone(), owner: visitor };
            let talker = Talker::enter(door, place, begun).await?;
            let number = u32::try_from(index * PEOPLE + person)?;
            talking.spawn(talker.talk(door.clone(), messages, number));
        }
    }
    closed.owner.close(door, &closed.room).await?;
    let (mut sent, mut gifs) = (Vec::new(), HashMap::new());
    while let Some(talked) = talking.join_next().await {
        let talked = talked??;
        sent.extend(talked.sent);
        gifs.extend(talked.gifs);
    }
    let (moments, data) = (Vec::new(), PathBuf::new());
    Ok(Recording { moments, data, rooms: places, closed, sent, gifs })
}

/// Somebody in a room who says one thing after the other.
struct Talker {
    place: Place,
    author: String,
    client: Client,
    told: tokio::sync::mpsc::Receiver<crate::client::Event>,
    begun: Instant,
    sent: Vec<Sent>,
    gifs: HashMap<String, Vec<u8>>,
}

impl Talker {
    async fn enter(door: &Door, place: Place, begun: Instant) -> Result<Self> {
        let (client, told) = Client::connect(door, &place.owner, Transport::WebSocket).await?;
        let join = Join { room: &place.room, ..Join::default() };
        let author = client.join(&join, ANSWER_TIME_MAX).await?.you.id;
        let (sent, gifs) = (Vec::new(), HashMap::new());
        Ok(Self { place, author, client, told, begun, sent, gifs })
    }

    async fn talk(mut self, door: Door, messages: usize, number: u32) -> Result<Self> {
        for count in 0..messages {
            self.say(&format!("visitor {number} says {count}")).await?;
            if count % MESSAGES_PER_GIF == MESSAGES_PER_GIF / 2 {
                let gif = number * 1_000 + u32::try_from(count)?;
                self.show(&door, gif).await?;
            }
        }
        Ok(self)
    }

    async fn say(&mut self, text: &str) -> Result<()> {
        let client_id = format!("m{}", self.sent.len());
        let began = self.elapsed();
        let chat = Chat { chat: text, client_id: &client_id };
        let answer = self.client.chat(&chat, ANSWER_TIME_MAX).await?;
        self.sent.push(Sent {
            room: self.place.room.clone(),
            author: self.author.clone(),
            client_id,
            text: text.to_owned(),
            begun: began,
            ended: self.elapsed(),
            outcome: Outcome::Ok { seq: answer.seq, id: answer.id },
        });
        // What is told besides must not fill the client's queue.
        while self.told.try_recv().is_ok() {}
        Ok(())
    }

    /// Shows a GIF, learns its name as viewers do, and fetches it.
    async fn show(&mut self, door: &Door, number: u32) -> Result<()> {
        let key = format!("g{number}");
        let gif = (small_gif(number), key.as_str());
        self.place.owner.show(door, &self.place.room, gif).await?;
        let name = tokio::time::timeout(ANSWER_TIME_MAX, async {
            loop {
                let event = self.told.recv().await.context("the connection ended")?;
                let entry: serde_json::Value = serde_json::from_str(&event.payload)?;
                let own = entry.get("clientId").and_then(serde_json::Value::as_str);
                if let Some(name) = entry.get("gif").filter(|_| own == Some(&key)) {
                    return anyhow::Ok(name.as_str().unwrap_or_default().to_owned());
                }
            }
        });
        let name = name.await.context("the GIF was not shown")??;
        let bytes = self.place.owner.gif(door, &name).await?;
        self.gifs.insert(name, bytes);
        Ok(())
    }

    fn elapsed(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}

/// Where the data folder lies in a recording's disk.
pub(super) fn root_of(data: &Path) -> &Path {
    data.parent().unwrap_or(data)
}
