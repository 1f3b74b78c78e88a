//! Putting entries into a room's log.

use rusqlite::{Connection, Row, params};

use super::rows::{identity, refused, unavailable};
use super::seats::Present;
use super::writer::{Moment, Work};
use super::{retries, rooms, seats};
use crate::chat::{
    Announcement, Append, Appended, Body, ChatError, ClientId, Entry, Event, HistoryLimits,
    Identity, Message, MessageId, Origin, People, RoomId, SessionId, StoreError, SystemKind,
    SystemLine,
};

pub(super) fn append(work: &mut Work<'_>, append: &Append) -> Result<Appended, StoreError> {
    // Most messages come from somebody who is connected, in an open room: one look tells.
    let present = seats::present(work.connection, &append.seat)?;
    let whole_log = present.as_ref().is_some_and(|present| present.first == 1);
    if let Some(first) = retries::earlier_result(work.connection, append, whole_log)? {
        return Ok(first);
    }
    let (connection, room) = (work.connection, &append.seat.room);
    let Present { head, first, who: by } = if let Some(present) = present {
        present
    } else {
        seats::hold(work, &append.seat)?;
        let row = rooms::find(connection, room)?;
        let who = identity_of(connection, room, &append.seat.session)?;
        Present { head: row.head, first: row.first, who }
    };
    if append.reply_to.is_some_and(|seq| seq < first || seq > head) {
        return refused(ChatError::invalid("replyTo", "reply_to"));
    }
    if let Body::Gif(gif) = &append.body {
        connection
            .execute(
                "INSERT INTO gifs (name, width, height, bytes) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT DO NOTHING",
                params![gif.name, gif.width, gif.height, gif.bytes],
            )
            .map_err(unavailable)?;
    }
    let log = next_seq(connection, room)?;
    let entry = Entry {
        id: MessageId::random(work.random),
        room: room.clone(),
        seq: log.head,
        created_at: append.seat.now,
        message: Message::Said {
            by,
            body: append.body.clone(),
            client_id: append.client_id.clone(),
            reply_to: append.reply_to,
        },
    };
    insert(connection, &entry)?;
    trim(work, &entry, log, append.seat.history)?;
    let (id, seq, created_at) = (entry.id.clone(), entry.seq, entry.created_at);
    announce_entry(work, Announcement { entry, people: None, except: append.seat.origin });
    Ok(Appended {
        id,
        seq,
        created_at,
        unreferenced_gifs: std::mem::take(&mut work.changes.unreferenced_gifs),
    })
}

/// Something that happened to somebody in a room.
pub(super) struct Happening<'row> {
    pub(super) kind: SystemKind,
    pub(super) room: &'row RoomId,
    pub(super) session: &'row SessionId,
    /// With entry and exit lines: who is in the room now.
    pub(super) people: Option<People>,
    /// The socket that is not told.
    pub(super) except: Option<Origin>,
}

/// Writes a system line, and announces it.
pub(super) fn announce(
    work: &mut Work<'_>,
    happening: Happening<'_>,
    moment: Moment,
) -> Result<(), StoreError> {
    let Happening { kind, room, session, people, except } = happening;
    let about = identity_of(work.connection, room, session)?;
    let log = next_seq(work.connection, room)?;
    let entry = Entry {
        id: MessageId::random(work.random),
        room: room.clone(),
        seq: log.head,
        created_at: moment.now,
        message: Message::System(SystemLine { kind, about }),
    };
    insert(work.connection, &entry)?;
    trim(work, &entry, log, moment.history)?;
    announce_entry(work, Announcement { entry, people, except });
    Ok(())
}

fn announce_entry(work: &mut Work<'_>, announcement: Announcement) {
    work.changes.events.push(Event::Announced(Box::new(announcement)));
}

/// Where a room's log stands.
#[derive(Clone, Copy)]
struct Log {
    /// The newest `seq`.
    head: u64,
    /// The oldest `seq` kept.
    first: u64,
}

fn next_seq(connection: &Connection, room: &RoomId) -> Result<Log, StoreError> {
    let mut update = connection
        .prepare_cached("UPDATE rooms SET head = head + 1 WHERE id = ?1 RETURNING head, first")
        .map_err(unavailable)?;
    let log = |row: &Row<'_>| Ok(Log { head: row.get(0)?, first: row.get(1)? });
    update.query_row([room.as_str()], log).map_err(unavailable)
}

