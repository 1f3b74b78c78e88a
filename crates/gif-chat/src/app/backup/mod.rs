//! Backups: a copy of everything in the data folder, taken while the server runs, and the way back.
//!
//! ```text
//! backup/gif-chat.sqlite      the database as it was at one moment
//! backup/gifs/files/          the GIFs that it shows
//! backup/secret.key           the secret, if it is kept in the data folder
//! backup/SHA256SUMS           what each of these files must be, as `sha256sum --check` reads it
//! backup/backup.json          what it holds; named last, so that half a backup is none
//! ```

mod error;
mod files;
mod restore;
mod secret;
mod sums;
mod take;

use std::path::Path;

use serde::{Deserialize, Serialize};

pub use error::BackupError;
pub use restore::restore;
pub use take::{Taken, back_up};

use crate::store::sqlite::Contents;

const DATABASE: &str = "gif-chat.sqlite";
const GIFS: &str = "gifs/files";
const SECRET: &str = "secret.key";
const SUMS: &str = "SHA256SUMS";
const MANIFEST: &str = "backup.json";

/// The form of backups that this server writes and reads.
const FORMAT: u32 = 1;

/// What a backup says about itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// Of the folder; a newer server may write another.
    pub format: u32,
    /// The version of the database's schema.
    pub schema: i64,
    /// The epoch of the data folder that was copied.
    pub epoch: String,
    /// When: everything that was acknowledged before is in it. ISO 8601 in UTC.
    pub made_at: String,
    /// Rooms.
    pub rooms: u64,
    /// Entries of all rooms.
    pub entries: u64,
    /// GIFs that they show.
    pub gifs: usize,
    /// The names of those among them whose files were gone from the data folder already.
    pub lost_gifs: Vec<String>,
}

impl Manifest {
    fn new(contents: &Contents, made_at: String, lost_gifs: Vec<String>) -> Self {
        Self {
            format: FORMAT,
            schema: contents.schema,
            epoch: contents.epoch.clone(),
            made_at,
            rooms: contents.rooms,
            entries: contents.entries,
            gifs: contents.gifs.len(),
            lost_gifs,
        }
    }
}

/// Whether this folder is a backup. A server on it would go on under the epoch of another one.
pub(super) fn is_backup(folder: &Path) -> bool {
    folder.join(MANIFEST).exists()
}

/// Where a backup, and a data folder, has the file of a GIF.
fn gif_path(name: &str) -> String {
    format!("{GIFS}/{name}")
}
