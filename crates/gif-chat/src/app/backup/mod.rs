//! Backups: a copy of everything in the data folder, taken while the server runs, and the way back.
//!
//! ```text
//! backup/gif-chat.sqlite      the database as it was at one moment
//! backup/gifs/files/          the GIFs that it shows
//! backup/secret.key           the secret, if it was kept in the data folder
//! backup/backup.json          what it holds; written last, so that half a backup is none
//! ```

mod files;
mod restore;
mod take;

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use restore::restore;
pub use take::back_up;

use crate::chat::Keys;
use crate::store::sqlite::{Contents, OpenError};

const DATABASE: &str = "gif-chat.sqlite";
const GIFS: &str = "gifs/files";
const SECRET: &str = "secret.key";
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
    /// When it was finished: ISO 8601 in UTC.
    pub made_at: String,
    /// Rooms.
    pub rooms: u64,
    /// Entries of all rooms.
    pub entries: u64,
    /// GIF files.
    pub gifs: usize,
}

impl Manifest {
    fn new(contents: &Contents, made_at: String) -> Self {
        Self {
            format: FORMAT,
            schema: contents.schema,
            epoch: contents.epoch.clone(),
            made_at,
            rooms: contents.rooms,
            entries: contents.entries,
            gifs: contents.gifs.len(),
        }
    }
}

/// Why there is no backup, or why it was not restored. Shown to the person who asked.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is something already.
    #[error("{folder} is not empty ({found} is in it); choose a folder that is empty or missing")]
    NotEmpty {
        /// Where.
        folder: PathBuf,
        /// What.
        found: String,
    },
    /// There is no database to copy.
    #[error("there is no database in {0}; name the data folder with GIFCHAT_DATA or --data")]
    NoDatabase(PathBuf),
    /// The backup is not whole.
    #[error("{folder} is no whole backup: {finding}; take another one")]
    Damaged {
        /// Which.
        folder: PathBuf,
        /// What is wrong.
        finding: String,
    },
    /// Names of GIFs and of authors follow from the secret.
    #[error(
        "the GIFs in {0} have names that another secret gave them; set COOKIE_SECRET as it was \
         when the backup was made"
    )]
    OtherSecret(PathBuf),
    /// GIFs came and went all the time.
    #[error("GIFs came and went too fast to be copied; try again at a quieter moment")]
    Restless,
    /// The database.
    #[error(transparent)]
    Database(#[from] OpenError),
    /// A file.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl BackupError {
    fn file(path: &Path) -> impl Fn(io::Error) -> Self {
        move |source| Self::File { path: path.to_owned(), source }
    }

    fn damaged(folder: &Path, finding: impl Into<String>) -> Self {
        Self::Damaged { folder: folder.to_owned(), finding: finding.into() }
    }
}

/// What the names of GIFs follow from: the configured secret, else the one in this folder, if any.
fn name_key(configured: &[u8], folder: &Path) -> Result<Option<[u8; 32]>, BackupError> {
    if !configured.is_empty() {
        return Ok(Some(Keys::derive(configured).gif_name()));
    }
    let path = folder.join(SECRET);
    match std::fs::read(&path) {
        Ok(secret) => Ok(Some(Keys::derive(&secret).gif_name())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(BackupError::File { path, source }),
    }
}
