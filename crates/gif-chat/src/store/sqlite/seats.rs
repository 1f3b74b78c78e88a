//! Taking, keeping and freeing seats.

use rusqlite::{Connection, params};

use super::entries::Happening;
use super::identities::choose_identity;
use super::people::{listed, participant, people};
use super::rows::{at_most_one, exists, identity, refused, session_id, unavailable};
use super::writer::{Moment, Work};
use super::{bans, entries, identities, rooms};
use crate::chat::{
    ChatError, Event, Identity, People, Release, Removed, RoomId, Seat, SeatRequest, SessionId,
    StoreError, SystemKind, Timestamp,
};

pub(super) fn take(work: &mut Work<'_>, request: &SeatRequest) -> Result<Seat, StoreError> {
    hold(work, request)?;
    let (connection, room) = (work.connection, &request.room);
    let generation = connection
        .query_row(
            "SELECT generation FROM seats WHERE room = ?1 AND session = ?2",
            [room.as_str(), request.session.as_str()],
            |row| row.get(0),
        )
        .map_err(unavailable)?;
    Ok(Seat {
        participant: participant(connection, room, &request.session)?,
        generation,
        unreferenced_gifs: std::mem::take(&mut work.changes.unreferenced_gifs),
    })
}

/// Sees to it that the visitor holds a seat, and tells what that changed.
pub(super) fn hold(work: &mut Work<'_>, request: &SeatRequest) -> Result<(), StoreError> {
    let (connection, room) = (work.connection, &request.room);
    let row = rooms::find(connection, room)?;
    let seated = is_seated(connection, room, &request.session)?;
    if !seated {
        // Whoever is sent out loses the seat with it.
        bans::check(connection, request)?;
    }
    if row.secret {
        rooms::check_admission(connection, room, &request.session)?;
    }
    if seated {
        // What a seat without a connection does is seen in the lobby: the room's deadline moves.
        if renew(connection, request)? {
            work.changes.touched.push(room.clone());
            if request.grace_ends_at.is_none() {
                tell_presence(work, room, &request.session, false)?;
            }
        }
        return Ok(());
    }
    if row.locked && row.owner != request.session {
        return refused(ChatError::Locked);
    }
    end_overdue(work, room, Moment::of(request))?;
    if count_seats(connection, room)? >= row.max {
        return refused(ChatError::RoomFull);
    }
    choose_identity(connection, room, &request.session, &request.author)?;
    insert(connection, request)?;
    let came = Happening {
        people: Some(people(connection, room, &request.session)?),
        except: request.origin,
        ..Happening::new(SystemKind::Join, room, &request.session)
    };
    entries::announce(work, came, Moment::of(request))?;
    work.changes.touched.push(room.clone());
    rooms::settle_owner(work, room, Moment::of(request))
}

/// Somebody who is connected, and where the room's log stands.
pub(super) struct Present {
    pub(super) head: u64,
    pub(super) first: u64,
    pub(super) who: Identity,
    pub(super) muted_until: Option<Timestamp>,
    /// Seconds between two messages of one person who is not the owner.
    pub(super) slow_seconds: u32,
}

/// Whether a connection holds the visitor's seat in a room that is open to everybody: then there is
/// nothing else to ask or to change before a message. Nothing otherwise; [`hold`] finds out.
pub(super) fn present(
    connection: &Connection,
    request: &SeatRequest,
) -> Result<Option<Present>, StoreError> {
    if request.grace_ends_at.is_none() {
        // A connection that takes its seat changes it.
        return Ok(None);
    }
    let mut select = connection
        .prepare_cached(
            "SELECT r.head, r.first, i.author, i.colour, i.alias,
                    r.password_hash IS NULL AND s.grace_ends_at IS NULL, i.muted_until,
                    iif(r.owner = i.session, 0, r.slow_seconds)
             FROM rooms r, seats s, identities i
             WHERE r.id = ?1 AND s.room = ?1 AND s.session = ?2 AND i.room = ?1 AND i.session = ?2",
        )
        .map_err(unavailable)?;
    let present = select.query_row([request.room.as_str(), request.session.as_str()], |row| {
        let present = Present {
            head: row.get(0)?,
            first: row.get(1)?,
            who: identity(row, 2)?,
            muted_until: row.get::<_, Option<i64>>(6)?.map(Timestamp::from_millis),
            slow_seconds: row.get(7)?,
        };
        Ok(row.get::<_, bool>(5)?.then_some(present))
    });
    Ok(at_most_one(present)?.flatten())
}

