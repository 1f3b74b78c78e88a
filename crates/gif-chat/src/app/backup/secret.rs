//! The secret from which the ids of a data folder's people follow.

use std::fs;
use std::io;
use std::path::Path;

use super::{BackupError, SECRET};
use crate::chat::Keys;
use crate::config::Config;
use crate::store::sqlite::knows_authors;

/// A secret, and where it comes from.
pub(super) struct Secret {
    pub(super) keys: Keys,
    /// Its bytes, if it is kept with the database.
    pub(super) kept: Option<Vec<u8>>,
}

impl Secret {
    /// The secret that a server takes: the configured one, else the one that is kept in the folder.
    pub(super) fn in_force(config: &Config, folder: &Path) -> Result<Self, BackupError> {
        let configured = config.cookie_secret.as_bytes();
        if !configured.is_empty() {
            return Ok(Self { keys: Keys::derive(configured), kept: None });
        }
        let path = folder.join(SECRET);
        match fs::read(&path) {
            Ok(kept) => Ok(Self { keys: Keys::derive(&kept), kept: Some(kept) }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(BackupError::NoSecret(folder.to_owned()))
            }
            Err(source) => Err(BackupError::File { path, source }),
        }
    }

    /// Refuses a database whose people all have ids from another secret.
    pub(super) fn require_for(&self, database: &Path) -> Result<(), BackupError> {
        if knows_authors(database, |room, session| self.keys.author(room, session))? {
            return Ok(());
        }
        Err(BackupError::OtherSecret(database.to_owned()))
    }
}
