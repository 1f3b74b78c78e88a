//! Reading a room's log.

use rusqlite::{Connection, Row, params};

use super::rows::{at_most_one, identity, message_id, refused, room_id, timestamp, unavailable};
use super::seats;
use crate::chat::{
    AuthorId, Body, ChatError, ClientId, Entry, GifReference, HistoryPage, HistoryQuery, Message,
    MessageText, Outage, RoomId, StoreError, SystemKind, SystemLine,
};

const ENTRY: &str = "SELECT e.room, e.seq, e.id, e.created_at, e.kind, i.author, i.colour, i.alias,
        e.text, g.name, g.width, g.height, g.bytes, e.client_id, e.reply_to
    FROM entries e
    JOIN identities i ON i.room = e.room AND i.author = e.author
    LEFT JOIN gifs g ON g.name = e.gif
    WHERE e.room = ?1";

/// What an entry costs at most besides its text when it is sent: ids, names, colour, time.
const ENTRY_OVERHEAD_BYTES: usize = 480;

pub(super) fn read(
    connection: &Connection,
    room: &RoomId,
    query: HistoryQuery,
) -> Result<HistoryPage, StoreError> {
    let log = "SELECT r.head, r.first, i.author FROM rooms r
               JOIN identities i ON i.room = r.id AND i.session = r.owner WHERE r.id = ?1";
    let log = connection.query_row(log, [room.as_str()], |row| {
        let owner: String = row.get(2)?;
        Ok((row.get::<_, u64>(0)?, row.get::<_, u64>(1)?, owner))
    });
    let Some((head, first, owner)) = at_most_one(log)? else {
        return refused(ChatError::NotFound);
    };
    let owner = AuthorId::parse(&owner)
        .ok_or_else(|| StoreError::unavailable(Outage::Other, "an author id cannot be read"))?;
    let (entries, more) = match query {
        HistoryQuery::Newest { limit, bytes_max } => {
            (before(connection, room, u64::MAX, (limit, bytes_max))?, false)
        }
        HistoryQuery::Before { seq, limit, bytes_max } => {
            (before(connection, room, seq, (limit, bytes_max))?, false)
        }
        HistoryQuery::After { seq, limit, bytes_max } => {
            after(connection, room, seq, (limit, bytes_max))?
        }
    };
    let participants = seats::participants(connection, room)?;
    Ok(HistoryPage { entries, head, first, more, owner, participants })
}

fn before(
    connection: &Connection,
    room: &RoomId,
    seq: u64,
    bounds: (usize, usize),
) -> Result<Vec<Entry>, StoreError> {
    let query = format!("{ENTRY} AND e.seq < ?2 ORDER BY e.seq DESC");
    let (mut entries, _more) = bounded(connection, &query, (room, seq), bounds)?;
    entries.reverse();
    Ok(entries)
}

fn after(
    connection: &Connection,
    room: &RoomId,
    seq: u64,
    bounds: (usize, usize),
) -> Result<(Vec<Entry>, bool), StoreError> {
    let query = format!("{ENTRY} AND e.seq > ?2 ORDER BY e.seq");
    bounded(connection, &query, (room, seq), bounds)
}

/// As many entries as fit, and whether there are more of them.
fn bounded(
    connection: &Connection,
    query: &str,
    (room, seq): (&RoomId, u64),
    (limit, bytes_max): (usize, usize),
) -> Result<(Vec<Entry>, bool), StoreError> {
    let mut select = connection.prepare_cached(query).map_err(unavailable)?;
    // SQLite's integers are signed: whatever lies beyond is "from the end".
    let seq = i64::try_from(seq).unwrap_or(i64::MAX);
    let mut rows = select.query(params![room.as_str(), seq]).map_err(unavailable)?;
    let (mut entries, mut bytes) = (Vec::new(), 0_usize);
    while let Some(row) = rows.next().map_err(unavailable)? {
        let entry = entry(row).map_err(unavailable)?;
        bytes = bytes.saturating_add(size(&entry));
        if entries.len() >= limit || (bytes > bytes_max && !entries.is_empty()) {
            return Ok((entries, true));
        }
        entries.push(entry);
    }
    Ok((entries, false))
}

fn size(entry: &Entry) -> usize {
    match &entry.message {
        Message::Said { body: Body::Text(text), .. } => {
            ENTRY_OVERHEAD_BYTES + text.as_str().bytes().map(written_bytes).sum::<usize>()
        }
        _ => ENTRY_OVERHEAD_BYTES,
    }
}

/// How long JSON writes a byte of a text.
fn written_bytes(byte: u8) -> usize {
    match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 0x08 | 0x0c => 2,
        0..0x20 => 6,
        _ => 1,
    }
}

fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let kind: String = row.get(4)?;
    let who = identity(row, 5)?;
    let message = if let Some(kind) = SystemKind::parse(&kind) {
        Message::System(SystemLine { kind, about: who })
    } else {
        let client_id: Option<String> = row.get(13)?;
        Message::Said {
            by: who,
            body: body(row)?,
            client_id: client_id.map(ClientId::stored),
            reply_to: row.get(14)?,
        }
    };
    Ok(Entry {
        room: room_id(row, 0)?,
        seq: row.get(1)?,
        id: message_id(row, 2)?,
        created_at: timestamp(row, 3)?,
        message,
    })
}

fn body(row: &Row<'_>) -> rusqlite::Result<Body> {
    let gif: Option<String> = row.get(9)?;
    Ok(match gif {
        Some(name) => Body::Gif(GifReference {
            name,
            width: row.get(10)?,
            height: row.get(11)?,
            bytes: row.get(12)?,
        }),
        None => Body::Text(MessageText::stored(row.get(8)?)),
    })
}

pub(super) fn shows_gif(connection: &Connection, name: &str) -> Result<bool, StoreError> {
    let shown = "SELECT 1 FROM entries WHERE gif = ?1";
    let mut select = connection.prepare_cached(shown).map_err(unavailable)?;
    select.exists([name]).map_err(unavailable)
}
