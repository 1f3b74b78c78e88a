//! A hundred rooms of ten, in each of which the members speak in turns: more and more deliveries a
//! second, up to the server's knee.

use std::time::Duration;

use anyhow::Result;

use super::audience::{Size, assemble, script};
use super::figures::{Delivery, Figures, Point};
use super::open_loop::{OpenLoop, Pace};
use super::tally::{first_failure, missing};
use crate::load::Fleet;
use crate::peers::Peer;
use crate::plan::{MESSAGE_BYTES, Plan, RATE_OF_MEDIAN};
use crate::server::Server;

/// The rooms.
const SIZE: Size = Size { rooms: 100, members_per_room: 10, senders: 10 };

/// A server whose deliveries take longer is over its knee.
const P99_MAX: Duration = Duration::from_millis(100);

/// A load generator that keeps its core busier than this cannot say more.
const LOAD_CORES_MAX: f64 = 0.97;

/// A server that keeps its core busier than this is at its end.
const SERVER_CORES_MAX: f64 = 0.95;

pub(super) fn run(
    (peer, repetition): (Peer, usize),
    plan: &Plan,
    keep: &mut impl FnMut(Point, Figures),
) -> Result<()> {
    // The whole ladder once; only its middle again.
    let rates = if repetition == 0 { plan.rates } else { &[RATE_OF_MEDIAN] };
    let mut server = Server::start(peer)?;
    let (mut fleet, _) = assemble(&server, SIZE, 0)?;
    let mut climb = Climb { said_per_room: 0, missed: 0, hopeless: false };
    for &rate in rates {
        let mut figures = climb.rung(&mut fleet, &mut server, (rate, plan))?;
        if figures.knee.is_some() && figures.lost == 0 && !climb.hopeless {
            // Another program may have been busy: a rate counts as too high when it is so twice.
            figures = climb.rung(&mut fleet, &mut server, (rate, plan))?;
        }
        let ended = figures.knee.is_some();
        keep(Point::Rooms { rate }, Figures::Delivery(figures));
        if ended {
            break;
        }
    }
    Ok(())
}

/// The way up the rates.
struct Climb {
    /// Messages said so far in each room.
    said_per_room: u32,
    /// What was not heard of them.
    missed: u64,
    /// The server was left behind so far that it will not catch up.
    hopeless: bool,
}

impl Climb {
    fn rung(
        &mut self,
        fleet: &mut Fleet,
        server: &mut Server,
        (rate, plan): (u64, &Plan),
    ) -> Result<Delivery> {
        let pace = Pace {
            size: SIZE,
            messages_per_second: rate / SIZE.members_per_room as u64,
            warm_up: plan.warm_up,
            window: plan.rooms_window,
        };
        let script = script(server, fleet, MESSAGE_BYTES);
        let mut talk = OpenLoop::new(script, pace, self.said_per_room);
        let used = talk.run(fleet, server, &mut |_| Ok(()))?;
        self.said_per_room = talk.said_per_room;
        self.hopeless = talk.hopeless;
        let missing = missing(fleet, SIZE.members(), self.said_per_room);
        // What still waits in a server that was left behind is not lost.
        let lost = if talk.hopeless { 0 } else { missing - self.missed };
        self.missed = missing;
        let mut figures = used.figures(&talk.tally, lost)?;
        figures.said_late_p99_ms = talk.said_late.permille_ms(990);
        figures.knee = first_failure(fleet, SIZE.members()).or_else(|| knee(&figures));
        Ok(figures)
    }
}

/// Why no higher rate is tried.
fn knee(figures: &Delivery) -> Option<String> {
    let too_slow = figures.p99_ms > P99_MAX.as_secs_f64() * 1000.0;
    let load_is_busy = figures.load_cores > LOAD_CORES_MAX;
    if figures.lost > 0 {
        Some("loss".to_owned())
    } else if too_slow && load_is_busy && figures.server_cores < SERVER_CORES_MAX {
        Some("the load generator is at its end".to_owned())
    } else if too_slow {
        Some("p99 over 100 ms".to_owned())
    } else {
        None
    }
}
