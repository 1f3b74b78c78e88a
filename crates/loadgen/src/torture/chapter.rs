//! One chapter: a fresh data folder, rooms full of talking visitors, and everything that goes
//! wrong.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::crowd::{self, Crowd};
use super::plan::{PagePlan, Plan, Size};
use super::totals::{Counted, Totals};
use super::trouble::Stagehand;
use crate::check::{Counts, check};
use crate::client::{Door, Visitor, read_log};
use crate::history::{Content, Kept, Record, Room};
use crate::page::{Page, Phase, Settings, Stage};
use crate::proxy::Line;
use crate::server::{Launch, Log};

/// Longest time without anything that should come.
const PATIENCE: Duration = Duration::from_mins(1);

/// Longest time that a stop may take.
pub(super) const STOP_TIME_MAX: Duration = Duration::from_secs(10);

/// Seats of the room that too many want to enter.
const CROWD_SEATS: u32 = 3;

/// Those who want to.
const CROWD_PEOPLE: usize = 9;

/// Packets that may wait for a slow reader: so few that some do run into the limit.
const BACKLOG_PACKETS: &str = "128";

/// What the kernel may hold for a page that does not read.
const RECEIVE_BUFFER_BYTES: u32 = 16 * 1024;

/// Refusals that nothing is wrong with: a server that stops takes no more messages.
const EXPECTED_REFUSALS: [&str; 1] = ["unavailable"];

/// Ends of connections that nothing is wrong with: the server stops, a slow reader, a stalled one.
/// All others say that somebody has broken the protocol.
const EXPECTED_ENDS: [&str; 6] = ["4000", "4001", "4002", "4004", "broken", "closed"];

/// A chapter of which less was seen was not judged.
const LEAST: Counts = Counts {
    rooms: 1,
    acknowledged: 100,
    failed: 0,
    unknown: 1,
    kept: 100,
    messages: 100,
    seen: 100,
    viewers: 2,
    seats: 1,
};

/// What a chapter has left.
pub(super) struct Told {
    pub(super) totals: Totals,
    pub(super) records: Vec<Record>,
    pub(super) violations: Vec<String>,
    pub(super) log: Log,
}

/// Who plays, and where.
struct Cast {
    door: Door,
    stage: Arc<Stage>,
    /// The talking rooms first, the crowd's last.
    rooms: Vec<String>,
    pages: JoinSet<Result<(), String>>,
    crowd: Arc<Crowd>,
    crowd_members: JoinSet<()>,
    /// Reads the logs at the end.
    reader: Visitor,
}

/// Plays one chapter.
pub(super) async fn play(binary: &Path, size: Size, (seed, chapter): (u64, u64)) -> Result<Told> {
    let plan = Plan::new(size, seed, chapter);
    let launch = Launch::new(binary).await?.roomy();
    let launch = launch.variable("GIFCHAT_SOCKET_BACKLOG_PACKETS_MAX", BACKLOG_PACKETS);
    let log = launch.log().clone();
    let stage = Arc::new(Stage::default());
    let mut totals = Totals::default();
    let acted = act(&launch, &plan, size, &stage, &mut totals).await;
    totals.take_board(&stage.board);
    let records = stage.take_records();
    let mut violations = Vec::new();
    match acted {
        Ok(()) => {
            let verdict = check(&records);
            violations.extend(verdict.sentences());
            violations.extend(verdict.shortfalls(&LEAST).iter().map(ToString::to_string));
        }
        // Without the logs nothing can be judged: everything would seem to be lost.
        Err(error) => violations.push(format!("the chapter ended early: {error:#}")),
    }
    violations.extend(departures(&records));
    violations.extend(surprises(&totals));
    violations.extend(totals.idle());
    totals.add_many(Counted::Violations, violations.len() as u64);
    Ok(Told { totals, records, violations, log })
}

async fn act(
    launch: &Launch,
    plan: &Plan,
    size: Size,
    stage: &Arc<Stage>,
    totals: &mut Totals,
) -> Result<()> {
    let server = launch.start().await?;
    let mut stagehand = Stagehand::new(launch, server, stage.clone());
    let mut cast = Cast::assemble(launch, plan, size, &mut stagehand).await?;
    for step in &plan.steps {
        cast.until_acknowledged(step.after_messages).await?;
        tokio::time::sleep(step.delay).await;
        stagehand.make(&step.trouble, totals).await?;
    }
    // Life after the last trouble too.
    cast.until_acknowledged(size.messages_per_kill / 10 + 1).await?;
    stagehand.mend_all().await;
    let played = cast.finish(&stagehand, totals).await;
    let stopped = stagehand.end(totals).await;
    played.and(stopped)
}

