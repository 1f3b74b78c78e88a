//! The database file: pragmas, migrations, the lock on its folder.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _};

use super::OpenError;
use crate::chat::{RandomSource, StoreError};
use crate::store::sqlite::rows::unavailable;

/// SQLite 3.7.0 to 3.51.2 can corrupt a WAL database when two connections checkpoint.
const LIBRARY_VERSION_MIN: i32 = 3_051_003;

/// How long a connection waits for another one that has what it needs.
pub(super) const BUSY_TIME_MAX: Duration = Duration::from_secs(5);

/// How long the write-ahead log grows before it is moved into the database, in pages of 4 KiB: longer
/// than SQLite's own 1,000, because busy rooms write the same pages again and again.
const LOG_PAGES_MAX: i64 = 4_000;

/// How long the file of the write-ahead log stays after that, in bytes.
const LOG_BYTES_KEPT: i64 = 32 * 1024 * 1024;

/// One script per schema version; `user_version` counts those that ran. Only ever appended to.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_rooms.sql"),
    include_str!("migrations/0002_retries.sql"),
    include_str!("migrations/0003_people.sql"),
];

pub(super) fn check_library() -> Result<(), OpenError> {
    if rusqlite::version_number() < LIBRARY_VERSION_MIN {
        return Err(OpenError::LibraryTooOld { found: rusqlite::version() });
    }
    Ok(())
}

/// Locks the folder for this process, for as long as the file is kept.
pub(super) fn lock(folder: &Path) -> Result<File, OpenError> {
    let failed = |source| OpenError::Folder { folder: folder.to_owned(), source };
    let path = folder.join("lock");
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(path);
    let file = file.map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::Locked(folder.to_owned())),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

/// The connection that writes. It alone checkpoints.
pub(super) fn open_writer(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // NORMAL would lose acknowledged messages when the power fails.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    // What a removed room held is overwritten, not only unlinked.
    connection.pragma_update(None, "secure_delete", "ON")?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES_MAX)?;
    // A log that grew while a backup was read is cut again.
    connection.pragma_update(None, "journal_size_limit", LOG_BYTES_KEPT)?;
    connection.busy_timeout(BUSY_TIME_MAX)?;
    connection.pragma_update(None, "trusted_schema", "OFF")?;
    keep_plans(&connection)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// A connection that only reads. It never checkpoints.
pub(super) fn open_reader(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.pragma_update(None, "query_only", "ON")?;
    connection.busy_timeout(BUSY_TIME_MAX)?;
    connection.pragma_update(None, "trusted_schema", "OFF")?;
    keep_plans(&connection)?;
    connection.set_prepared_statement_cache_capacity(32);
    Ok(connection)
}

/// Prepared statements keep their plans. Otherwise SQLite, which is built with statistics here, parses
/// and plans most of them again whenever other values are bound, which costs more than running them.
fn keep_plans(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(drop)
}

/// Looks at every page, which takes a second for a gigabyte: better a loud refusal now than a wrong
/// answer later. What is no database at all is an error of its own.
pub(super) fn check(connection: &Connection, folder: &Path) -> Result<(), OpenError> {
    let look = "PRAGMA quick_check(1)";
    let finding = connection
        .query_row(look, [], |row| row.get::<_, String>(0))
        .map_err(|error| OpenError::database(folder, error))?;
    if finding == "ok" { Ok(()) } else { Err(OpenError::damaged(folder, finding)) }
}

/// Brings an older file to the present schema. Each step is one transaction.
pub(super) fn migrate(connection: &mut Connection, folder: &Path) -> Result<(), OpenError> {
    let failed = |error| OpenError::database(folder, error);
    let found = version(connection, folder)?;
    let done = usize::try_from(found).unwrap_or(usize::MAX);
    let pending = MIGRATIONS.get(done..).unwrap_or_default();
    for (version, script) in (found + 1..).zip(pending) {
        let transaction = connection.transaction().map_err(failed)?;
        transaction.execute_batch(script).map_err(failed)?;
        transaction.pragma_update(None, "user_version", version).map_err(failed)?;
        transaction.commit().map_err(failed)?;
    }
    Ok(())
}

/// The version of a file's schema, unless it is one that this server does not know.
pub(super) fn version(connection: &Connection, folder: &Path) -> Result<i64, OpenError> {
    let found: i64 = connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(|error| OpenError::database(folder, error))?;
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if (0..=known).contains(&found) {
        return Ok(found);
    }
    Err(OpenError::SchemaTooNew { found, known })
}

/// Moves what an earlier run left in the write-ahead log into the database, durably. That run may
/// have ended between a write and its fsync, or because of an fsync that failed: then the page cache
/// shows a log that the disk does not have, and whatever is appended to it would be lost with it.
pub(super) fn empty_log(connection: &Connection) -> rusqlite::Result<()> {
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_row| Ok(()))
}

/// Reads the epoch.
pub(super) const EPOCH: &str = "SELECT value FROM meta WHERE key = 'epoch'";

/// The epoch of this folder, made at the first start.
pub(super) fn epoch(
    connection: &Connection,
    random: &dyn RandomSource,
) -> rusqlite::Result<String> {
    if let Some(epoch) = connection.query_row(EPOCH, [], |row| row.get(0)).optional()? {
        return Ok(epoch);
    }
    let mut bytes = [0; 16];
    random.fill(&mut bytes);
    let epoch = hex::encode(bytes);
    connection.execute("INSERT INTO meta (key, value) VALUES ('epoch', ?1)", [&epoch])?;
    Ok(epoch)
}

/// A write that changes something each time, so that its commit reaches the disk.
pub(super) fn probe(connection: &Connection) -> Result<(), StoreError> {
    let count = "INSERT INTO meta (key, value) VALUES ('probe', '1')
                 ON CONFLICT (key) DO UPDATE SET value = CAST(value AS INTEGER) % 1000000 + 1";
    connection.execute(count, []).map_err(unavailable)?;
    Ok(())
}
