//! Everybody comes at once: connects as fast as they go, each followed at once by a `join`.

use anyhow::{Context as _, Result};

use super::audience::{PATIENCE, make_rooms};
use super::figures::{Figures, Point, Storm, WayIn};
use crate::load::{Fleet, Newcomer};
use crate::numbers::{float, microseconds_each};
use crate::peers::Peer;
use crate::plan::Plan;
use crate::server::Server;

/// Clients in the making at the same time.
const AT_ONCE: usize = 256;

/// Clients of a room.
const ROOM: usize = 10;

pub(super) fn run(peer: Peer, plan: &Plan, keep: &mut impl FnMut(Point, Figures)) -> Result<()> {
    for way in WayIn::of(peer) {
        let mut server = Server::start(peer)?;
        let target = server.target();
        let rooms = make_rooms(&target, plan.connections.div_ceil(ROOM), ROOM)?;
        let mut fleet = Fleet::new(target)?;
        let newcomers = rooms.iter().flat_map(|room| {
            let room = Some(room.clone());
            let newcomer = Newcomer { way: way.way(), room, senders: 1, receive_buffer: None };
            std::iter::repeat_n(newcomer, ROOM)
        });
        let before = server.usage()?.cpu;
        let arrivals = fleet.admit(newcomers.take(plan.connections), AT_ONCE, PATIENCE)?;
        let cpu = server.usage()?.cpu.saturating_sub(before);
        let nobody = || arrivals.failure.clone().unwrap_or_else(|| "nobody came in".to_owned());
        let figures = Storm {
            connections: plan.connections,
            cpu_us: microseconds_each(cpu, arrivals.ready as u64).with_context(nobody)?,
            per_second: float(arrivals.ready as u64) / arrivals.took.as_secs_f64(),
            p50_ms: arrivals.each.permille_ms(500).with_context(nobody)?,
            p99_ms: arrivals.each.permille_ms(990).with_context(nobody)?,
            lost_joins: arrivals.lost_joins,
            failed: arrivals.failed,
            failure: arrivals.failure,
        };
        keep(Point::Storm { way }, Figures::Storm(figures));
    }
    Ok(())
}
