//! Reading a room's log.

use std::collections::HashMap;

use rusqlite::{Connection, Row, params};

use super::entries::REMOVED;
use super::rows::{at_most_one, identity, message_id, refused, room_id, timestamp, unavailable};
use super::{moderation, people, rooms, whispers};
use crate::chat::{
    AliasNumber, AuthorId, Body, Change, ChangeKind, ChatError, ClientId, Emoji, Entry, Excerpt,
    GifReference, HistoryPage, HistoryQuery, Message, MessageText, More, Outage, Personal, Quote,
    Reaction, Reader, RoomId, StoreError, SystemDetails, SystemKind, SystemLine, Timestamp,
};

const ENTRY: &str = "SELECT e.room, e.seq, e.id, e.created_at, e.kind, i.author, i.colour, i.alias,
        e.text, g.name, g.width, g.height, g.bytes, e.client_id, e.reply_to, e.target, e.until,
        e.number, e.edited_at, e.reactions, b.author, b.colour, b.alias,
        q.seq, q.text, qi.author, qi.colour, qi.alias, qg.name, qg.width, qg.height, qg.bytes
    FROM entries e
    JOIN identities i ON i.room = e.room AND i.author = e.author
    LEFT JOIN gifs g ON g.name = e.gif
    LEFT JOIN identities b ON b.room = e.room AND b.author = e.by
    LEFT JOIN entries q ON q.room = e.room AND q.seq = coalesce(e.reply_to, e.target)
        AND q.kind IN ('text', 'gif', 'removed')
    LEFT JOIN identities qi ON qi.room = q.room AND qi.author = q.author
    LEFT JOIN gifs qg ON qg.name = q.gif
    WHERE e.room = ?1";

/// What an entry costs at most besides its texts when it is sent: ids, names, colours, times.
const ENTRY_OVERHEAD_BYTES: usize = 480;

/// What a quote costs at most besides its text.
const QUOTE_OVERHEAD_BYTES: usize = 320;

/// What one reaction costs at most.
const REACTION_BYTES: usize = 160;

pub(super) fn read(
    connection: &Connection,
    room: &RoomId,
    query: HistoryQuery,
    reader: Option<&Reader>,
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
    let (mut entries, more) = match query {
        HistoryQuery::Newest { limit, bytes_max } => {
            before(connection, room, u64::MAX, (limit, bytes_max))?
        }
        HistoryQuery::Before { seq, limit, bytes_max } => {
            before(connection, room, seq, (limit, bytes_max))?
        }
        HistoryQuery::After { seq, limit, bytes_max } => {
            after(connection, room, seq, (limit, bytes_max))?
        }
    };
    add_reactions(connection, room, &mut entries)?;
    let is_page = !matches!(query, HistoryQuery::After { .. });
    // A page that reaches the beginning has all whispers from there on.
    let page_first = entries.first().filter(|_| is_page && more).map_or(0, |entry| entry.seq);
    let personal = reader
        .map(|reader| personal(connection, room, (reader, &owner), page_first))
        .transpose()?;
    Ok(HistoryPage {
        entries,
        head,
        first,
        // A page says nothing about what lies before it: `first` does.
        more: more && !is_page,
        owner,
        participants: people::participants(connection, room)?,
        settings: rooms::settings(connection, room)?,
        personal,
    })
}

fn personal(
    connection: &Connection,
    room: &RoomId,
    (reader, owner): (&Reader, &AuthorId),
    page_first: u64,
) -> Result<Personal, StoreError> {
    let mut select = connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM seats WHERE room = i.room AND session = i.session),
                    iif(muted_until > ?3, muted_until, NULL)
             FROM identities i WHERE room = ?1 AND author = ?2",
        )
        .map_err(unavailable)?;
    let place = params![room.as_str(), reader.author.as_str(), reader.now.as_millis()];
    let known = at_most_one(select.query_row(place, |row| {
        Ok((row.get::<_, bool>(0)?, row.get::<_, Option<i64>>(1)?.map(Timestamp::from_millis)))
    }))?;
    let Some((seated, muted_until)) = known else {
        return Ok(Personal::default());
    };
    let runs_room = reader.author == *owner;
    Ok(Personal {
        seated,
        muted_until,
        private: whispers::read(connection, room, &reader.author, (reader.private, page_first))?,
        blocked: whispers::blocked(connection, room, &reader.author)?,
        reports: runs_room.then(|| moderation::all_reports(connection, room)).transpose()?,
    })
}

