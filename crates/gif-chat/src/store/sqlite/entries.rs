//! Putting entries into a room's log.

use rusqlite::{Connection, Row, params};

use super::rows::{refused, unavailable};
use super::seats::Present;
use super::writer::{Moment, Work};
use super::{history, identities, retries, rooms, seats};
use crate::chat::{
    Announcement, Append, Appended, Body, ChangeKind, ChatError, ClientId, Entry, Event,
    HistoryLimits, Identity, Message, MessageId, More, Origin, People, RoomId, SeatRequest,
    SessionId, StoreError, SystemDetails, SystemKind, SystemLine, Timestamp,
};

pub(super) fn append(work: &mut Work<'_>, append: &Append) -> Result<Appended, StoreError> {
    // Most messages come from somebody who is connected, in an open room: one look tells.
    let present = seats::present(work.connection, &append.seat)?;
    let whole_log = present.as_ref().is_some_and(|present| present.first == 1);
    if let Some(first) = retries::earlier_result(work.connection, append, whole_log)? {
        return Ok(first);
    }
    let present = match present {
        Some(present) => present,
        None => seats::be_present(work, &append.seat)?,
    };
    check_voice(&present, &append.seat)?;
    keep_pace(work.connection, &present, &append.seat)?;
    let (connection, room) = (work.connection, &append.seat.room);
    let Present { head, first, who: by, .. } = present;
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
    let quote = match append.reply_to {
        Some(seq) => history::quote(connection, room, seq)?,
        None => None,
    };
    let message = Message::Said {
        by,
        body: append.body.clone(),
        client_id: append.client_id.clone(),
        reply_to: append.reply_to,
        more: Box::new(More { quote, ..More::default() }),
    };
    let entry = write(work, room, message, Moment::of(&append.seat))?;
    let (id, seq, created_at) = (entry.id.clone(), entry.seq, entry.created_at);
    announce_entry(work, Announcement { entry, people: None, except: append.seat.origin });
    Ok(Appended {
        id,
        seq,
        created_at,
        unreferenced_gifs: std::mem::take(&mut work.changes.unreferenced_gifs),
    })
}

/// Refuses somebody whom the owner lets not write.
pub(super) fn check_voice(present: &Present, request: &SeatRequest) -> Result<(), StoreError> {
    match present.muted_until.filter(|until| *until > request.now) {
        Some(until) => refused(ChatError::Muted { retry_after: request.now.until(until) }),
        None => Ok(()),
    }
}

/// In a slow room: refuses a message that comes too soon after the last one of the same person.
fn keep_pace(
    connection: &Connection,
    present: &Present,
    request: &SeatRequest,
) -> Result<(), StoreError> {
    if present.slow_seconds == 0 {
        return Ok(());
    }
    let place = (request.room.as_str(), request.session.as_str());
    let last = "SELECT last_said_at FROM identities WHERE room = ?1 AND session = ?2";
    let last: Option<i64> =
        connection.query_row(last, place, |row| row.get(0)).map_err(unavailable)?;
    if let Some(last) = last {
        let pause = std::time::Duration::from_secs(present.slow_seconds.into());
        let next = Timestamp::from_millis(last).plus(pause);
        if next > request.now {
            return refused(ChatError::TooFast { retry_after: request.now.until(next) });
        }
    }
    let said = "UPDATE identities SET last_said_at = ?3 WHERE room = ?1 AND session = ?2";
    connection
        .execute(said, (place.0, place.1, request.now.as_millis()))
        .map(drop)
        .map_err(unavailable)
}

/// Something that happened to somebody in a room.
#[derive(Clone)]
pub(super) struct Happening<'row> {
    pub(super) kind: SystemKind,
    pub(super) room: &'row RoomId,
    pub(super) session: &'row SessionId,
    /// What else there is to tell.
    pub(super) details: SystemDetails,
    /// With entry and exit lines: who is in the room now.
    pub(super) people: Option<People>,
    /// The socket that is not told.
    pub(super) except: Option<Origin>,
}

impl<'row> Happening<'row> {
    /// Without anything else to tell.
    pub(super) fn new(kind: SystemKind, room: &'row RoomId, session: &'row SessionId) -> Self {
        let details = SystemDetails::default();
        Self { kind, room, session, details, people: None, except: None }
    }
}

