//! Connections that do nothing: what the server keeps for each.

use anyhow::{Result, ensure};

use super::audience::{AT_ONCE, PATIENCE};
use super::figures::{Figures, Idle, Point, WayIn};
use crate::load::{Fleet, Newcomer, Nobody};
use crate::numbers::float;
use crate::peers::Peer;
use crate::plan::Plan;
use crate::server::Server;
use std::time::Instant;

/// These come first and are not counted: what a server makes at its first connections is not for each.
const FIRST: usize = 50;

pub(super) fn run(peer: Peer, plan: &Plan, keep: &mut impl FnMut(Point, Figures)) -> Result<()> {
    for way in WayIn::of(peer) {
        let mut server = Server::start(peer)?;
        let mut fleet = Fleet::new(server.target())?;
        admit(&mut fleet, way, FIRST)?;
        let before = server.usage()?.memory;
        admit(&mut fleet, way, plan.connections)?;
        let at_once = server.usage()?.memory;
        let end = Instant::now() + plan.settling;
        while Instant::now() < end {
            fleet.turn(end, &mut Nobody)?;
        }
        let settled = server.usage()?.memory;
        let gone = fleet.members().iter().filter(|member| member.failure.is_some()).count();
        ensure!(gone == 0, "{gone} idle connections were ended");
        let each = |memory: u64| {
            float(memory.saturating_sub(before)) / 1024.0 / float(plan.connections as u64)
        };
        let figures = Idle {
            connections: plan.connections,
            kib_at_once: each(at_once),
            kib_settled: each(settled),
        };
        keep(Point::Idle { way }, Figures::Idle(figures));
    }
    Ok(())
}

fn admit(fleet: &mut Fleet, way: WayIn, count: usize) -> Result<()> {
    let newcomer = Newcomer { way: way.way(), room: None, senders: 1, receive_buffer: None };
    let arrivals = fleet.admit(std::iter::repeat_n(newcomer, count), AT_ONCE, PATIENCE)?;
    let failure = arrivals.failure.unwrap_or_default();
    ensure!(arrivals.ready == count, "only {} of {count} came in: {failure}", arrivals.ready);
    Ok(())
}
