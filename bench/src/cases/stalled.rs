//! One who does not read among those who do: what it costs the server, and what the others notice.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use super::audience::{PATIENCE, Size, assemble, script};
use super::figures::{Delivery, Figures, Point, Stalled};
use super::open_loop::{OpenLoop, Pace};
use super::tally::{first_failure, missing};
use crate::load::{Fleet, Newcomer, Way};
use crate::numbers::float;
use crate::peers::Peer;
use crate::plan::Plan;
use crate::server::Server;

/// The healthy: with the stalled one they are a hundred.
const SIZE: Size = Size { rooms: 1, members_per_room: 99, senders: 99 };

/// Messages are long, so that the buffers of the kernel are full soon, in bytes.
const MESSAGE_BYTES: usize = 4000;

/// 1.6 MB a second to each member.
const MESSAGES_PER_SECOND: u64 = 400;

/// What the kernel keeps for the stalled one on its side, in bytes.
const RECEIVE_BUFFER: usize = 8 * 1024;

/// How often one looks at the server.
const LOOK_INTERVAL: Duration = Duration::from_millis(20);

/// Bytes of a MiB.
const MIB: f64 = 1024.0 * 1024.0;

pub(super) fn run(peer: Peer, plan: &Plan, keep: &mut impl FnMut(Point, Figures)) -> Result<()> {
    let mut server = Server::start(peer)?;
    let (mut fleet, rooms) = assemble(&server, SIZE, 1)?;
    let mut talk = Talk { said: 0, missed: 0, pace: pace(plan.warm_up, plan.healthy_window) };
    let before = talk.go_on(&mut fleet, &mut server, &mut |_| Ok(()))?;

    let newcomer = Newcomer {
        way: Way::WebSocket,
        room: rooms.first().cloned(),
        senders: SIZE.senders,
        receive_buffer: Some(RECEIVE_BUFFER),
    };
    let arrivals = fleet.admit([newcomer], 1, PATIENCE)?;
    ensure!(arrivals.ready == 1, "the one to stall did not come in");
    fleet.member(SIZE.members())?.stall();

    let mut watch = Watch::begin(&mut server)?;
    let memory_before = watch.memory_max;
    // The stalled one counts from its first moment.
    talk.pace = pace(Duration::ZERO, plan.stalled_window);
    let with = talk.go_on(&mut fleet, &mut server, &mut |server| watch.look(server))?;
    let figures = Stalled {
        before,
        with,
        closed_after_s: watch.closed_after.map(|after| after.as_secs_f64()),
        memory_before_mib: float(memory_before) / MIB,
        memory_max_mib: float(watch.memory_max) / MIB,
    };
    keep(Point::Stalled, Figures::Stalled(figures));
    Ok(())
}

fn pace(warm_up: Duration, window: Duration) -> Pace {
    Pace { size: SIZE, messages_per_second: MESSAGES_PER_SECOND, warm_up, window }
}

/// What the healthy say to each other, in two parts.
struct Talk {
    /// Messages said so far.
    said: u32,
    /// What was not heard of them.
    missed: u64,
    pace: Pace,
}

impl Talk {
    fn go_on(
        &mut self,
        fleet: &mut Fleet,
        server: &mut Server,
        look: &mut impl FnMut(&mut Server) -> Result<()>,
    ) -> Result<Delivery> {
        let script = script(server, fleet, MESSAGE_BYTES);
        let mut talk = OpenLoop::new(script, self.pace, self.said);
        let used = talk.run(fleet, server, look)?;
        self.said = talk.said_per_room;
        let missing = missing(fleet, SIZE.members(), self.said);
        let lost = if talk.hopeless { 0 } else { missing - self.missed };
        self.missed = missing;
        let mut figures = used.figures(&talk.tally, lost)?;
        figures.said_late_p99_ms = talk.said_late.permille_ms(990);
        let overtaxed = talk.hopeless.then(|| "the server did not keep up".to_owned());
        figures.knee = first_failure(fleet, SIZE.members()).or(overtaxed);
        Ok(figures)
    }
}

/// Looks at the server from time to time.
struct Watch {
    began: Instant,
    next: Instant,
    sockets: usize,
    memory_max: u64,
    closed_after: Option<Duration>,
}

impl Watch {
    fn begin(server: &mut Server) -> Result<Self> {
        let (began, sockets) = (Instant::now(), server.sockets()?);
        let memory_max = server.usage()?.memory;
        Ok(Self { began, next: began, sockets, memory_max, closed_after: None })
    }

    /// The end of the stalled connection waits behind what is not read: only the server's own open
    /// sockets show it.
    fn look(&mut self, server: &mut Server) -> Result<()> {
        let now = Instant::now();
        if now < self.next {
            return Ok(());
        }
        self.next = now + LOOK_INTERVAL;
        self.memory_max = self.memory_max.max(server.usage()?.memory);
        if self.closed_after.is_none() && server.sockets()? < self.sockets {
            self.closed_after = Some(now - self.began);
        }
        Ok(())
    }
}
