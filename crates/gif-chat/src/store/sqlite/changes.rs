//! Edits, removals and reactions: entries that change an earlier one.

use rusqlite::{Connection, params};

use super::entries::{REMOVED, announce_entry, check_voice, write};
use super::rows::{at_most_one, exists, refused, unavailable};
use super::seats::Present;
use super::writer::{Moment, Work};
use super::{retries, rooms, seats};
use crate::chat::{
    Announcement, AuthorId, Change, ChangeKind, ChangeRequest, Changed, ChatError, Emoji, Limits,
    Message, MessageText, RoomId, SessionId, StoreError, Timestamp, Wish,
};

pub(super) fn change(work: &mut Work<'_>, request: &ChangeRequest) -> Result<Changed, StoreError> {
    let present = match seats::present(work.connection, &request.seat)? {
        Some(present) => present,
        None => seats::be_present(work, &request.seat)?,
    };
    let target = find(work.connection, &request.seat.room, request.of)?;
    let changed = match &request.wish {
        Wish::Edit(text) => edit(work, request, (&present, &target), text),
        Wish::Delete => delete(work, request, (&present, &target)),
        Wish::React { emoji, on } => react(work, request, (&present, &target), (emoji, *on)),
    }?;
    let unreferenced_gifs = std::mem::take(&mut work.changes.unreferenced_gifs);
    Ok(Changed { unreferenced_gifs, ..changed })
}

/// A message, as changes need it.
struct Target {
    kind: String,
    author: String,
    text: Option<String>,
    gif: Option<String>,
    reactions: u32,
    /// The last change that is known of it, or itself.
    latest: u64,
    latest_at: Timestamp,
}

impl Target {
    fn is_by(&self, author: &AuthorId) -> bool {
        self.author == author.as_str()
    }

    fn is_removed(&self) -> bool {
        self.kind == REMOVED
    }

    /// Nothing is different.
    fn unchanged(&self) -> Changed {
        Changed { seq: self.latest, created_at: self.latest_at, unreferenced_gifs: Vec::new() }
    }
}

/// The message with this `seq`, also one that was removed; anything else is none.
fn find(connection: &Connection, room: &RoomId, seq: u64) -> Result<Target, StoreError> {
    let mut select = connection
        .prepare_cached(
            "SELECT e.kind, e.author, e.text, e.gif, e.reactions, coalesce(c.seq, e.seq),
                    coalesce(c.created_at, e.created_at)
             FROM entries e LEFT JOIN entries c ON c.room = e.room AND c.seq = e.changed
             WHERE e.room = ?1 AND e.seq = ?2 AND e.kind IN ('text', 'gif', 'removed')",
        )
        .map_err(unavailable)?;
    let seq = i64::try_from(seq).unwrap_or(i64::MAX);
    let row = select.query_row(params![room.as_str(), seq], |row| {
        Ok(Target {
            kind: row.get(0)?,
            author: row.get(1)?,
            text: row.get(2)?,
            gif: row.get(3)?,
            reactions: row.get(4)?,
            latest: row.get(5)?,
            latest_at: super::rows::timestamp(row, 6)?,
        })
    });
    at_most_one(row)?.ok_or(StoreError::Refused(ChatError::invalid("seq", "no_message")))
}

fn edit(
    work: &mut Work<'_>,
    request: &ChangeRequest,
    (present, target): (&Present, &Target),
    text: &MessageText,
) -> Result<Changed, StoreError> {
    check_voice(present, &request.seat)?;
    if target.is_removed() {
        return refused(ChatError::invalid("seq", "no_message"));
    }
    if !target.is_by(&present.who.author) {
        return refused(ChatError::invalid("seq", "not_yours"));
    }
    let Some(present_text) = &target.text else {
        return refused(ChatError::invalid("seq", "not_text"));
    };
    if present_text == text.as_str() {
        return Ok(target.unchanged());
    }
    let room = &request.seat.room;
    retries::remember_first(work.connection, room, request.of)?;
    work.connection
        .execute(
            "UPDATE entries SET text = ?3, edited_at = ?4 WHERE room = ?1 AND seq = ?2",
            params![room.as_str(), request.of, text.as_str(), request.seat.now.as_millis()],
        )
        .map_err(unavailable)?;
    // What was said before is in no file any more.
    work.changes.removed = true;
    let changed = enter(work, request, present, ChangeKind::Edit(Some(text.clone())))?;
    note(work.connection, room, request.of, changed.seq)?;
    Ok(changed)
}

