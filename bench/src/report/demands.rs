//! What the engine must show, and whether it does.

use super::format::{figure, thousands};
use super::summary::{Measured, Summary};
use crate::cases::{Point, WayIn};
use crate::numbers::float;
use crate::peers::Peer;
use crate::plan::RATE_OF_MEDIAN;

/// One demand, and what came of it.
pub(super) struct Demand {
    what: String,
    demanded: String,
    /// Nothing when it was not measured.
    found: Option<Found>,
}

/// What was measured.
struct Found {
    text: String,
    enough: bool,
    disturbed: bool,
}

/// CPU time per delivery against another server, in times.
const LONE_MAX: f64 = 1.2;
const IN_FLIGHT_MAX: f64 = 1.5;
const IN_FLIGHT_NODE_MIN: f64 = 10.0;
const ROOMS_MAX: f64 = 1.4;
const ROOMS_NODE_MIN: f64 = 2.5;
const ROOMS_EXPRESS_MIN: f64 = 6.0;

/// Memory per idle connection, in KiB.
const WEBSOCKET_KIB_MAX: f64 = 5.0;
const UPGRADED_KIB_MAX: f64 = 8.0;

/// CPU time per connect by WebSocket, in microseconds.
const CONNECT_US_MAX: f64 = 60.0;

/// A p99 is unchanged when it is not this many times the one before, or under [`P99_NOISE_MS`].
const P99_CHANGE_MAX: f64 = 1.5;
/// Differences below this are the machine's, in milliseconds.
const P99_NOISE_MS: f64 = 2.0;

/// The engine's bound for what waits for one connection is 1 MiB; the allocator may take as much
/// again while it grows.
const STALLED_MIB_MAX: f64 = 2.5;

/// All demands.
pub(super) fn all(summary: &Summary, subject: Peer) -> Vec<Demand> {
    let mut demands = deliveries(summary, subject);
    demands.extend(connections(summary, subject));
    demands.push(faultless(summary, subject));
    if let Some(second) = subject.on_two_workers() {
        demands.push(faultless(summary, second));
    }
    demands.push(stalled(summary, subject));
    demands
}

fn deliveries(summary: &Summary, subject: Peer) -> Vec<Demand> {
    let mut demands = Vec::new();
    for members in [100, 1_000] {
        let lone = Point::FanOut { members, in_flight: 1 };
        demands.push(at_most(
            format!("CPU per delivery, lone message, {} members", thousands(float(members as u64))),
            (LONE_MAX, "× one write per recipient"),
            summary.ratio(lone, subject, Peer::RawEach),
        ));
    }
    for members in [100, 1_000] {
        let in_flight = Point::FanOut { members, in_flight: 16 };
        demands.push(at_most(
            format!("CPU per delivery, 16 in flight, {} members", thousands(float(members as u64))),
            (IN_FLIGHT_MAX, "× the coalescing limit"),
            summary.ratio(in_flight, subject, Peer::RawTurn),
        ));
        demands.push(at_least(
            "the same against Node".to_owned(),
            (IN_FLIGHT_NODE_MIN, "× less than Node socket.io"),
            summary.ratio(in_flight, Peer::Node, subject),
        ));
    }
    let rooms = Point::Rooms { rate: RATE_OF_MEDIAN };
    let limits = [Peer::RawEach, Peer::RawTurn].map(|limit| summary.ratio(rooms, subject, limit));
    demands.push(at_most(
        "100 rooms of 10 at 20,000 deliveries a second".to_owned(),
        (ROOMS_MAX, "× the better of the limits"),
        limits.into_iter().flatten().max_by(|one, other| one.value.total_cmp(&other.value)),
    ));
    demands.push(at_least(
        "the same against Node".to_owned(),
        (ROOMS_NODE_MIN, "× less than Node socket.io"),
        summary.ratio(rooms, Peer::Node, subject),
    ));
    demands.push(at_least(
        "the same against Express".to_owned(),
        (ROOMS_EXPRESS_MIN, "× less than Node + Express"),
        summary.ratio(rooms, Peer::Express, subject),
    ));
    demands
}

