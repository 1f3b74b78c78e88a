//! What was measured, as the report and its raw data know it.

use serde::Serialize;

use super::Case;
use crate::load::Way;
use crate::peers::Peer;

/// One measurement of one peer.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Outcome {
    pub(crate) peer: Peer,
    pub(crate) case: Case,
    /// Nothing when the case as a whole failed.
    pub(crate) point: Option<Point>,
    pub(crate) figures: Figures,
}

impl Outcome {
    pub(super) fn new((peer, case): (Peer, Case), point: Point, figures: Figures) -> Self {
        Self { peer, case, point: Some(point), figures }
    }

    /// A case ended early.
    pub(crate) fn failed((peer, case): (Peer, Case), why: String) -> Self {
        let figures = Figures::Failed { why };
        Self { peer, case, point: None, figures }
    }
}

/// How connections come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum WayIn {
    WebSocket,
    PollingAndUpgrade,
}

impl WayIn {
    /// All there are for a peer.
    pub(super) fn of(peer: Peer) -> impl Iterator<Item = Self> {
        let both = [Self::WebSocket, Self::PollingAndUpgrade];
        both.into_iter().filter(move |way| *way == Self::WebSocket || peer.polls())
    }

    pub(super) fn way(self) -> Way {
        match self {
            Self::WebSocket => Way::WebSocket,
            Self::PollingAndUpgrade => Way::Polling,
        }
    }
}

/// What was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(crate) enum Point {
    FanOut { members: usize, in_flight: u32 },
    Rooms { rate: u64 },
    Idle { way: WayIn },
    Storm { way: WayIn },
    Stalled,
}

/// What came of it.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(crate) enum Figures {
    Delivery(Delivery),
    Idle(Idle),
    Storm(Storm),
    Stalled(Stalled),
    Failed { why: String },
}

/// Messages on their way from one member of a room to all.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Delivery {
    /// Server CPU time per delivery, in microseconds.
    pub(crate) cpu_us: f64,
    /// Deliveries a second.
    pub(crate) per_second: f64,
    /// Half of the deliveries took less, in milliseconds.
    pub(crate) p50_ms: f64,
    /// 99 of 100 took less, in milliseconds.
    pub(crate) p99_ms: f64,
    /// Messages that did not reach a member.
    pub(crate) lost: u64,
    /// Messages that reached a member after a later one of the same sender.
    pub(crate) reordered: u64,
    /// Messages that reached a member again.
    pub(crate) repeated: u64,
    /// Cores that the server kept busy.
    pub(crate) server_cores: f64,
    /// Cores that the load generator kept busy.
    pub(crate) load_cores: f64,
    /// Cores that everything else on the machine kept busy.
    pub(crate) others_cores: f64,
    /// At a fixed rate: what 99 of 100 messages were said late, in milliseconds.
    pub(crate) said_late_p99_ms: Option<f64>,
    /// At a fixed rate: why this was the last one.
    pub(crate) knee: Option<String>,
}

/// Other programs disturb when they keep more than so many cores busy.
pub(crate) const DISTURBED: f64 = 0.1;

impl Delivery {
    /// Whether other programs had their part in the figures.
    pub(crate) fn is_disturbed(&self) -> bool {
        self.others_cores > DISTURBED
    }
}

/// Connections that do nothing.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Idle {
    pub(crate) connections: usize,
    /// Server memory per connection when all had come in, in KiB.
    pub(crate) kib_at_once: f64,
    /// The same after a while.
    pub(crate) kib_settled: f64,
}

/// Connects as fast as they go.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Storm {
    pub(crate) connections: usize,
    /// Server CPU time per connect, `join` included, in microseconds.
    pub(crate) cpu_us: f64,
    /// Connects a second.
    pub(crate) per_second: f64,
    /// From the first packet to the answer to `join`, in milliseconds.
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    /// `join`s without an answer.
    pub(crate) lost_joins: usize,
    /// Clients that did not come in, and why the first did not.
    pub(crate) failed: usize,
    pub(crate) failure: Option<String>,
}

/// One who does not read among those who do.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Stalled {
    /// Of the healthy, before the stalled one came.
    pub(crate) before: Delivery,
    /// Of the healthy, from when it came.
    pub(crate) with: Delivery,
    /// When the server closed the stalled one, in seconds from when it came.
    pub(crate) closed_after_s: Option<f64>,
    /// Server memory before it came, in MiB.
    pub(crate) memory_before_mib: f64,
    /// The most that the server took from then on, in MiB.
    pub(crate) memory_max_mib: f64,
}