fn identity_of(
    connection: &Connection,
    room: &RoomId,
    session: &SessionId,
) -> Result<Identity, StoreError> {
    let query = "SELECT author, colour, alias FROM identities WHERE room = ?1 AND session = ?2";
    let mut select = connection.prepare_cached(query).map_err(unavailable)?;
    select.query_row([room.as_str(), session.as_str()], |row| identity(row, 0)).map_err(unavailable)
}

fn insert(connection: &Connection, entry: &Entry) -> Result<(), StoreError> {
    let (kind, author, text, gif, client_id, reply_to) = match &entry.message {
        Message::Said { by, body, client_id, reply_to } => {
            let (text, gif) = retries::content(body);
            let kind = if gif.is_some() { "gif" } else { "text" };
            (kind, &by.author, text, gif, client_id.as_ref().map(ClientId::as_str), *reply_to)
        }
        Message::System(line) => (line.kind.as_str(), &line.about.author, None, None, None, None),
    };
    let mut insert = connection
        .prepare_cached(
            "INSERT INTO entries (room, seq, id, kind, author, text, gif, client_id, reply_to,
                                  created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )
        .map_err(unavailable)?;
    insert
        .execute(params![
            entry.room.as_str(),
            entry.seq,
            entry.id.as_str(),
            kind,
            author.as_str(),
            text,
            gif,
            client_id,
            reply_to,
            entry.created_at.as_millis(),
        ])
        .map_err(unavailable)?;
    Ok(())
}

/// Drops the oldest entries until the room's history is within its limits again, and notes the GIFs
/// that nothing shows any more.
fn trim(
    work: &mut Work<'_>,
    newest: &Entry,
    log: Log,
    limits: HistoryLimits,
) -> Result<(), StoreError> {
    let (connection, room) = (work.connection, newest.room.as_str());
    let by_count = log.head.saturating_sub(limits.entries_max).saturating_add(1);
    let by_bytes = match newest.message {
        Message::Said { body: Body::Gif(_), .. } => {
            first_within_bytes(connection, room, limits.gif_bytes_max)?
        }
        _ => 1,
    };
    let first = by_count.max(by_bytes).min(log.head);
    if first <= log.first {
        return Ok(());
    }
    let dropped = {
        let names = "SELECT DISTINCT gif FROM entries
                     WHERE room = ?1 AND seq < ?2 AND gif IS NOT NULL";
        let mut select = connection.prepare_cached(names).map_err(unavailable)?;
        let rows = select.query_map(params![room, first], |row| row.get(0)).map_err(unavailable)?;
        rows.collect::<rusqlite::Result<Vec<String>>>().map_err(unavailable)?
    };
    retries::remember(connection, &newest.room, first, (limits, newest.created_at))?;
    let delete = "DELETE FROM entries WHERE room = ?1 AND seq < ?2";
    connection.execute(delete, params![room, first]).map_err(unavailable)?;
    connection
        .execute("UPDATE rooms SET first = ?2 WHERE id = ?1", params![room, first])
        .map_err(unavailable)?;
    let mut unreferenced = rooms::forget_gifs(connection, dropped).map_err(unavailable)?;
    work.changes.unreferenced_gifs.append(&mut unreferenced);
    Ok(())
}

/// The oldest `seq` from which on the room's GIFs, each counted once, take at most so many bytes.
fn first_within_bytes(
    connection: &Connection,
    room: &str,
    bytes_max: u64,
) -> Result<u64, StoreError> {
    let mut select = connection
        .prepare_cached(
            "SELECT max(e.seq), g.bytes FROM entries e JOIN gifs g ON g.name = e.gif
             WHERE e.room = ?1 GROUP BY g.name ORDER BY 1 DESC",
        )
        .map_err(unavailable)?;
    let mut rows = select.query([room]).map_err(unavailable)?;
    let mut total: u64 = 0;
    while let Some(row) = rows.next().map_err(unavailable)? {
        let (last_shown, bytes): (u64, u64) =
            (row.get(0).map_err(unavailable)?, row.get(1).map_err(unavailable)?);
        total = total.saturating_add(bytes);
        if total > bytes_max {
            return Ok(last_shown.saturating_add(1));
        }
    }
    Ok(1)
}
