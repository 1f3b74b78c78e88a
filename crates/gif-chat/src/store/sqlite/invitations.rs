//! Invitations: links that admit. Only the hash of a token is kept.

use rusqlite::{Connection, Row, params};

use super::rooms;
use super::rows::{refused, timestamp, unavailable};
use crate::chat::{
    ChatError, Invitation, InvitationId, InvitationToken, Limits, Order, Redemption, RoomId,
    SessionId, StoreError, Timestamp,
};

pub(super) fn make(
    connection: &Connection,
    order: &Order,
    (id, token_hash, expires_at): (&InvitationId, &str, Timestamp),
) -> Result<(), StoreError> {
    let room = order.room.as_str();
    // What is over is not kept.
    connection
        .execute(
            "DELETE FROM invitations WHERE room = ?1 AND expires_at <= ?2",
            params![room, order.now.as_millis()],
        )
        .map_err(unavailable)?;
    let count = "SELECT count(*) FROM invitations WHERE room = ?1";
    let count: u32 = connection.query_row(count, [room], |row| row.get(0)).map_err(unavailable)?;
    if count >= Limits::INVITATIONS_MAX {
        let limit = usize::try_from(Limits::INVITATIONS_MAX).unwrap_or(usize::MAX);
        return refused(ChatError::over_limit("invitations", "invitations_full", limit));
    }
    connection
        .execute(
            "INSERT INTO invitations (room, id, token_hash, created_at, expires_at, uses)
             VALUES (?1, ?2, ?3, ?4, ?5, 0)",
            params![room, id.as_str(), token_hash, order.now.as_millis(), expires_at.as_millis(),],
        )
        .map(drop)
        .map_err(unavailable)
}

/// Refuses with `invalid` when there is none of this id any more.
pub(super) fn revoke(
    connection: &Connection,
    order: &Order,
    id: &InvitationId,
) -> Result<(), StoreError> {
    let forget = "DELETE FROM invitations WHERE room = ?1 AND id = ?2";
    let place = [order.room.as_str(), id.as_str()];
    match connection.execute(forget, place).map_err(unavailable)? {
        0 => refused(InvitationToken::over()),
        _ => Ok(()),
    }
}

/// Those that hold, for the owner, the newest first.
pub(super) fn list(
    connection: &Connection,
    room: &RoomId,
    session: &SessionId,
    now: Timestamp,
) -> Result<Vec<Invitation>, StoreError> {
    rooms::check_owner(connection, room, session)?;
    let query = "SELECT id, created_at, expires_at, uses FROM invitations
                 WHERE room = ?1 AND expires_at > ?2 ORDER BY created_at DESC, id";
    let invitation = |row: &Row<'_>| {
        let id: String = row.get(0)?;
        let (created_at, expires_at) = (timestamp(row, 1)?, timestamp(row, 2)?);
        let uses = row.get(3)?;
        Ok(InvitationId::parse(&id).map(|id| Invitation { id, created_at, expires_at, uses }))
    };
    let mut select = connection.prepare_cached(query).map_err(unavailable)?;
    let place = params![room.as_str(), now.as_millis()];
    let rows = select.query_map(place, invitation).map_err(unavailable)?;
    let found = rows.collect::<rusqlite::Result<Vec<_>>>().map_err(unavailable)?;
    Ok(found.into_iter().flatten().collect())
}

pub(super) fn redeem(connection: &Connection, redemption: &Redemption) -> Result<(), StoreError> {
    rooms::find(connection, &redemption.room)?;
    match rooms::check_admission(connection, &redemption.room, &redemption.session) {
        Err(StoreError::Refused(ChatError::NotAdmitted)) => {}
        // Another tab of the same visitor was faster: that is no second use.
        known => return known,
    }
    let used = connection
        .execute(
            "UPDATE invitations SET uses = uses + 1
             WHERE room = ?1 AND token_hash = ?2 AND expires_at > ?3",
            params![redemption.room.as_str(), redemption.token_hash, redemption.now.as_millis(),],
        )
        .map_err(unavailable)?;
    if used == 0 {
        return refused(InvitationToken::over());
    }
    rooms::admit(connection, &redemption.room, &redemption.session)
}
