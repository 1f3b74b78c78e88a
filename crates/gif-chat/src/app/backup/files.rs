//! Folders and files of a backup: for their owner only, and durable.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use super::{BackupError, GIFS, MANIFEST, SECRET, SUMS};

/// What file systems put into an empty one, and what an earlier start leaves of itself.
const TOLERATED: [&str; 2] = ["lost+found", "lock"];

/// Refuses a folder with something in it; one that is missing is made later.
pub(super) fn require_empty(folder: &Path) -> Result<(), BackupError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(BackupError::file(folder)(error)),
    };
    for entry in entries {
        let name = entry.map_err(BackupError::file(folder))?.file_name();
        if TOLERATED.iter().all(|tolerated| name != *tolerated) {
            let found = name.to_string_lossy().into_owned();
            return Err(BackupError::NotEmpty { folder: folder.to_owned(), found });
        }
    }
    Ok(())
}

/// Refuses a folder that is, or will be, in this other one.
pub(super) fn require_outside(folder: &Path, other: &Path) -> Result<(), BackupError> {
    let absolute = std::path::absolute(folder).map_err(BackupError::file(folder))?;
    let there = absolute.ancestors().find_map(|ancestor| ancestor.canonicalize().ok());
    let other = other.canonicalize().map_err(BackupError::file(other))?;
    if there.is_some_and(|there| there.starts_with(other)) {
        return Err(BackupError::Inside(folder.to_owned()));
    }
    Ok(())
}

/// Refuses a folder whose disk has no space for so many bytes. On the data folder's own disk the
/// server needs some of it.
pub(super) fn require_space(
    folder: &Path,
    bytes: u64,
    (data, reserve): (&Path, u64),
) -> Result<(), BackupError> {
    let failed = BackupError::file(folder);
    let disk = rustix::fs::statvfs(folder).map_err(|error| failed(error.into()))?;
    let device = |path: &Path| fs::metadata(path).map(|found| found.dev()).map_err(&failed);
    let reserve = if device(folder)? == device(data)? { reserve } else { 0 };
    let free = disk.f_bavail.saturating_mul(disk.f_frsize).saturating_sub(reserve);
    if bytes <= free {
        return Ok(());
    }
    let megabytes = |bytes: u64| bytes / 1_000_000;
    let (needed, free) = (megabytes(bytes).saturating_add(1), megabytes(free));
    Err(BackupError::NoSpace { folder: folder.to_owned(), needed, free })
}

/// Makes the folder of the GIFs in this one, for its owner only.
pub(super) fn make_gif_folder(folder: &Path) -> Result<(), BackupError> {
    let gifs = folder.join(GIFS);
    let made = DirBuilder::new().recursive(true).mode(0o700).create(&gifs);
    made.map_err(BackupError::file(&gifs))
}

/// Makes the names of the GIFs in this folder durable.
pub(super) fn sync_gif_folder(folder: &Path) -> Result<(), BackupError> {
    let gifs = folder.join(GIFS);
    sync_folder(&gifs)?;
    gifs.parent().map_or(Ok(()), sync_folder)
}

/// Copies a file under a new name that only its owner can read, and makes its bytes durable.
pub(super) fn copy_file(from: &Path, to: &Path) -> io::Result<()> {
    let mut source = File::open(from)?;
    let mut target = new_file(to)?;
    io::copy(&mut source, &mut target)?;
    target.sync_all()
}

/// Writes such a file.
pub(super) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), BackupError> {
    let write = || {
        let mut file = new_file(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(BackupError::file(path))
}

fn new_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

/// Makes the names in a folder durable.
pub(super) fn sync_folder(folder: &Path) -> Result<(), BackupError> {
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(BackupError::file(folder))
}

/// Removes whatever of these names is in a folder that was empty before: half a backup is of no use,
/// and on the data folder's disk it takes the server's space. What cannot be removed stays.
pub(super) fn remove(folder: &Path, names: &[&str]) {
    let gifs = Path::new(GIFS).parent().unwrap_or(Path::new(GIFS));
    drop(fs::remove_dir_all(folder.join(gifs)));
    for name in names.iter().chain(&[SECRET, SUMS, MANIFEST]) {
        drop(fs::remove_file(folder.join(name)));
    }
}
