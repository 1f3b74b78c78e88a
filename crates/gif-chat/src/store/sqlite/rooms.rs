//! Making, listing, entering and removing rooms.

use rusqlite::{Connection, Row, params};

use super::bans;
use super::entries::{self, Happening};
use super::identities::choose_identity;
use super::rows::{at_most_one, identity, refused, room_id, session_id, timestamp, unavailable};
use super::seats::count_seats;
use super::writer::{Moment, Work};
use crate::chat::{
    Asking, ChatError, CloseReason, Event, ListedRoom, NewRoom, RoomId, RoomSettings, RoomState,
    SessionId, Standing, StoreError, SystemKind, Timestamp,
};

/// A row of `rooms`, as operations need it.
pub(super) struct RoomRow {
    pub(super) max: u32,
    pub(super) owner: SessionId,
    pub(super) secret: bool,
    pub(super) head: u64,
    pub(super) first: u64,
    /// Nothing once the claim is over.
    pub(super) owner_claim_until: Option<Timestamp>,
    pub(super) locked: bool,
    pub(super) slow_seconds: u32,
}

pub(super) fn find(connection: &Connection, room: &RoomId) -> Result<RoomRow, StoreError> {
    let mut select = connection
        .prepare_cached(
            "SELECT max, owner, password_hash IS NOT NULL, head, first, owner_claim_until, locked,
                    slow_seconds
             FROM rooms WHERE id = ?1",
        )
        .map_err(unavailable)?;
    let row = select.query_row([room.as_str()], |row| {
        Ok(RoomRow {
            max: row.get(0)?,
            owner: session_id(row, 1)?,
            secret: row.get(2)?,
            head: row.get(3)?,
            first: row.get(4)?,
            owner_claim_until: row.get::<_, Option<i64>>(5)?.map(Timestamp::from_millis),
            locked: row.get(6)?,
            slow_seconds: row.get(7)?,
        })
    });
    at_most_one(row)?.ok_or(StoreError::Refused(ChatError::NotFound))
}

pub(super) fn make(work: &mut Work<'_>, room: &NewRoom) -> Result<RoomState, StoreError> {
    let connection = work.connection;
    let open: u32 = connection
        .query_row("SELECT count(*) FROM rooms WHERE owner = ?1", [room.owner.as_str()], |row| {
            row.get(0)
        })
        .map_err(unavailable)?;
    if open >= room.rooms_open_max {
        // One of them may end after its grace.
        let retry_after = room.created_at.until(room.empty_until);
        return refused(ChatError::TooFast { retry_after });
    }
    connection
        .execute(
            "INSERT INTO rooms (id, title, max, owner, password_hash, created_at, head, first,
                                seat_generation, empty_until, owner_claim_until)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, 1, 0, ?7, ?7)",
            params![
                room.id.as_str(),
                room.title.as_str(),
                room.max.get(),
                room.owner.as_str(),
                room.password_hash,
                room.created_at.as_millis(),
                room.empty_until.as_millis(),
            ],
        )
        .map_err(unavailable)?;
    choose_identity(connection, &room.id, &room.owner, &room.owner_author)?;
    admit(connection, &room.id, &room.owner)?;
    let made = state(connection, &room.id).map_err(unavailable)?;
    let made = made.ok_or(StoreError::Refused(ChatError::NotFound))?;
    work.changes.events.push(Event::RoomMade(made.clone()));
    Ok(made)
}

const STATE: &str = "r.id, r.title, r.max, r.password_hash IS NOT NULL, r.created_at,
        r.empty_until, o.author, o.colour, o.alias,
        count(s.session), count(s.session) - count(s.grace_ends_at), max(s.grace_ends_at),
        r.head = 0, r.locked, r.closes_at";

/// How many columns [`STATE`] has.
const STATE_COLUMNS: usize = 15;

const ROOMS: &str = "FROM rooms r
    JOIN identities o ON o.room = r.id AND o.session = r.owner
    LEFT JOIN seats s ON s.room = r.id";

fn room_state(row: &Row<'_>) -> rusqlite::Result<RoomState> {
    let owner = identity(row, 6)?;
    let (count, connected): (u32, u32) = (row.get(9)?, row.get(10)?);
    let last_grace: Option<i64> = row.get(11)?;
    let empty_until: Option<i64> = row.get(5)?;
    let closes_at: Option<i64> = row.get(14)?;
    let ends_at = if connected == 0 { last_grace.or(empty_until) } else { None };
    let ends_at = ends_at.into_iter().chain(closes_at).min();
    Ok(RoomState {
        id: room_id(row, 0)?,
        title: row.get(1)?,
        max: row.get(2)?,
        count,
        owner: owner.author,
        owner_colour: owner.colour,
        owner_alias: owner.alias,
        secret: row.get(3)?,
        created_at: timestamp(row, 4)?,
        closes_at: ends_at.map(Timestamp::from_millis),
        fresh: row.get(12)?,
        locked: row.get(13)?,
    })
}

