//! Emptying the write-ahead log after a removal, so that what a room held is in no file any more.
//!
//! Whoever reads the database as it was before keeps the log from being emptied. The server's own
//! readers are done in a moment. A backup is not: it must neither hold up the writer, and everybody
//! with it, nor make what was removed stay for longer than it takes.

use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::schema::BUSY_TIME_MAX;

/// How long the writer waits for those who read.
const WAIT_MAX: Duration = Duration::from_millis(250);

/// How long until the next try when somebody has read for longer than that.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// Whether the log is still to be emptied, and when.
#[derive(Default)]
pub(super) struct Purge {
    next_try: Option<Instant>,
}

impl Purge {
    /// Something was removed.
    pub(super) fn ask(&mut self) {
        self.next_try.get_or_insert_with(Instant::now);
    }

    /// How long until it is tried; nothing when there is nothing to do.
    pub(super) fn time_left(&self) -> Option<Duration> {
        self.next_try.map(|next_try| next_try.saturating_duration_since(Instant::now()))
    }

    /// Empties the log if it is time to.
    pub(super) fn run(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        if self.time_left() != Some(Duration::ZERO) {
            return Ok(());
        }
        // Also after an error.
        self.next_try = Some(Instant::now() + RETRY_AFTER);
        connection.busy_timeout(WAIT_MAX)?;
        let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
        let is_blocked = connection.query_row(checkpoint, [], |row| row.get::<_, bool>(0));
        connection.busy_timeout(BUSY_TIME_MAX)?;
        if !is_blocked? {
            self.next_try = None;
        }
        Ok(())
    }
}
