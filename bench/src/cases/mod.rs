//! What is measured. Each case has a server of its own, which is started for it.

mod audience;
mod closed_loop;
mod fan_out;
mod figures;
mod idle;
mod open_loop;
mod rooms;
mod stalled;
mod storm;
mod tally;

pub(crate) use figures::{
    DISTURBED, Delivery, Figures, Idle, Outcome, Point, Stalled, Storm, WayIn,
};

use anyhow::Result;
use serde::Serialize;

use crate::peers::Peer;
use crate::plan::Plan;

/// One of the cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Case {
    /// One room, one sender who answers himself.
    FanOut,
    /// A hundred rooms of ten at a fixed rate.
    Rooms,
    /// Connections that do nothing.
    Idle,
    /// Connects as fast as they go.
    Storm,
    /// One who does not read among those who do.
    Stalled,
}

impl Case {
    /// All, in the order of the report.
    pub(crate) const ALL: [Self; 5] =
        [Self::FanOut, Self::Rooms, Self::Idle, Self::Storm, Self::Stalled];

    /// Its name in options.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::FanOut => "fan-out",
            Self::Rooms => "rooms",
            Self::Idle => "idle",
            Self::Storm => "storm",
            Self::Stalled => "stalled",
        }
    }

    /// The case of that name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|case| case.name() == name)
    }

    /// How often it is run.
    pub(crate) fn repetitions(self, plan: &Plan) -> usize {
        match self {
            Self::FanOut | Self::Rooms => plan.repetitions,
            Self::Idle | Self::Storm | Self::Stalled => 1,
        }
    }

    /// Whether it says something about a peer.
    pub(crate) fn concerns(self, peer: Peer) -> bool {
        match self {
            Self::Rooms => true,
            Self::FanOut => peer != Peer::OursOnTwo,
            Self::Idle => peer.connects_in_its_own_way() && peer != Peer::OursOnTwo,
            Self::Storm => peer.connects_in_its_own_way(),
            Self::Stalled => !matches!(peer, Peer::Express | Peer::OursOnTwo),
        }
    }

    /// Runs it; what was measured before a failure is kept.
    pub(crate) fn run(
        self,
        (peer, repetition): (Peer, usize),
        plan: &Plan,
        outcomes: &mut Vec<Outcome>,
    ) -> Result<()> {
        let mut keep = |point, figures| outcomes.push(Outcome::new((peer, self), point, figures));
        match self {
            Self::FanOut => fan_out::run(peer, plan, &mut keep),
            Self::Rooms => rooms::run((peer, repetition), plan, &mut keep),
            Self::Idle => idle::run(peer, plan, &mut keep),
            Self::Storm => storm::run(peer, plan, &mut keep),
            Self::Stalled => stalled::run(peer, plan, &mut keep),
        }
    }
}