/// One room as the lobby shows it.
pub(super) fn state(connection: &Connection, room: &RoomId) -> rusqlite::Result<Option<RoomState>> {
    let query = format!("SELECT {STATE} {ROOMS} WHERE r.id = ?1 GROUP BY r.id");
    let mut select = connection.prepare_cached(&query)?;
    let mut rows = select.query_map([room.as_str()], room_state)?;
    rows.next().transpose()
}

/// All rooms as the lobby shows them, newest first.
pub(super) fn all(connection: &Connection) -> Result<Vec<RoomState>, StoreError> {
    let query = format!("SELECT {STATE} {ROOMS} {NEWEST_FIRST}");
    let mut select = connection.prepare_cached(&query).map_err(unavailable)?;
    let rows = select.query_map([], room_state).map_err(unavailable)?;
    rows.collect::<rusqlite::Result<_>>().map_err(unavailable)
}

const NEWEST_FIRST: &str = "GROUP BY r.id ORDER BY r.created_at DESC, r.id";

/// All rooms, newest first, and what a visitor is to each.
pub(super) fn listed(
    connection: &Connection,
    session: &SessionId,
) -> Result<Vec<ListedRoom>, StoreError> {
    let query = format!(
        "SELECT {STATE}, r.password_hash IS NULL OR
                EXISTS (SELECT 1 FROM admissions WHERE room = r.id AND session = ?1),
                EXISTS (SELECT 1 FROM seats WHERE room = r.id AND session = ?1)
         {ROOMS} {NEWEST_FIRST}"
    );
    let mut select = connection.prepare_cached(&query).map_err(unavailable)?;
    let listed = |row: &Row<'_>| {
        Ok(ListedRoom {
            room: room_state(row)?,
            admitted: row.get(STATE_COLUMNS)?,
            seated: row.get(STATE_COLUMNS + 1)?,
        })
    };
    let rows = select.query_map([session.as_str()], listed).map_err(unavailable)?;
    rows.collect::<rusqlite::Result<_>>().map_err(unavailable)
}

pub(super) fn standing(
    connection: &Connection,
    room: &RoomId,
    asking: &Asking,
) -> Result<Option<Standing>, StoreError> {
    let Some(room_state) = state(connection, room).map_err(unavailable)? else {
        return Ok(None);
    };
    let Asking { session, network, now } = asking;
    let banned_until = bans::until(connection, room, (session, network.as_deref()), *now)?;
    let mut select = connection
        .prepare_cached(
            "SELECT password_hash, owner = ?2,
                    EXISTS (SELECT 1 FROM admissions WHERE room = ?1 AND session = ?2),
                    EXISTS (SELECT 1 FROM seats WHERE room = ?1 AND session = ?2),
                    (SELECT muted_until FROM identities
                     WHERE room = ?1 AND session = ?2 AND muted_until > ?3)
             FROM rooms WHERE id = ?1",
        )
        .map_err(unavailable)?;
    let place = params![room.as_str(), session.as_str(), now.as_millis()];
    let row = select.query_row(place, |row| {
        let password_hash: Option<String> = row.get(0)?;
        let seated = row.get(3)?;
        Ok(Standing {
            admitted: password_hash.is_none() || row.get(2)?,
            password_hash,
            owner: row.get(1)?,
            seated,
            // Somebody else at the same address keeps the seat that they have.
            banned_until: banned_until.filter(|_| !seated),
            muted_until: row.get::<_, Option<i64>>(4)?.map(Timestamp::from_millis),
            room: room_state,
        })
    });
    at_most_one(row)
}

/// What a room is like, for those who are in it.
pub(super) fn settings(connection: &Connection, room: &RoomId) -> Result<RoomSettings, StoreError> {
    let mut select = connection
        .prepare_cached(
            "SELECT title, max, password_hash IS NOT NULL, locked, slow_seconds, closes_at
             FROM rooms WHERE id = ?1",
        )
        .map_err(unavailable)?;
    let row = select.query_row([room.as_str()], |row| {
        Ok(RoomSettings {
            title: row.get(0)?,
            max: row.get(1)?,
            secret: row.get(2)?,
            locked: row.get(3)?,
            slow_seconds: row.get(4)?,
            closes_at: row.get::<_, Option<i64>>(5)?.map(Timestamp::from_millis),
        })
    });
    at_most_one(row)?.ok_or(StoreError::Refused(ChatError::NotFound))
}

pub(super) fn admit(
    connection: &Connection,
    room: &RoomId,
    session: &SessionId,
) -> Result<(), StoreError> {
    let insert = "INSERT INTO admissions (room, session)
                  SELECT id, ?2 FROM rooms WHERE id = ?1 ON CONFLICT DO NOTHING";
    connection.execute(insert, [room.as_str(), session.as_str()]).map_err(unavailable)?;
    find(connection, room).map(drop)
}

