//! Where GIF files live, and how they get there and away again.
//!
//! ```text
//! folder/incoming/   temporary files: uploads on their way, clean files not yet named
//! folder/files/      the files that are served; nothing else is ever put in here
//! ```
//!
//! Every operation of the disk runs on the blocking pool, and takes with it what must not be let
//! go before it is over: a caller that goes away frees neither its place in the queue nor the
//! gate while its work still runs.

use std::fmt;
use std::fs::{self, DirBuilder, File};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use tempfile::{NamedTempFile, TempPath};
use tokio::io::AsyncWriteExt as _;
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};

use super::pins::{Pin, Pins};
use super::{GifError, GifLimits, Inspected, sanitise};

/// 128 bits of the keyed hash, in hexadecimal digits.
pub(super) const NAME_DIGITS: usize = 32;
pub(super) const NAME_ENDING: &str = ".gif";

/// What a shelf may use.
#[derive(Debug, Clone)]
pub struct ShelfOptions {
    /// What each GIF may be.
    pub limits: GifLimits,
    /// Uploads are refused while less than this is free on the disk, in bytes: the database on the
    /// same disk must go on.
    pub free_floor_bytes: u64,
    /// How many GIFs are inspected at the same time; at least 1.
    pub parallel: usize,
    /// How many more may wait for their turn; beyond them the answer is [`GifError::Busy`].
    pub waiting_max: usize,
}

impl Default for ShelfOptions {
    fn default() -> Self {
        Self {
            limits: GifLimits::default(),
            free_floor_bytes: 512 * 1024 * 1024,
            parallel: 2,
            waiting_max: 32,
        }
    }
}

/// The folder of GIF files. Clones share one shelf.
///
/// Two shelves must not share a folder: opening one empties `incoming/`.
#[derive(Clone)]
pub struct Shelf {
    pub(super) shared: Arc<Shared>,
}

pub(super) struct Shared {
    incoming: PathBuf,
    pub(super) files: PathBuf,
    name_key: [u8; 32],
    options: ShelfOptions,
    /// One permit for each GIF that is inspected or waits for it.
    pub(super) places: Arc<Semaphore>,
    /// One permit for each GIF that is inspected.
    pub(super) turns: Arc<Semaphore>,
    pub(super) pins: Arc<Pins>,
    /// Held while a name is pinned, and while a file is judged and removed: so a name is either
    /// pinned before it is judged, or its file is gone before it is pinned.
    pub(super) gate: Arc<Mutex<()>>,
    /// An fsync of `files/` has failed. The kernel reports such an error once and then forgets it,
    /// so no later success can be believed until the process starts anew.
    pub(super) broken: AtomicBool,
}

/// A file on the shelf.
#[derive(Debug)]
pub struct Kept {
    /// The name to ask [`Shelf::open_file`] for: 32 hexadecimal digits and `.gif`.
    pub name: String,
    /// What it is.
    pub inspected: Inspected,
    /// Keeps the file until the row that refers to it is committed.
    pub pin: Pin,
}

/// An upload on its way, in a temporary file that goes when this is dropped.
#[derive(Debug)]
pub struct Incoming {
    file: tokio::fs::File,
    path: TempPath,
    bytes_left: u64,
    bytes_max: u64,
}

impl Shelf {
    /// Opens the shelf in `folder`, makes what is missing there and removes the temporary files of
    /// an earlier run.
    ///
    /// `name_key` makes the names unguessable and must stay the same for as long as files are kept.
    /// Blocks; meant for the start of the process.
    pub fn open(folder: &Path, name_key: [u8; 32], options: ShelfOptions) -> io::Result<Self> {
        let incoming = folder.join("incoming");
        let files = folder.join("files");
        make_private_folder(&incoming)?;
        make_private_folder(&files)?;
        for left_over in fs::read_dir(&incoming)? {
            fs::remove_file(left_over?.path())?;
        }
        sync_folder(&files)?;
        sync_folder(folder)?;
        if let Some(parent) = folder.parent() {
            sync_folder(parent)?;
        }
        let parallel = options.parallel.max(1);
        let places = parallel.saturating_add(options.waiting_max).min(Semaphore::MAX_PERMITS);
        let shared = Shared {
            incoming,
            files,
            name_key,
            options,
            places: Arc::new(Semaphore::new(places)),
            turns: Arc::new(Semaphore::new(parallel)),
            pins: Arc::default(),
            gate: Arc::default(),
            broken: AtomicBool::new(false),
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Makes room for one upload.
    ///
    /// [`GifError::NoSpace`] when the disk is nearly full, [`GifError::Io`] when it fails.
    pub async fn receive(&self) -> Result<Incoming, GifError> {
        let shared = Arc::clone(&self.shared);
        let temporary = blocking(move || shared.temporary_file()).await?;
        let (file, path) = temporary.into_parts();
        let bytes_max = self.shared.options.limits.bytes_max;
        Ok(Incoming {
            file: tokio::fs::File::from_std(file),
            path,
            bytes_left: bytes_max,
            bytes_max,
        })
    }

    /// Inspects an upload, writes it anew and puts it on the shelf, where the same GIF is kept
    /// once. When this returns, the file survives a power cut.
    ///
    /// Every [`GifError`] is possible. The upload is gone in any case.
    pub async fn keep(&self, incoming: Incoming) -> Result<Kept, GifError> {
        let upload = incoming.finish().await?;
        let place = self.place_and_turn().await?;
        let shared = Arc::clone(&self.shared);
        let clean = blocking(move || {
            let outcome = shared.clean(&upload);
            drop(upload);
            drop(place);
            outcome
        });
        let clean = clean.await?;

        let gate = self.shared.gate.lock().await;
        let pin = self.shared.pins.pin(&clean.name);
        drop(gate);
        let shared = Arc::clone(&self.shared);
        blocking(move || shared.shelve(clean, pin)).await
    }

    /// Whether it takes no more GIFs until the process starts anew, because the names in its folder
    /// could not be made durable.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.shared.broken.load(Ordering::Relaxed)
    }

    /// Waits for a turn on the inspection pool, unless too many wait already.
    async fn place_and_turn(&self) -> Result<[OwnedSemaphorePermit; 2], GifError> {
        let Ok(place) = Arc::clone(&self.shared.places).try_acquire_owned() else {
            return Err(GifError::Busy);
        };
        let turn = Arc::clone(&self.shared.turns).acquire_owned().await;
        let turn = turn.map_err(|closed| GifError::Io(io::Error::other(closed)))?;
        Ok([place, turn])
    }
}

impl fmt::Debug for Shelf {
    /// Tells the folder only: the key belongs in no log.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Shelf").field("files", &self.shared.files).finish_non_exhaustive()
    }
}

