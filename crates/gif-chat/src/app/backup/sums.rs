//! `SHA256SUMS`: what each file of a backup must be. A database that SQLite finds whole can still
//! have a letter changed in a message.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::files::write_file;
use super::{BackupError, SUMS};

/// How much of a file is read at once, in bytes.
const PART_BYTES: usize = 64 * 1024;

/// Paths below the folder, each with the SHA-256 of its file in hexadecimal digits.
#[derive(Default)]
pub(super) struct Sums(BTreeMap<String, String>);

impl Sums {
    /// Adds a file of these bytes.
    pub(super) fn add(&mut self, path: impl Into<String>, bytes: &[u8]) {
        self.0.insert(path.into(), hex::encode(Sha256::digest(bytes)));
    }

    /// Adds a file as it is in the folder now.
    pub(super) fn add_file(&mut self, folder: &Path, path: &str) -> Result<(), BackupError> {
        let sum = sum_of(&folder.join(path)).map_err(BackupError::file(&folder.join(path)))?;
        self.0.insert(path.to_owned(), sum);
        Ok(())
    }

    /// Writes them into the folder, durably.
    pub(super) fn write(&self, folder: &Path) -> Result<(), BackupError> {
        let mut text = String::new();
        for (path, sum) in &self.0 {
            // Writing to a string cannot fail.
            let _written = writeln!(text, "{sum}  {path}");
        }
        write_file(&folder.join(SUMS), text.as_bytes())
    }

    /// Reads those of a backup.
    pub(super) fn read(folder: &Path) -> Result<Self, BackupError> {
        let path = folder.join(SUMS);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(BackupError::damaged(folder, format!("{SUMS} is missing")));
            }
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                return Err(BackupError::damaged(folder, format!("{SUMS} is damaged")));
            }
            Err(source) => return Err(BackupError::File { path, source }),
        };
        let lines = text.lines().filter_map(|line| line.split_once("  "));
        Ok(Self(lines.map(|(sum, path)| (path.to_owned(), sum.to_owned())).collect()))
    }

    /// Refuses a file that is missing, or is not as it was when the backup was made.
    pub(super) fn require(&self, folder: &Path, path: &str) -> Result<(), BackupError> {
        let Some(expected) = self.0.get(path) else {
            return Err(BackupError::damaged(folder, format!("{SUMS} does not speak of {path}")));
        };
        match sum_of(&folder.join(path)) {
            Ok(sum) if sum == *expected => Ok(()),
            Ok(_other) => Err(BackupError::damaged(folder, format!("{path} is damaged"))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(BackupError::damaged(folder, format!("{path} is missing")))
            }
            Err(error) => Err(BackupError::file(&folder.join(path))(error)),
        }
    }

    /// Whether they speak of this file.
    pub(super) fn has(&self, path: &str) -> bool {
        self.0.contains_key(path)
    }
}

fn sum_of(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let (mut hash, mut part) = (Sha256::new(), vec![0; PART_BYTES]);
    loop {
        let length = file.read(&mut part)?;
        let Some(read @ [_, ..]) = part.get(..length) else {
            return Ok(hex::encode(hash.finalize()));
        };
        hash.update(read);
    }
}
