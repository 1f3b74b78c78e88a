//! Files go when nobody needs them any more, and not earlier.

use std::cell::Cell;
use std::convert::Infallible;
use std::fs;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;

use super::corpus::animation;
use super::shelf::{count, keep, shelf, upload};
use crate::gifs::Kept;

async fn referenced(_name: String) -> Result<bool, Infallible> {
    Ok(true)
}

async fn unreferenced(_name: String) -> Result<bool, Infallible> {
    Ok(false)
}

#[tokio::test]
async fn a_pinned_file_is_not_discarded() {
    let (_folder, shelf) = shelf();
    let Kept { name, pin, .. } = keep(&shelf, &animation()).await.unwrap();
    let again = keep(&shelf, &animation()).await.unwrap();
    let names = vec![name.clone()];

    assert!(shelf.discard(names.clone(), unreferenced).await.unwrap().is_empty());
    drop(pin);
    assert!(shelf.discard(names.clone(), unreferenced).await.unwrap().is_empty());
    assert!(shelf.open_file(&name).await.is_some());

    drop(again);
    assert_eq!(shelf.sweep(unreferenced).await.unwrap(), names);
    assert!(shelf.open_file(&name).await.is_none());
}

#[tokio::test]
async fn a_file_in_use_is_not_discarded() {
    let (_folder, shelf) = shelf();
    let name = keep(&shelf, &animation()).await.unwrap().name;
    let asked = Cell::new(0);
    let removed = shelf.discard(vec![name.clone()], |name| {
        asked.set(asked.get() + 1);
        referenced(name)
    });
    assert!(removed.await.unwrap().is_empty());
    assert_eq!(asked.get(), 1);
    assert!(shelf.sweep(referenced).await.unwrap().is_empty());
    assert!(shelf.open_file(&name).await.is_some());
}

#[tokio::test]
async fn discarding_what_is_gone_or_foreign() {
    let (folder, shelf) = shelf();
    fs::write(folder.path().join("files/README"), "not ours").unwrap();
    fs::write(folder.path().join("precious"), "not ours").unwrap();
    let gone = format!("{}.gif", "0".repeat(32));
    let names = vec!["../precious".to_owned(), "README".to_owned(), gone.clone()];
    assert_eq!(shelf.discard(names, unreferenced).await.unwrap(), [gone]);
    assert!(shelf.sweep(unreferenced).await.unwrap().is_empty());
    assert!(Path::new(&folder.path().join("precious")).exists());
    assert_eq!(count(&folder, "files"), 1);
}

#[tokio::test]
async fn a_question_that_fails_removes_nothing() {
    let (_folder, shelf) = shelf();
    let name = keep(&shelf, &animation()).await.unwrap().name;
    let outcome = shelf.sweep(|_name| async { Err::<bool, _>("no database") }).await;
    assert_eq!(outcome.unwrap_err().to_string(), "no database");
    assert!(shelf.open_file(&name).await.is_some());
}

/// A room ends, its file is found to be unneeded, and in this very moment the same picture is sent
/// to another room.
#[tokio::test]
async fn a_file_sent_again_while_it_is_discarded_is_there() {
    let (folder, shelf) = shelf();
    let name = keep(&shelf, &animation()).await.unwrap().name;
    let incoming = upload(&shelf, &animation()).await.unwrap();
    let mut uploads = fs::read_dir(folder.path().join("incoming")).unwrap();
    let path = uploads.next().unwrap().unwrap().path();
    let mut keeping = pin!(shelf.keep(incoming));

    let (ask, mut asked) = tokio::sync::mpsc::channel(1);
    let answer = Arc::new(tokio::sync::Notify::new());
    let mut discarding = pin!(shelf.discard(vec![name.clone()], |_name| {
        let (ask, answer) = (ask.clone(), Arc::clone(&answer));
        async move {
            ask.send(()).await.unwrap();
            answer.notified().await;
            Ok::<_, Infallible>(false)
        }
    }));
    tokio::select! {
        _ = &mut discarding => panic!("it waits for the answer"),
        Some(()) = asked.recv() => {}
    }
    // The inspection ends, but the name is not given while the question is open.
    tokio::select! {
        _ = &mut keeping => panic!("the file is about to be removed"),
        () = inspection_is_over(&path) => {}
    }
    answer.notify_one();
    let (removed, kept) = tokio::join!(discarding, keeping);
    assert_eq!(removed.unwrap(), [name.as_str()]);
    assert_eq!(kept.unwrap().name, name);
    assert!(shelf.open_file(&name).await.is_some());
}

/// Waits until this upload has been read and removed, and then for some turns of the runtime more.
async fn inspection_is_over(upload: &Path) {
    while upload.exists() {
        tokio::task::yield_now().await;
    }
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
}
