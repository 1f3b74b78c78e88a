//! Whispers: each is kept twice, once for each of its two people.

use rusqlite::{Connection, Row, params};

use super::entries::check_voice;
use super::rows::{at_most_one, exists, identity, message_id, refused, timestamp, unavailable};
use super::writer::Work;
use super::{history, identities, rooms, seats};
use crate::chat::{
    AuthorId, ChatError, ClientId, Event, Identity, Limits, MessageId, MessageText, PrivatePage,
    PrivateQuery, RoomId, StoreError, Whisper, WhisperRequest, Whispered,
};

/// What a whisper costs at most besides its text when it is sent.
const WHISPER_OVERHEAD_BYTES: usize = 560;

pub(super) fn whisper(
    work: &mut Work<'_>,
    request: &WhisperRequest,
) -> Result<Whispered, StoreError> {
    if let Some(first) = earlier_result(work.connection, request)? {
        return Ok(first);
    }
    let present = match seats::present(work.connection, &request.seat)? {
        Some(present) => present,
        None => seats::be_present(work, &request.seat)?,
    };
    check_voice(&present, &request.seat)?;
    let (connection, room) = (work.connection, &request.seat.room);
    let to = recipient(connection, request)?;
    // Taking a seat is an entry of its own.
    let anchor = rooms::find(connection, room)?.head;
    let by = present.who;
    let blank = Whisper {
        id: MessageId::random(work.random),
        room: room.clone(),
        private_seq: 0,
        anchor,
        by,
        to,
        text: request.text.clone(),
        client_id: request.client_id.clone(),
        created_at: request.seat.now,
    };
    let own = keep(work, &blank.by.author, &blank, request.kept_max)?;
    let (id, private_seq, created_at) = (own.id.clone(), own.private_seq, own.created_at);
    tell(work, &blank.by.author, own);
    // The name is its sender's; nobody else has a use for it.
    let theirs = Whisper { client_id: None, ..blank };
    let theirs = keep(work, &theirs.to.author, &theirs, request.kept_max)?;
    let reader = theirs.to.author.clone();
    tell(work, &reader, theirs);
    let unreferenced_gifs = std::mem::take(&mut work.changes.unreferenced_gifs);
    Ok(Whispered { id, private_seq, created_at, unreferenced_gifs })
}

/// The participant who is whispered to, unless they have left or do not want to hear it.
fn recipient(connection: &Connection, request: &WhisperRequest) -> Result<Identity, StoreError> {
    let room = &request.seat.room;
    let seated = match identities::of_author(connection, room, &request.to)? {
        Some((who, session)) if seats::is_seated(connection, room, &session)? => Some(who),
        _ => None,
    };
    let Some(who) = seated else {
        return refused(ChatError::invalid("to", "recipient_left"));
    };
    let blocks = "SELECT 1 FROM blocks WHERE room = ?1 AND author = ?2 AND blocked = ?3";
    let place = [room.as_str(), request.to.as_str(), request.seat.author.as_str()];
    if exists(connection, blocks, place)? {
        return refused(ChatError::invalid("to", "recipient_blocks"));
    }
    Ok(who)
}

/// What a retry gets: the result of the first try, if it whispered the same to the same.
fn earlier_result(
    connection: &Connection,
    request: &WhisperRequest,
) -> Result<Option<Whispered>, StoreError> {
    let Some(client_id) = request.client_id.as_ref().map(ClientId::as_str) else {
        return Ok(None);
    };
    let mut select = connection
        .prepare_cached(
            "SELECT id, private_seq, created_at, text = ?4 AND recipient = ?5 FROM whispers
             WHERE room = ?1 AND reader = ?2 AND client_id = ?3",
        )
        .map_err(unavailable)?;
    let seat = &request.seat;
    let (room, author) = (seat.room.as_str(), seat.author.as_str());
    let (text, to) = (request.text.as_str(), request.to.as_str());
    let row = select.query_row(params![room, author, client_id, text, to], |row| {
        let first = Whispered {
            id: message_id(row, 0)?,
            private_seq: row.get(1)?,
            created_at: timestamp(row, 2)?,
            unreferenced_gifs: Vec::new(),
        };
        Ok((first, row.get::<_, bool>(3)?))
    });
    match at_most_one(row)? {
        Some((_, false)) => refused(ChatError::Conflict),
        found => Ok(found.map(|(first, _)| first)),
    }
}

/// Puts a whisper behind the others of this reader, and lets the oldest go that are too many.
fn keep(
    work: &mut Work<'_>,
    reader: &AuthorId,
    whisper: &Whisper,
    kept_max: u64,
) -> Result<Whisper, StoreError> {
    let (connection, room) = (work.connection, whisper.room.as_str());
    let private_seq: u64 = connection
        .query_row(
            "UPDATE identities SET private_head = private_head + 1
             WHERE room = ?1 AND author = ?2 RETURNING private_head",
            [room, reader.as_str()],
            |row| row.get(0),
        )
        .map_err(unavailable)?;
    connection
        .execute(
            "INSERT INTO whispers (room, reader, private_seq, id, anchor, author, recipient, text,
                                   client_id, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            params![
                room,
                reader.as_str(),
                private_seq,
                whisper.id.as_str(),
                whisper.anchor,
                whisper.by.author.as_str(),
                whisper.to.author.as_str(),
                whisper.text.as_str(),
                whisper.client_id.as_ref().map(ClientId::as_str),
                whisper.created_at.as_millis(),
            ],
        )
        .map_err(unavailable)?;
    let delete = "DELETE FROM whispers WHERE room = ?1 AND reader = ?2 AND private_seq <= ?3";
    let last_gone = private_seq.saturating_sub(kept_max);
    connection.execute(delete, params![room, reader.as_str(), last_gone]).map_err(unavailable)?;
    Ok(Whisper { private_seq, ..whisper.clone() })
}