/// Takes a seat first where somebody has none, and tells what [`present`] does.
pub(super) fn be_present(
    work: &mut Work<'_>,
    request: &SeatRequest,
) -> Result<Present, StoreError> {
    hold(work, request)?;
    let (connection, room) = (work.connection, &request.room);
    let row = rooms::find(connection, room)?;
    let muted = "SELECT muted_until FROM identities WHERE room = ?1 AND session = ?2";
    let muted_until: Option<i64> = connection
        .query_row(muted, [room.as_str(), request.session.as_str()], |row| row.get(0))
        .map_err(unavailable)?;
    Ok(Present {
        head: row.head,
        first: row.first,
        who: identities::of_session(connection, room, &request.session)?,
        muted_until: muted_until.map(Timestamp::from_millis),
        slow_seconds: if row.owner == request.session { 0 } else { row.slow_seconds },
    })
}

/// Tells the room that somebody is only away, or back.
fn tell_presence(
    work: &mut Work<'_>,
    room: &RoomId,
    session: &SessionId,
    away: bool,
) -> Result<(), StoreError> {
    let author = identities::of_session(work.connection, room, session)?.author;
    work.changes.events.push(Event::Presence { room: room.clone(), author, away });
    Ok(())
}

/// A connection takes the seat over; a request without one keeps a seat that is in its grace alive.
/// Returns whether the seat was in its grace.
fn renew(connection: &Connection, request: &SeatRequest) -> Result<bool, StoreError> {
    let (room, session) = (request.room.as_str(), request.session.as_str());
    let in_grace = "SELECT 1 FROM seats
                    WHERE room = ?1 AND session = ?2 AND grace_ends_at IS NOT NULL";
    let in_grace = exists(connection, in_grace, [room, session])?;
    match request.grace_ends_at {
        None => {
            let update = "UPDATE seats SET grace_ends_at = NULL, generation = ?3
                          WHERE room = ?1 AND session = ?2";
            let generation = next_generation(connection, &request.room)?;
            connection.execute(update, (room, session, generation)).map_err(unavailable)?;
        }
        Some(until) if in_grace => {
            let update = "UPDATE seats SET grace_ends_at = max(grace_ends_at, ?3)
                          WHERE room = ?1 AND session = ?2";
            connection.execute(update, (room, session, until.as_millis())).map_err(unavailable)?;
        }
        Some(_) => {}
    }
    Ok(in_grace)
}

fn insert(connection: &Connection, request: &SeatRequest) -> Result<(), StoreError> {
    let generation = next_generation(connection, &request.room)?;
    connection
        .execute(
            "INSERT INTO seats (room, session, since, grace_ends_at, generation, network)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                request.room.as_str(),
                request.session.as_str(),
                request.now.as_millis(),
                request.grace_ends_at.map(Timestamp::as_millis),
                generation,
                request.network,
            ],
        )
        .map_err(unavailable)?;
    Ok(())
}

/// The generation of a seat that is taken now: the room is not empty any more.
fn next_generation(connection: &Connection, room: &RoomId) -> Result<u64, StoreError> {
    connection
        .query_row(
            "UPDATE rooms SET seat_generation = seat_generation + 1, empty_until = NULL
             WHERE id = ?1 RETURNING seat_generation",
            [room.as_str()],
            |row| row.get(0),
        )
        .map_err(unavailable)
}

