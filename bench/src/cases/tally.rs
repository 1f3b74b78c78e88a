//! Counting deliveries, and a window of time in which they are counted.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use super::figures::Delivery;
use crate::load::{Arrival, Fleet, Histogram};
use crate::machine;
use crate::numbers::{float, microseconds_each};
use crate::server::{Server, Usage, own_usage};

/// What arrived.
pub(super) struct Tally {
    /// Messages that reached a member for the first time.
    pub(super) arrived: u64,
    pub(super) reordered: u64,
    pub(super) repeated: u64,
    pub(super) latency: Histogram,
}

impl Tally {
    pub(super) fn new() -> Self {
        Self { arrived: 0, reordered: 0, repeated: 0, latency: Histogram::new() }
    }

    pub(super) fn count(&mut self, arrival: Arrival) {
        self.arrived += u64::from(arrival != Arrival::Repeated);
        self.reordered += u64::from(arrival == Arrival::Late);
        self.repeated += u64::from(arrival == Arrival::Repeated);
    }
}

/// A span of time, and what was used at its begin.
pub(super) struct Window {
    began: Instant,
    arrived: u64,
    server: Usage,
    own: Usage,
    machine: Duration,
}

/// What was used in it.
pub(super) struct Used {
    took: Duration,
    arrived: u64,
    server: Duration,
    own: Duration,
    machine: Duration,
}

impl Window {
    pub(super) fn open(server: &mut Server, tally: &Tally) -> Result<Self> {
        let (server, own) = (server.usage()?, own_usage()?);
        let machine = machine::busy()?;
        Ok(Self { began: Instant::now(), arrived: tally.arrived, server, own, machine })
    }

    pub(super) fn close(&self, server: &mut Server, tally: &Tally) -> Result<Used> {
        let took = self.began.elapsed();
        let (server, own) = (server.usage()?, own_usage()?);
        Ok(Used {
            took,
            arrived: tally.arrived - self.arrived,
            server: server.cpu.saturating_sub(self.server.cpu),
            own: own.cpu.saturating_sub(self.own.cpu),
            machine: machine::busy()?.saturating_sub(self.machine),
        })
    }
}

impl Used {
    /// With what became known only afterwards.
    pub(super) fn figures(&self, tally: &Tally, lost: u64) -> Result<Delivery> {
        let seconds = self.took.as_secs_f64();
        let others = self.machine.saturating_sub(self.server + self.own);
        let nothing = "nothing was delivered";
        Ok(Delivery {
            cpu_us: microseconds_each(self.server, self.arrived).context(nothing)?,
            per_second: float(self.arrived) / seconds,
            p50_ms: tally.latency.permille_ms(500).context(nothing)?,
            p99_ms: tally.latency.permille_ms(990).context(nothing)?,
            lost,
            reordered: tally.reordered,
            repeated: tally.repeated,
            server_cores: self.server.as_secs_f64() / seconds,
            load_cores: self.own.as_secs_f64() / seconds,
            others_cores: others.as_secs_f64() / seconds,
            said_late_p99_ms: None,
            knee: None,
        })
    }
}

/// What the first `members` miss of the messages that were `said` in each of their rooms.
pub(super) fn missing(fleet: &Fleet, members: usize, said: u32) -> u64 {
    fleet.members().iter().take(members).map(|member| member.ledger.missing(said)).sum()
}

/// Why the first member is gone that is gone, of the first `members`.
pub(super) fn first_failure(fleet: &Fleet, members: usize) -> Option<String> {
    let mut gone = fleet.members().iter().take(members).filter_map(|member| member.failure.clone());
    let first = gone.next()?;
    Some(format!("{} connections ended: {first}", 1 + gone.count()))
}
