//! Taking a backup.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::Path;

use super::files::{
    copy_file, make_gif_folder, remove, require_empty, require_outside, require_space, sync_folder,
    sync_gif_folder, write_file,
};
use super::secret::Secret;
use super::sums::Sums;
use super::{BackupError, DATABASE, GIFS, MANIFEST, Manifest, SECRET, gif_path};
use crate::app::{Environment, folder};
use crate::config::Config;
use crate::gifs::{is_file_name, name_of};
use crate::store::sqlite::{Contents, copy_database, inspect_copy};

/// How often the database is copied anew because a GIF went away before it was copied.
const TRIES_MAX: usize = 50;

/// How often in a row a GIF's file is missed until it is certain that it did not go with its last
/// entry: when a file goes in good order, its entry went before, and the next copy does not show it.
const MISSES_MAX: usize = 5;

/// The manifest under a name that does not count.
const UNFINISHED: &str = "backup.json.new";

/// A backup that was taken.
#[derive(Debug)]
pub struct Taken {
    /// What it holds.
    pub manifest: Manifest,
    /// The GIFs whose bytes are not those that they were named after. Either the data folder's disk
    /// has changed them, or they were named with an earlier secret.
    pub unlike_their_names: Vec<String>,
}

/// Copies the data folder into a folder that is empty or missing, also while a server uses it. When
/// this returns the copy is whole, durable, and of one moment. After an error there is none.
///
/// A GIF that is damaged or lost in the data folder is no error: a backup without it is better than
/// none. [`Taken`] tells.
pub fn back_up(
    config: &Config,
    into: &Path,
    environment: &Environment,
) -> Result<Taken, BackupError> {
    let data = &config.data;
    if !data.join(DATABASE).is_file() {
        return Err(BackupError::NoDatabase(data.clone()));
    }
    require_outside(into, data)?;
    require_empty(into)?;
    let secret = Secret::in_force(config, data)?;
    let is_new = !into.exists();
    let taken = take(config, into, &secret, environment);
    if taken.is_err() {
        remove(into, &[DATABASE, UNFINISHED]);
        if is_new {
            drop(fs::remove_dir(into));
        }
    }
    taken
}

fn take(
    config: &Config,
    into: &Path,
    secret: &Secret,
    environment: &Environment,
) -> Result<Taken, BackupError> {
    folder::prepare(into).map_err(BackupError::file(into))?;
    make_gif_folder(into)?;
    require_space(into, database_bytes(&config.data), (&config.data, config.free_disk_bytes_min))?;
    let (manifest, lost) = copy_one_moment(config, into, environment)?;
    sync_gif_folder(into)?;
    let database = into.join(DATABASE);
    let contents =
        inspect_copy(&database).map_err(|error| BackupError::damaged(into, error.to_string()))?;
    secret.require_for(&database)?;
    let mut sums = Sums::default();
    sums.add_file(into, DATABASE)?;
    if let Some(kept) = &secret.kept {
        write_file(&into.join(SECRET), kept)?;
        sums.add(SECRET, kept);
    }
    let there = contents.gifs.iter().filter(|name| !lost.contains(*name));
    let unlike_their_names = add_gifs(&mut sums, into, there, &secret.keys.gif_name())?;
    finish(into, &manifest, sums)?;
    Ok(Taken { manifest, unlike_their_names })
}

/// What the copy of the database takes at most.
fn database_bytes(data: &Path) -> u64 {
    let length = |path| fs::metadata(path).map_or(0, |found| found.len());
    length(data.join(DATABASE)).saturating_add(length(data.join(format!("{DATABASE}-wal"))))
}

/// Copies the database, and the GIFs that it shows, until they are of one moment. Also tells which of
/// the GIFs are lost.
///
/// Nothing of a GIF changes once it has its name, but it goes when the last entry that shows it goes.
/// A database that shows one which is gone is copied anew; the GIFs that are there already stay.
fn copy_one_moment(
    config: &Config,
    into: &Path,
    environment: &Environment,
) -> Result<(Manifest, BTreeSet<String>), BackupError> {
    let data = &config.data;
    let mut misses = BTreeMap::new();
    for number in 0..TRIES_MAX {
        let made_at = environment.clock.now().to_string();
        let contents = copy_database(data, &into.join(DATABASE))?;
        if number == 0 {
            require_space(into, contents.gif_bytes, (data, config.free_disk_bytes_min))?;
        }
        misses = copy_gifs(data, into, &contents, &misses)?;
        if misses.values().all(|&times| times >= MISSES_MAX) {
            remove_others(into, &contents.gifs)?;
            let lost: BTreeSet<String> = misses.into_keys().collect();
            let listed = lost.iter().cloned().collect();
            return Ok((Manifest::new(&contents, made_at, listed), lost));
        }
    }
    Err(BackupError::Restless)
}

/// Copies the GIFs that are not there yet, and tells how often in a row each missing one was missed.
fn copy_gifs(
    data: &Path,
    into: &Path,
    contents: &Contents,
    missed_before: &BTreeMap<String, usize>,
) -> Result<BTreeMap<String, usize>, BackupError> {
    let mut missed = BTreeMap::new();
    for name in &contents.gifs {
        if !is_file_name(name) {
            return Err(BackupError::damaged(data, format!("{name:?} is no name of a GIF")));
        }
        let path = gif_path(name);
        let (source, target) = (data.join(&path), into.join(&path));
        if target.is_file() {
            continue;
        }
        match copy_file(&source, &target) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let times = missed_before.get(name).map_or(1, |times| times.saturating_add(1));
                missed.insert(name.clone(), times);
            }
            Err(error) => return Err(BackupError::file(&source)(error)),
        }
    }
    Ok(missed)
}

/// Removes what an earlier try copied and this moment does not show.
fn remove_others(into: &Path, shown: &[String]) -> Result<(), BackupError> {
    let gifs = into.join(GIFS);
    let failed = BackupError::file(&gifs);
    for entry in fs::read_dir(&gifs).map_err(&failed)? {
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

/// Reads the copies of GIFs, and tells which are not what their names say.
fn add_gifs<'name>(
    sums: &mut Sums,
    into: &Path,
    names: impl Iterator<Item = &'name String>,
    name_key: &[u8],
) -> Result<Vec<String>, BackupError> {
    let mut unlike_their_names = Vec::new();
    for name in names {
        let path = gif_path(name);
        let copy = into.join(&path);
        let failed = BackupError::file(&copy);
        // A GIF has few bytes: the server reads it as a whole, too.
        let bytes = fs::read(&copy).map_err(&failed)?;
        if name_of(name_key, &bytes).map_err(&failed)? != *name {
            unlike_their_names.push(name.clone());
        }
        sums.add(path, &bytes);
    }
    Ok(unlike_their_names)
}

/// The name of the manifest is what makes a backup of a folder.
fn finish(into: &Path, manifest: &Manifest, mut sums: Sums) -> Result<(), BackupError> {
    let (half_made, path) = (into.join(UNFINISHED), into.join(MANIFEST));
    let failed = BackupError::file(&path);
    let text = serde_json::to_string_pretty(manifest).map_err(|error| failed(error.into()))?;
    sums.add(MANIFEST, text.as_bytes());
    sums.write(into)?;
    write_file(&half_made, text.as_bytes())?;
    sync_folder(into)?;
    fs::rename(&half_made, &path).map_err(&failed)?;
    sync_folder(into)
}