fn tell(work: &mut Work<'_>, reader: &AuthorId, whisper: Whisper) {
    let (reader, whisper) = (reader.clone(), Box::new(whisper));
    work.changes.events.push(Event::Whispered { reader, whisper });
}

/// Blocks somebody's whispers, or takes them again.
pub(super) fn block(
    connection: &Connection,
    room: &RoomId,
    (author, other): (&AuthorId, &AuthorId),
    on: bool,
) -> Result<(), StoreError> {
    rooms::find(connection, room)?;
    if identities::of_author(connection, room, author)?.is_none() {
        return refused(ChatError::NotInRoom);
    }
    if identities::of_author(connection, room, other)?.is_none() {
        return refused(ChatError::invalid("id", "person_unknown"));
    }
    let count = "SELECT count(*) FROM blocks WHERE room = ?1 AND author = ?2";
    let count: u32 = connection
        .query_row(count, [room.as_str(), author.as_str()], |row| row.get(0))
        .map_err(unavailable)?;
    if on && count >= Limits::BLOCKS_MAX {
        let limit = usize::try_from(Limits::BLOCKS_MAX).unwrap_or(usize::MAX);
        return refused(ChatError::over_limit("id", "blocks_full", limit));
    }
    let place = params![room.as_str(), author.as_str(), other.as_str()];
    let change = if on {
        "INSERT INTO blocks (room, author, blocked) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING"
    } else {
        "DELETE FROM blocks WHERE room = ?1 AND author = ?2 AND blocked = ?3"
    };
    connection.execute(change, place).map(drop).map_err(unavailable)
}

/// Whose whispers a reader does not take.
pub(super) fn blocked(
    connection: &Connection,
    room: &RoomId,
    reader: &AuthorId,
) -> Result<Vec<AuthorId>, StoreError> {
    let query = "SELECT i.author FROM blocks b JOIN identities i
                   ON i.room = b.room AND i.author = b.blocked
                 WHERE b.room = ?1 AND b.author = ?2 ORDER BY i.author";
    let mut select = connection.prepare_cached(query).map_err(unavailable)?;
    let author = |row: &Row<'_>| row.get::<_, String>(0);
    let rows = select.query_map([room.as_str(), reader.as_str()], author).map_err(unavailable)?;
    let names = rows.collect::<rusqlite::Result<Vec<_>>>().map_err(unavailable)?;
    Ok(names.iter().filter_map(|name| AuthorId::parse(name)).collect())
}

/// A reader's whispers: those that follow `page_first` or a later entry, or those after another.
pub(super) fn read(
    connection: &Connection,
    room: &RoomId,
    reader: &AuthorId,
    (query, page_first): (PrivateQuery, u64),
) -> Result<PrivatePage, StoreError> {
    let head = "SELECT private_head FROM identities WHERE room = ?1 AND author = ?2";
    let mut select = connection.prepare_cached(head).map_err(unavailable)?;
    let head = at_most_one(select.query_row([room.as_str(), reader.as_str()], |row| row.get(0)))?;
    let head: u64 = head.unwrap_or_default();
    let (condition, bound, order) = match query {
        PrivateQuery::WithPage { before } => {
            ("w.private_seq < ?3 AND w.anchor >= ?4", before, "DESC")
        }
        PrivateQuery::After(after) => ("w.private_seq > ?3 AND ?4 >= 0", after, "ASC"),
    };
    let query = format!("{WHISPER} AND {condition} ORDER BY w.private_seq {order}");
    let mut select = connection.prepare_cached(&query).map_err(unavailable)?;
    // SQLite's integers are signed: whatever lies beyond is "from the end".
    let [bound, page_first] =
        [bound, page_first].map(|number| i64::try_from(number).unwrap_or(i64::MAX));
    let place = params![room.as_str(), reader.as_str(), bound, page_first];
    let mut rows = select.query(place).map_err(unavailable)?;
    let (mut whispers, mut bytes, mut more) = (Vec::new(), 0_usize, false);
    while let Some(row) = rows.next().map_err(unavailable)? {
        let found = read_whisper(row, room).map_err(unavailable)?;
        bytes =
            bytes.saturating_add(WHISPER_OVERHEAD_BYTES + history::written(found.text.as_str()));
        let full = whispers.len() >= Limits::PRIVATE_ENTRIES_MAX;
        if full || (bytes > Limits::PRIVATE_BYTES_MAX && !whispers.is_empty()) {
            more = true;
            break;
        }
        whispers.push(found);
    }
    whispers.sort_by_key(|whisper| whisper.private_seq);
    Ok(PrivatePage { whispers, head, more })
}

const WHISPER: &str = "SELECT w.id, w.private_seq, w.anchor, w.text, w.client_id, w.created_at,
        a.author, a.colour, a.alias, t.author, t.colour, t.alias
    FROM whispers w
    JOIN identities a ON a.room = w.room AND a.author = w.author
    JOIN identities t ON t.room = w.room AND t.author = w.recipient
    WHERE w.room = ?1 AND w.reader = ?2";

fn read_whisper(row: &Row<'_>, room: &RoomId) -> rusqlite::Result<Whisper> {
    Ok(Whisper {
        id: message_id(row, 0)?,
        room: room.clone(),
        private_seq: row.get(1)?,
        anchor: row.get(2)?,
        by: identity(row, 6)?,
        to: identity(row, 9)?,
        text: MessageText::stored(row.get(3)?),
        client_id: row.get::<_, Option<String>>(4)?.map(ClientId::stored),
        created_at: timestamp(row, 5)?,
    })
}
