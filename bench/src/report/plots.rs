//! The pictures of the report.

use super::format::figure;
use super::summary::Summary;
use super::svg::{Anchor, Drawing, LETTERS};
use super::tables::OVERVIEW;
use crate::cases::Point;
use crate::numbers::float;
use crate::peers::Peer;

const WIDTH: f64 = 760.0;
const MARGIN: f64 = 16.0;
/// Room for the names of servers.
const NAMES: f64 = 120.0;
/// Room for a figure behind a bar.
const FIGURES: f64 = 60.0;
const ROW: f64 = 18.0;
const GRID: &str = "#ddd";

/// Server CPU time per delivery: one panel for each point, one bar for each server.
pub(super) fn cpu(summary: &Summary) -> String {
    let peers = summary.peers();
    let panel = ROW * float(peers.len() as u64) + 3.0 * ROW;
    let height = 2.0 * MARGIN + 2.0 * ROW + panel * float(OVERVIEW.len() as u64);
    let mut drawing = Drawing::new(WIDTH, height);
    let title =
        "Server CPU per delivery, in microseconds (less is better; each panel has its scale)";
    drawing.text((MARGIN, MARGIN + LETTERS), Anchor::Start, title);
    let mut top = MARGIN + 2.0 * ROW;
    for (point, name) in OVERVIEW {
        drawing.text((MARGIN, top + LETTERS), Anchor::Start, name);
        let bars: Vec<(Peer, f64)> = peers
            .iter()
            .filter_map(|peer| Some((*peer, summary.delivery(point, *peer)?.cpu_us)))
            .collect();
        let most = bars.iter().map(|(_, value)| *value).fold(f64::MIN_POSITIVE, f64::max);
        let mut y = top + 1.5 * ROW;
        for (peer, value) in bars {
            let length = (WIDTH - 2.0 * MARGIN - NAMES - FIGURES) * value / most;
            let left = MARGIN + NAMES;
            drawing.text((left - 8.0, y + LETTERS), Anchor::End, peer.name());
            drawing.bar((left, y + 2.0), (length, ROW - 5.0), colour(peer));
            drawing.text((left + length + 6.0, y + LETTERS), Anchor::Start, &figure(value));
            y += ROW;
        }
        top += panel;
    }
    drawing.finish()
}

/// A logarithmic axis: from, to, and where these are on the paper.
#[derive(Clone, Copy)]
struct Axis {
    from: f64,
    to: f64,
    begin: f64,
    end: f64,
}

impl Axis {
    fn at(self, value: f64) -> f64 {
        let share = (value.clamp(self.from, self.to) / self.from).ln() / (self.to / self.from).ln();
        self.begin + (self.end - self.begin) * share
    }
}

const RATES: Axis = Axis { from: 900.0, to: 600_000.0, begin: 70.0, end: WIDTH - 120.0 };
const LATENCIES: Axis = Axis { from: 0.05, to: 2_500.0, begin: 400.0, end: 50.0 };

/// 100 rooms of 10: p99 over the rate, for each server up to its knee.
pub(super) fn rooms(summary: &Summary) -> String {
    let mut drawing = Drawing::new(WIDTH, 450.0);
    let title = "100 rooms of 10: p99 in milliseconds over deliveries a second";
    drawing.text((MARGIN, MARGIN + LETTERS), Anchor::Start, title);
    grid(&mut drawing);
    let mut ends: Vec<(Peer, f64, f64)> = Vec::new();
    for peer in summary.peers() {
        let points: Vec<(f64, f64)> = summary
            .points()
            .into_iter()
            .filter_map(|point| {
                let Point::Rooms { rate } = point else { return None };
                let p99 = summary.delivery(point, peer)?.p99_ms;
                Some((RATES.at(float(rate)), LATENCIES.at(p99)))
            })
            .collect();
        drawing.line(&points, colour(peer), 2.0);
        for point in &points {
            drawing.dot(*point, colour(peer));
        }
        ends.extend(points.last().map(|(x, y)| (peer, *x, *y)));
    }
    name_lines(&mut drawing, ends);
    drawing.finish()
}

/// Names stand in a column, in the order of the lines' ends, and never on each other.
fn name_lines(drawing: &mut Drawing, mut ends: Vec<(Peer, f64, f64)>) {
    ends.sort_by(|(_, _, one), (_, _, other)| one.total_cmp(other));
    let mut free = 0.0_f64;
    for (peer, x, y) in ends {
        let place = (RATES.end + 12.0, y.max(free));
        free = place.1 + 1.3 * LETTERS;
        drawing.line(&[(x + 4.0, y), (place.0 - 3.0, place.1)], colour(peer), 0.5);
        let text = (place.0, place.1 + 4.0);
        drawing.styled_text(text, Anchor::Start, colour(peer), peer.name());
    }
}

fn grid(drawing: &mut Drawing) {
    for rate in [1_000, 10_000, 100_000] {
        let x = RATES.at(float(rate));
        drawing.line(&[(x, LATENCIES.begin), (x, LATENCIES.end)], GRID, 1.0);
        let text = format!("{}k/s", rate / 1000);
        drawing.text((x, LATENCIES.begin + 1.5 * LETTERS), Anchor::Middle, &text);
    }
    for latency in [0.1, 1.0, 10.0, 100.0, 1000.0] {
        let y = LATENCIES.at(latency);
        let is_limit = (latency - 100.0_f64).abs() < f64::EPSILON;
        drawing.line(
            &[(RATES.begin, y), (RATES.end, y)],
            if is_limit { "#c33" } else { GRID },
            1.0,
        );
        let text = format!("{latency} ms");
        drawing.text((RATES.begin - 6.0, y + 4.0), Anchor::End, &text);
    }
}

fn colour(peer: Peer) -> &'static str {
    match peer {
        Peer::RawEach => "#888888",
        Peer::RawTurn => "#444444",
        Peer::Ours => "#1565c0",
        Peer::OursOnTwo => "#64a8f0",
        Peer::Product => "#8a3ffc",
        Peer::Socketioxide => "#d9730d",
        Peer::Bun => "#c2185b",
        Peer::Node => "#2e7d32",
        Peer::Express => "#00838f",
    }
}
