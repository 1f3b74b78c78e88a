//! What an owner does, each in one atomic operation with the line that tells of it.

use rusqlite::{Connection, Row, params};

use super::entries::{Happening, announce};
use super::people::participant;
use super::rows::{at_most_one, identity, refused, timestamp, unavailable};
use super::writer::{Moment, Work};
use super::{identities, invitations, rooms, seats, settings};
use crate::chat::{
    AuthorId, Ban, ChatError, Deed, Event, Identity, Limits, Order, Remark, Removed, Report,
    ReportRequest, RoomId, SessionId, StoreError, SystemDetails, SystemKind, Timestamp,
};

pub(super) fn moderate(work: &mut Work<'_>, order: &Order) -> Result<Removed, StoreError> {
    rooms::check_owner(work.connection, &order.room, &order.session)?;
    let moment = Moment { now: order.now, history: order.history };
    match &order.deed {
        Deed::HandOver(to) => hand_over(work, order, moment, to),
        Deed::Kick { who, reason, until, address_too, empty_until } => {
            let sentence = Sentence {
                reason: reason.as_ref(),
                until: *until,
                address_too: *address_too,
                empty_until: *empty_until,
            };
            kick(work, order, moment, (who, sentence))
        }
        Deed::Unban(who) => unban(work, order, moment, who),
        Deed::Mute { who, until } => mute(work, order, moment, (who, *until)),
        Deed::Settings(settings) => settings::change(work, order, moment, settings),
        Deed::Invite { id, token_hash, expires_at } => {
            invitations::make(work.connection, order, (id, token_hash, *expires_at))?;
            told(work, order, moment, SystemKind::Invite, SystemDetails::default())
        }
        Deed::Revoke(id) => {
            invitations::revoke(work.connection, order, id)?;
            told(work, order, moment, SystemKind::Revoke, SystemDetails::default())
        }
        Deed::Close(at) => close_at(work, order, moment, *at),
        Deed::Keep => keep(work, order, moment),
        Deed::Dismiss(seq) => dismiss(work.connection, order, *seq),
    }?;
    let unreferenced_gifs = std::mem::take(&mut work.changes.unreferenced_gifs);
    Ok(Removed { unreferenced_gifs })
}

/// A line about the whole room, in the name of its owner.
pub(super) fn told(
    work: &mut Work<'_>,
    order: &Order,
    moment: Moment,
    kind: SystemKind,
    details: SystemDetails,
) -> Result<(), StoreError> {
    let happening = Happening { details, ..Happening::new(kind, &order.room, &order.session) };
    announce(work, happening, moment)
}

/// Somebody who ever entered the room, and is not its owner.
fn somebody_else(
    connection: &Connection,
    order: &Order,
    who: &AuthorId,
) -> Result<(Identity, SessionId), StoreError> {
    let Some((identity, session)) = identities::of_author(connection, &order.room, who)? else {
        return refused(ChatError::invalid("id", "person_unknown"));
    };
    if session == order.session {
        return refused(ChatError::invalid("id", "yourself"));
    }
    Ok((identity, session))
}

fn owner_as(connection: &Connection, order: &Order) -> Result<SystemDetails, StoreError> {
    let by = identities::of_session(connection, &order.room, &order.session)?;
    Ok(SystemDetails { by: Some(by), ..SystemDetails::default() })
}

fn hand_over(
    work: &mut Work<'_>,
    order: &Order,
    moment: Moment,
    to: &AuthorId,
) -> Result<(), StoreError> {
    let (_, session) = somebody_else(work.connection, order, to)?;
    if !seats::is_seated(work.connection, &order.room, &session)? {
        return refused(ChatError::invalid("id", "person_left"));
    }
    let details = owner_as(work.connection, order)?;
    rooms::give_to(work, &order.room, &session)?;
    let happening =
        Happening { details, ..Happening::new(SystemKind::Owner, &order.room, &session) };
    announce(work, happening, moment)
}

/// What somebody who is sent out is told, and what else becomes of it.
struct Sentence<'order> {
    reason: Option<&'order Remark>,
    until: Timestamp,
    address_too: bool,
    empty_until: Timestamp,
}

