//! Recognising a retry: the same sender says the same under the same name.
//!
//! While a message is in the log its own row tells. When it leaves the log, what a retry needs to
//! know stays a day longer, without the message itself.

use rusqlite::{Connection, Row, Statement, params};
use sha2::{Digest as _, Sha256};

use super::rows::{at_most_one, message_id, refused, timestamp, unavailable};
use crate::chat::{
    Append, Appended, Body, ChatError, ClientId, HistoryLimits, RoomId, StoreError, Timestamp,
};

/// How many old ones are forgotten at most when one is remembered: more than one, so that a lowered
/// limit is reached in time, and few, so that no message pays for many.
const FORGOTTEN_AT_ONCE: u64 = 16;

/// What a retry gets: the result of the first try, if it said the same. Nothing needs to be remembered
/// of a room whose whole log is kept.
pub(super) fn earlier_result(
    connection: &Connection,
    append: &Append,
    whole_log: bool,
) -> Result<Option<Appended>, StoreError> {
    let Some(client_id) = append.client_id.as_ref().map(ClientId::as_str) else {
        return Ok(None);
    };
    match in_log(connection, append, client_id)? {
        None if !whole_log => remembered(connection, append, client_id),
        found => Ok(found),
    }
}

fn in_log(
    connection: &Connection,
    append: &Append,
    client_id: &str,
) -> Result<Option<Appended>, StoreError> {
    let (text, gif) = content(&append.body);
    let mut select = connection
        .prepare_cached(
            "SELECT id, seq, created_at, text IS ?4 AND gif IS ?5 AND reply_to IS ?6, said
             FROM entries WHERE room = ?1 AND author = ?2 AND client_id = ?3",
        )
        .map_err(unavailable)?;
    let (room, author) = (append.seat.room.as_str(), append.seat.author.as_str());
    let row =
        select.query_row(params![room, author, client_id, text, gif, append.reply_to], |row| {
            let first = Appended {
                id: message_id(row, 0)?,
                seq: row.get(1)?,
                created_at: timestamp(row, 2)?,
                unreferenced_gifs: Vec::new(),
            };
            // Once it says something else, only the hash tells what was said first.
            let same = match row.get::<_, Option<Vec<u8>>>(4)? {
                Some(said) => said == content_hash(first.id.as_str(), text, gif, append.reply_to),
                None => row.get(3)?,
            };
            Ok((first, same))
        });
    match at_most_one(row)? {
        Some((_, false)) => refused(ChatError::Conflict),
        found => Ok(found.map(|(first, _)| first)),
    }
}

fn remembered(
    connection: &Connection,
    append: &Append,
    client_id: &str,
) -> Result<Option<Appended>, StoreError> {
    let mut select = connection
        .prepare_cached(
            "SELECT id, seq, created_at, content FROM retries
             WHERE room = ?1 AND author = ?2 AND client_id = ?3",
        )
        .map_err(unavailable)?;
    let (room, author) = (append.seat.room.as_str(), append.seat.author.as_str());
    let row = select.query_row(params![room, author, client_id], |row| {
        let first = Appended {
            id: message_id(row, 0)?,
            seq: row.get(1)?,
            created_at: timestamp(row, 2)?,
            unreferenced_gifs: Vec::new(),
        };
        Ok((first, row.get::<_, Vec<u8>>(3)?))
    });
    let Some((first, hash)) = at_most_one(row)? else {
        return Ok(None);
    };
    let (text, gif) = content(&append.body);
    if hash != content_hash(first.id.as_str(), text, gif, append.reply_to) {
        return refused(ChatError::Conflict);
    }
    Ok(Some(first))
}

