//! What the report makes of figures.

use super::demands;
use super::summary::Summary;
use super::{plots, tables, text};
use crate::cases::{Case, Delivery, Figures, Idle, Outcome, Point, Stalled, Storm, WayIn};
use crate::machine::Machine;
use crate::peers::Peer;
use crate::plan::RATE_OF_MEDIAN;

const LONE: Point = Point::FanOut { members: 100, in_flight: 1 };

fn delivery(cpu_us: f64) -> Delivery {
    Delivery {
        cpu_us,
        per_second: 1_000.0,
        p50_ms: 1.0,
        p99_ms: 2.0,
        lost: 0,
        reordered: 0,
        repeated: 0,
        server_cores: 0.5,
        load_cores: 0.5,
        others_cores: 0.0,
        said_late_p99_ms: None,
        knee: None,
    }
}

fn outcome(peer: Peer, point: Point, figures: Figures) -> Outcome {
    Outcome { peer, case: Case::FanOut, point: Some(point), figures }
}

fn delivered(peer: Peer, point: Point, delivery: Delivery) -> Outcome {
    outcome(peer, point, Figures::Delivery(delivery))
}

fn stalled(closed_after_s: Option<f64>, with_p99_ms: f64, memory_max_mib: f64) -> Outcome {
    let with = Delivery { p99_ms: with_p99_ms, ..delivery(3.0) };
    let figures = Stalled {
        before: Delivery { p99_ms: 10.0, ..delivery(3.0) },
        with,
        closed_after_s,
        memory_before_mib: 10.0,
        memory_max_mib,
    };
    outcome(Peer::Ours, Point::Stalled, Figures::Stalled(figures))
}

/// The verdict on the demand that begins so.
fn verdict(outcomes: &[Outcome], demand: &str) -> String {
    let rows = demands::all(&Summary::of(outcomes), Peer::Ours);
    let mut rows = rows.iter().map(demands::Demand::row);
    rows.find(|row| row[0].starts_with(demand)).unwrap()[3].clone()
}

#[test]
fn of_repetitions_the_median_counts_with_the_losses_of_all() {
    let runs = [5.0, 1.0, 3.0].map(|cpu_us| {
        let lost = u64::from(cpu_us > 4.0) * 7;
        delivered(Peer::Node, LONE, Delivery { lost, ..delivery(cpu_us) })
    });
    let summary = Summary::of(&runs);
    let it = summary.delivery(LONE, Peer::Node).unwrap();
    assert_eq!((it.cpu_us, it.lost), (3.0, 7));
}

#[test]
fn a_demand_is_judged_at_its_limit() {
    let demand = "CPU per delivery, lone message, 100 members";
    let judged = |ours: f64| {
        let limit = delivered(Peer::RawEach, LONE, delivery(1.0));
        verdict(&[delivered(Peer::Ours, LONE, delivery(ours)), limit], demand)
    };
    assert_eq!([judged(1.2), judged(1.21)], ["pass", "**miss**"]);
    assert_eq!(verdict(&[], demand), "not measured");
}

#[test]
fn a_verdict_says_that_other_programs_were_busy() {
    let limit = delivered(Peer::RawEach, LONE, Delivery { others_cores: 0.2, ..delivery(1.0) });
    let judged = |ours: f64| {
        let ours = delivered(Peer::Ours, LONE, delivery(ours));
        verdict(&[ours, limit.clone()], "CPU per delivery, lone message, 100 members")
    };
    assert_eq!([judged(1.0), judged(2.0)], ["pass, disturbed", "miss, disturbed"]);
}

#[test]
fn the_better_of_the_limits_is_the_one_that_counts() {
    let rooms = Point::Rooms { rate: RATE_OF_MEDIAN };
    let judged = |each: f64, turn: f64| {
        let peers = [(Peer::Ours, 5.0), (Peer::RawEach, each), (Peer::RawTurn, turn)];
        let outcomes = peers.map(|(peer, cpu_us)| delivered(peer, rooms, delivery(cpu_us)));
        verdict(&outcomes, "100 rooms of 10")
    };
    assert_eq!(
        [judged(4.0, 4.0), judged(3.0, 4.0), judged(4.0, 3.0)],
        ["pass", "**miss**", "**miss**"]
    );
}

