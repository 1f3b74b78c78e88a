//! Between rows and the domain's types.

use rusqlite::types::Type;
use rusqlite::{Connection, ErrorCode, OptionalExtension as _, Row, ffi};

use crate::chat::{
    AliasNumber, AuthorId, ChatError, Colour, Identity, MessageId, Outage, RoomId, SessionId,
    StoreError, Timestamp,
};

/// An SQLite error, as callers see it: retryable, with the cause for the log.
#[expect(clippy::needless_pass_by_value, reason = "used as map_err(unavailable)")]
pub(super) fn unavailable(error: rusqlite::Error) -> StoreError {
    StoreError::unavailable(outage(&error), error.to_string())
}

/// What an SQLite error says about the disk.
pub(super) fn outage(error: &rusqlite::Error) -> Outage {
    let Some(failure) = error.sqlite_error() else {
        return Outage::Other;
    };
    match (failure.code, failure.extended_code) {
        (ErrorCode::DiskFull, _) => Outage::NoSpace,
        (_, ffi::SQLITE_IOERR_FSYNC | ffi::SQLITE_IOERR_DIR_FSYNC) => Outage::NotDurable,
        (ErrorCode::SystemIoFailure, _) => Outage::Disk,
        (ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase, _) => Outage::Damaged,
        _ => Outage::Other,
    }
}

/// A refusal by a rule.
pub(super) fn refused<T>(error: ChatError) -> Result<T, StoreError> {
    Err(StoreError::Refused(error))
}

/// A stored value that the domain does not know: the file was changed by somebody else.
fn unreadable(index: usize, name: &'static str) -> rusqlite::Error {
    rusqlite::Error::InvalidColumnType(index, name.to_owned(), Type::Text)
}

pub(super) fn timestamp(row: &Row<'_>, index: usize) -> rusqlite::Result<Timestamp> {
    row.get(index).map(Timestamp::from_millis)
}

pub(super) fn room_id(row: &Row<'_>, index: usize) -> rusqlite::Result<RoomId> {
    let text: String = row.get(index)?;
    RoomId::parse(&text).ok_or_else(|| unreadable(index, "room"))
}

pub(super) fn session_id(row: &Row<'_>, index: usize) -> rusqlite::Result<SessionId> {
    let text: String = row.get(index)?;
    SessionId::parse(&text).ok_or_else(|| unreadable(index, "session"))
}

pub(super) fn message_id(row: &Row<'_>, index: usize) -> rusqlite::Result<MessageId> {
    let text: String = row.get(index)?;
    MessageId::parse(&text).ok_or_else(|| unreadable(index, "id"))
}

/// `author, colour, alias` from three columns that begin at `index`.
pub(super) fn identity(row: &Row<'_>, index: usize) -> rusqlite::Result<Identity> {
    let author: String = row.get(index)?;
    let colour: String = row.get(index + 1)?;
    Ok(Identity {
        author: AuthorId::parse(&author).ok_or_else(|| unreadable(index, "author"))?,
        colour: Colour::parse(&colour).ok_or_else(|| unreadable(index + 1, "colour"))?,
        alias: AliasNumber::new(row.get(index + 2)?).words(),
    })
}

/// `Ok(None)` for no row; every other failure is a reason to retry.
pub(super) fn at_most_one<T>(row: rusqlite::Result<T>) -> Result<Option<T>, StoreError> {
    row.optional().map_err(unavailable)
}

/// Whether there is such a row.
pub(super) fn exists(
    connection: &Connection,
    query: &str,
    values: impl rusqlite::Params,
) -> Result<bool, StoreError> {
    let mut select = connection.prepare_cached(query).map_err(unavailable)?;
    select.exists(values).map_err(unavailable)
}