fn before(
    connection: &Connection,
    room: &RoomId,
    seq: u64,
    bounds: (usize, usize),
) -> Result<(Vec<Entry>, bool), StoreError> {
    let query = format!("{ENTRY} AND e.seq < ?2 AND e.target IS NULL ORDER BY e.seq DESC");
    let (mut entries, more) = bounded(connection, &query, (room, seq), bounds)?;
    entries.reverse();
    Ok((entries, more))
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
        let reactions: usize = row.get(19).map_err(unavailable)?;
        bytes = bytes.saturating_add(size(&entry) + reactions * REACTION_BYTES);
        if entries.len() >= limit || (bytes > bytes_max && !entries.is_empty()) {
            return Ok((entries, true));
        }
        entries.push(entry);
    }
    Ok((entries, false))
}

fn size(entry: &Entry) -> usize {
    let text = match &entry.message {
        Message::Said { body, more, .. } => {
            let quote = more.quote.as_ref().map_or(0, |quote| match &quote.excerpt {
                Some(Excerpt::Text(text)) => QUOTE_OVERHEAD_BYTES + written(text),
                _ => QUOTE_OVERHEAD_BYTES,
            });
            match body {
                Body::Text(text) => quote + written(text.as_str()),
                Body::Gif(_) => quote,
            }
        }
        Message::Changed(Change { kind: ChangeKind::Edit(Some(text)), .. }) => {
            written(text.as_str())
        }
        // Worded once for the course's pages, and once as a detail.
        Message::System(line) => line.details.text.as_deref().map_or(0, |text| 2 * written(text)),
        Message::Removed { .. } | Message::Changed(_) => 0,
    };
    ENTRY_OVERHEAD_BYTES + text
}

/// How long JSON writes a text.
pub(super) fn written(text: &str) -> usize {
    text.bytes().map(written_bytes).sum()
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
    Ok(Entry {
        room: room_id(row, 0)?,
        seq: row.get(1)?,
        id: message_id(row, 2)?,
        created_at: timestamp(row, 3)?,
        message: message(row)?,
    })
}

fn message(row: &Row<'_>) -> rusqlite::Result<Message> {
    let kind: String = row.get(4)?;
    let by = identity(row, 5)?;
    let number: Option<u64> = row.get(17)?;
    if let Some(kind) = SystemKind::parse(&kind) {
        let details = SystemDetails {
            by: row.get::<_, Option<String>>(20)?.map(|_author| identity(row, 20)).transpose()?,
            text: row.get(8)?,
            until: row.get::<_, Option<i64>>(16)?.map(Timestamp::from_millis),
            number,
        };
        return Ok(Message::System(SystemLine { kind, about: by, details }));
    }
    if let Some(of) = row.get(15)? {
        let yes = number == Some(1);
        let kind = match kind.as_str() {
            "edit" => ChangeKind::Edit(row.get::<_, Option<_>>(24)?.map(MessageText::stored)),
            "delete" => ChangeKind::Delete { by_owner: yes },
            _ => ChangeKind::Reaction { emoji: Emoji::stored(row.get(8)?), on: yes },
        };
        return Ok(Message::Changed(Change { by, of, kind }));
    }
    let client_id = row.get::<_, Option<String>>(13)?.map(ClientId::stored);
    if kind == REMOVED {
        return Ok(Message::Removed { by, by_owner: number == Some(1), client_id });
    }
    let edited_at = row.get::<_, Option<i64>>(18)?.map(Timestamp::from_millis);
    Ok(Message::Said {
        by,
        body: match gif(row, 9)? {
            Some(gif) => Body::Gif(gif),
            None => Body::Text(MessageText::stored(row.get(8)?)),
        },
        client_id,
        reply_to: row.get(14)?,
        more: Box::new(More { quote: read_quote(row, 23)?, edited_at, reactions: Vec::new() }),
    })
}