fn connections(summary: &Summary, subject: Peer) -> Vec<Demand> {
    let calm = |value| Measured { value, disturbed: false };
    let memory = |way| summary.idle(way, subject).map(|idle| calm(idle.kib_settled));
    let connect = summary.storm(WayIn::WebSocket, subject).map(|storm| calm(storm.cpu_us));
    vec![
        at_most(
            "memory per idle connection, WebSocket".to_owned(),
            (WEBSOCKET_KIB_MAX, "KiB"),
            memory(WayIn::WebSocket),
        ),
        at_most(
            "memory per idle connection, after polling and upgrade".to_owned(),
            (UPGRADED_KIB_MAX, "KiB"),
            memory(WayIn::PollingAndUpgrade),
        ),
        at_most("CPU per connect, WebSocket".to_owned(), (CONNECT_US_MAX, "µs"), connect),
    ]
}

/// Nothing lost, nothing out of order, nothing twice, at any point.
fn faultless(summary: &Summary, subject: Peer) -> Demand {
    let mut faults = Vec::new();
    let mut measured = false;
    for point in summary.points() {
        let Some(it) = summary.delivery(point, subject) else { continue };
        measured = true;
        if it.lost + it.reordered + it.repeated > 0 {
            faults.push(format!(
                "{} lost, {} reordered, {} repeated at {point:?}",
                it.lost, it.reordered, it.repeated
            ));
        }
    }
    for way in [WayIn::WebSocket, WayIn::PollingAndUpgrade] {
        let Some(it) = summary.storm(way, subject) else { continue };
        measured = true;
        if it.lost_joins + it.failed > 0 {
            faults.push(format!(
                "{} lost joins, {} failed in the storm {way:?}",
                it.lost_joins, it.failed
            ));
        }
    }
    let text = if faults.is_empty() { "none".to_owned() } else { faults.join("; ") };
    Demand {
        what: format!("loss, reordering, repeats, lost joins ({})", subject.name()),
        demanded: "none".to_owned(),
        found: measured.then_some(Found { text, enough: faults.is_empty(), disturbed: false }),
    }
}

fn stalled(summary: &Summary, subject: Peer) -> Demand {
    let found = summary.stalled(subject).map(|it| {
        let grown = it.memory_max_mib - it.memory_before_mib;
        let unchanged = it.with.p99_ms
            <= (it.before.p99_ms * P99_CHANGE_MAX).max(it.before.p99_ms + P99_NOISE_MS);
        let closed = it.closed_after_s.map(|after| format!("closed after {} s", figure(after)));
        let text = format!(
            "{}, {} MiB more, p99 {} → {} ms, {} lost",
            closed.unwrap_or_else(|| "not closed".to_owned()),
            figure(grown),
            figure(it.before.p99_ms),
            figure(it.with.p99_ms),
            it.with.lost
        );
        let enough = it.closed_after_s.is_some()
            && grown <= STALLED_MIB_MAX
            && unchanged
            && it.with.lost == 0;
        Found { text, enough, disturbed: it.before.is_disturbed() || it.with.is_disturbed() }
    });
    Demand {
        what: "a stalled reader".to_owned(),
        demanded: format!(
            "closed, at most {STALLED_MIB_MAX} MiB more, others' p99 unchanged, none lost"
        ),
        found,
    }
}

fn at_most(what: String, (limit, unit): (f64, &str), measured: Option<Measured>) -> Demand {
    let found = measured.map(|it| found(it, unit, it.value <= limit));
    Demand { what, demanded: format!("at most {limit} {unit}"), found }
}

fn at_least(what: String, (limit, unit): (f64, &str), measured: Option<Measured>) -> Demand {
    let found = measured.map(|it| found(it, unit, it.value >= limit));
    Demand { what, demanded: format!("at least {limit} {unit}"), found }
}

fn found(Measured { value, disturbed }: Measured, unit: &str, enough: bool) -> Found {
    Found { text: format!("{} {unit}", figure(value)), enough, disturbed }
}

impl Demand {
    /// As a row of the report.
    pub(super) fn row(&self) -> Vec<String> {
        let (measured, verdict) = match &self.found {
            Some(Found { text, enough: true, disturbed: false }) => (text.as_str(), "pass"),
            Some(Found { text, enough: false, disturbed: false }) => (text.as_str(), "**miss**"),
            Some(Found { text, enough: true, .. }) => (text.as_str(), "pass, disturbed"),
            Some(Found { text, enough: false, .. }) => (text.as_str(), "miss, disturbed"),
            None => ("–", "not measured"),
        };
        [self.what.as_str(), self.demanded.as_str(), measured, verdict].map(str::to_owned).into()
    }
}