impl Cast {
    /// Makes rooms, lets everybody in.
    async fn assemble(
        launch: &Launch,
        plan: &Plan,
        size: Size,
        stagehand: &mut Stagehand<'_>,
    ) -> Result<Self> {
        let stage = stagehand.stage.clone();
        let door = Door::new(&launch.authority())?;
        let reader = Visitor::arrive(&door).await?;
        let mut rooms = Vec::new();
        // One seat more than people, for the one who reads the log.
        let seats = u32::try_from(size.people).unwrap_or(u32::MAX).saturating_add(1);
        for max in std::iter::repeat_n(seats, size.rooms).chain([CROWD_SEATS]) {
            let room = reader.make_room(&door, "torture", max).await?;
            stage.record(Record::Room(Room { room: room.clone(), max }));
            rooms.push(room);
        }
        let crowd = Arc::new(Crowd {
            room: rooms.last().cloned().context("no room for the crowd")?,
            stage: stage.clone(),
            entered: crate::page::Count::default(),
            found_full: crate::page::Count::default(),
        });
        let mut members = Vec::new();
        for number in 0..CROWD_PEOPLE {
            let seed = plan.pages.first().map_or(0, |page| page.seed) ^ number as u64;
            members.push((Visitor::arrive(&door).await?, StdRng::seed_from_u64(seed)));
        }
        let crowd_members = crowd::gather(&crowd, &door, members);
        let pages = JoinSet::new();
        let mut cast = Self { door, stage, rooms, pages, crowd, crowd_members, reader };
        cast.open_pages(plan, stagehand).await?;
        Ok(cast)
    }

    async fn open_pages(&mut self, plan: &Plan, stagehand: &mut Stagehand<'_>) -> Result<()> {
        let mut visitors: HashMap<(usize, usize), Visitor> = HashMap::new();
        for (number, page) in plan.pages.iter().enumerate() {
            let of_visitor = (page.room, page.visitor);
            let visitor = match visitors.get(&of_visitor) {
                Some(visitor) => visitor.clone(),
                None => Visitor::arrive(&self.door).await?,
            };
            visitors.insert(of_visitor, visitor.clone());
            let line = Arc::new(Line::open(self.door.authority().parse()?)?);
            let door = self.door.at(&line.authority());
            let door = door.with_receive_buffer_bytes(RECEIVE_BUFFER_BYTES);
            let settings = self.settings(number, page)?;
            let page = Page::new(door, visitor, settings, self.stage.clone());
            stagehand.take_over(line, page.handle());
            self.pages.spawn(page.run());
        }
        Ok(())
    }

    fn settings(&self, number: usize, page: &PagePlan) -> Result<Settings> {
        Ok(Settings {
            room: self.rooms.get(page.room).cloned().context("a page without a room")?,
            viewer: format!("p{number}"),
            transport: page.transport,
            answer_time_max: Duration::from_millis(1_500),
            return_after: Duration::from_millis(10)..Duration::from_millis(200),
            restart_wait_max: Duration::from_millis(300),
            seed: page.seed,
        })
    }

    /// Waits for so many more, while every page goes on.
    async fn until_acknowledged(&mut self, more: u64) -> Result<()> {
        let mut acknowledged = self.stage.acknowledged();
        let goal = *acknowledged.borrow() + more;
        tokio::select! {
            reached = timeout(PATIENCE, acknowledged.wait_for(|count| *count >= goal)) => {
                reached.with_context(|| format!("fewer than {more} acknowledged in {PATIENCE:?}"))??;
                Ok(())
            }
            Some(ended) = self.pages.join_next() => bail!("a page ended: {ended:?}"),
        }
    }

    /// Everything that was begun is acknowledged, the logs are read, and every page shows all of
    /// it.
    async fn finish(&mut self, stagehand: &Stagehand<'_>, totals: &mut Totals) -> Result<()> {
        self.stage.enter(Phase::Finishing);
        let pages = self.pages.len();
        let mut finished = self.stage.finished();
        tokio::select! {
            done = timeout(PATIENCE, finished.wait_for(|count| *count >= pages)) => {
                done.context("a message that was begun was never acknowledged")??;
            }
            Some(ended) = self.pages.join_next() => bail!("a page ended: {ended:?}"),
        }
        let gone = async { while self.crowd_members.join_next().await.is_some() {} };
        timeout(PATIENCE, gone).await.context("the crowd does not get away")?;
        totals.add_many(Counted::CrowdEntered, self.crowd.entered.get());
        totals.add_many(Counted::CrowdFoundFull, self.crowd.found_full.get());
        let heads = self.read_logs(totals).await?;
        self.stage.enter(Phase::CatchingUp(Arc::new(heads.clone())));
        let all_ended = async {
            while let Some(ended) = self.pages.join_next().await {
                ended?.map_err(anyhow::Error::msg)?;
            }
            anyhow::Ok(())
        };
        let caught_up = timeout(PATIENCE, all_ended).await;
        caught_up.with_context(|| {
            let cursors = stagehand.cursors();
            format!("a page never showed all of its room: {cursors:?} of {:?}", heads.values())
        })?
    }