/// `name, width, height, bytes` from four columns that begin at `index`.
fn gif(row: &Row<'_>, index: usize) -> rusqlite::Result<Option<GifReference>> {
    let Some(name) = row.get(index)? else {
        return Ok(None);
    };
    Ok(Some(GifReference {
        name,
        width: row.get(index + 1)?,
        height: row.get(index + 2)?,
        bytes: row.get(index + 3)?,
    }))
}

/// `seq, text, author, colour, alias` and a GIF from nine columns that begin at `index`.
fn read_quote(row: &Row<'_>, index: usize) -> rusqlite::Result<Option<Quote>> {
    let Some(seq) = row.get(index)? else {
        return Ok(None);
    };
    let excerpt = match gif(row, index + 5)? {
        Some(gif) => Some(Excerpt::Gif(gif)),
        None => row.get::<_, Option<String>>(index + 1)?.map(|text| Excerpt::of_text(&text)),
    };
    Ok(Some(Quote { seq, by: identity(row, index + 2)?, excerpt }))
}

/// A message as a quote shows it; nothing when there is no message of this `seq`.
pub(super) fn quote(
    connection: &Connection,
    room: &RoomId,
    seq: u64,
) -> Result<Option<Quote>, StoreError> {
    let mut select = connection
        .prepare_cached(
            "SELECT q.seq, q.text, i.author, i.colour, i.alias, g.name, g.width, g.height, g.bytes
             FROM entries q
             JOIN identities i ON i.room = q.room AND i.author = q.author
             LEFT JOIN gifs g ON g.name = q.gif
             WHERE q.room = ?1 AND q.seq = ?2 AND q.kind IN ('text', 'gif', 'removed')",
        )
        .map_err(unavailable)?;
    let row = select.query_row(params![room.as_str(), seq], |row| read_quote(row, 0));
    Ok(at_most_one(row)?.flatten())
}

/// Adds the reactions to the messages of a page, in the order in which they were first given.
fn add_reactions(
    connection: &Connection,
    room: &RoomId,
    entries: &mut [Entry],
) -> Result<(), StoreError> {
    let (Some(first), Some(last)) = (entries.first(), entries.last()) else {
        return Ok(());
    };
    let mut select = connection
        .prepare_cached(
            "SELECT r.seq, r.emoji, i.author, i.alias FROM reactions r
             JOIN identities i ON i.room = r.room AND i.author = r.author
             WHERE r.room = ?1 AND r.seq BETWEEN ?2 AND ?3 ORDER BY r.change",
        )
        .map_err(unavailable)?;
    let place = params![room.as_str(), first.seq, last.seq];
    let mut rows = select.query(place).map_err(unavailable)?;
    let mut found: HashMap<u64, Vec<Reaction>> = HashMap::new();
    while let Some(row) = rows.next().map_err(unavailable)? {
        let (seq, emoji, who) = reaction(row).map_err(unavailable)?;
        let reactions = found.entry(seq).or_default();
        match reactions.iter_mut().find(|reaction| reaction.emoji == emoji) {
            Some(reaction) => reaction.by.extend(who),
            None => reactions.push(Reaction { emoji, by: who.into_iter().collect() }),
        }
    }
    for entry in entries {
        if let Message::Said { more, .. } = &mut entry.message {
            more.reactions = found.remove(&entry.seq).unwrap_or_default();
        }
    }
    Ok(())
}

type Reactor = Option<(AuthorId, crate::chat::Alias)>;

fn reaction(row: &Row<'_>) -> rusqlite::Result<(u64, Emoji, Reactor)> {
    let author: String = row.get(2)?;
    let alias = AliasNumber::new(row.get(3)?).words();
    let who = AuthorId::parse(&author).map(|author| (author, alias));
    Ok((row.get(0)?, Emoji::stored(row.get(1)?), who))
}

pub(super) fn shows_gif(connection: &Connection, name: &str) -> Result<bool, StoreError> {
    let shown = "SELECT 1 FROM entries WHERE gif = ?1";
    let mut select = connection.prepare_cached(shown).map_err(unavailable)?;
    select.exists([name]).map_err(unavailable)
}
