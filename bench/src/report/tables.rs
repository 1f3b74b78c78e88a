//! The tables of the report.

use super::format::{figure, maybe, table, thousands, times};
use super::summary::Summary;
use crate::cases::{DISTURBED, Delivery, Point, WayIn};
use crate::numbers::float;
use crate::peers::Peer;
use crate::plan::RATE_OF_MEDIAN;

/// The points of the overview, and their names there.
pub(super) const OVERVIEW: [(Point, &str); 5] = [
    (Point::FanOut { members: 100, in_flight: 1 }, "100 members, lone message"),
    (Point::FanOut { members: 100, in_flight: 16 }, "100, 16 in flight"),
    (Point::FanOut { members: 1_000, in_flight: 1 }, "1,000, lone"),
    (Point::FanOut { members: 1_000, in_flight: 16 }, "1,000, 16 in flight"),
    (Point::Rooms { rate: RATE_OF_MEDIAN }, "100 rooms of 10 at 20,000/s"),
];

/// Server CPU time per delivery, of all at all points.
pub(super) fn overview(summary: &Summary) -> String {
    let head: Vec<&str> =
        ["server"].into_iter().chain(OVERVIEW.iter().map(|(_, name)| *name)).collect();
    let rows: Vec<Vec<String>> = summary
        .peers()
        .into_iter()
        .map(|peer| {
            let cells = OVERVIEW.iter().map(|(point, _)| {
                maybe(summary.delivery(*point, peer).map(|delivery| delivery.cpu_us))
            });
            std::iter::once(peer.name().to_owned()).chain(cells).collect()
        })
        .collect();
    table(&head, &rows)
}

/// What the names mean.
pub(super) fn legend(summary: &Summary) -> String {
    let lines =
        summary.peers().into_iter().map(|peer| format!("* {}: {}", peer.name(), peer.about()));
    lines.collect::<Vec<_>>().join("\n")
}

/// Everything about one point.
pub(super) fn point(summary: &Summary, point: Point) -> String {
    let head = [
        "server",
        "CPU µs",
        "× raw-each",
        "× raw-turn",
        "× node",
        "deliveries/s",
        "p50 ms",
        "p99 ms",
        "lost",
        "reordered",
        "repeated",
        "server cores",
        "load cores",
    ];
    let rows: Vec<Vec<String>> = summary
        .peers()
        .into_iter()
        .filter_map(|peer| {
            let it = summary.delivery(point, peer)?;
            let ratio = |other| times(summary.ratio(point, peer, other).map(|ratio| ratio.value));
            let mut row = vec![peer.name().to_owned(), figure(it.cpu_us)];
            row.extend([Peer::RawEach, Peer::RawTurn, Peer::Node].map(ratio));
            row.extend([thousands(it.per_second), figure(it.p50_ms), figure(it.p99_ms)]);
            row.extend([it.lost, it.reordered, it.repeated].map(|count| count.to_string()));
            row.extend([figure(it.server_cores), figure(it.load_cores)]);
            Some(row)
        })
        .collect();
    table(&head, &rows)
}

/// The ladder of rates: p99 and CPU time at each, and why it ends.
pub(super) fn rooms(summary: &Summary) -> String {
    let rates: Vec<u64> = summary
        .points()
        .into_iter()
        .filter_map(|point| match point {
            Point::Rooms { rate } => Some(rate),
            _ => None,
        })
        .collect();
    let names: Vec<String> = rates.iter().map(|rate| format!("{}k/s", rate / 1000)).collect();
    let head: Vec<&str> = ["server"]
        .into_iter()
        .chain(names.iter().map(String::as_str))
        .chain(["good up to", "then"])
        .collect();
    let rows: Vec<Vec<String>> = summary
        .peers()
        .into_iter()
        .filter_map(|peer| {
            let at = |rate: &u64| summary.delivery(Point::Rooms { rate: *rate }, peer);
            let cells: Vec<String> = rates.iter().map(|rate| rung(at(rate))).collect();
            let good = |rate: &&u64| at(rate).is_some_and(|it| it.knee.is_none());
            let best = rates
                .iter()
                .rfind(good)
                .map_or("–".to_owned(), |rate| format!("{}/s", thousands(float(*rate))));
            let knee = rates.iter().find_map(|rate| at(rate)?.knee.clone());
            let any = rates.iter().any(|rate| at(rate).is_some());
            let end = [best, knee.unwrap_or_else(|| "not reached".to_owned())];
            let row = std::iter::once(peer.name().to_owned()).chain(cells).chain(end);
            any.then(|| row.collect())
        })
        .collect();
    table(&head, &rows)
}

