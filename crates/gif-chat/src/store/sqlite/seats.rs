//! Taking, keeping and freeing seats; who is who in a room.

use rusqlite::{Connection, Row, params};

use super::entries::Happening;
use super::rows::{at_most_one, identity, refused, session_id, unavailable};
use super::writer::{Moment, Work};
use super::{entries, rooms};
use crate::chat::{
    AliasNumber, AuthorId, Change, ChatError, Colour, Identity, Limits, Participant, People,
    Removed, RoomId, Seat, SeatRequest, SessionId, StoreError, SystemKind, Timestamp,
};

/// How many salted colours are tried before two people share one: `id`, `id#1` … `id#64`.
const COLOUR_TRIES: u32 = 64;

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
    if row.secret {
        rooms::check_admission(connection, room, &request.session)?;
    }
    if is_seated(connection, room, &request.session)? {
        // What a seat without a connection does is seen in the lobby: the room's deadline moves.
        if renew(connection, request)? {
            work.changes.touched.push(room.clone());
        }
        return Ok(());
    }
    end_overdue(work, room, Moment::of(request))?;
    if count_seats(connection, room)? >= row.max {
        return refused(ChatError::RoomFull);
    }
    choose_identity(connection, room, &request.session, &request.author)?;
    insert(connection, request)?;
    let came = Happening {
        kind: SystemKind::Join,
        room,
        session: &request.session,
        people: Some(people(connection, room, &request.session)?),
        except: request.origin,
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
                    r.password_hash IS NULL AND s.grace_ends_at IS NULL
             FROM rooms r, seats s, identities i
             WHERE r.id = ?1 AND s.room = ?1 AND s.session = ?2 AND i.room = ?1 AND i.session = ?2",
        )
        .map_err(unavailable)?;
    let present = select.query_row([request.room.as_str(), request.session.as_str()], |row| {
        let present = Present { head: row.get(0)?, first: row.get(1)?, who: identity(row, 2)? };
        Ok(row.get::<_, bool>(5)?.then_some(present))
    });
    Ok(at_most_one(present)?.flatten())
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
            "INSERT INTO seats (room, session, since, grace_ends_at, generation)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                request.room.as_str(),
                request.session.as_str(),
                request.now.as_millis(),
                request.grace_ends_at.map(Timestamp::as_millis),
                generation,
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

pub(super) fn change(
    work: &mut Work<'_>,
    request: &SeatRequest,
    generation: u64,
    change: Change,
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
    match change {
        Change::Grace(until) => connection
            .execute(
                "UPDATE seats SET grace_ends_at = ?3 WHERE room = ?1 AND session = ?2",
                params![room.as_str(), session.as_str(), until.as_millis()],
            )
            .map(drop)
            .map_err(unavailable)?,
        Change::Leave(empty_until) => {
            end(work, room, session, Moment::of(request))?;
            rooms::keep_empty_until(connection, room, empty_until)?;
        }
    }
    let unreferenced_gifs = std::mem::take(&mut work.changes.unreferenced_gifs);
    Ok(Removed { unreferenced_gifs })
}

/// Frees a seat and announces it; an owner's claim ends with the seat.
pub(super) fn end(
    work: &mut Work<'_>,
    room: &RoomId,
    session: &SessionId,
    moment: Moment,
) -> Result<(), StoreError> {
    let leaver = participant(work.connection, room, session)?;
    work.connection
        .execute(
            "DELETE FROM seats WHERE room = ?1 AND session = ?2",
            [room.as_str(), session.as_str()],
        )
        .map_err(unavailable)?;
    rooms::end_claim(work.connection, room, session)?;
    let (count, participants) = listed(work.connection, room)?;
    let left = Happening {
        kind: SystemKind::Exit,
        room,
        session,
        people: Some(People { participant: leaver, count, participants }),
        except: None,
    };
    entries::announce(work, left, moment)?;
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
    overdue.iter().try_for_each(|session| end(work, room, session, moment))
}

/// Gives somebody who is here for the first time a colour and an alias that nobody else ever had in
/// this room. With more people than `color-hash` can tell apart, colours repeat; aliases never do.
pub(super) fn choose_identity(
    connection: &Connection,
    room: &RoomId,
    session: &SessionId,
    author: &AuthorId,
) -> Result<(), StoreError> {
    let known = "SELECT 1 FROM identities WHERE room = ?1 AND session = ?2";
    if exists(connection, known, params![room.as_str(), session.as_str()])? {
        return Ok(());
    }
    let colour = free_colour(connection, room, session)?;
    let alias = free_alias(connection, room, author)?;
    connection
        .execute(
            "INSERT INTO identities (room, session, author, colour, alias)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            params![room.as_str(), session.as_str(), author.as_str(), colour.to_string(), alias],
        )
        .map_err(unavailable)?;
    Ok(())
}

