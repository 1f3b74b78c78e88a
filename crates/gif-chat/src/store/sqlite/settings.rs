//! Changing what a room is like: all that is asked, or nothing.

use rusqlite::params;

use super::moderation::told;
use super::rooms;
use super::rows::{refused, unavailable};
use super::seats::count_seats;
use super::writer::{Moment, Work};
use crate::chat::{
    Capacity, ChatError, Order, Reason, RoomTitle, Settings, StoreError, SystemDetails, SystemKind,
};

pub(super) fn change(
    work: &mut Work<'_>,
    order: &Order,
    moment: Moment,
    settings: &Settings,
) -> Result<(), StoreError> {
    let before = rooms::settings(work.connection, &order.room)?;
    if let Some(title) = settings.title.as_ref().filter(|title| title.as_str() != before.title) {
        retitle(work, order, moment, title)?;
    }
    if let Some(max) = settings.max.filter(|max| max.get() != before.max) {
        resize(work, order, moment, max)?;
    }
    match &settings.password_hash {
        // There was none, and there shall be none.
        Some(None) if !before.secret => {}
        Some(hash) => set_password(work, order, moment, hash.as_deref())?,
        None => {}
    }
    if let Some(locked) = settings.locked.filter(|locked| *locked != before.locked) {
        set(work, order, ("locked", i64::from(locked)))?;
        let kind = if locked { SystemKind::Lock } else { SystemKind::Unlock };
        told(work, order, moment, kind, SystemDetails::default())?;
    }
    if let Some(seconds) = settings.slow_seconds.filter(|slow| *slow != before.slow_seconds) {
        set(work, order, ("slow_seconds", i64::from(seconds)))?;
        let details = SystemDetails { number: Some(seconds.into()), ..SystemDetails::default() };
        told(work, order, moment, SystemKind::Slow, details)?;
    }
    work.changes.touched.push(order.room.clone());
    Ok(())
}

/// `column` is one of ours, never a client's.
fn set(
    work: &Work<'_>,
    order: &Order,
    (column, value): (&'static str, impl rusqlite::ToSql),
) -> Result<(), StoreError> {
    let update = format!("UPDATE rooms SET {column} = ?2 WHERE id = ?1");
    work.connection.execute(&update, params![order.room.as_str(), value]).map_err(unavailable)?;
    Ok(())
}

fn retitle(
    work: &mut Work<'_>,
    order: &Order,
    moment: Moment,
    title: &RoomTitle,
) -> Result<(), StoreError> {
    set(work, order, ("title", title.as_str()))?;
    let details =
        SystemDetails { text: Some(title.as_str().to_owned()), ..SystemDetails::default() };
    told(work, order, moment, SystemKind::Title, details)
}

/// Seats never exceed `max`: nobody loses the seat that they have.
fn resize(
    work: &mut Work<'_>,
    order: &Order,
    moment: Moment,
    max: Capacity,
) -> Result<(), StoreError> {
    let count = count_seats(work.connection, &order.room)?;
    if max.get() < count {
        let reason = Reason { code: "max_below_count", values: vec![("count", count.into())] };
        return refused(ChatError::Invalid { field: "max", reason });
    }
    set(work, order, ("max", max.get()))?;
    let details = SystemDetails { number: Some(max.get().into()), ..SystemDetails::default() };
    told(work, order, moment, SystemKind::Max, details)
}

/// Whoever is in the room, and its owner, stay admitted; whoever is absent is not any more.
fn set_password(
    work: &mut Work<'_>,
    order: &Order,
    moment: Moment,
    hash: Option<&str>,
) -> Result<(), StoreError> {
    set(work, order, ("password_hash", hash))?;
    let room = order.room.as_str();
    let forget = "DELETE FROM admissions WHERE room = ?1";
    work.connection.execute(forget, [room]).map_err(unavailable)?;
    let admit = "INSERT INTO admissions (room, session)
                 SELECT room, session FROM seats WHERE room = ?1
                 UNION SELECT id, owner FROM rooms WHERE id = ?1";
    work.connection.execute(admit, [room]).map_err(unavailable)?;
    let number = Some(u64::from(hash.is_some()));
    let details = SystemDetails { number, ..SystemDetails::default() };
    told(work, order, moment, SystemKind::Password, details)
}
