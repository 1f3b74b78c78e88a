//! Messages at a fixed rate, spread evenly, whether or not the server keeps up. Latency counts from
//! when a message was meant to be said, so that a wait of the sender hides nothing.

use std::io;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::audience::Size;
use super::tally::{Tally, Used, Window};
use crate::load::{Fleet, Histogram, Member, Observer, Script};
use crate::server::Server;

/// A delivery that takes longer shows that the server will not catch up.
const HOPELESS: Duration = Duration::from_secs(2);

/// How long nothing may arrive before what is missing is lost.
const SILENCE_MAX: Duration = Duration::from_millis(1500);

/// At most so many messages are said before the clock and the others are looked after.
const SAID_AT_ONCE: usize = 32;

/// What is said how often.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    pub(super) size: Size,
    /// In all rooms together.
    pub(super) messages_per_second: u64,
    pub(super) warm_up: Duration,
    pub(super) window: Duration,
}

/// All senders, and what everybody hears.
pub(super) struct OpenLoop {
    /// Messages said so far in each room, with those before this loop.
    pub(super) said_per_room: u32,
    /// What was heard.
    pub(super) tally: Tally,
    /// How late messages were said.
    pub(super) said_late: Histogram,
    /// A delivery took too long for the server to catch up.
    pub(super) hopeless: bool,
    script: Script,
    pace: Pace,
    /// Messages said in each room before this loop.
    base: u32,
    began: Instant,
    /// Messages said in this loop.
    said: u64,
    measured_from: Instant,
}

impl OpenLoop {
    /// `base` messages were said in each room before.
    pub(super) fn new(script: Script, pace: Pace, base: u32) -> Self {
        let began = Instant::now();
        Self {
            said_per_room: base,
            tally: Tally::new(),
            said_late: Histogram::new(),
            hopeless: false,
            script,
            pace,
            base,
            began,
            said: 0,
            measured_from: began + pace.warm_up,
        }
    }

    /// Talks through the warm-up and the window, then waits until everybody has heard everything or
    /// nobody hears anything. `look` is called after each turn of the loop.
    pub(super) fn run(
        &mut self,
        fleet: &mut Fleet,
        server: &mut Server,
        look: &mut impl FnMut(&mut Server) -> Result<()>,
    ) -> Result<Used> {
        self.talk(fleet, self.measured_from, &mut || look(server))?;
        let window = Window::open(server, &self.tally)?;
        self.talk(fleet, self.measured_from + self.pace.window, &mut || look(server))?;
        let used = window.close(server, &self.tally)?;
        self.end_round(fleet)?;
        let expected = self.said * self.pace.size.members_per_room as u64;
        let (mut arrived, mut end) = (self.tally.arrived, Instant::now() + SILENCE_MAX);
        while !self.hopeless && self.tally.arrived < expected && Instant::now() < end {
            fleet.turn(end, self)?;
            if self.tally.arrived > arrived {
                (arrived, end) = (self.tally.arrived, Instant::now() + SILENCE_MAX);
            }
        }
        Ok(used)
    }

    fn talk(
        &mut self,
        fleet: &mut Fleet,
        end: Instant,
        look: &mut impl FnMut() -> Result<()>,
    ) -> Result<()> {
        while !self.hopeless && Instant::now() < end {
            let mut due = self.meant_for(self.said);
            for _ in 0..SAID_AT_ONCE {
                let now = Instant::now();
                if due > now || due >= end {
                    break;
                }
                self.hopeless |= now.saturating_duration_since(due) > HOPELESS;
                if due >= self.measured_from {
                    self.said_late.record(now.saturating_duration_since(due));
                }
                self.say_next(fleet)?;
                due = self.meant_for(self.said);
            }
            fleet.turn(due.min(end), self)?;
            look()?;
        }
        Ok(())
    }

    /// Every room hears equally many.
    fn end_round(&mut self, fleet: &mut Fleet) -> Result<()> {
        while !self.said.is_multiple_of(self.pace.size.rooms as u64) {
            self.say_next(fleet)?;
        }
        Ok(())
    }

    fn say_next(&mut self, fleet: &mut Fleet) -> Result<()> {
        let rooms = self.pace.size.rooms as u64;
        let room = usize::try_from(self.said % rooms)?;
        let number = self.base + u32::try_from(self.said / rooms)?;
        let sender = usize::try_from(number % self.pace.size.senders)?;
        let member = fleet.member(room * self.pace.size.members_per_room + sender)?;
        self.script.say(member, number..number + 1)?;
        self.said += 1;
        self.said_per_room = number + 1;
        Ok(())
    }

    fn meant_for(&self, message: u64) -> Instant {
        self.began + Duration::from_nanos(message * 1_000_000_000 / self.pace.messages_per_second)
    }
}

impl Observer for OpenLoop {
    fn delivered(&mut self, member: &mut Member, number: u32, now: Instant) {
        let Some(round) = number.checked_sub(self.base) else { return };
        self.tally.count(member.ledger.take(number));
        let room = (member.index / self.pace.size.members_per_room) as u64;
        let meant = self.meant_for(u64::from(round) * self.pace.size.rooms as u64 + room);
        let latency = now.saturating_duration_since(meant);
        self.hopeless |= latency > HOPELESS;
        if meant >= self.measured_from {
            self.tally.latency.record(latency);
        }
    }

    fn read_ended(&mut self, _: &mut Member) -> io::Result<()> {
        Ok(())
    }
}
