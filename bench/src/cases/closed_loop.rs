//! A sender who keeps a number of its own messages in flight: what it reads back, it says anew, all
//! of one read in one write.

use std::io;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::tally::Tally;
use crate::load::{Fleet, Member, Observer, Script};

/// The sender's place among the members.
const SENDER: usize = 0;

/// When the last messages were said; others may be so far behind the sender.
const REMEMBERED: usize = 64 * 1024;

/// An echo that takes longer is lost, and another message goes out in its place.
const ECHO_TIME_MAX: Duration = Duration::from_millis(500);

/// The sender, and what everybody hears.
pub(super) struct ClosedLoop {
    /// Messages said so far.
    pub(super) said: u32,
    /// What was heard.
    pub(super) tally: Tally,
    /// Whether latencies are counted.
    pub(super) measuring: bool,
    script: Script,
    in_flight_max: u32,
    in_flight: u32,
    stopped: bool,
    said_at: Box<[Instant]>,
    last_echo: Instant,
}

impl ClosedLoop {
    /// `said` messages were said in this room before.
    pub(super) fn new(script: Script, in_flight_max: u32, said: u32) -> Self {
        let now = Instant::now();
        Self {
            said,
            tally: Tally::new(),
            measuring: false,
            script,
            in_flight_max,
            in_flight: 0,
            stopped: false,
            said_at: vec![now; REMEMBERED].into_boxed_slice(),
            last_echo: now,
        }
    }

    /// Talks until `end`.
    pub(super) fn talk(&mut self, fleet: &mut Fleet, end: Instant) -> Result<()> {
        loop {
            let now = Instant::now();
            if now >= end {
                return Ok(());
            }
            if now > self.last_echo + ECHO_TIME_MAX {
                self.in_flight = 0;
                self.last_echo = now;
            }
            if self.in_flight == 0 {
                self.top_up(fleet.member(SENDER)?)?;
            }
            fleet.turn(end.min(now + ECHO_TIME_MAX), self)?;
        }
    }

    /// Says nothing more, and waits until everybody has heard everything or nobody hears anything.
    pub(super) fn fall_silent(&mut self, fleet: &mut Fleet, expected: u64) -> Result<()> {
        self.stopped = true;
        let mut arrived = self.tally.arrived;
        let mut end = Instant::now() + ECHO_TIME_MAX;
        while self.tally.arrived < expected && Instant::now() < end {
            fleet.turn(end, self)?;
            if self.tally.arrived > arrived {
                arrived = self.tally.arrived;
                end = Instant::now() + ECHO_TIME_MAX;
            }
        }
        Ok(())
    }

    fn top_up(&mut self, sender: &mut Member) -> io::Result<()> {
        let count = self.in_flight_max - self.in_flight;
        if self.stopped || count == 0 {
            return Ok(());
        }
        let numbers = self.said..self.said + count;
        let now = Instant::now();
        for number in numbers.clone() {
            if let Some(said_at) = self.said_at.get_mut(remembered(number)) {
                *said_at = now;
            }
        }
        self.said = numbers.end;
        self.in_flight = self.in_flight_max;
        self.script.say(sender, numbers)
    }
}

impl Observer for ClosedLoop {
    fn delivered(&mut self, member: &mut Member, number: u32, now: Instant) {
        self.tally.count(member.ledger.take(number));
        if self.measuring
            && let Some(said_at) = self.said_at.get(remembered(number))
        {
            self.tally.latency.record(now.saturating_duration_since(*said_at));
        }
        if member.index == SENDER {
            self.in_flight = self.in_flight.saturating_sub(1);
            self.last_echo = now;
        }
    }

    fn read_ended(&mut self, member: &mut Member) -> io::Result<()> {
        if member.index == SENDER { self.top_up(member) } else { Ok(()) }
    }
}

fn remembered(number: u32) -> usize {
    usize::try_from(number).unwrap_or_default() % REMEMBERED
}
