//! Repetitions brought together, so that each point has one set of figures for each peer.

use std::collections::BTreeMap;

use crate::cases::{Case, Delivery, Figures, Idle, Outcome, Point, Stalled, Storm, WayIn};
use crate::numbers::median;
use crate::peers::Peer;

/// A figure, and whether other programs were busy meanwhile.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measured {
    pub(super) value: f64,
    pub(super) disturbed: bool,
}

/// What was measured, by point and peer.
pub(super) struct Summary {
    figures: BTreeMap<(Point, Peer), Figures>,
    /// Cases that ended early: which, of which peer, why.
    pub(super) failures: Vec<(Case, Peer, String)>,
}

impl Summary {
    /// Of repetitions the one with the median CPU time counts, with the losses of all.
    pub(super) fn of(outcomes: &[Outcome]) -> Self {
        let mut repetitions: BTreeMap<(Point, Peer), Vec<Figures>> = BTreeMap::new();
        let mut failures = Vec::new();
        for outcome in outcomes {
            match (outcome.point, &outcome.figures) {
                (Some(point), figures) => {
                    repetitions.entry((point, outcome.peer)).or_default().push(figures.clone());
                }
                (None, Figures::Failed { why }) => {
                    failures.push((outcome.case, outcome.peer, why.clone()));
                }
                (None, _) => {}
            }
        }
        let figures = repetitions.into_iter().filter_map(|(key, figures)| {
            let all: Vec<Delivery> = figures.iter().filter_map(as_delivery).cloned().collect();
            match brought_together(all) {
                Some(delivery) => Some((key, Figures::Delivery(delivery))),
                None => figures.into_iter().next().map(|figures| (key, figures)),
            }
        });
        Self { figures: figures.collect(), failures }
    }

    /// Peers of which there is anything, in the order of the report.
    pub(super) fn peers(&self) -> Vec<Peer> {
        let is_there = |peer: &Peer| self.figures.keys().any(|(_, other)| other == peer);
        Peer::ALL.into_iter().filter(is_there).collect()
    }

    /// All points at which anything was measured, in order.
    pub(super) fn points(&self) -> Vec<Point> {
        let mut points: Vec<Point> = self.figures.keys().map(|(point, _)| *point).collect();
        points.dedup();
        points
    }

    pub(super) fn delivery(&self, point: Point, peer: Peer) -> Option<&Delivery> {
        as_delivery(self.figures.get(&(point, peer))?)
    }

    pub(super) fn idle(&self, way: WayIn, peer: Peer) -> Option<&Idle> {
        match self.figures.get(&(Point::Idle { way }, peer))? {
            Figures::Idle(idle) => Some(idle),
            _ => None,
        }
    }

    pub(super) fn storm(&self, way: WayIn, peer: Peer) -> Option<&Storm> {
        match self.figures.get(&(Point::Storm { way }, peer))? {
            Figures::Storm(storm) => Some(storm),
            _ => None,
        }
    }

    pub(super) fn stalled(&self, peer: Peer) -> Option<&Stalled> {
        match self.figures.get(&(Point::Stalled, peer))? {
            Figures::Stalled(stalled) => Some(stalled),
            _ => None,
        }
    }

    /// How many times the CPU time per delivery of `other` a peer takes.
    pub(super) fn ratio(&self, point: Point, peer: Peer, other: Peer) -> Option<Measured> {
        let (one, other) = (self.delivery(point, peer)?, self.delivery(point, other)?);
        let disturbed = one.is_disturbed() || other.is_disturbed();
        Some(Measured { value: one.cpu_us / other.cpu_us, disturbed })
    }
}

fn as_delivery(figures: &Figures) -> Option<&Delivery> {
    match figures {
        Figures::Delivery(delivery) => Some(delivery),
        _ => None,
    }
}

fn brought_together(all: Vec<Delivery>) -> Option<Delivery> {
    let lost = all.iter().map(|one| one.lost).sum();
    let reordered = all.iter().map(|one| one.reordered).sum();
    let repeated = all.iter().map(|one| one.repeated).sum();
    let median = median(all, |one| one.cpu_us)?;
    Some(Delivery { lost, reordered, repeated, ..median })
}
