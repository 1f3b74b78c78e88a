//! Restoring a backup.

use std::fs;
use std::io;
use std::path::Path;

use super::files::{copy_file, inspect, make_folder, require_empty, sync_folder};
use super::{BackupError, DATABASE, FORMAT, GIFS, MANIFEST, Manifest, SECRET, name_key};
use crate::app::{Environment, folder};
use crate::config::Config;
use crate::store::sqlite::Restoring;

/// Longest manifest that is read, in bytes.
const MANIFEST_BYTES_MAX: u64 = 64 * 1024;

/// Checks a backup, and copies it into the data folder, which must be empty or missing. The folder
/// gets a new epoch. Until this returns, no server opens the folder.
pub fn restore(
    config: &Config,
    from: &Path,
    environment: &Environment,
) -> Result<Manifest, BackupError> {
    let data = config.data.as_path();
    let manifest = read_manifest(from)?;
    let contents = inspect(from, name_key(config.cookie_secret.as_bytes(), from)?)?;
    if Manifest::new(&contents, manifest.made_at.clone()) != manifest {
        let finding = format!("{MANIFEST} speaks of another database");
        return Err(BackupError::damaged(from, finding));
    }
    require_empty(data)?;
    folder::prepare(data).map_err(BackupError::file(data))?;
    let restoring = Restoring::begin(data)?;
    restoring.put_database(&from.join(DATABASE), &*environment.random)?;
    copy_gifs(from, data, &contents.gifs)?;
    let secret = from.join(SECRET);
    match copy_file(&secret, &data.join(SECRET)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(BackupError::file(&secret)(error));
        }
        _ => sync_folder(data)?,
    }
    restoring.finish()?;
    Ok(manifest)
}

fn copy_gifs(from: &Path, data: &Path, names: &[String]) -> Result<(), BackupError> {
    let gifs = data.join(GIFS);
    make_folder(&gifs)?;
    for name in names {
        let source = from.join(GIFS).join(name);
        copy_file(&source, &gifs.join(name)).map_err(BackupError::file(&source))?;
    }
    sync_folder(&gifs)?;
    gifs.parent().map_or(Ok(()), sync_folder)
}

fn read_manifest(from: &Path) -> Result<Manifest, BackupError> {
    let path = from.join(MANIFEST);
    let length = match fs::metadata(&path) {
        Ok(found) => found.len(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let finding = format!("there is no {MANIFEST} in it, which is written last");
            return Err(BackupError::damaged(from, finding));
        }
        Err(source) => return Err(BackupError::File { path, source }),
    };
    let unreadable = || BackupError::damaged(from, format!("{MANIFEST} cannot be read"));
    if length > MANIFEST_BYTES_MAX {
        return Err(unreadable());
    }
    let text = fs::read(&path).map_err(BackupError::file(&path))?;
    let manifest: Manifest = serde_json::from_slice(&text).map_err(|_error| unreadable())?;
    if manifest.format != FORMAT {
        let finding = format!("its format is {}, and this server reads {FORMAT}", manifest.format);
        return Err(BackupError::damaged(from, finding));
    }
    Ok(manifest)
}