/// Remembers the named messages below `first`, which are about to leave the log, and forgets the
/// oldest that are remembered, by their age and by their number.
pub(super) fn remember(
    connection: &Connection,
    room: &RoomId,
    first: u64,
    (limits, now): (HistoryLimits, Timestamp),
) -> Result<(), StoreError> {
    let kept_since = now.minus(HistoryLimits::RETRIES_KEPT_FOR).as_millis();
    let mut select = connection
        .prepare_cached(
            "SELECT author, client_id, id, seq, created_at, text, gif, reply_to, said FROM entries
             WHERE room = ?1 AND seq < ?2 AND client_id IS NOT NULL AND created_at > ?3",
        )
        .map_err(unavailable)?;
    let mut insert = connection
        .prepare_cached(
            "INSERT INTO retries (room, author, client_id, id, seq, content, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING",
        )
        .map_err(unavailable)?;
    let mut rows = select.query(params![room.as_str(), first, kept_since]).map_err(unavailable)?;
    while let Some(row) = rows.next().map_err(unavailable)? {
        copy(&mut insert, room, row).map_err(unavailable)?;
    }
    forget(connection, room, first.saturating_sub(limits.retries_max), kept_since)
}

fn copy(insert: &mut Statement<'_>, room: &RoomId, row: &Row<'_>) -> rusqlite::Result<()> {
    let (author, client_id, id): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let (seq, created_at): (u64, i64) = (row.get(3)?, row.get(4)?);
    let (text, gif): (Option<String>, Option<String>) = (row.get(5)?, row.get(6)?);
    let hash = match row.get(8)? {
        Some(said) => said,
        None => content_hash(&id, text.as_deref(), gif.as_deref(), row.get(7)?),
    };
    insert.execute(params![room.as_str(), author, client_id, id, seq, hash, created_at])?;
    Ok(())
}

/// Forgets some of the oldest that lie below a `seq`, or are older than that time.
fn forget(
    connection: &Connection,
    room: &RoomId,
    below: u64,
    kept_since: i64,
) -> Result<(), StoreError> {
    let mut forget = connection
        .prepare_cached(
            "DELETE FROM retries WHERE (room, author, client_id) IN (
                 SELECT room, author, client_id FROM (
                     SELECT room, author, client_id, seq, created_at FROM retries
                     WHERE room = ?1 ORDER BY seq LIMIT ?4)
                 WHERE seq < ?2 OR created_at <= ?3)",
        )
        .map_err(unavailable)?;
    forget
        .execute(params![room.as_str(), below, kept_since, FORGOTTEN_AT_ONCE])
        .map_err(unavailable)?;
    Ok(())
}

/// The columns `text` and `gif` of what is said.
pub(super) fn content(body: &Body) -> (Option<&str>, Option<&str>) {
    match body {
        Body::Text(text) => (Some(text.as_str()), None),
        Body::Gif(gif) => (None, Some(gif.name.as_str())),
    }
}

/// Keeps the hash of what an entry says, before it says something else: a retry of the first is still
/// recognised, and nothing of it is kept.
pub(super) fn remember_first(
    connection: &Connection,
    room: &RoomId,
    seq: u64,
) -> Result<(), StoreError> {
    let mut select = connection
        .prepare_cached(
            "SELECT id, text, gif, reply_to FROM entries
             WHERE room = ?1 AND seq = ?2 AND said IS NULL AND client_id IS NOT NULL",
        )
        .map_err(unavailable)?;
    let hash = select.query_row(params![room.as_str(), seq], |row| {
        let (id, text, gif): (String, Option<String>, Option<String>) =
            (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(content_hash(&id, text.as_deref(), gif.as_deref(), row.get(3)?))
    });
    if let Some(hash) = at_most_one(hash)? {
        connection
            .execute(
                "UPDATE entries SET said = ?3 WHERE room = ?1 AND seq = ?2",
                params![room.as_str(), seq, hash],
            )
            .map_err(unavailable)?;
    }
    Ok(())
}

/// Tells two contents apart without keeping either. The message's id is in it, so that equal
/// contents have different hashes.
fn content_hash(id: &str, text: Option<&str>, gif: Option<&str>, reply_to: Option<u64>) -> Vec<u8> {
    const BYTES: usize = 16;
    let mut hash = Sha256::new();
    for part in [Some(id), text, gif] {
        // The length keeps neighbouring parts apart; what is missing differs from what is empty.
        let length = part.map_or(u64::MAX, |part| u64::try_from(part.len()).unwrap_or(u64::MAX));
        hash.update(length.to_be_bytes());
        hash.update(part.unwrap_or_default());
    }
    hash.update(reply_to.unwrap_or_default().to_be_bytes());
    hash.finalize().into_iter().take(BYTES).collect()
}
