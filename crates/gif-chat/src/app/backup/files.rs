//! Copying files durably, and looking at what was copied.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

use super::{BackupError, DATABASE, GIFS};
use crate::gifs::{is_file_name, name_of};
use crate::store::sqlite::{Contents, inspect_copy};

/// What file systems put into an empty one.
const TOLERATED: &str = "lost+found";

/// Refuses a folder with something in it; one that is missing is made later.
pub(super) fn require_empty(folder: &Path) -> Result<(), BackupError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(BackupError::file(folder)(error)),
    };
    for entry in entries {
        let name = entry.map_err(BackupError::file(folder))?.file_name();
        if name != TOLERATED {
            let found = name.to_string_lossy().into_owned();
            return Err(BackupError::NotEmpty { folder: folder.to_owned(), found });
        }
    }
    Ok(())
}

/// Makes a folder, and those above it that are missing, for this user only.
pub(super) fn make_folder(folder: &Path) -> Result<(), BackupError> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(BackupError::file(folder))
}

/// Copies a file under a new name that only this user can read, and makes its bytes durable.
pub(super) fn copy_file(from: &Path, to: &Path) -> io::Result<()> {
    let mut source = File::open(from)?;
    let mut target = OpenOptions::new().write(true).create_new(true).mode(0o600).open(to)?;
    io::copy(&mut source, &mut target)?;
    target.sync_all()
}

/// Makes the names in a folder durable.
pub(super) fn sync_folder(folder: &Path) -> Result<(), BackupError> {
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(BackupError::file(folder))
}

/// Looks at everything in a backup: each page of its database, and each byte of its GIFs.
pub(super) fn inspect(folder: &Path, name_key: Option<[u8; 32]>) -> Result<Contents, BackupError> {
    let contents = inspect_copy(&folder.join(DATABASE))
        .map_err(|error| BackupError::damaged(folder, error.to_string()))?;
    let name_key = match name_key {
        Some(name_key) => name_key,
        None if contents.gifs.is_empty() => return Ok(contents),
        None => return Err(BackupError::OtherSecret(folder.to_owned())),
    };
    let mut wrong = Vec::new();
    for name in &contents.gifs {
        if !is_file_name(name) {
            return Err(BackupError::damaged(folder, format!("{name:?} is no name of a GIF")));
        }
        let path = folder.join(GIFS).join(name);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(BackupError::damaged(folder, format!("the GIF {name} is missing")));
            }
            Err(source) => return Err(BackupError::File { path, source }),
        };
        if name_of(&name_key, &bytes).map_err(BackupError::file(&path))? != *name {
            wrong.push(name);
        }
    }
    match wrong.first() {
        None => Ok(contents),
        // One damaged file is damage; all of them have been named by another secret.
        Some(_) if wrong.len() == contents.gifs.len() && wrong.len() > 1 => {
            Err(BackupError::OtherSecret(folder.to_owned()))
        }
        Some(name) => Err(BackupError::damaged(folder, format!("the GIF {name} is damaged"))),
    }
}
