//! The files on a shelf: opening them, and removing those that nobody needs any more.

use std::error::Error;
use std::fs;
use std::io;
use std::sync::Arc;

use super::Shelf;
use super::shelf::{NAME_DIGITS, NAME_ENDING, blocking};

/// Whether this is the name of a file as a shelf gives it: 32 hexadecimal digits, in small
/// letters, and `.gif`. Such a name holds no separator and no dots to climb with, and no other
/// name ever reaches the disk.
#[must_use]
pub fn is_file_name(name: &str) -> bool {
    name.strip_suffix(NAME_ENDING).is_some_and(|digits| {
        digits.len() == NAME_DIGITS
            && digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
    })
}

impl Shelf {
    /// Opens a file for reading and tells its length in bytes; nothing when there is none of this
    /// name. An opened file can be read to its end even if it is discarded meanwhile.
    pub async fn open_file(&self, name: &str) -> Option<(tokio::fs::File, u64)> {
        if !is_file_name(name) {
            return None;
        }
        let path = self.shared.files.join(name);
        let opened = blocking(move || {
            let file = fs::File::open(path)?;
            let length = file.metadata()?.len();
            Ok::<_, io::Error>((file, length))
        });
        match opened.await {
            Ok((file, length)) => Some((tokio::fs::File::from_std(file), length)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => {
                tracing::error!(%error, "a GIF cannot be opened");
                None
            }
        }
    }

    /// The names of all files on the shelf, in no order.
    pub async fn names(&self) -> io::Result<Vec<String>> {
        let files = self.shared.files.clone();
        blocking(move || {
            let mut names = Vec::new();
            for entry in fs::read_dir(files)? {
                let name = entry?.file_name().into_string();
                names.extend(name.ok().filter(|name| is_file_name(name)));
            }
            Ok(names)
        })
        .await
    }

    /// Removes those of these files that nobody needs, and tells which are gone now.
    ///
    /// For each file `is_referenced` is asked again, at a moment when no upload of the same bytes
    /// can begin to rely on it: so a room that ends while someone sends its picture elsewhere
    /// takes nothing away. A file that is pinned stays, for [`Shelf::sweep`] to find later; a name
    /// that no shelf gave is passed over.
    ///
    /// The first error ends it, that of `is_referenced` included; what was removed stays removed.
    pub async fn discard<F, Fut, E>(
        &self,
        names: Vec<String>,
        is_referenced: F,
    ) -> io::Result<Vec<String>>
    where
        F: Fn(String) -> Fut,
        Fut: Future<Output = Result<bool, E>>,
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        let mut removed = Vec::new();
        for name in names.into_iter().filter(|name| is_file_name(name)) {
            let gate = Arc::clone(&self.shared.gate).lock_owned().await;
            if self.shared.pins.is_pinned(&name) {
                continue;
            }
            if is_referenced(name.clone()).await.map_err(io::Error::other)? {
                continue;
            }
            let path = self.shared.files.join(&name);
            blocking(move || {
                let _gate = gate;
                match fs::remove_file(path) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                    _ => Ok(()),
                }
            })
            .await?;
            removed.push(name);
        }
        Ok(removed)
    }

    /// Removes every file that nobody refers to, and tells which: what a crash left between a file
    /// and its row, and what was pinned when it should have been discarded.
    ///
    /// Errors as in [`Shelf::discard`].
    pub async fn sweep<F, Fut, E>(&self, is_referenced: F) -> io::Result<Vec<String>>
    where
        F: Fn(String) -> Fut,
        Fut: Future<Output = Result<bool, E>>,
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        self.discard(self.names().await?, is_referenced).await
    }
}