fn kick(
    work: &mut Work<'_>,
    order: &Order,
    moment: Moment,
    (who, sentence): (&AuthorId, Sentence<'_>),
) -> Result<(), StoreError> {
    let (connection, room) = (work.connection, &order.room);
    let (identity, session) = somebody_else(connection, order, who)?;
    forget_over(connection, room, order.now)?;
    let place = [room.as_str(), session.as_str()];
    connection
        .execute(
            "INSERT INTO bans (room, session, network, until, reason, created_at)
             VALUES (?1, ?2, (SELECT network FROM seats WHERE room = ?1 AND session = ?2 AND ?6),
                     ?3, ?4, ?5)
             ON CONFLICT (room, session) DO UPDATE SET
                 network = coalesce(excluded.network, network), until = excluded.until,
                 reason = excluded.reason, created_at = excluded.created_at",
            params![
                place[0],
                place[1],
                sentence.until.as_millis(),
                sentence.reason.map(Remark::as_str),
                order.now.as_millis(),
                sentence.address_too,
            ],
        )
        .map_err(unavailable)?;
    let forget = "DELETE FROM admissions WHERE room = ?1 AND session = ?2";
    connection.execute(forget, place).map_err(unavailable)?;
    let details = SystemDetails {
        text: sentence.reason.map(|reason| reason.as_str().to_owned()),
        until: Some(sentence.until),
        ..owner_as(connection, order)?
    };
    let happening = Happening { details, ..Happening::new(SystemKind::Kick, room, &session) };
    if participant(connection, room, &session).is_ok() {
        seats::end(work, happening, moment)?;
        // The owner need not be in it.
        rooms::keep_empty_until(connection, room, sentence.empty_until)?;
    } else {
        announce(work, happening, moment)?;
    }
    work.changes.events.push(Event::Expelled {
        room: room.clone(),
        author: identity.author,
        reason: sentence.reason.map(|reason| reason.as_str().to_owned()),
        until: sentence.until,
    });
    Ok(())
}

/// What is over is not kept.
fn forget_over(connection: &Connection, room: &RoomId, now: Timestamp) -> Result<(), StoreError> {
    let forget = "DELETE FROM bans WHERE room = ?1 AND until <= ?2";
    connection.execute(forget, params![room.as_str(), now.as_millis()]).map_err(unavailable)?;
    Ok(())
}

fn unban(
    work: &mut Work<'_>,
    order: &Order,
    moment: Moment,
    who: &AuthorId,
) -> Result<(), StoreError> {
    let (_, session) = somebody_else(work.connection, order, who)?;
    forget_over(work.connection, &order.room, order.now)?;
    let forget = "DELETE FROM bans WHERE room = ?1 AND session = ?2";
    let place = [order.room.as_str(), session.as_str()];
    if work.connection.execute(forget, place).map_err(unavailable)? == 0 {
        // Somebody was faster, or it is over: nothing is different.
        return Ok(());
    }
    let details = owner_as(work.connection, order)?;
    let happening =
        Happening { details, ..Happening::new(SystemKind::Unban, &order.room, &session) };
    announce(work, happening, moment)
}

fn mute(
    work: &mut Work<'_>,
    order: &Order,
    moment: Moment,
    (who, until): (&AuthorId, Option<Timestamp>),
) -> Result<(), StoreError> {
    let (_, session) = somebody_else(work.connection, order, who)?;
    let changed = work
        .connection
        .execute(
            "UPDATE identities SET muted_until = ?3 WHERE room = ?1 AND session = ?2
               AND (?3 IS NOT NULL OR muted_until > ?4)",
            params![
                order.room.as_str(),
                session.as_str(),
                until.map(Timestamp::as_millis),
                order.now.as_millis(),
            ],
        )
        .map_err(unavailable)?;
    if changed == 0 {
        return Ok(());
    }
    let kind = if until.is_some() { SystemKind::Mute } else { SystemKind::Unmute };
    let details = SystemDetails { until, ..owner_as(work.connection, order)? };
    let happening = Happening { details, ..Happening::new(kind, &order.room, &session) };
    announce(work, happening, moment)
}

fn close_at(
    work: &mut Work<'_>,
    order: &Order,
    moment: Moment,
    at: Timestamp,
) -> Result<(), StoreError> {
    work.connection
        .execute(
            "UPDATE rooms SET closes_at = ?2 WHERE id = ?1",
            params![order.room.as_str(), at.as_millis()],
        )
        .map_err(unavailable)?;
    work.changes.touched.push(order.room.clone());
    let details = SystemDetails { until: Some(at), ..SystemDetails::default() };
    told(work, order, moment, SystemKind::Closing, details)
}

fn keep(work: &mut Work<'_>, order: &Order, moment: Moment) -> Result<(), StoreError> {
    let keep = "UPDATE rooms SET closes_at = NULL WHERE id = ?1 AND closes_at IS NOT NULL";
    if work.connection.execute(keep, [order.room.as_str()]).map_err(unavailable)? == 0 {
        return Ok(());
    }
    work.changes.touched.push(order.room.clone());
    told(work, order, moment, SystemKind::Staying, SystemDetails::default())
}

fn dismiss(connection: &Connection, order: &Order, seq: u64) -> Result<(), StoreError> {
    let forget = "DELETE FROM reports WHERE room = ?1 AND seq = ?2";
    let seq = i64::try_from(seq).unwrap_or(i64::MAX);
    connection.execute(forget, params![order.room.as_str(), seq]).map_err(unavailable)?;
    Ok(())
}

/// Reports a message to the owner; once is enough.
pub(super) fn report(work: &mut Work<'_>, request: &ReportRequest) -> Result<Removed, StoreError> {
    seats::hold(work, &request.seat)?;
    let (connection, room) = (work.connection, request.seat.room.as_str());
    let seq = i64::try_from(request.of).unwrap_or(i64::MAX);
    let message = "SELECT author FROM entries
                   WHERE room = ?1 AND seq = ?2 AND kind IN ('text', 'gif')";
    let author = connection.query_row(message, params![room, seq], |row| row.get::<_, String>(0));
    let Some(author) = at_most_one(author)? else {
        return refused(ChatError::invalid("seq", "no_message"));
    };
    if author == request.seat.author.as_str() {
        return refused(ChatError::invalid("seq", "yourself"));
    }
    let place = params![
        room,
        seq,
        request.seat.author.as_str(),
        request.reason.as_ref().map(Remark::as_str),
        request.seat.now.as_millis(),
    ];
    let insert = "INSERT INTO reports (room, seq, reporter, reason, created_at)
                  VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING";
    if connection.execute(insert, place).map_err(unavailable)? > 0 {
        let count = "SELECT count(*) FROM reports WHERE room = ?1";
        let count: u32 =
            connection.query_row(count, [room], |row| row.get(0)).map_err(unavailable)?;
        if count > Limits::REPORTS_MAX {
            return refused(ChatError::invalid("reports", "reports_full"));
        }
        tell_owner(work, request)?;
    }
    let unreferenced_gifs = std::mem::take(&mut work.changes.unreferenced_gifs);
    Ok(Removed { unreferenced_gifs })
}

fn tell_owner(work: &mut Work<'_>, request: &ReportRequest) -> Result<(), StoreError> {
    let (connection, room) = (work.connection, &request.seat.room);
    let owner = rooms::find(connection, room)?.owner;
    let report = Report {
        seq: request.of,
        by: identities::of_session(connection, room, &request.seat.session)?,
        reason: request.reason.clone(),
        created_at: request.seat.now,
    };
    work.changes.events.push(Event::Reported {
        room: room.clone(),
        owner: identities::of_session(connection, room, &owner)?.author,
        report: Box::new(report),
    });
    Ok(())
}

/// What was reported, oldest first.
pub(super) fn all_reports(
    connection: &Connection,
    room: &RoomId,
) -> Result<Vec<Report>, StoreError> {
    let query = "SELECT i.author, i.colour, i.alias, r.seq, r.reason, r.created_at
                 FROM reports r JOIN identities i ON i.room = r.room AND i.author = r.reporter
                 WHERE r.room = ?1 ORDER BY r.created_at, r.seq";
    let report = |row: &Row<'_>| {
        Ok(Report {
            by: identity(row, 0)?,
            seq: row.get(3)?,
            reason: row.get::<_, Option<String>>(4)?.map(Remark::stored),
            created_at: timestamp(row, 5)?,
        })
    };
    let mut select = connection.prepare_cached(query).map_err(unavailable)?;
    let rows = select.query_map([room.as_str()], report).map_err(unavailable)?;
    rows.collect::<rusqlite::Result<_>>().map_err(unavailable)
}

