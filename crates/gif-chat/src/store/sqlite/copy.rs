//! A copy of the database, for a backup or from one.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::rows::{room_id, session_id};
use super::{OpenError, database_path, schema};
use crate::chat::{AuthorId, RandomSource, RoomId, SessionId};

/// The name of a database that is being restored. As long as it is there, the folder is of no use.
pub(super) const UNFINISHED: &str = "gif-chat.sqlite.restoring";

/// What a copy holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    /// The version of its schema.
    pub schema: i64,
    /// Its epoch.
    pub epoch: String,
    /// How many rooms.
    pub rooms: u64,
    /// How many entries in all of them.
    pub entries: u64,
    /// The names of the GIFs that they show, in order.
    pub gifs: Vec<String>,
    /// How many bytes these have in all.
    pub gif_bytes: u64,
}

/// Copies the database in a data folder to a file for this user only, also while a server uses it:
/// everything in the copy is of one moment, and nothing that was removed is in it. A file that is
/// there is overwritten. The copy is durable when this returns; its name is not.
pub fn copy_database(folder: &Path, to: &Path) -> Result<Contents, OpenError> {
    schema::check_library()?;
    let failed = |error| OpenError::database(folder, error);
    let connection = open(&database_path(folder)).map_err(failed)?;
    let target = to.to_str().ok_or_else(|| OpenError::folder(to, "its name is no Unicode"))?;
    // SQLite would make it readable for everybody.
    private_file(OpenOptions::new().create(true).truncate(true), to)
        .map_err(|error| OpenError::folder(to, error))?;
    connection.execute("VACUUM INTO ?1", [target]).map_err(failed)?;
    sync(to)?;
    contents(&open(to).map_err(failed)?, to)
}

/// Looks at every page and every row of a copy, and says what it holds.
pub fn inspect_copy(path: &Path) -> Result<Contents, OpenError> {
    schema::check_library()?;
    let failed = |error| OpenError::database(path, error);
    let connection = open(path).map_err(failed)?;
    let contents = contents(&connection, path)?;
    let look = "PRAGMA integrity_check(1)";
    let finding: String = connection.query_row(look, [], |row| row.get(0)).map_err(failed)?;
    if finding != "ok" {
        return Err(OpenError::damaged(path, finding));
    }
    let orphans = "SELECT count(*) FROM pragma_foreign_key_check";
    match connection.query_row(orphans, [], |row| row.get::<_, u64>(0)).map_err(failed)? {
        0 => Ok(contents),
        orphans => Err(OpenError::damaged(path, format!("{orphans} rows without their parents"))),
    }
}

fn contents(connection: &Connection, path: &Path) -> Result<Contents, OpenError> {
    let schema = schema::version(connection, path)?;
    let read = || -> rusqlite::Result<Contents> {
        let count = |query| connection.query_row(query, [], |row| row.get(0));
        let mut gifs = connection.prepare("SELECT name FROM gifs ORDER BY name")?;
        Ok(Contents {
            schema,
            epoch: connection.query_row(schema::EPOCH, [], |row| row.get(0))?,
            rooms: count("SELECT count(*) FROM rooms")?,
            entries: count("SELECT count(*) FROM entries")?,
            gifs: gifs.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?,
            gif_bytes: count("SELECT coalesce(sum(bytes), 0) FROM gifs")?,
        })
    };
    read().map_err(|error| OpenError::database(path, error))
}

/// Whether an author of a copy has the id that `author` gives the visitor in that room. Also when
/// there is no author at all: then no secret is a wrong one.
pub fn knows_authors(
    path: &Path,
    author: impl Fn(&RoomId, &SessionId) -> AuthorId,
) -> Result<bool, OpenError> {
    let search = || -> rusqlite::Result<bool> {
        let connection = open(path)?;
        // One is enough: after a change of the secret there are authors of both.
        let mut select = connection.prepare("SELECT room, session, author FROM identities")?;
        let mut rows = select.query([])?;
        let mut is_empty = true;
        while let Some(row) = rows.next()? {
            let stored: String = row.get(2)?;
            if author(&room_id(row, 0)?, &session_id(row, 1)?).as_str() == stored {
                return Ok(true);
            }
            is_empty = false;
        }
        Ok(is_empty)
    };
    search().map_err(|error| OpenError::database(path, error))
}

/// To read only; it never checkpoints. Not as the server's readers do: they may not even write copies.
fn open(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(schema::BUSY_TIME_MAX)?;
    connection.pragma_update(None, "trusted_schema", "OFF")?;
    Ok(connection)
}

/// A data folder into which a database is being restored. No server opens it before
/// [`Restoring::finish`], however this ends.
#[derive(Debug)]
pub struct Restoring<'folder> {
    folder: &'folder Path,
    _lock: File,
}

impl<'folder> Restoring<'folder> {
    /// Takes the folder, so that no server does.
    pub fn begin(folder: &'folder Path) -> Result<Self, OpenError> {
        Ok(Self { folder, _lock: schema::lock(folder)? })
    }

    /// Copies a database that was inspected before into the folder, under a name that no server
    /// opens, and gives it a new epoch: whatever clients know of the old one means nothing here.
    pub fn put_database(
        &self,
        from: &Path,
        random: &dyn RandomSource,
    ) -> Result<String, OpenError> {
        let path = self.folder.join(UNFINISHED);
        // Readable and writable for this user only, whatever has become of the backup's own mode.
        File::open(from)
            .and_then(|mut from| {
                let mut to = private_file(OpenOptions::new().create_new(true), &path)?;
                io::copy(&mut from, &mut to)
            })
            .map_err(|error| OpenError::folder(self.folder, error))?;
        let failed = |error| OpenError::database(self.folder, error);
        let connection = Connection::open(&path).map_err(failed)?;
        connection.execute("DELETE FROM meta WHERE key = 'epoch'", []).map_err(failed)?;
        let epoch = schema::epoch(&connection, random).map_err(failed)?;
        connection.close().map_err(|(_, error)| failed(error))?;
        sync(&path)?;
        sync(self.folder)?;
        Ok(epoch)
    }

    /// Everything else is there: from here on the folder is a data folder.
    pub fn finish(&self) -> Result<(), OpenError> {
        let name = database_path(self.folder);
        std::fs::rename(self.folder.join(UNFINISHED), name)
            .map_err(|error| OpenError::folder(self.folder, error))?;
        sync(self.folder)
    }

    /// Removes what [`Restoring::put_database`] has put. The last thing to go: as long as it is
    /// there, no server takes the folder for a whole one.
    pub fn give_up(self) -> io::Result<()> {
        let path = self.folder.join(UNFINISHED);
        let mut journal = path.clone().into_os_string();
        journal.push("-journal");
        match std::fs::remove_file(journal) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => std::fs::remove_file(path),
        }
    }
}

fn private_file(how: &mut OpenOptions, path: &Path) -> io::Result<File> {
    how.write(true).mode(0o600).open(path)
}

/// Makes a file, or the names in a folder, durable.
fn sync(path: &Path) -> Result<(), OpenError> {
    let synced = File::open(path).and_then(|file| file.sync_all());
    synced.map_err(|error| OpenError::folder(path, error))
}
