//! Taking a backup.

use std::fs;
use std::io;
use std::path::Path;

use super::files::{copy_file, inspect, make_folder, require_empty, sync_folder};
use super::{BackupError, DATABASE, GIFS, MANIFEST, Manifest, SECRET, name_key};
use crate::app::Environment;
use crate::config::Config;
use crate::store::sqlite::{copy_database, inspect_copy};

/// How often the database is copied anew because a GIF went away before it was copied.
const TRIES_MAX: usize = 50;

/// Copies the data folder into a folder that is empty or missing, also while a server uses it. When
/// this returns the copy is whole, durable, and of one moment.
pub fn back_up(
    config: &Config,
    into: &Path,
    environment: &Environment,
) -> Result<Manifest, BackupError> {
    let data = &config.data;
    if !data.join(DATABASE).is_file() {
        return Err(BackupError::NoDatabase(data.clone()));
    }
    require_empty(into)?;
    let gifs = into.join(GIFS);
    make_folder(&gifs)?;
    copy_secret(data, into)?;
    let mut tries = 0..TRIES_MAX;
    while !copy_moment(data, into)? {
        tries.next().ok_or(BackupError::Restless)?;
    }
    sync_folder(&gifs)?;
    sync_folder(gifs.parent().unwrap_or(into))?;
    let contents = inspect(into, name_key(config.cookie_secret.as_bytes(), into)?)?;
    let manifest = Manifest::new(&contents, environment.clock.now().to_string());
    finish(into, &manifest)?;
    Ok(manifest)
}

/// The secret is made before the first room: if there is none, it is configured.
fn copy_secret(data: &Path, into: &Path) -> Result<(), BackupError> {
    let path = data.join(SECRET);
    match copy_file(&path, &into.join(SECRET)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(BackupError::file(&path)(error))
        }
        _ => Ok(()),
    }
}

/// Copies the database, and the GIFs that it shows. Nothing of a GIF changes once it has its name, but
/// it goes when the last entry that shows it goes: then the copy is of no use.
fn copy_moment(data: &Path, into: &Path) -> Result<bool, BackupError> {
    let (database, gifs) = (into.join(DATABASE), into.join(GIFS));
    match fs::remove_file(&database) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(BackupError::file(&database)(error));
        }
        _ => {}
    }
    copy_database(data, &database)?;
    private(&database)?;
    let shown = inspect_copy(&database)?.gifs;
    for name in &shown {
        let target = gifs.join(name);
        if target.is_file() {
            continue;
        }
        let source = data.join(GIFS).join(name);
        match copy_file(&source, &target) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(BackupError::file(&source)(error)),
        }
    }
    remove_others(&gifs, &shown)?;
    Ok(true)
}

/// What an earlier try copied and this moment does not show.
fn remove_others(gifs: &Path, shown: &[String]) -> Result<(), BackupError> {
    let failed = BackupError::file(gifs);
    for entry in fs::read_dir(gifs).map_err(&failed)? {
        let entry = entry.map_err(&failed)?;
        let is_shown = entry
            .file_name()
            .to_str()
            .is_some_and(|name| shown.binary_search_by(|other| other.as_str().cmp(name)).is_ok());
        if !is_shown {
            fs::remove_file(entry.path()).map_err(&failed)?;
        }
    }
    Ok(())
}

/// It holds what everybody said.
fn private(path: &Path) -> Result<(), BackupError> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::Permissions::from_mode(0o600);
    fs::set_permissions(path, mode).map_err(BackupError::file(path))
}

/// The name of the manifest is what makes a backup of a folder.
fn finish(into: &Path, manifest: &Manifest) -> Result<(), BackupError> {
    let (half_made, path) = (into.join("backup.json.new"), into.join(MANIFEST));
    let failed = BackupError::file(&path);
    let text = serde_json::to_string_pretty(manifest).map_err(|error| failed(error.into()))?;
    fs::write(&half_made, text).map_err(&failed)?;
    private(&half_made)?;
    fs::File::open(&half_made).and_then(|file| file.sync_all()).map_err(&failed)?;
    sync_folder(into)?;
    fs::rename(&half_made, &path).map_err(&failed)?;
    sync_folder(into)?;
    into.parent().filter(|parent| !parent.as_os_str().is_empty()).map_or(Ok(()), sync_folder)
}
