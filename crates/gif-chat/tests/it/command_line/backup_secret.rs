//! The secret: without it nobody is who they were.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::backup::{run, tree};
use super::backup_damage::furnished;
use crate::support::Visitor;
use crate::support::program::{Ended, Launch};

const SECRET: &str = "a secret of the host, long enough to warn nobody";

fn configured(launch: Launch, secret: &str) -> Launch {
    launch.variable("COOKIE_SECRET", secret)
}

/// A room without a GIF on a server with a configured secret, its owner, and who that is.
async fn backed_up(launch: &Launch, folder: &Path) -> (Visitor, String, Value) {
    let program = launch.start().await;
    let owner = program.visitor();
    let room = owner.make_room("방").await;
    let (_socket, joined) = owner.join(&room).await;
    let ended = run(launch, "backup", folder).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.output.contains("COOKIE_SECRET is not with them"), "{ended:?}");
    program.stop().await;
    (owner, room, joined["you"].clone())
}

fn assert_refused(ended: &Ended, wanted: &str) {
    assert_eq!((ended.code, ended.output.as_str()), (Some(1), ""), "{ended:?}");
    assert!(ended.log.contains(wanted) && ended.log.contains("COOKIE_SECRET"), "{}", ended.log);
}

#[tokio::test]
async fn a_configured_secret_is_in_no_backup_and_needed_to_restore_it() {
    let launch = configured(Launch::new(), SECRET);
    let folder = launch.folder().join("backup");
    let (owner, room, you) = backed_up(&launch, &folder).await;
    for path in tree(&folder).into_iter().filter(|path| path.is_file()) {
        let bytes = std::fs::read(&path).unwrap();
        let has_it = bytes.windows(SECRET.len()).any(|part| part == SECRET.as_bytes());
        assert!(!has_it && !path.ends_with("secret.key"), "{}", path.display());
    }
    for (launch, wanted) in [
        (Launch::new(), "there is no secret.key"),
        (configured(Launch::new(), "another secret"), "got their names with another secret"),
    ] {
        assert_refused(&run(&launch, "restore", &folder).await, wanted);
        assert!(!launch.data().exists());
    }
    let launch = configured(Launch::new(), SECRET);
    assert_eq!(run(&launch, "restore", &folder).await.code, Some(0));
    let program = launch.start().await;
    let (_socket, joined) = owner.moved_to(&program.url).join(&room).await;
    assert_eq!(joined["you"], you);
    program.stop().await;
}

#[tokio::test]
async fn a_backup_without_the_servers_secret_is_refused() {
    let launch = Launch::new();
    let with_secret = configured(launch.clone(), SECRET);
    backed_up(&with_secret, &launch.folder().join("backup")).await;
    let folder = launch.folder().join("another");
    assert_refused(&run(&launch, "backup", &folder).await, "there is no secret.key");
    // One that was kept earlier is not the one in force.
    std::fs::write(launch.data().join("secret.key"), [7; 64]).unwrap();
    assert_refused(&run(&launch, "backup", &folder).await, "another secret");
    assert!(!folder.exists());
    assert_eq!(run(&with_secret, "backup", &folder).await.code, Some(0));
    assert!(!folder.join("secret.key").exists(), "nor is it in a backup");
}

#[tokio::test]
async fn a_secret_that_was_kept_is_not_overruled_in_silence() {
    let launch = Launch::new();
    let folder = kept(&launch).await;
    let overruled = configured(Launch::new(), SECRET);
    assert_refused(&run(&overruled, "restore", &folder).await, "remove it if the server had none");
    assert!(!overruled.data().exists());
}

async fn kept(launch: &Launch) -> PathBuf {
    let program = launch.start().await;
    let (_room, _socket) = furnished(&program.visitor()).await;
    let folder = launch.folder().join("backup");
    let ended = run(launch, "backup", &folder).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.output.contains("secret is with them"), "{ended:?}");
    program.stop().await;
    folder
}

#[tokio::test]
async fn rooms_that_outlive_a_change_of_the_secret_are_backed_up_with_a_word_about_it() {
    let launch = Launch::new().variable("GIFCHAT_GRACE", "10m");
    let program = launch.start().await;
    let (room, socket) = furnished(&program.visitor()).await;
    drop(socket);
    program.stop().await;
    let launch = configured(launch, SECRET);
    let program = launch.start().await;
    let newcomer = program.visitor();
    let (_socket, _) = newcomer.join(&room).await;
    let folder = launch.folder().join("backup");
    let ended = run(&launch, "backup", &folder).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.output.starts_with("1 room, 4 entries and 1 GIF are in"), "{ended:?}");
    assert!(ended.log.contains("1 GIF not as they were sent"), "{ended:?}");
    assert!(ended.log.contains("a change of the secret"), "{ended:?}");
    program.stop().await;
    let restored = configured(Launch::new(), SECRET);
    assert_eq!(run(&restored, "restore", &folder).await.code, Some(0));
}