fn rung(delivery: Option<&Delivery>) -> String {
    delivery.map_or_else(
        || "–".to_owned(),
        |it| format!("{} ms, {} µs", figure(it.p99_ms), figure(it.cpu_us)),
    )
}

/// Memory of connections that do nothing.
pub(super) fn idle(summary: &Summary) -> String {
    let head = ["server", "WebSocket KiB", "settled", "after polling and upgrade KiB", "settled"];
    let rows: Vec<Vec<String>> = summary
        .peers()
        .into_iter()
        .filter_map(|peer| {
            let ways = [WayIn::WebSocket, WayIn::PollingAndUpgrade];
            let idle = ways.map(|way| summary.idle(way, peer));
            idle.iter().any(Option::is_some).then(|| {
                let cells = idle.into_iter().flat_map(|idle| {
                    [idle.map(|idle| idle.kib_at_once), idle.map(|idle| idle.kib_settled)]
                });
                std::iter::once(peer.name().to_owned()).chain(cells.map(maybe)).collect()
            })
        })
        .collect();
    table(&head, &rows)
}

/// Connects as fast as they go.
pub(super) fn storm(summary: &Summary, way: WayIn) -> String {
    let head =
        ["server", "CPU µs per connect", "connects/s", "p50 ms", "p99 ms", "lost joins", "failed"];
    let rows: Vec<Vec<String>> = summary
        .peers()
        .into_iter()
        .filter_map(|peer| {
            let it = summary.storm(way, peer)?;
            let failure = it.failure.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
            Some(vec![
                peer.name().to_owned(),
                figure(it.cpu_us),
                thousands(it.per_second),
                figure(it.p50_ms),
                figure(it.p99_ms),
                it.lost_joins.to_string(),
                format!("{}{failure}", it.failed),
            ])
        })
        .collect();
    table(&head, &rows)
}

/// One who does not read among those who do.
pub(super) fn stalled(summary: &Summary) -> String {
    let head = [
        "server",
        "others' p99 ms before",
        "with",
        "lost by others",
        "CPU µs before",
        "with",
        "stalled one closed after",
        "memory MiB before",
        "at most",
    ];
    let rows: Vec<Vec<String>> = summary
        .peers()
        .into_iter()
        .filter_map(|peer| {
            let it = summary.stalled(peer)?;
            let closed = it.closed_after_s.map(|after| format!("{} s", figure(after)));
            let note = it.with.knee.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
            Some(vec![
                peer.name().to_owned(),
                figure(it.before.p99_ms),
                format!("{}{note}", figure(it.with.p99_ms)),
                it.with.lost.to_string(),
                figure(it.before.cpu_us),
                figure(it.with.cpu_us),
                closed.unwrap_or_else(|| "not closed".to_owned()),
                figure(it.memory_before_mib),
                figure(it.memory_max_mib),
            ])
        })
        .collect();
    table(&head, &rows)
}

/// Whether other programs kept the machine busy, in one sentence.
pub(super) fn disturbance(summary: &Summary) -> String {
    let windows: Vec<f64> = summary
        .points()
        .into_iter()
        .flat_map(|point| {
            let peers = summary.peers().into_iter();
            peers.filter_map(move |peer| Some(summary.delivery(point, peer)?.others_cores))
        })
        .collect();
    let disturbed = windows.iter().filter(|others| **others > DISTURBED).count();
    let most = windows.iter().copied().fold(0.0, f64::max);
    format!(
        "Other programs kept more than {DISTURBED} cores busy in {disturbed} of {} windows (at most \
         {}): {}.",
        windows.len(),
        figure(most),
        if disturbed == 0 {
            "latencies and knees are those of the servers"
        } else {
            "latencies, knees and deliveries a second are partly theirs; CPU times are the servers' own"
        }
    )
}
