//! Why there is no backup, or why it was not restored.

use std::io;
use std::path::{Path, PathBuf};

use crate::store::sqlite::OpenError;

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
    /// The backup would be a part of what it is a copy of.
    #[error("{0} is in the data folder; choose a folder outside of it, best on another disk")]
    Inside(PathBuf),
    /// There is no database to copy.
    #[error("there is no database in {0}; name the data folder with GIFCHAT_DATA or --data")]
    NoDatabase(PathBuf),
    /// The server on the same disk would have no space left.
    #[error(
        "{folder} has {free} MB left for a backup of {needed} MB; free some space, or choose \
         another disk"
    )]
    NoSpace {
        /// Where the backup was to be.
        folder: PathBuf,
        /// What it takes, in megabytes.
        needed: u64,
        /// What it may take, in megabytes.
        free: u64,
    },
    /// The backup is not whole.
    #[error("{folder} is no whole backup: {finding}; restore another one")]
    Damaged {
        /// Which.
        folder: PathBuf,
        /// What is wrong.
        finding: String,
    },
    /// It was made by a server that knows more than this one.
    #[error("the backup in {0} was made by a newer gif-chat; restore it with that one")]
    TooNew(PathBuf),
    /// There is no secret where the database is.
    #[error("there is no secret.key in {0}: set COOKIE_SECRET as the server had it")]
    NoSecret(PathBuf),
    /// The ids of authors follow from the secret: with another one nobody would be who they were.
    #[error(
        "the people in {0} got their names with another secret; set COOKIE_SECRET as the server \
         had it, or remove it if the server had none"
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
    pub(super) fn file(path: &Path) -> impl Fn(io::Error) -> Self {
        move |source| Self::File { path: path.to_owned(), source }
    }

    pub(super) fn damaged(folder: &Path, finding: impl Into<String>) -> Self {
        Self::Damaged { folder: folder.to_owned(), finding: finding.into() }
    }

    /// What is wrong with the database of a backup.
    pub(super) fn in_backup(folder: &Path, error: OpenError) -> Self {
        match error {
            OpenError::SchemaTooNew { .. } => Self::TooNew(folder.to_owned()),
            OpenError::LibraryTooOld { .. } => Self::Database(error),
            _ => Self::damaged(folder, error.to_string()),
        }
    }
}