pub(super) fn release(
    work: &mut Work<'_>,
    request: &SeatRequest,
    generation: u64,
    release: Release,
) -> Result<Removed, StoreError> {
    let (connection, room, session) = (work.connection, &request.room, &request.session);
    let current = "SELECT 1 FROM seats WHERE room = ?1 AND session = ?2 AND generation = ?3";
    let mut select = connection.prepare_cached(current).map_err(unavailable)?;
    let place = params![room.as_str(), session.as_str(), generation];
    if !select.exists(place).map_err(unavailable)? {
        // A newer connection holds the seat, or the room is gone.
        return Ok(Removed::default());
    }
    work.changes.touched.push(room.clone());
    match release {
        Release::Grace(until) => {
            connection
                .execute(
                    "UPDATE seats SET grace_ends_at = ?3 WHERE room = ?1 AND session = ?2",
                    params![room.as_str(), session.as_str(), until.as_millis()],
                )
                .map_err(unavailable)?;
            tell_presence(work, room, session, true)?;
        }
        Release::Leave(empty_until) => {
            let left = Happening::new(SystemKind::Exit, room, session);
            end(work, left, Moment::of(request))?;
            rooms::keep_empty_until(connection, room, empty_until)?;
        }
    }
    let unreferenced_gifs = std::mem::take(&mut work.changes.unreferenced_gifs);
    Ok(Removed { unreferenced_gifs })
}

/// Frees a seat and announces why; an owner's claim ends with the seat.
pub(super) fn end(
    work: &mut Work<'_>,
    why: Happening<'_>,
    moment: Moment,
) -> Result<(), StoreError> {
    let (room, session) = (why.room, why.session);
    let leaver = participant(work.connection, room, session)?;
    work.connection
        .execute(
            "DELETE FROM seats WHERE room = ?1 AND session = ?2",
            [room.as_str(), session.as_str()],
        )
        .map_err(unavailable)?;
    rooms::end_claim(work.connection, room, session)?;
    let (count, participants) = listed(work.connection, room)?;
    let people = Some(People { participant: leaver, count, participants });
    entries::announce(work, Happening { people, ..why }, moment)?;
    work.changes.touched.push(room.clone());
    rooms::settle_owner(work, room, moment)
}

/// Frees the seats of a room whose grace is over, so that none of them counts against a newcomer.
fn end_overdue(work: &mut Work<'_>, room: &RoomId, moment: Moment) -> Result<(), StoreError> {
    let overdue = {
        let mut select = work
            .connection
            .prepare_cached(
                "SELECT session FROM seats WHERE room = ?1 AND grace_ends_at <= ?2
                 ORDER BY grace_ends_at, generation",
            )
            .map_err(unavailable)?;
        let rows = select
            .query_map(params![room.as_str(), moment.now.as_millis()], |row| session_id(row, 0))
            .map_err(unavailable)?;
        rows.collect::<rusqlite::Result<Vec<_>>>().map_err(unavailable)?
    };
    overdue
        .iter()
        .try_for_each(|session| end(work, Happening::new(SystemKind::Exit, room, session), moment))
}

pub(super) fn is_seated(
    connection: &Connection,
    room: &RoomId,
    session: &SessionId,
) -> Result<bool, StoreError> {
    let seated = "SELECT 1 FROM seats WHERE room = ?1 AND session = ?2";
    exists(connection, seated, params![room.as_str(), session.as_str()])
}

pub(super) fn count_seats(connection: &Connection, room: &RoomId) -> Result<u32, StoreError> {
    let count = "SELECT count(*) FROM seats WHERE room = ?1";
    let mut select = connection.prepare_cached(count).map_err(unavailable)?;
    select.query_row([room.as_str()], |row| row.get(0)).map_err(unavailable)
}