/// Refuses a secret room to somebody who has not been admitted.
pub(super) fn check_admission(
    connection: &Connection,
    room: &RoomId,
    session: &SessionId,
) -> Result<(), StoreError> {
    let exists = "SELECT 1 FROM admissions WHERE room = ?1 AND session = ?2";
    let mut select = connection.prepare_cached(exists).map_err(unavailable)?;
    match select.exists([room.as_str(), session.as_str()]) {
        Ok(true) => Ok(()),
        Ok(false) => refused(ChatError::NotAdmitted),
        Err(error) => Err(unavailable(error)),
    }
}

pub(super) fn check_owner(
    connection: &Connection,
    room: &RoomId,
    session: &SessionId,
) -> Result<(), StoreError> {
    if find(connection, room)?.owner == *session {
        return Ok(());
    }
    refused(ChatError::NotOwner)
}

/// Removes a room with all it held, and returns the GIFs that no entry shows any more.
pub(super) fn remove(
    work: &mut Work<'_>,
    room: &RoomId,
    reason: CloseReason,
) -> Result<Vec<String>, StoreError> {
    let shown = gifs_shown(work.connection, room).map_err(unavailable)?;
    let delete = "DELETE FROM rooms WHERE id = ?1";
    work.connection.execute(delete, [room.as_str()]).map_err(unavailable)?;
    let unreferenced = forget_gifs(work.connection, shown).map_err(unavailable)?;
    work.changes.removed = true;
    work.changes.events.push(Event::RoomRemoved { room: room.clone(), reason });
    Ok(unreferenced)
}

fn gifs_shown(connection: &Connection, room: &RoomId) -> rusqlite::Result<Vec<String>> {
    let names = "SELECT DISTINCT gif FROM entries WHERE room = ?1 AND gif IS NOT NULL";
    let mut select = connection.prepare_cached(names)?;
    select.query_map([room.as_str()], |row| row.get(0))?.collect()
}

/// Forgets those of `names` that no entry shows any more, and returns them.
pub(super) fn forget_gifs(
    connection: &Connection,
    names: Vec<String>,
) -> rusqlite::Result<Vec<String>> {
    let mut delete = connection.prepare_cached(
        "DELETE FROM gifs WHERE name = ?1 AND NOT EXISTS (SELECT 1 FROM entries WHERE gif = ?1)",
    )?;
    let mut forgotten = Vec::new();
    for name in names {
        if delete.execute([&name])? > 0 {
            forgotten.push(name);
        }
    }
    Ok(forgotten)
}

/// Gives the room to the longest-present participant when its owner has no seat and no claim left.
/// Announces it.
pub(super) fn settle_owner(
    work: &mut Work<'_>,
    room: &RoomId,
    moment: Moment,
) -> Result<(), StoreError> {
    let row = find(work.connection, room)?;
    let waits = row.owner_claim_until.is_some_and(|until| until > moment.now);
    if waits || super::seats::is_seated(work.connection, room, &row.owner)? {
        return Ok(());
    }
    let oldest = "SELECT session FROM seats WHERE room = ?1 ORDER BY since, generation LIMIT 1";
    let oldest = work.connection.query_row(oldest, [room.as_str()], |row| session_id(row, 0));
    let Some(successor) = at_most_one(oldest)? else {
        return Ok(());
    };
    give_to(work, room, &successor)?;
    let happening = Happening::new(SystemKind::Owner, room, &successor);
    entries::announce(work, happening, moment)
}

/// Makes somebody the owner. Whoever runs a room may speak in it: nobody could let them.
pub(super) fn give_to(
    work: &mut Work<'_>,
    room: &RoomId,
    session: &SessionId,
) -> Result<(), StoreError> {
    for update in [
        "UPDATE rooms SET owner = ?2, owner_claim_until = NULL WHERE id = ?1",
        "UPDATE identities SET muted_until = NULL WHERE room = ?1 AND session = ?2",
    ] {
        let place = [room.as_str(), session.as_str()];
        work.connection.execute(update, place).map_err(unavailable)?;
    }
    work.changes.touched.push(room.clone());
    Ok(())
}

/// The room's owner has let go of the seat: whoever is there longest may have the room from now on.
pub(super) fn end_claim(
    connection: &Connection,
    room: &RoomId,
    session: &SessionId,
) -> Result<(), StoreError> {
    let update = "UPDATE rooms SET owner_claim_until = NULL WHERE id = ?1 AND owner = ?2";
    connection.execute(update, [room.as_str(), session.as_str()]).map_err(unavailable)?;
    Ok(())
}

/// Keeps a room that has just become empty until then.
pub(super) fn keep_empty_until(
    connection: &Connection,
    room: &RoomId,
    until: Timestamp,
) -> Result<(), StoreError> {
    if count_seats(connection, room)? > 0 {
        return Ok(());
    }
    connection
        .execute(
            "UPDATE rooms SET empty_until = ?2 WHERE id = ?1",
            params![room.as_str(), until.as_millis()],
        )
        .map_err(unavailable)?;
    Ok(())
}
