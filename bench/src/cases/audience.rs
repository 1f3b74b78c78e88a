//! Rooms full of members, before anything is said.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use crate::load::{Caller, Dialect, Door, Fleet, Newcomer, Script, Target, Way, next_response};
use crate::server::Server;

/// Newcomers in the making at the same time.
pub(super) const AT_ONCE: usize = 64;

/// How long nothing may happen before those who are not in are given up.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// How long a room may take to be made.
const ROOM_TIME_MAX: Duration = Duration::from_secs(5);

/// Rooms, their members, and who of them sends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    pub(super) rooms: usize,
    pub(super) members_per_room: usize,
    /// So many of each room's members send, in turns.
    pub(super) senders: u32,
}

impl Size {
    /// All members of all rooms.
    pub(super) fn members(self) -> usize {
        self.rooms * self.members_per_room
    }
}

/// Makes the rooms and lets everybody in, room by room. Seats are left for `guests` later ones.
pub(super) fn assemble(
    server: &Server,
    size: Size,
    guests: usize,
) -> Result<(Fleet, Vec<Rc<str>>)> {
    let target = server.target();
    let rooms = make_rooms(&target, size.rooms, size.members_per_room + guests)?;
    let mut fleet = Fleet::new(target)?;
    let newcomers = rooms.iter().flat_map(|room| {
        let newcomer = Newcomer {
            way: Way::WebSocket,
            room: Some(room.clone()),
            senders: size.senders,
            receive_buffer: None,
        };
        std::iter::repeat_n(newcomer, size.members_per_room)
    });
    let arrivals = fleet.admit(newcomers, AT_ONCE, PATIENCE)?;
    ensure!(
        arrivals.ready == size.members(),
        "only {} of {} came in: {}",
        arrivals.ready,
        size.members(),
        arrivals.failure.unwrap_or_default()
    );
    if server.peer.door() == Door::Post {
        for member in 0..size.members() {
            // As many as send.
            if u32::try_from(member % size.members_per_room)? < size.senders {
                fleet.open_aside(member)?;
            }
        }
    }
    Ok((fleet, rooms))
}

/// What the senders write.
pub(super) fn script(server: &Server, fleet: &Fleet, bytes: usize) -> Script {
    Script::new(server.peer.dialect(), server.peer.door(), fleet.target.host.clone(), bytes)
}

/// Names of rooms; with the product they have to be made first.
pub(super) fn make_rooms(target: &Target, count: usize, seats: usize) -> Result<Vec<Rc<str>>> {
    match target.dialect {
        Dialect::Plain => Ok((0..count).map(|index| format!("r{index:03}").into()).collect()),
        Dialect::Product => {
            let mut stream = TcpStream::connect(target.address)?;
            stream.set_read_timeout(Some(ROOM_TIME_MAX))?;
            stream.set_nodelay(true)?;
            (0..count).map(|index| make_room(&mut stream, &target.host, (index, seats))).collect()
        }
    }
}

fn make_room(
    stream: &mut TcpStream,
    host: &str,
    (index, seats): (usize, usize),
) -> Result<Rc<str>> {
    let form = format!("title=bench+{index}&max={}&password=", seats.max(2));
    let caller = Caller { host, cookie: None };
    let request = caller.post("/room", "application/x-www-form-urlencoded", &form);
    stream.write_all(request.as_bytes())?;
    let mut input = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        if let Some((response, _)) = next_response(&input)? {
            let location = response.header("location");
            let room = location.and_then(|location| location.strip_prefix("/room/"));
            return Ok(room
                .with_context(|| format!("no room: status {}", response.status))?
                .into());
        }
        let count = stream.read(&mut buffer).context("no answer to a new room")?;
        ensure!(count > 0, "the server ended the connection instead of making a room");
        input.extend_from_slice(buffer.get(..count).unwrap_or_default());
    }
}
