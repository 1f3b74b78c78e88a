//! Restoring a backup.

use std::fs;
use std::io;
use std::path::Path;

use super::files::{
    copy_file, make_gif_folder, remove, require_empty, sync_folder, sync_gif_folder,
};
use super::secret::Secret;
use super::sums::Sums;
use super::{BackupError, DATABASE, FORMAT, MANIFEST, Manifest, SECRET, gif_path};
use crate::app::{Environment, folder};
use crate::config::Config;
use crate::gifs::is_file_name;
use crate::store::sqlite::{Restoring, inspect_copy};

/// Longest manifest that is read, in bytes: room for the names of many lost GIFs.
const MANIFEST_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Checks a backup, and copies it into the data folder, which must be empty or missing. The folder
/// gets a new epoch. Until this returns, no server opens the folder. After an error the folder is
/// empty again.
pub fn restore(
    config: &Config,
    from: &Path,
    environment: &Environment,
) -> Result<Manifest, BackupError> {
    let checked = check(config, from)?;
    let data = config.data.as_path();
    require_empty(data)?;
    folder::prepare(data).map_err(BackupError::file(data))?;
    let restoring = Restoring::begin(data)?;
    // Once more, now that nobody else puts anything into it.
    require_empty(data)?;
    if let Err(error) = put(&checked, from, &restoring, (data, environment)) {
        remove(data, &[]);
        drop(restoring.give_up());
        return Err(error);
    }
    restoring.finish()?;
    Ok(checked.manifest)
}

/// A backup that is whole.
struct Checked {
    manifest: Manifest,
    /// Its GIFs.
    gifs: Vec<String>,
    /// Whether the secret is in it.
    has_secret: bool,
}

/// Looks at every byte of a backup.
fn check(config: &Config, from: &Path) -> Result<Checked, BackupError> {
    let manifest = read_manifest(from)?;
    let sums = Sums::read(from)?;
    let has_secret = sums.has(SECRET);
    sums.require(from, MANIFEST)?;
    sums.require(from, DATABASE)?;
    if has_secret {
        sums.require(from, SECRET)?;
    }
    let database = from.join(DATABASE);
    let contents = inspect_copy(&database).map_err(|error| BackupError::in_backup(from, error))?;
    Secret::in_force(config, from)?.require_for(&database)?;
    let lost = manifest.lost_gifs.clone();
    if Manifest::new(&contents, manifest.made_at.clone(), lost) != manifest {
        let finding = format!("{MANIFEST} speaks of another database");
        return Err(BackupError::damaged(from, finding));
    }
    let mut gifs = contents.gifs;
    gifs.retain(|name| manifest.lost_gifs.binary_search(name).is_err());
    for name in &gifs {
        if !is_file_name(name) {
            return Err(BackupError::damaged(from, format!("{name:?} is no name of a GIF")));
        }
        sums.require(from, &gif_path(name))?;
    }
    Ok(Checked { manifest, gifs, has_secret })
}

fn put(
    checked: &Checked,
    from: &Path,
    restoring: &Restoring<'_>,
    (data, environment): (&Path, &Environment),
) -> Result<(), BackupError> {
    restoring.put_database(&from.join(DATABASE), &*environment.random)?;
    make_gif_folder(data)?;
    let gifs = checked.gifs.iter().map(|name| gif_path(name));
    for path in gifs.chain(checked.has_secret.then(|| SECRET.to_owned())) {
        let source = from.join(&path);
        copy_file(&source, &data.join(&path)).map_err(BackupError::file(&source))?;
    }
    sync_gif_folder(data)?;
    sync_folder(data)
}

fn read_manifest(from: &Path) -> Result<Manifest, BackupError> {
    /// What every version of it has.
    #[derive(serde::Deserialize)]
    struct Versioned {
        format: u32,
    }
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
    let versioned: Versioned = serde_json::from_slice(&text).map_err(|_error| unreadable())?;
    if versioned.format > FORMAT {
        return Err(BackupError::TooNew(from.to_owned()));
    }
    serde_json::from_slice(&text).map_err(|_error| unreadable())
}