    async fn read_logs(&self, totals: &mut Totals) -> Result<HashMap<String, u64>> {
        let mut heads = HashMap::new();
        for room in &self.rooms {
            let log = read_log(&self.door, &self.reader, room).await;
            let log = log.with_context(|| format!("the log of room {room}"))?;
            totals.add_many(Counted::Kept, log.len() as u64);
            heads.insert(room.clone(), log.last().map_or(0, |entry| entry.seq));
            for entry in log {
                let kept = Kept { room: room.clone(), entry: entry.into() };
                self.stage.record(Record::Kept(kept));
            }
        }
        Ok(heads)
    }
}

/// What should not happen in any chapter, whatever goes wrong. All history is kept and the data
/// folder stays the same: no page is told to start over, unless something was lost.
fn surprises(totals: &Totals) -> Vec<String> {
    let refusals = totals.refusals.iter().map(|named| ("refused", named, &EXPECTED_REFUSALS[..]));
    let ends = totals.ends.iter().map(|named| ("connection ended", named, &EXPECTED_ENDS[..]));
    let unexpected =
        refusals.chain(ends).filter(|(_, (name, _), expected)| !expected.contains(&name.as_str()));
    let mut surprises: Vec<_> = unexpected
        .map(|(what, (name, count), _)| format!("{what}: {name}, {count} times"))
        .collect();
    // Within one connection nothing is left out, slow readers included: the web page asks for
    // nothing.
    for (counted, what) in [(Counted::Resets, "told to start over"), (Counted::Gaps, "left a gap")]
    {
        let times = totals.get(counted);
        if times > 0 {
            surprises.push(format!("pages were {what}, {times} times"));
        }
    }
    surprises
}

/// Nobody is away for as long as the grace, and nobody leaves but those of the crowd: no other room
/// may say that somebody has left.
fn departures(records: &[Record]) -> Vec<String> {
    let rooms: HashMap<_, _> = records
        .iter()
        .filter_map(|record| match record {
            Record::Room(room) => Some((room.room.as_str(), room.max)),
            _ => None,
        })
        .collect();
    let left = records.iter().filter_map(|record| match record {
        Record::Kept(Kept { room, entry }) if entry.content == Content::Exit => {
            let talks = rooms.get(room.as_str()).is_some_and(|max| *max != CROWD_SEATS);
            talks.then(|| format!("{} was said to have left room {room}", entry.author))
        }
        _ => None,
    });
    left.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history;

    #[test]
    fn what_blames_somebody_is_a_surprise_and_what_trouble_explains_is_none() {
        let mut totals = Totals::default();
        for end in EXPECTED_ENDS {
            totals.ends.insert(end.to_owned(), 9);
        }
        totals.refusals.insert("unavailable".to_owned(), 9);
        assert!(surprises(&totals).is_empty());
        totals.ends.insert("4006".to_owned(), 1);
        totals.refusals.insert("not_in_room".to_owned(), 2);
        totals.add(Counted::Resets);
        totals.add(Counted::Gaps);
        assert_eq!(
            surprises(&totals),
            [
                "refused: not_in_room, 2 times",
                "connection ended: 4006, 1 times",
                "pages were told to start over, 1 times",
                "pages were left a gap, 1 times",
            ]
        );
    }

    #[test]
    fn nobody_may_leave_but_those_of_the_crowd() {
        let room = |room: &str, max| Record::Room(Room { room: room.to_owned(), max });
        let kept = |room: &str, author: &str, content| {
            let (id, author) = (String::new(), author.to_owned());
            let entry = history::Entry { seq: 1, id, author, client_id: None, content };
            Record::Kept(Kept { room: room.to_owned(), entry })
        };
        let records = [
            room("talk", 6),
            room("crowd", CROWD_SEATS),
            kept("crowd", "a", Content::Exit),
            kept("talk", "b", Content::Join),
            kept("talk", "c", Content::Exit),
        ];
        assert_eq!(departures(&records), ["c was said to have left room talk"]);
    }
}
