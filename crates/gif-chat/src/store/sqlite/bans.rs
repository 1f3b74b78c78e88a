//! Who may not come into a room.

use rusqlite::{Connection, params};

use super::rows::{refused, unavailable};
use crate::chat::{ChatError, RoomId, SeatRequest, SessionId, StoreError, Timestamp};

/// Until when a visitor may not come in: because they were sent out, or somebody from their address.
pub(super) fn until(
    connection: &Connection,
    room: &RoomId,
    (session, network): (&SessionId, Option<&str>),
    now: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    let mut select = connection
        .prepare_cached(
            "SELECT max(until) FROM bans
             WHERE room = ?1 AND until > ?4 AND (session = ?2 OR network = ?3)
               AND NOT EXISTS (SELECT 1 FROM rooms WHERE id = ?1 AND owner = ?2)",
        )
        .map_err(unavailable)?;
    let place = params![room.as_str(), session.as_str(), network, now.as_millis()];
    let until: Option<i64> = select.query_row(place, |row| row.get(0)).map_err(unavailable)?;
    Ok(until.map(Timestamp::from_millis))
}

/// Refuses somebody who may not come in.
pub(super) fn check(connection: &Connection, request: &SeatRequest) -> Result<(), StoreError> {
    let visitor = (&request.session, request.network.as_deref());
    match until(connection, &request.room, visitor, request.now)? {
        Some(until) => refused(ChatError::Banned { retry_after: request.now.until(until) }),
        None => Ok(()),
    }
}