fn delete(
    work: &mut Work<'_>,
    request: &ChangeRequest,
    (present, target): (&Present, &Target),
) -> Result<Changed, StoreError> {
    let room = &request.seat.room;
    let own = target.is_by(&present.who.author);
    if !own && !owns(work.connection, room, &request.seat.session)? {
        return refused(ChatError::invalid("seq", "not_yours"));
    }
    if target.is_removed() {
        return Ok(target.unchanged());
    }
    retries::remember_first(work.connection, room, request.of)?;
    let place = params![room.as_str(), request.of, u64::from(!own)];
    work.connection
        .execute(
            "UPDATE entries SET kind = 'removed', text = NULL, gif = NULL, reply_to = NULL,
                    edited_at = NULL, reactions = 0, number = ?3
             WHERE room = ?1 AND seq = ?2",
            place,
        )
        .map_err(unavailable)?;
    for table in ["reactions", "reports"] {
        let forget = format!("DELETE FROM {table} WHERE room = ?1 AND seq = ?2");
        work.connection
            .execute(&forget, params![room.as_str(), request.of])
            .map_err(unavailable)?;
    }
    let gifs = target.gif.iter().cloned().collect();
    let mut unreferenced = rooms::forget_gifs(work.connection, gifs).map_err(unavailable)?;
    work.changes.unreferenced_gifs.append(&mut unreferenced);
    work.changes.removed = true;
    let changed = enter(work, request, present, ChangeKind::Delete { by_owner: !own })?;
    note(work.connection, room, request.of, changed.seq)?;
    Ok(changed)
}

fn react(
    work: &mut Work<'_>,
    request: &ChangeRequest,
    (present, target): (&Present, &Target),
    (emoji, on): (&Emoji, bool),
) -> Result<Changed, StoreError> {
    check_voice(present, &request.seat)?;
    if target.is_removed() {
        return refused(ChatError::invalid("seq", "no_message"));
    }
    let (connection, room) = (work.connection, request.seat.room.as_str());
    let given = "SELECT 1 FROM reactions
                 WHERE room = ?1 AND seq = ?2 AND emoji = ?3 AND author = ?4";
    let author = present.who.author.as_str();
    if exists(connection, given, params![room, request.of, emoji.as_str(), author])? == on {
        return Ok(target.unchanged());
    }
    if on {
        check_space(connection, request, target, emoji)?;
    }
    let changed = enter(work, request, present, ChangeKind::Reaction { emoji: emoji.clone(), on })?;
    let place = params![room, request.of, emoji.as_str(), author];
    let (step, count) = if on {
        let give = "INSERT INTO reactions (room, seq, emoji, author, change)
                    SELECT ?1, ?2, ?3, ?4, head FROM rooms WHERE id = ?1";
        (give, 1)
    } else {
        let take = "DELETE FROM reactions
                    WHERE room = ?1 AND seq = ?2 AND emoji = ?3 AND author = ?4";
        (take, -1)
    };
    // The message may have left the log with this very change.
    let there = "SELECT 1 FROM entries WHERE room = ?1 AND seq = ?2";
    if exists(connection, there, params![room, request.of])? {
        connection.execute(step, place).map_err(unavailable)?;
        let counted = "UPDATE entries SET reactions = reactions + ?3 WHERE room = ?1 AND seq = ?2";
        connection.execute(counted, params![room, request.of, count]).map_err(unavailable)?;
    }
    Ok(changed)
}

/// Refuses one reaction, or one more kind of it, than a message may have.
fn check_space(
    connection: &Connection,
    request: &ChangeRequest,
    target: &Target,
    emoji: &Emoji,
) -> Result<(), StoreError> {
    let kinds = "SELECT count(DISTINCT emoji), coalesce(max(emoji = ?3), 0) FROM reactions
                 WHERE room = ?1 AND seq = ?2";
    let place = params![request.seat.room.as_str(), request.of, emoji.as_str()];
    let (kinds, known): (u32, bool) = connection
        .query_row(kinds, place, |row| Ok((row.get(0)?, row.get(1)?)))
        .map_err(unavailable)?;
    let too_many = target.reactions >= Limits::REACTIONS_PER_MESSAGE_MAX
        || (!known && kinds >= Limits::EMOJIS_PER_MESSAGE_MAX);
    if too_many { refused(ChatError::invalid("emoji", "reactions_full")) } else { Ok(()) }
}

/// Puts the change into the log, and announces it.
fn enter(
    work: &mut Work<'_>,
    request: &ChangeRequest,
    present: &Present,
    kind: ChangeKind,
) -> Result<Changed, StoreError> {
    let change = Change { by: present.who.clone(), of: request.of, kind };
    let moment = Moment::of(&request.seat);
    let entry = write(work, &request.seat.room, Message::Changed(change), moment)?;
    let (seq, created_at) = (entry.seq, entry.created_at);
    announce_entry(work, Announcement { entry, people: None, except: None });
    Ok(Changed { seq, created_at, unreferenced_gifs: Vec::new() })
}

/// Notes at a message which change was its last.
fn note(connection: &Connection, room: &RoomId, seq: u64, change: u64) -> Result<(), StoreError> {
    let note = "UPDATE entries SET changed = ?3 WHERE room = ?1 AND seq = ?2";
    connection.execute(note, params![room.as_str(), seq, change]).map_err(unavailable)?;
    Ok(())
}

fn owns(connection: &Connection, room: &RoomId, session: &SessionId) -> Result<bool, StoreError> {
    let owner = "SELECT 1 FROM rooms WHERE id = ?1 AND owner = ?2";
    exists(connection, owner, [room.as_str(), session.as_str()])
}
