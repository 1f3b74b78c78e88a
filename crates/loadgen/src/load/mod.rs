//! A constant load on a healthy server, and how long everything takes.

mod audience;
mod flood;
mod latency;
mod open_loop;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, bail};
use tokio::time::Instant;

pub use audience::{Audience, Heard, Seating};
pub use flood::{FloodOptions, flood};
pub use latency::{Latencies, Summary};
pub use open_loop::{Schedule, Sendings, due_by_text, send};

use crate::client::Door;
use crate::server::{Launch, Usage, own_usage};

/// A load before what is counted: caches fill, connections get warm.
const WARM_UP: Duration = Duration::from_secs(2);

/// Longest wait for messages that are still on their way at the end.
const ARRIVAL_TIME_MAX: Duration = Duration::from_secs(10);

/// What is to be done.
#[derive(Clone, Debug)]
pub struct Options {
    /// The server.
    pub binary: PathBuf,
    /// Who is there.
    pub seating: Seating,
    /// How many of them send, one after the other; nobody else does.
    pub senders: Option<usize>,
    /// Messages per second, in all rooms together.
    pub per_second: f64,
    /// For how long.
    pub lasting: Duration,
}

/// What came of it.
struct Measured {
    sendings: Sendings,
    heard: Summary,
    missing: u64,
    lost: u64,
    server: Usage,
    own_cpu: Duration,
}

/// Puts the load on a server of its own, and tells what came of it. Says whether everything was
/// acknowledged and heard.
///
/// # Errors
/// When the server does not start, or somebody does not get in.
pub async fn run(options: &Options, output: &mut impl Write) -> Result<bool> {
    if options.per_second <= 0.0 || options.seating.rooms * options.seating.people == 0 {
        bail!("a load needs a rate, rooms and people");
    }
    let launch = Launch::new(&options.binary).await?.roomy();
    let server = launch.start().await?;
    let door = Door::new(&launch.authority())?;
    warm_up(&door, options).await?;
    let heard = Arc::new(Heard::new()?);
    let audience = Audience::gather(&door, options.seating, Some(&heard)).await?;
    let senders = spread(&audience, options);
    let schedule = Schedule { per_second: options.per_second, lasting: options.lasting };
    let begin = Instant::now();
    heard.count_from(begin);
    let (server_before, own_before) = (server.usage()?, own_usage()?);
    let sendings = send(&senders, schedule, begin, "load").await?;
    let expected = sendings.acknowledged.count() * options.seating.people as u64;
    heard.until(expected, ARRIVAL_TIME_MAX).await;
    let (server_after, own_after) = (server.usage()?, own_usage()?);
    let summary = heard.latencies().summary();
    let measured = Measured {
        sendings,
        heard: summary,
        missing: expected.saturating_sub(summary.count),
        lost: heard.lost(),
        server: Usage {
            cpu: server_after.cpu.saturating_sub(server_before.cpu),
            memory_bytes: server_after.memory_bytes,
        },
        own_cpu: own_after.cpu.saturating_sub(own_before.cpu),
    };
    tell(output, options, &measured)?;
    server.stop(Duration::from_secs(10)).await?;
    let failed = measured.sendings.failures.values().sum::<u64>();
    Ok(failed == 0 && measured.missing == 0 && measured.lost == 0)
}

/// The same load for a short time in rooms of its own.
async fn warm_up(door: &Door, options: &Options) -> Result<()> {
    let seating = Seating { rooms: 1, people: 2, polling: 0.0 };
    let audience = Audience::gather(door, seating, None).await?;
    let per_second = options.per_second.min(1_000.0);
    let schedule = Schedule { per_second, lasting: WARM_UP };
    send(&audience.clients, schedule, Instant::now(), "warm").await.map(drop)
}

/// Who sends: spread over the rooms.
fn spread(audience: &Audience, options: &Options) -> Vec<Arc<crate::client::Client>> {
    let Seating { rooms, people, .. } = options.seating;
    let count = options.senders.unwrap_or(usize::MAX).clamp(1, rooms * people);
    let places = (0..count).map(|number| (number % rooms) * people + number / rooms);
    places.filter_map(|place| audience.clients.get(place).cloned()).collect()
}

fn tell(output: &mut impl Write, options: &Options, measured: &Measured) -> Result<()> {
    let Seating { rooms, people, polling } = options.seating;
    let Measured { sendings, heard, missing, lost, server, own_cpu } = measured;
    writeln!(
        output,
        "{rooms} rooms of {people}, {:.0} % over polling; {} messages a second for {} s asked for",
        polling * 100.0,
        options.per_second,
        options.lasting.as_secs_f64(),
    )?;
    writeln!(
        output,
        "{} due, {} acknowledged: {:.1} a second; {} heard, {missing} missing; \
         {lost} connections lost",
        sendings.due,
        sendings.acknowledged.count(),
        sendings.per_second(),
        heard.count,
    )?;
    writeln!(
        output,
        "\nmilliseconds from when due {:>9} {:>9} {:>9} {:>9} {:>9}",
        "p50", "p90", "p99", "p99.9", "max"
    )?;
    for (name, summary) in [
        ("sent", sendings.lateness.summary()),
        ("acknowledged", sendings.acknowledged.summary()),
        ("heard", *heard),
    ] {
        writeln!(output, "{name:>26} {}", row(&summary))?;
    }
    writeln!(
        output,
        "\nserver: {:.2} s CPU, {:.1} MiB; load: {:.2} s CPU",
        server.cpu.as_secs_f64(),
        mebibytes(server.memory_bytes),
        own_cpu.as_secs_f64(),
    )?;
    tell_failures(output, &sendings.failures)
}

fn tell_failures(output: &mut impl Write, failures: &BTreeMap<String, u64>) -> Result<()> {
    for (reason, count) in failures {
        writeln!(output, "{count} {reason}")?;
    }
    Ok(())
}

fn row(summary: &Summary) -> String {
    let Summary { p50, p90, p99, p999, max, .. } = *summary;
    let columns = [p50, p90, p99, p999, max].map(|time| format!("{:>9.3}", milliseconds(time)));
    columns.join(" ")
}

/// Microseconds as milliseconds, for people.
#[must_use]
pub fn milliseconds(microseconds: u64) -> f64 {
    Duration::from_micros(microseconds).as_secs_f64() * 1_000.0
}

fn mebibytes(bytes: u64) -> f64 {
    let kibibytes = u32::try_from(bytes / 1024).unwrap_or(u32::MAX);
    f64::from(kibibytes) / 1024.0
}