fn free_colour(
    connection: &Connection,
    room: &RoomId,
    session: &SessionId,
) -> Result<Colour, StoreError> {
    let taken = "SELECT 1 FROM identities WHERE room = ?1 AND colour = ?2";
    let own = Colour::of(session.as_str());
    let salted = (1..=COLOUR_TRIES).map(|salt| Colour::of(&format!("{}#{salt}", session.as_str())));
    for colour in std::iter::once(own).chain(salted) {
        if !exists(connection, taken, params![room.as_str(), colour.to_string()])? {
            return Ok(colour);
        }
    }
    Ok(own)
}

/// Starts at a place that the author's id gives, and takes the first alias after it that is free.
fn free_alias(
    connection: &Connection,
    room: &RoomId,
    author: &AuthorId,
) -> Result<u32, StoreError> {
    let taken = "SELECT 1 FROM identities WHERE room = ?1 AND alias = ?2";
    let start = author.as_str().get(..4).and_then(|digits| u32::from_str_radix(digits, 16).ok());
    let start = start.unwrap_or_default() % AliasNumber::PAIRS;
    for round in 0.. {
        for step in 0..AliasNumber::PAIRS {
            // An odd stride visits every pair once: neighbours do not share their first word.
            let pair = (start + step * ALIAS_STRIDE) % AliasNumber::PAIRS;
            let alias = round * AliasNumber::PAIRS + pair;
            if !exists(connection, taken, params![room.as_str(), alias])? {
                return Ok(alias);
            }
        }
    }
    refused(ChatError::RoomFull)
}

/// Odd, so that it shares no factor with the number of pairs (4,096).
const ALIAS_STRIDE: u32 = 1_237;

fn exists(
    connection: &Connection,
    query: &str,
    values: impl rusqlite::Params,
) -> Result<bool, StoreError> {
    let mut select = connection.prepare_cached(query).map_err(unavailable)?;
    select.exists(values).map_err(unavailable)
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

const PARTICIPANT: &str = "SELECT i.author, i.colour, i.alias, r.owner = s.session,
        s.grace_ends_at IS NOT NULL, s.since
    FROM seats s
    JOIN identities i ON i.room = s.room AND i.session = s.session
    JOIN rooms r ON r.id = s.room
    WHERE s.room = ?1";

fn read_participant(row: &Row<'_>) -> rusqlite::Result<Participant> {
    let identity = identity(row, 0)?;
    Ok(Participant {
        author: identity.author,
        colour: identity.colour,
        alias: identity.alias,
        owner: row.get(3)?,
        away: row.get(4)?,
        since: super::rows::timestamp(row, 5)?,
    })
}

pub(super) fn participant(
    connection: &Connection,
    room: &RoomId,
    session: &SessionId,
) -> Result<Participant, StoreError> {
    let query = format!("{PARTICIPANT} AND s.session = ?2");
    let mut select = connection.prepare_cached(&query).map_err(unavailable)?;
    let row = select.query_row([room.as_str(), session.as_str()], read_participant);
    at_most_one(row)?.ok_or(StoreError::Refused(ChatError::NotInRoom))
}

/// Everybody who holds a seat, in the order of arrival.
pub(super) fn participants(
    connection: &Connection,
    room: &RoomId,
) -> Result<Vec<Participant>, StoreError> {
    let query = format!("{PARTICIPANT} ORDER BY s.since, s.generation");
    let mut select = connection.prepare_cached(&query).map_err(unavailable)?;
    let rows = select.query_map([room.as_str()], read_participant).map_err(unavailable)?;
    rows.collect::<rusqlite::Result<_>>().map_err(unavailable)
}

fn people(
    connection: &Connection,
    room: &RoomId,
    session: &SessionId,
) -> Result<People, StoreError> {
    let participant = participant(connection, room, session)?;
    let (count, participants) = listed(connection, room)?;
    Ok(People { participant, count, participants })
}

/// Counts everybody, and lists them while they are few.
fn listed(
    connection: &Connection,
    room: &RoomId,
) -> Result<(u32, Option<Vec<Participant>>), StoreError> {
    let count = count_seats(connection, room)?;
    let few = count <= Limits::PARTICIPANTS_LISTED_MAX;
    let list = few.then(|| participants(connection, room)).transpose()?;
    Ok((count, list))
}