/// What was reported, for the owner.
pub(super) fn reports(
    connection: &Connection,
    room: &RoomId,
    session: &SessionId,
) -> Result<Vec<Report>, StoreError> {
    rooms::check_owner(connection, room, session)?;
    all_reports(connection, room)
}

/// Who may not come in at `now`, for the owner, the last first.
pub(super) fn bans(
    connection: &Connection,
    room: &RoomId,
    session: &SessionId,
    now: Timestamp,
) -> Result<Vec<Ban>, StoreError> {
    rooms::check_owner(connection, room, session)?;
    let query = "SELECT i.author, i.colour, i.alias, b.until, b.created_at, b.reason
                 FROM bans b JOIN identities i ON i.room = b.room AND i.session = b.session
                 WHERE b.room = ?1 AND b.until > ?2 ORDER BY b.created_at DESC, i.author";
    let ban = |row: &Row<'_>| {
        Ok(Ban {
            who: identity(row, 0)?,
            until: timestamp(row, 3)?,
            created_at: timestamp(row, 4)?,
            reason: row.get::<_, Option<String>>(5)?.map(Remark::stored),
        })
    };
    let mut select = connection.prepare_cached(query).map_err(unavailable)?;
    let place = params![room.as_str(), now.as_millis()];
    let rows = select.query_map(place, ban).map_err(unavailable)?;
    rows.collect::<rusqlite::Result<_>>().map_err(unavailable)
}
