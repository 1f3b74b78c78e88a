//! Files come and stay, and nothing else is left behind.

use std::fs;
use std::io::{self, Read as _};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Poll;

use bytes::Bytes;
use tempfile::TempDir;

use super::corpus::{animation, dots};
use super::sanitise;
use crate::gifs::{GifError, GifLimits, Incoming, Kept, Shelf, ShelfOptions, is_file_name};

const KEY: [u8; 32] = [7; 32];

/// A shelf in a folder of its own, on whatever little disk the tests run.
pub(super) fn shelf() -> (TempDir, Shelf) {
    shelf_with(ShelfOptions { free_floor_bytes: 0, ..ShelfOptions::default() })
}

fn shelf_with(options: ShelfOptions) -> (TempDir, Shelf) {
    let folder = tempfile::tempdir().unwrap();
    let shelf = Shelf::open(folder.path(), KEY, options).unwrap();
    (folder, shelf)
}

pub(super) async fn upload(shelf: &Shelf, file: &[u8]) -> Result<Incoming, GifError> {
    let mut incoming = shelf.receive().await?;
    for chunk in file.chunks(100) {
        incoming.write(Bytes::copy_from_slice(chunk)).await?;
    }
    Ok(incoming)
}

pub(super) async fn keep(shelf: &Shelf, file: &[u8]) -> Result<Kept, GifError> {
    shelf.keep(upload(shelf, file).await?).await
}

pub(super) fn count(folder: &TempDir, part: &str) -> usize {
    fs::read_dir(folder.path().join(part)).unwrap().count()
}

#[tokio::test]
async fn a_kept_gif_can_be_read_and_is_clean() {
    let (folder, shelf) = shelf();
    let kept = keep(&shelf, &animation()).await.unwrap();
    let clean = sanitise(&animation()).unwrap();
    assert_eq!(kept.inspected, clean.inspected);
    assert!(is_file_name(&kept.name));

    let (file, length) = shelf.open_file(&kept.name).await.unwrap();
    let mut bytes = Vec::new();
    file.into_std().await.read_to_end(&mut bytes).unwrap();
    assert_eq!(bytes, clean.bytes);
    assert_eq!(length, kept.inspected.bytes);
    assert_eq!(count(&folder, "incoming"), 0);
}

#[tokio::test]
async fn the_same_gif_is_kept_once() {
    let (folder, shelf) = shelf();
    let mut disguised = animation();
    disguised.extend(b"only the tail differs");
    let first = keep(&shelf, &animation()).await.unwrap();
    let inode = || fs::metadata(folder.path().join("files").join(&first.name)).unwrap().ino();
    let inode_before = inode();
    let second = keep(&shelf, &disguised).await.unwrap();
    assert_eq!(first.name, second.name);
    assert_eq!(inode(), inode_before);
    assert_eq!(count(&folder, "files"), 1);
    assert_eq!(count(&folder, "incoming"), 0);

    let other = keep(&shelf, &dots(1, 1, 1, 2)).await.unwrap();
    assert_ne!(other.name, first.name);
    assert_eq!(count(&folder, "files"), 2);
}

#[tokio::test]
async fn a_name_cannot_be_computed_without_the_key() {
    let (_folder, shelf) = shelf();
    let other_folder = tempfile::tempdir().unwrap();
    let options = ShelfOptions { free_floor_bytes: 0, ..ShelfOptions::default() };
    let other = Shelf::open(other_folder.path(), [8; 32], options).unwrap();
    let here = keep(&shelf, &animation()).await.unwrap();
    let there = keep(&other, &animation()).await.unwrap();
    assert_ne!(here.name, there.name);
    assert!(!format!("{shelf:?}").contains("7, 7"));
}

