//! What passed deadlines end: seats, rooms, and an absent owner's claim.

use rusqlite::{Connection, Row};

use super::entries::Happening;
use super::rows::{room_id, session_id, unavailable};
use super::writer::{Moment, Work};
use super::{rooms, seats};
use crate::chat::{CloseReason, RoomId, SessionId, Settled, StoreError, SystemKind, Timestamp};

pub(super) fn settle(work: &mut Work<'_>, moment: Moment) -> Result<Settled, StoreError> {
    let now = moment.now;
    let mut unreferenced_gifs = Vec::new();
    for room in closing(work.connection, now)? {
        unreferenced_gifs.append(&mut rooms::remove(work, &room, CloseReason::Owner)?);
    }
    for room in over(work.connection, now)? {
        unreferenced_gifs.append(&mut rooms::remove(work, &room, CloseReason::Empty)?);
    }
    for (room, session) in overdue_seats(work.connection, now)? {
        seats::end(work, Happening::new(SystemKind::Exit, &room, &session), moment)?;
    }
    for room in claims_over(work.connection, now)? {
        rooms::settle_owner(work, &room, moment)?;
    }
    forget_claims(work.connection, now)?;
    unreferenced_gifs.append(&mut work.changes.unreferenced_gifs);
    let next_deadline = next_deadline(work.connection)?;
    Ok(Settled { unreferenced_gifs, next_deadline })
}

/// Seats of an earlier run have no connection, and empty rooms had nobody who could come.
pub(super) fn begin_run(
    connection: &Connection,
    grace_ends_at: Timestamp,
) -> Result<u32, StoreError> {
    let until = grace_ends_at.as_millis();
    connection.execute("UPDATE seats SET grace_ends_at = ?1", [until]).map_err(unavailable)?;
    let empty = "UPDATE rooms SET empty_until = max(empty_until, ?1) WHERE empty_until IS NOT NULL";
    connection.execute(empty, [until]).map_err(unavailable)?;
    let count = "INSERT INTO meta (key, value) VALUES ('run', '1')
                 ON CONFLICT (key) DO UPDATE SET value = CAST(value AS INTEGER) + 1
                 RETURNING CAST(value AS INTEGER)";
    connection.query_row(count, [], |row| row.get(0)).map_err(unavailable)
}

/// Rooms in which nobody is connected and whose last seat, or time to be entered, is over. The whole
/// room ends with its last seat: one grace, never two in a row.
fn over(connection: &Connection, now: Timestamp) -> Result<Vec<RoomId>, StoreError> {
    collect(
        connection,
        "SELECT id FROM rooms WHERE empty_until <= ?1
         UNION
         SELECT room FROM seats overdue
         WHERE grace_ends_at <= ?1
           AND NOT EXISTS (SELECT 1 FROM seats kept WHERE kept.room = overdue.room
                             AND (kept.grace_ends_at IS NULL OR kept.grace_ends_at > ?1))",
        now,
        |row| room_id(row, 0),
    )
}

/// Rooms that their owners close now.
fn closing(connection: &Connection, now: Timestamp) -> Result<Vec<RoomId>, StoreError> {
    let closing = "SELECT id FROM rooms WHERE closes_at <= ?1";
    collect(connection, closing, now, |row| room_id(row, 0))
}

fn overdue_seats(
    connection: &Connection,
    now: Timestamp,
) -> Result<Vec<(RoomId, SessionId)>, StoreError> {
    collect(
        connection,
        "SELECT room, session FROM seats WHERE grace_ends_at <= ?1
         ORDER BY grace_ends_at, room, generation",
        now,
        |row| Ok((room_id(row, 0)?, session_id(row, 1)?)),
    )
}

/// Rooms that have waited long enough for a maker who did not come. When an owner leaves, that is
/// settled at once and needs no deadline.
fn claims_over(connection: &Connection, now: Timestamp) -> Result<Vec<RoomId>, StoreError> {
    let claims = "SELECT id FROM rooms WHERE owner_claim_until <= ?1";
    collect(connection, claims, now, |row| room_id(row, 0))
}

fn forget_claims(connection: &Connection, now: Timestamp) -> Result<(), StoreError> {
    let forget = "UPDATE rooms SET owner_claim_until = NULL WHERE owner_claim_until <= ?1";
    connection.execute(forget, [now.as_millis()]).map_err(unavailable)?;
    Ok(())
}

fn collect<T>(
    connection: &Connection,
    query: &str,
    now: Timestamp,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, StoreError> {
    let mut select = connection.prepare_cached(query).map_err(unavailable)?;
    let rows = select.query_map([now.as_millis()], read).map_err(unavailable)?;
    rows.collect::<rusqlite::Result<_>>().map_err(unavailable)
}

fn next_deadline(connection: &Connection) -> Result<Option<Timestamp>, StoreError> {
    let earliest: Option<i64> = connection
        .query_row(
            "SELECT min(deadline) FROM (
                 SELECT min(grace_ends_at) AS deadline FROM seats WHERE grace_ends_at IS NOT NULL
                 UNION ALL
                 SELECT min(closes_at) FROM rooms WHERE closes_at IS NOT NULL
                 UNION ALL
                 SELECT min(empty_until) FROM rooms WHERE empty_until IS NOT NULL
                 UNION ALL
                 SELECT min(owner_claim_until) FROM rooms WHERE owner_claim_until IS NOT NULL)",
            [],
            |row| row.get(0),
        )
        .map_err(unavailable)?;
    Ok(earliest.map(Timestamp::from_millis))
}