/// Writes a system line, and announces it.
pub(super) fn announce(
    work: &mut Work<'_>,
    happening: Happening<'_>,
    moment: Moment,
) -> Result<(), StoreError> {
    let Happening { kind, room, session, details, people, except } = happening;
    let about = identities::of_session(work.connection, room, session)?;
    let message = Message::System(SystemLine { kind, about, details });
    let entry = write(work, room, message, moment)?;
    announce_entry(work, Announcement { entry, people, except });
    Ok(())
}

/// Puts an entry at the end of a room's log, and lets the oldest go that are too many.
pub(super) fn write(
    work: &mut Work<'_>,
    room: &RoomId,
    message: Message,
    moment: Moment,
) -> Result<Entry, StoreError> {
    let log = next_seq(work.connection, room)?;
    let entry = Entry {
        id: MessageId::random(work.random),
        room: room.clone(),
        seq: log.head,
        created_at: moment.now,
        message,
    };
    insert(work.connection, &entry)?;
    trim(work, &entry, log, moment.history)?;
    Ok(entry)
}

pub(super) fn announce_entry(work: &mut Work<'_>, announcement: Announcement) {
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

/// The columns of an entry that its kind fills; the others are null.
#[derive(Default)]
struct Columns<'entry> {
    kind: &'entry str,
    author: Option<&'entry Identity>,
    text: Option<&'entry str>,
    gif: Option<&'entry str>,
    client_id: Option<&'entry str>,
    reply_to: Option<u64>,
    target: Option<u64>,
    by: Option<&'entry Identity>,
    until: Option<Timestamp>,
    number: Option<u64>,
}

impl<'entry> Columns<'entry> {
    fn of(message: &'entry Message) -> Self {
        match message {
            Message::Said { by, body, client_id, reply_to, .. } => {
                let (text, gif) = retries::content(body);
                Self {
                    kind: if gif.is_some() { "gif" } else { "text" },
                    author: Some(by),
                    text,
                    gif,
                    client_id: client_id.as_ref().map(ClientId::as_str),
                    reply_to: *reply_to,
                    ..Self::default()
                }
            }
            Message::Removed { by, by_owner, .. } => Self {
                kind: REMOVED,
                author: Some(by),
                number: Some(u64::from(*by_owner)),
                ..Self::default()
            },
            Message::System(line) => Self {
                kind: line.kind.as_str(),
                author: Some(&line.about),
                text: line.details.text.as_deref(),
                by: line.details.by.as_ref(),
                until: line.details.until,
                number: line.details.number,
                ..Self::default()
            },
            Message::Changed(change) => {
                // What an edit says stands at its target alone, so that it goes with it.
                let (text, number) = match &change.kind {
                    ChangeKind::Edit(_) => (None, None),
                    ChangeKind::Delete { by_owner } => (None, Some(u64::from(*by_owner))),
                    ChangeKind::Reaction { emoji, on } => {
                        (Some(emoji.as_str()), Some(u64::from(*on)))
                    }
                };
                Self {
                    kind: change.kind.as_str(),
                    author: Some(&change.by),
                    text,
                    target: Some(change.of),
                    number,
                    ..Self::default()
                }
            }
        }
    }
}

/// The kind of a message that is gone.
pub(super) const REMOVED: &str = "removed";

fn insert(connection: &Connection, entry: &Entry) -> Result<(), StoreError> {
    let columns = Columns::of(&entry.message);
    let mut insert = connection
        .prepare_cached(
            "INSERT INTO entries (room, seq, id, kind, author, text, gif, client_id, reply_to,
                                  created_at, target, by, until, number)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        )
        .map_err(unavailable)?;
    insert
        .execute(params![
            entry.room.as_str(),
            entry.seq,
            entry.id.as_str(),
            columns.kind,
            columns.author.map(|who| who.author.as_str()),
            columns.text,
            columns.gif,
            columns.client_id,
            columns.reply_to,
            entry.created_at.as_millis(),
            columns.target,
            columns.by.map(|who| who.author.as_str()),
            columns.until.map(Timestamp::as_millis),
            columns.number,
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
