//! All clients of a server, and the loop that serves them.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use mio::{Events, Poll, Token};

use super::histogram::Histogram;
use super::member::{Member, Milestone, Newcomer, Side, Target};
use super::timer::Timer;
use super::{Nobody, Observer};

/// Events handled before the clock is looked at again: a message is not said late because others
/// are being read.
const EVENTS_AT_ONCE: usize = 128;

/// Longest thing that is read in one piece, in bytes.
const BUFFER_BYTES: usize = 2 * 1024 * 1024;

/// The timer's place among the events.
const TIMER: Token = Token(usize::MAX);

/// Clients, and what they share.
pub(crate) struct Fleet {
    /// Where they are connected to.
    pub(crate) target: Target,
    poll: Poll,
    events: Events,
    timer: Timer,
    members: Vec<Member>,
    buffer: Box<[u8]>,
    tally: Tally,
}

/// How far how many clients have come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Tally {
    /// No longer in the making, however it ended.
    made: usize,
    ready: usize,
    gone: usize,
}

impl Tally {
    fn count(&mut self, before: Milestone, after: Milestone) {
        if before == after {
            return;
        }
        self.made += usize::from(before == Milestone::Making);
        self.ready += usize::from(after == Milestone::Ready);
        self.ready -= usize::from(before == Milestone::Ready);
        self.gone += usize::from(after == Milestone::Gone);
    }
}

/// How a number of newcomers came in.
pub(crate) struct Arrivals {
    /// Those that are where they wanted to be.
    pub(crate) ready: usize,
    /// Those that were connected, and whose `join` was not answered.
    pub(crate) lost_joins: usize,
    /// Those that did not come in at all.
    pub(crate) failed: usize,
    /// Why the first one of these did not.
    pub(crate) failure: Option<String>,
    /// How long all took together.
    pub(crate) took: Duration,
    /// How long each took.
    pub(crate) each: Histogram,
}

impl Fleet {
    /// Nobody is connected yet.
    pub(crate) fn new(target: Target) -> Result<Self> {
        let poll = Poll::new()?;
        let timer = Timer::new(poll.registry(), TIMER)?;
        Ok(Self {
            target,
            poll,
            events: Events::with_capacity(EVENTS_AT_ONCE),
            timer,
            members: Vec::new(),
            buffer: vec![0; BUFFER_BYTES].into_boxed_slice(),
            tally: Tally::default(),
        })
    }

    /// Lets newcomers in, at most `at_once` of which are in the making, and waits until all are in, or
    /// nothing has happened for as long as `patience`.
    pub(crate) fn admit(
        &mut self,
        newcomers: impl IntoIterator<Item = Newcomer>,
        at_once: usize,
        patience: Duration,
    ) -> Result<Arrivals> {
        let began = Instant::now();
        let (first, before) = (self.members.len(), self.tally);
        let mut newcomers = newcomers.into_iter().fuse();
        let mut arrivals = Arrivals {
            ready: 0,
            lost_joins: 0,
            failed: 0,
            failure: None,
            took: Duration::ZERO,
            each: Histogram::new(),
        };
        let mut progress = (self.tally, Instant::now());
        let mut all_begun = false;
        loop {
            while !all_begun && self.members.len() - self.tally.made < at_once {
                match newcomers.next() {
                    Some(newcomer) => self.begin(newcomer)?,
                    None => all_begun = true,
                }
            }
            let settled = self.tally.ready + self.tally.gone - before.ready - before.gone;
            if all_begun && settled == self.members.len() - first {
                break;
            }
            if progress.0 != self.tally {
                progress = (self.tally, Instant::now());
            }
            let end = progress.1 + patience;
            if Instant::now() >= end {
                break;
            }
            self.turn_counting(end, &mut Nobody, Some(&mut arrivals.each))?;
        }
        arrivals.took = began.elapsed();
        for member in self.members.iter().skip(first) {
            match member.milestone() {
                Milestone::Ready => arrivals.ready += 1,
                Milestone::Connected => arrivals.lost_joins += 1,
                Milestone::Making | Milestone::Gone => {
                    arrivals.failed += 1;
                    let why = || Some("nothing happened any more".to_owned());
                    let why = member.failure.clone().or_else(why);
                    arrivals.failure = arrivals.failure.take().or(why);
                }
            }
        }
        Ok(arrivals)
    }

    /// Waits until something happens, at the latest until `until`, and handles it.
    pub(crate) fn turn(&mut self, until: Instant, observer: &mut impl Observer) -> Result<()> {
        self.turn_counting(until, observer, None)
    }

    /// One of the clients.
    pub(crate) fn member(&mut self, index: usize) -> Result<&mut Member> {
        self.members.get_mut(index).context("there is no such client")
    }

    /// All clients.
    pub(crate) fn members(&self) -> &[Member] {
        &self.members
    }

    /// Opens the connection over which a client posts.
    pub(crate) fn open_aside(&mut self, index: usize) -> Result<()> {
        let member = self.members.get_mut(index).context("there is no such client")?;
        Ok(member.open_aside(self.poll.registry())?)
    }

    fn begin(&mut self, newcomer: Newcomer) -> Result<()> {
        let index = self.members.len();
        let member = Member::begin(self.poll.registry(), index, &self.target, newcomer)
            .context("a connection could not be begun")?;
        self.members.push(member);
        Ok(())
    }

    fn turn_counting(
        &mut self,
        until: Instant,
        observer: &mut impl Observer,
        mut each: Option<&mut Histogram>,
    ) -> Result<()> {
        let timeout = self.timer.timeout(until)?;
        match self.poll.poll(&mut self.events, Some(timeout)) {
            Err(error) if error.kind() != ErrorKind::Interrupted => return Err(error.into()),
            _ => {}
        }
        for event in &self.events {
            let token = event.token();
            let Some(member) = self.members.get_mut(token.0 / 2) else { continue };
            let side = if token.0 % 2 == 0 { Side::Main } else { Side::Aside };
            let before = member.milestone();
            member.wake(side, (self.poll.registry(), &mut self.buffer), observer);
            let after = member.milestone();
            self.tally.count(before, after);
            if before < Milestone::Ready
                && after == Milestone::Ready
                && let Some(each) = &mut each
            {
                each.record(member.began.elapsed());
            }
        }
        Ok(())
    }
}