#[test]
fn one_loss_anywhere_is_a_miss() {
    let demand = "loss, reordering, repeats, lost joins (ours)";
    let fine = delivered(Peer::Ours, LONE, delivery(1.0));
    assert_eq!(verdict(std::slice::from_ref(&fine), demand), "pass");
    for faulty in [
        Delivery { lost: 1, ..delivery(1.0) },
        Delivery { reordered: 1, ..delivery(1.0) },
        Delivery { repeated: 1, ..delivery(1.0) },
    ] {
        let faulty = delivered(Peer::Ours, Point::Rooms { rate: 1_000 }, faulty);
        assert_eq!(verdict(&[fine.clone(), faulty], demand), "**miss**");
    }
    let storm = Storm {
        connections: 10,
        cpu_us: 1.0,
        per_second: 1.0,
        p50_ms: 1.0,
        p99_ms: 1.0,
        lost_joins: 1,
        failed: 0,
        failure: None,
    };
    let storm = outcome(Peer::Ours, Point::Storm { way: WayIn::WebSocket }, Figures::Storm(storm));
    assert_eq!(verdict(&[fine, storm], demand), "**miss**");
}

#[test]
fn a_stalled_reader_must_be_closed_cost_little_and_hurt_nobody() {
    let judged = |outcome| verdict(&[outcome], "a stalled reader");
    assert_eq!(judged(stalled(Some(3.0), 14.0, 12.0)), "pass");
    assert_eq!(judged(stalled(None, 14.0, 12.0)), "**miss**");
    assert_eq!(judged(stalled(Some(3.0), 16.0, 12.0)), "**miss**");
    assert_eq!(judged(stalled(Some(3.0), 14.0, 13.0)), "**miss**");
}

#[test]
fn the_report_names_every_server_point_and_failure() {
    let idle = Idle { connections: 10, kib_at_once: 4.0, kib_settled: 3.5 };
    let point = Point::Idle { way: WayIn::WebSocket };
    let rooms = Point::Rooms { rate: 5_000 };
    let knee = Some("p99 over 100 ms".to_owned());
    let outcomes = [
        delivered(Peer::Ours, LONE, delivery(2.5)),
        delivered(Peer::Node, rooms, Delivery { knee, ..delivery(9.5) }),
        outcome(Peer::Bun, point, Figures::Idle(idle)),
        Outcome::failed((Peer::Express, Case::Storm), "it died".to_owned()),
    ];
    let summary = Summary::of(&outcomes);
    let text = text("today", &Machine::look(), &summary);
    for part in [
        "| ours | 2.50 |",
        "| node | 2.00 ms, 9.50 µs | – | p99 over 100 ms |",
        "| bun | 4.00 | 3.50 | – | – |",
        "* storm of express: it died",
        "today-cpu.svg",
    ] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
    assert!(tables::disturbance(&summary).contains("in 0 of 2 windows"));
}

#[test]
fn the_drawings_show_what_was_measured() {
    let outcomes = [
        delivered(Peer::Ours, LONE, delivery(2.5)),
        delivered(Peer::Node, LONE, delivery(5.0)),
        delivered(Peer::Node, Point::Rooms { rate: 1_000 }, delivery(5.0)),
    ];
    let summary = Summary::of(&outcomes);
    let bars = plots::cpu(&summary);
    assert_eq!((bars.matches("<rect").count(), bars.contains(">2.50<")), (3, true));
    let lines = plots::rooms(&summary);
    assert_eq!(lines.matches("<circle").count(), 1);
    assert!(lines.ends_with("</svg>\n"));
}