impl Incoming {
    /// Appends what has arrived.
    ///
    /// [`GifError::TooManyBytes`] with the first byte over the limit, however long the upload
    /// was said to be; [`GifError::NoSpace`] or [`GifError::Io`] when the disk fails.
    pub async fn write(&mut self, chunk: Bytes) -> Result<(), GifError> {
        let length = u64::try_from(chunk.len()).unwrap_or(u64::MAX);
        let Some(bytes_left) = self.bytes_left.checked_sub(length) else {
            return Err(GifError::TooManyBytes { limit: self.bytes_max });
        };
        self.bytes_left = bytes_left;
        Ok(self.file.write_all(&chunk).await?)
    }

    /// Waits until all is written: an error of the last write shows up only here.
    async fn finish(mut self) -> Result<TempPath, GifError> {
        self.file.flush().await?;
        Ok(self.path)
    }
}

/// A clean file under a temporary name.
struct CleanFile {
    name: String,
    inspected: Inspected,
    temporary: NamedTempFile,
}

impl Shared {
    fn temporary_file(&self) -> Result<NamedTempFile, GifError> {
        if self.broken.load(Ordering::Relaxed) {
            return Err(GifError::Io(io::Error::other(
                "an earlier fsync of the GIF folder failed",
            )));
        }
        let disk = rustix::fs::statvfs(&self.incoming).map_err(io::Error::from)?;
        if disk.f_bavail.saturating_mul(disk.f_frsize) < self.options.free_floor_bytes {
            return Err(GifError::NoSpace);
        }
        Ok(NamedTempFile::new_in(&self.incoming)?)
    }

    fn clean(&self, upload: &Path) -> Result<CleanFile, GifError> {
        let limits = &self.options.limits;
        let deadline = Instant::now() + Duration::from_millis(limits.decode_ms_max);
        let mut bytes = Vec::new();
        // One byte more than allowed, so that a file that is too long is seen to be so.
        let bytes_read_max = limits.bytes_max.saturating_add(1);
        File::open(upload)?.take(bytes_read_max).read_to_end(&mut bytes)?;
        let clean = sanitise(&bytes, limits, deadline)?;
        drop(bytes);

        let mut temporary = self.temporary_file()?;
        temporary.write_all(&clean.bytes)?;
        temporary.as_file().sync_all()?;
        let name = name_of(&self.name_key, &clean.bytes)?;
        Ok(CleanFile { name, inspected: clean.inspected, temporary })
    }

    /// Gives a clean file its name. The pin comes along, so that the name stays pinned until the
    /// file is there, even if nobody waits for it any more.
    fn shelve(&self, clean: CleanFile, pin: Pin) -> Result<Kept, GifError> {
        let CleanFile { name, inspected, temporary } = clean;
        let path = self.files.join(&name);
        if !path.try_exists()? {
            temporary.persist(&path).map_err(|failed| failed.error)?;
        }
        // Also when the file was there already: the upload that put it there may still be about
        // to make its name durable.
        sync_folder(&self.files).inspect_err(|_| self.broken.store(true, Ordering::Relaxed))?;
        Ok(Kept { name, inspected, pin })
    }
}

/// A name that follows from the content, so that the same GIF is kept once, but only with the key, so
/// that having a GIF does not tell whether it is kept here. Also tells whether a file is whole.
pub fn name_of(name_key: &[u8], clean: &[u8]) -> io::Result<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(name_key).map_err(io::Error::other)?;
    mac.update(clean);
    let mut name = hex::encode(mac.finalize().into_bytes());
    name.truncate(NAME_DIGITS);
    name.push_str(NAME_ENDING);
    Ok(name)
}

/// Runs work of the disk where it may block. A panic in there is an error, not the end.
pub(super) async fn blocking<T, E>(
    work: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, E>
where
    T: Send + 'static,
    E: From<io::Error> + Send + 'static,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome,
        Err(failed) => Err(io::Error::other(failed).into()),
    }
}

/// Makes a folder that only the server's own user may enter.
fn make_private_folder(folder: &Path) -> io::Result<()> {
    const MODE: u32 = 0o700;
    DirBuilder::new().recursive(true).mode(MODE).create(folder)?;
    fs::set_permissions(folder, fs::Permissions::from_mode(MODE))
}

/// Makes the names in a folder durable. Never tried again when it fails.
fn sync_folder(folder: &Path) -> io::Result<()> {
    Ok(rustix::fs::fsync(File::open(folder)?)?)
}
