//! Who is in a room.

use rusqlite::{Connection, Row};

use super::rows::{at_most_one, identity, timestamp, unavailable};
use super::seats::count_seats;
use crate::chat::{
    ChatError, Limits, Participant, People, RoomId, SessionId, StoreError, Timestamp,
};

const PARTICIPANT: &str = "SELECT i.author, i.colour, i.alias, r.owner = s.session,
        s.grace_ends_at IS NOT NULL, s.since, i.muted_until
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
        since: timestamp(row, 5)?,
        muted_until: row.get::<_, Option<i64>>(6)?.map(Timestamp::from_millis),
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

pub(super) fn people(
    connection: &Connection,
    room: &RoomId,
    session: &SessionId,
) -> Result<People, StoreError> {
    let participant = participant(connection, room, session)?;
    let (count, participants) = listed(connection, room)?;
    Ok(People { participant, count, participants })
}

/// Counts everybody, and lists them while they are few.
pub(super) fn listed(
    connection: &Connection,
    room: &RoomId,
) -> Result<(u32, Option<Vec<Participant>>), StoreError> {
    let count = count_seats(connection, room)?;
    let few = count <= Limits::PARTICIPANTS_LISTED_MAX;
    let list = few.then(|| participants(connection, room)).transpose()?;
    Ok((count, list))
}
