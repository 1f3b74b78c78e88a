//! One room, one sender: what a delivery costs when messages come one by one, and when several are
//! on their way.

use std::time::Instant;

use anyhow::Result;

use super::audience::{Size, assemble, script};
use super::closed_loop::ClosedLoop;
use super::figures::{Figures, Point};
use super::tally::{Window, first_failure, missing};
use crate::peers::Peer;
use crate::plan::{MESSAGE_BYTES, Plan};
use crate::server::Server;

/// Members of the room.
const MEMBERS: [usize; 2] = [100, 1_000];
/// Messages of the sender that it has not heard back.
const IN_FLIGHT: [u32; 2] = [1, 16];

pub(super) fn run(peer: Peer, plan: &Plan, keep: &mut impl FnMut(Point, Figures)) -> Result<()> {
    for members in MEMBERS {
        let mut server = Server::start(peer)?;
        let size = Size { rooms: 1, members_per_room: members, senders: 1 };
        let (mut fleet, _) = assemble(&server, size, 0)?;
        let mut said = 0;
        for in_flight in IN_FLIGHT {
            let missed_before = missing(&fleet, members, said);
            let said_before = said;
            let script = script(&server, &fleet, MESSAGE_BYTES);
            let mut talk = ClosedLoop::new(script, in_flight, said);
            talk.talk(&mut fleet, Instant::now() + plan.warm_up)?;
            talk.measuring = true;
            let window = Window::open(&mut server, &talk.tally)?;
            talk.talk(&mut fleet, Instant::now() + plan.fan_out_window)?;
            let used = window.close(&mut server, &talk.tally)?;
            said = talk.said;
            let expected = u64::from(said - said_before) * members as u64;
            talk.fall_silent(&mut fleet, expected)?;
            let lost = missing(&fleet, members, said) - missed_before;
            let mut figures = used.figures(&talk.tally, lost)?;
            figures.knee = first_failure(&fleet, members);
            keep(Point::FanOut { members, in_flight }, Figures::Delivery(figures));
        }
    }
    Ok(())
}