#[tokio::test]
async fn only_names_of_the_shelf_are_opened() {
    let (folder, shelf) = shelf();
    let kept = keep(&shelf, &animation()).await.unwrap();
    let name = kept.name.as_str();
    fs::write(folder.path().join("secret.gif"), "secret").unwrap();
    fs::write(folder.path().join("files/secret.gif"), "secret").unwrap();
    assert!(shelf.open_file(name).await.is_some());
    assert!(shelf.open_file(&format!("{}.gif", "0".repeat(32))).await.is_none());
    for wrong in [
        "",
        ".gif",
        "secret.gif",
        "../secret.gif",
        "..%2fsecret.gif",
        "/etc/passwd",
        "C:\\secret.gif",
        &format!("../files/{name}"),
        &format!("./{name}"),
        &format!("{name}\0"),
        &format!("{name}/"),
        &name.to_uppercase(),
        &name.replace(".gif", ".GIF"),
        &name.replace(".gif", ""),
        &name.replace(".gif", ".gif.gif"),
        &format!("a{name}"),
        &format!("{}.gif", "../".repeat(11)),
        &format!("{}.gif", "가".repeat(32)),
        &"a".repeat(10_000),
    ] {
        assert!(!is_file_name(wrong), "{wrong:?}");
        assert!(shelf.open_file(wrong).await.is_none(), "{wrong:?}");
    }
}

#[tokio::test]
async fn a_refused_gif_leaves_nothing() {
    let (folder, shelf) = shelf();
    let mut broken = animation();
    broken.truncate(100);
    assert_eq!(keep(&shelf, &broken).await.unwrap_err().code(), "gif_truncated");
    assert_eq!(keep(&shelf, b"").await.unwrap_err().code(), "gif_truncated");
    assert_eq!(keep(&shelf, b"not a GIF").await.unwrap_err().code(), "not_a_gif");
    assert_eq!(count(&folder, "files"), 0);
    assert_eq!(count(&folder, "incoming"), 0);
}

#[tokio::test]
async fn an_upload_ends_at_the_limit() {
    let bytes_max = 1000;
    let limits = GifLimits { bytes_max, ..GifLimits::default() };
    let (folder, shelf) =
        shelf_with(ShelfOptions { limits, free_floor_bytes: 0, ..ShelfOptions::default() });
    let mut incoming = upload(&shelf, &[0; 1000]).await.unwrap();
    let refusal = incoming.write(Bytes::from_static(&[0])).await.unwrap_err();
    assert!(matches!(refusal, GifError::TooManyBytes { limit: 1000 }));
    drop(incoming);

    let mut at_once = shelf.receive().await.unwrap();
    let refusal = at_once.write(Bytes::from_static(&[0; 1001])).await.unwrap_err();
    assert!(matches!(refusal, GifError::TooManyBytes { limit: 1000 }));
    drop(at_once);
    assert_eq!(count(&folder, "incoming"), 0);
}

#[tokio::test]
async fn a_thousand_aborted_uploads_leave_nothing() {
    let (folder, shelf) = shelf();
    let upload_begins = animation();
    for _ in 0..1000 {
        let incoming = upload(&shelf, &upload_begins[..50]).await.unwrap();
        drop(incoming);
    }
    assert_eq!(count(&folder, "incoming"), 0);
    assert_eq!(count(&folder, "files"), 0);
}

#[tokio::test]
async fn what_an_earlier_run_left_is_removed_but_files_stay() {
    let (folder, shelf) = shelf();
    let kept = keep(&shelf, &animation()).await.unwrap();
    drop(shelf);
    fs::write(folder.path().join("incoming/.tmpAbCdEf"), "half a GIF").unwrap();
    let again = Shelf::open(folder.path(), KEY, ShelfOptions::default()).unwrap();
    assert_eq!(count(&folder, "incoming"), 0);
    assert_eq!(again.names().await.unwrap(), [kept.name]);
}

