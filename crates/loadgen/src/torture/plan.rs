//! What happens in a chapter, decided by the seed alone: who is there, and what goes wrong when.

use std::ops::Range;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::client::Transport;
use crate::proxy::Direction;

/// Smaller troubles before each kill.
const TROUBLES_PER_KILL: Range<usize> = 1..4;

/// After so many kills one stop in good order.
const KILLS_PER_STOP: usize = 3;

/// How long a trouble lasts. Longer than pages wait for an answer, at times, and much shorter than
/// the grace: nobody may lose a seat.
const LASTING: Range<Duration> = Duration::from_millis(100)..Duration::from_millis(2_500);

/// How long after a number of messages a trouble comes, so that it falls anywhere between two
/// commits.
const DELAY: Range<Duration> = Duration::ZERO..Duration::from_millis(30);

/// How long a server is away.
const DOWN: Range<Duration> = Duration::ZERO..Duration::from_millis(150);

/// How large a chapter is.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Rooms in which people talk.
    pub rooms: usize,
    /// Visitors in each.
    pub people: usize,
    /// How often the server is killed.
    pub kills: usize,
    /// Messages that are acknowledged between two kills.
    pub messages_per_kill: u64,
}

/// A chapter before it happens.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The pages that are open.
    pub pages: Vec<PagePlan>,
    /// What goes wrong, one after the other.
    pub steps: Vec<Step>,
}

/// One page.
#[derive(Clone, Debug, PartialEq)]
pub struct PagePlan {
    /// In which room, counted from 0.
    pub room: usize,
    /// Whose page, counted from 0 in each room. Some visitors have two.
    pub visitor: usize,
    /// How it reaches the server.
    pub transport: Transport,
    /// Decides what it says.
    pub seed: u64,
}

/// Something goes wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// After so many messages were acknowledged since the last one.
    pub after_messages: u64,
    /// And after this time.
    pub delay: Duration,
    /// What.
    pub trouble: Trouble,
}

/// What can go wrong. Pages are counted from 0.
#[derive(Clone, Debug, PartialEq)]
pub enum Trouble {
    /// The server is killed, and started again after this time.
    Kill {
        /// The time.
        down: Duration,
        /// For how long before that no answer has reached anybody.
        deaf: Option<Duration>,
    },
    /// The server is stopped in good order, and started again after this time.
    Stop {
        /// The time.
        down: Duration,
    },
    /// All connections end.
    CutAll,
    /// One page's connection has a trouble of its own.
    OfPage {
        /// Whose.
        page: usize,
        /// Which.
        kind: PageTrouble,
        /// For how long.
        lasting: Duration,
    },
}

/// What can go wrong for one page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageTrouble {
    /// Bytes of one direction wait.
    Stall(Direction),
    /// Bytes of both directions wait.
    StallBoth,
    /// What the server answers is lost, and then the connection.
    LoseAnswers,
    /// One direction ends while the other goes on.
    HalfClose(Direction),
    /// Its connection ends, and new ones are refused.
    Refuse,
    /// The page reads nothing.
    Freeze,
}

impl Plan {
    /// The plan of one chapter.
    #[must_use]
    pub fn new(size: Size, seed: u64, chapter: u64) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        // A stream of its own for each chapter: any one can be played again alone.
        let of_chapter = (0..=chapter).map(|_| random.random()).last().unwrap_or(seed);
        let mut random = StdRng::seed_from_u64(of_chapter);
        let pages = pages(size, &mut random);
        let steps = (0..size.kills).flat_map(|kill| cycle(size, kill, pages.len(), &mut random));
        Self { steps: steps.collect(), pages }
    }
}

fn pages(size: Size, random: &mut StdRng) -> Vec<PagePlan> {
    let mut pages = Vec::new();
    for room in 0..size.rooms {
        for visitor in 0..size.people {
            // In each room the first visitor has two tabs; one of them polls.
            let tabs = if visitor == 0 { 2 } else { 1 };
            for tab in 0..tabs {
                let polls = tab == 1 || visitor % 3 == 2;
                let transport = if polls { Transport::Polling } else { Transport::WebSocket };
                pages.push(PagePlan { room, visitor, transport, seed: random.random() });
            }
        }
    }
    pages
}

