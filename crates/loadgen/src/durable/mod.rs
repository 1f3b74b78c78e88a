//! What it costs that an acknowledged message is on disk: the same load on a server whose `fsync`
//! works, and on one whose `fsync` does nothing.

mod closed_loop;
mod table;

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde::Serialize;
use tokio::time::Instant;

use crate::client::Door;
use crate::load::{Audience, Schedule, Seating, Summary, send};
use crate::server::{Launch, Server};
use closed_loop::flood;

/// Senders with one message in flight each.
const SENDERS: [usize; 3] = [1, 10, 100];

/// Seats taken in each room: the sender alone, so that fan-out is not what is measured.
pub const MEMBERS_PER_ROOM: usize = 1;

/// The part of the highest rate at which times are taken.
const SHARE_OF_RATE: f64 = 0.5;

/// The library that makes `fsync` do nothing (Debian package `libeatmydata1`).
const NO_SYNC_LIBRARY: &str = "libeatmydata.so";

/// How long a load lasts before it is counted.
const WARM_UP: Duration = Duration::from_millis(500);

/// What is to be done.
#[derive(Clone, Debug)]
pub struct Options {
    /// The server.
    pub binary: PathBuf,
    /// How long each load lasts.
    pub lasting: Duration,
    /// How often everything is measured; the median is told.
    pub rounds: usize,
    /// Where the figures are written as JSON.
    pub out: Option<PathBuf>,
}

/// What one number of senders has come to on one server.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Figures {
    /// Acknowledged messages per second when each sender waits only for its answer.
    pub per_second: f64,
    /// Time of the server on a core for one of them, in microseconds.
    pub server_cpu_us_per_message: f64,
    /// Half of the durable server's rate: on both sides the times below were taken at it.
    pub open_loop_per_second: f64,
    /// From when a message was due to its acknowledgement.
    pub send_to_ack_us: Summary,
}

/// One number of senders, on both servers.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Case {
    /// So many senders.
    pub senders: usize,
    /// With `fsync`.
    pub durable: Figures,
    /// Without.
    pub not_durable: Figures,
}

/// What is written as JSON.
#[derive(Debug, Serialize)]
struct Report<'cases> {
    members_per_room: usize,
    seconds: f64,
    rounds: usize,
    cases: &'cases [Case],
}

/// A server and who sends to it.
struct Side {
    launch: Launch,
    server: Server,
}

impl Side {
    async fn start(options: &Options, syncs: bool) -> Result<Self> {
        let mut launch = Launch::new(&options.binary).await?.roomy();
        if !syncs {
            launch = launch.variable("LD_PRELOAD", NO_SYNC_LIBRARY);
        }
        let server = launch.start().await?;
        let maps = std::fs::read_to_string(format!("/proc/{}/maps", server.pid()))?;
        if maps.contains(NO_SYNC_LIBRARY) == syncs {
            bail!("{NO_SYNC_LIBRARY} was not loaded: install the Debian package libeatmydata1");
        }
        Ok(Self { launch, server })
    }

    /// As many as go, and then half as many as the server with `fsync` can take.
    async fn measure(
        &self,
        (senders, durable_per_second): (usize, Option<f64>),
        options: &Options,
        round: usize,
    ) -> Result<Figures> {
        let door = Door::new(&self.launch.authority())?;
        let seating = Seating { rooms: senders, people: MEMBERS_PER_ROOM, polling: 0.0 };
        let audience = Audience::gather(&door, seating, None).await?;
        let name = format!("{round}-{senders}");
        flood(&audience.clients, WARM_UP, &format!("w-{name}")).await?;
        let cpu_before = self.server.usage()?.cpu;
        let flooded = flood(&audience.clients, options.lasting, &format!("c-{name}")).await?;
        let cpu = self.server.usage()?.cpu.saturating_sub(cpu_before);
        let per_second = flooded.per_second();
        let open_loop_per_second = durable_per_second.unwrap_or(per_second) * SHARE_OF_RATE;
        let schedule = Schedule { per_second: open_loop_per_second, lasting: options.lasting };
        let begin = Instant::now();
        let sendings = send(&audience.clients, schedule, begin, &format!("o-{name}")).await?;
        if let Some((reason, count)) = sendings.failures.iter().next() {
            bail!("{count} messages failed: {reason}");
        }
        Ok(Figures {
            per_second,
            server_cpu_us_per_message: cpu.as_secs_f64() * 1e6 / flooded.count().max(1.0),
            open_loop_per_second,
            send_to_ack_us: sendings.acknowledged.summary(),
        })
    }
}

/// Measures every number of senders on both servers in turn, and tells the medians.
///
/// # Errors
/// When a server does not start, a message fails, or the figures cannot be written.
pub async fn run(options: &Options, output: &mut impl Write) -> Result<()> {
    let durable = Side::start(options, true).await?;
    let not_durable = Side::start(options, false).await?;
    let mut cases = Vec::new();
    for senders in SENDERS {
        let (mut with, mut without) = (Vec::new(), Vec::new());
        for round in 0..options.rounds.max(1) {
            let figures = durable.measure((senders, None), options, round).await?;
            let same = (senders, Some(figures.per_second));
            with.push(figures);
            without.push(not_durable.measure(same, options, round).await?);
        }
        let (durable, not_durable) = (median(with), median(without));
        cases.push(Case { senders, durable, not_durable });
    }
    table::write(output, &cases, options)?;
    let report = Report {
        members_per_room: MEMBERS_PER_ROOM,
        seconds: options.lasting.as_secs_f64(),
        rounds: options.rounds,
        cases: &cases,
    };
    if let Some(path) = &options.out {
        let json = serde_json::to_string_pretty(&report)?;
        std::fs::write(path, json + "\n").with_context(|| path.display().to_string())?;
    }
    Ok(())
}

/// The round whose rate is in the middle, as it was measured.
fn median(mut rounds: Vec<Figures>) -> Figures {
    rounds.sort_by(|one, other| one.per_second.total_cmp(&other.per_second));
    rounds.get(rounds.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_a_round_that_was_measured() {
        let round = |per_second, p50| Figures {
            per_second,
            send_to_ack_us: Summary { p50, ..Summary::default() },
            ..Figures::default()
        };
        let middle = median(vec![round(3.0, 1), round(1.0, 2), round(2.0, 3)]);
        assert_eq!(middle.send_to_ack_us.p50, 3);
        assert_eq!(median(Vec::new()).send_to_ack_us.count, 0);
    }
}