#[tokio::test]
async fn the_folders_are_private() {
    let (folder, _shelf) = shelf();
    for part in ["incoming", "files"] {
        let mode = fs::metadata(folder.path().join(part)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }
}

#[tokio::test]
async fn a_nearly_full_disk_takes_no_more() {
    let (folder, shelf) =
        shelf_with(ShelfOptions { free_floor_bytes: u64::MAX, ..ShelfOptions::default() });
    assert_eq!(shelf.receive().await.unwrap_err().code(), "no_space");
    assert_eq!(count(&folder, "incoming"), 0);
}

#[tokio::test]
async fn after_a_failed_fsync_nothing_is_taken() {
    let (folder, shelf) = shelf();
    let incoming = upload(&shelf, &animation()).await.unwrap();
    shelf.shared.broken.store(true, Ordering::Relaxed);
    assert_eq!(shelf.receive().await.unwrap_err().code(), "io");
    assert_eq!(shelf.keep(incoming).await.unwrap_err().code(), "io");
    assert_eq!(count(&folder, "incoming"), 0);
    assert_eq!(count(&folder, "files"), 0);
}

#[test]
fn a_full_disk_is_told_apart_from_a_broken_one() {
    let code = |kind: io::ErrorKind| GifError::from(io::Error::from(kind)).code();
    assert_eq!(code(io::ErrorKind::StorageFull), "no_space");
    assert_eq!(code(io::ErrorKind::QuotaExceeded), "no_space");
    assert_eq!(code(io::ErrorKind::Other), "io");
}

/// Places for those that are inspected and those that wait, with the options of [`shelf`].
const PLACES: usize = 34;

#[tokio::test]
async fn a_full_pool_says_so() {
    let (folder, shelf) = shelf();
    let places = Arc::clone(&shelf.shared.places);
    let taken = places.try_acquire_many_owned(u32::try_from(PLACES).unwrap()).unwrap();
    assert_eq!(keep(&shelf, &animation()).await.unwrap_err().code(), "busy");
    assert_eq!(count(&folder, "incoming"), 0);

    drop(taken);
    assert!(keep(&shelf, &animation()).await.is_ok());
    assert_eq!(shelf.shared.places.available_permits(), PLACES);
}

#[tokio::test]
async fn a_sender_who_goes_away_while_waiting_leaves_nothing() {
    let (folder, shelf) = shelf();
    let turns = Arc::clone(&shelf.shared.turns).try_acquire_many_owned(2).unwrap();
    let mut keeping = Box::pin(shelf.keep(upload(&shelf, &animation()).await.unwrap()));
    poll_until(keeping.as_mut(), || shelf.shared.places.available_permits() < PLACES).await;
    drop(keeping);
    assert_eq!(shelf.shared.places.available_permits(), PLACES);
    assert_eq!(count(&folder, "incoming"), 0);
    drop(turns);
}

#[test]
fn a_sender_who_goes_away_later_frees_the_place_only_with_the_work() {
    let runtime =
        tokio::runtime::Builder::new_current_thread().max_blocking_threads(1).build().unwrap();
    runtime.block_on(async {
        let (folder, shelf) = shelf();
        let turns = Arc::clone(&shelf.shared.turns).try_acquire_many_owned(2).unwrap();
        let mut keeping = Box::pin(shelf.keep(upload(&shelf, &animation()).await.unwrap()));
        poll_until(keeping.as_mut(), || shelf.shared.places.available_permits() < PLACES).await;

        // The only thread of the blocking pool is busy: the work stays in its queue.
        let (release, released) = std::sync::mpsc::sync_channel::<()>(1);
        let busy = tokio::task::spawn_blocking(move || released.recv());
        drop(turns);
        poll_until(keeping.as_mut(), || true).await;
        drop(keeping);
        assert_eq!(shelf.shared.places.available_permits(), PLACES - 1);
        assert_eq!(shelf.shared.turns.available_permits(), 1);

        release.send(()).unwrap();
        busy.await.unwrap().unwrap();
        tokio::task::spawn_blocking(|| "the work was in front of this").await.unwrap();
        assert_eq!(shelf.shared.places.available_permits(), PLACES);
        assert_eq!(count(&folder, "incoming"), 0);
        assert_eq!(count(&folder, "files"), 0);
    });
}

/// Polls work, which does not end meanwhile, until something is so.
async fn poll_until<T>(mut work: Pin<&mut impl Future<Output = T>>, is_so: impl Fn() -> bool) {
    std::future::poll_fn(|context| {
        assert!(work.as_mut().poll(context).is_pending());
        if is_so() { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}