/// What goes wrong up to one kill, and with it.
fn cycle(size: Size, kill: usize, pages: usize, random: &mut StdRng) -> Vec<Step> {
    let small = random.random_range(TROUBLES_PER_KILL);
    let mut troubles: Vec<_> = (0..small).map(|_| small_trouble(pages, random)).collect();
    if kill % KILLS_PER_STOP == KILLS_PER_STOP - 1 {
        troubles.push(Trouble::Stop { down: random.random_range(DOWN) });
    }
    let deaf = random.random_bool(0.3).then(|| random.random_range(DELAY));
    troubles.push(Trouble::Kill { down: random.random_range(DOWN), deaf });
    let weights: Vec<u64> = troubles.iter().map(|_| random.random_range(1..=10)).collect();
    let whole: u64 = weights.iter().sum();
    let steps = troubles.into_iter().zip(weights).map(|(trouble, weight)| Step {
        after_messages: size.messages_per_kill * weight / whole,
        delay: random.random_range(DELAY),
        trouble,
    });
    steps.collect()
}

fn small_trouble(pages: usize, random: &mut StdRng) -> Trouble {
    let kind = match random.random_range(0..13) {
        0..2 => return Trouble::CutAll,
        2..5 => PageTrouble::LoseAnswers,
        5..7 => PageTrouble::Freeze,
        7 => PageTrouble::Stall(Direction::ToServer),
        8 => PageTrouble::Stall(Direction::ToClient),
        9 => PageTrouble::StallBoth,
        10 => PageTrouble::HalfClose(Direction::ToServer),
        11 => PageTrouble::HalfClose(Direction::ToClient),
        _ => PageTrouble::Refuse,
    };
    let page = random.random_range(0..pages.max(1));
    let lasting = random.random_range(LASTING);
    // Longer, because buffers on the way are read by nobody either before the server notices.
    let lasting = if kind == PageTrouble::Freeze { 2 * lasting } else { lasting };
    Trouble::OfPage { page, kind, lasting }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const SIZE: Size = Size { rooms: 3, people: 4, kills: 10, messages_per_kill: 5_000 };

    fn kills(plan: &Plan) -> usize {
        let is_kill = |step: &&Step| matches!(step.trouble, Trouble::Kill { .. });
        plan.steps.iter().filter(is_kill).count()
    }

    #[test]
    fn the_seed_and_the_chapter_decide_everything() {
        assert_eq!(Plan::new(SIZE, 7, 2), Plan::new(SIZE, 7, 2));
        assert_ne!(Plan::new(SIZE, 7, 2), Plan::new(SIZE, 7, 3));
        assert_ne!(Plan::new(SIZE, 7, 2), Plan::new(SIZE, 8, 2));
    }

    #[test]
    fn a_chapter_has_its_kills_some_stops_and_both_transports() {
        for seed in 0..50 {
            let plan = Plan::new(SIZE, seed, 0);
            assert_eq!(kills(&plan), SIZE.kills);
            let stops = |step: &&Step| matches!(step.trouble, Trouble::Stop { .. });
            assert_eq!(plan.steps.iter().filter(stops).count(), 3);
            let messages: u64 = plan.steps.iter().map(|step| step.after_messages).sum();
            let whole = SIZE.messages_per_kill * 10;
            assert!((whole - 100..=whole).contains(&messages), "{messages}");
            for transport in [Transport::WebSocket, Transport::Polling] {
                assert!(plan.pages.iter().any(|page| page.transport == transport));
            }
        }
    }

    #[test]
    fn in_each_room_somebody_has_two_tabs() {
        let plan = Plan::new(SIZE, 1, 0);
        for room in 0..SIZE.rooms {
            let of_room: Vec<_> = plan.pages.iter().filter(|page| page.room == room).collect();
            let visitors: BTreeSet<_> = of_room.iter().map(|page| page.visitor).collect();
            assert_eq!((of_room.len(), visitors.len()), (SIZE.people + 1, SIZE.people));
        }
    }

    #[test]
    fn in_many_chapters_everything_goes_wrong_that_can() {
        let mut kinds = BTreeSet::new();
        for chapter in 0..20 {
            for step in Plan::new(SIZE, 3, chapter).steps {
                let kind = match step.trouble {
                    Trouble::Kill { deaf, .. } => format!("kill {}", deaf.is_some()),
                    Trouble::OfPage { kind, page, .. } => {
                        assert!(page < 15);
                        format!("{kind:?}")
                    }
                    Trouble::Stop { .. } => "stop".to_owned(),
                    Trouble::CutAll => "cut".to_owned(),
                };
                kinds.insert(kind);
            }
        }
        assert_eq!(kinds.len(), 12, "{kinds:?}");
    }
}
