//! A backup or a restore that ends before its end.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::backup::{run, tree};
use super::backup_damage::Backup;
use crate::support::program::Launch;

/// The system calls that write something, make it durable or give it its name.
const STEPS: [&str; 6] = ["write", "pwrite64", "copy_file_range", "fsync", "fdatasync", "rename"];

/// Runs a command again and again, each time in a new place, and kills it at each of its steps, which
/// does not happen any more. Returns how often it was killed.
async fn kill_at_each_step(
    command: &str,
    mut place: impl FnMut() -> (Launch, PathBuf),
    check: impl AsyncFn(&Launch, &Path, bool),
) -> usize {
    let mut kills = 0;
    for step in STEPS {
        // strace counts each system call by itself.
        for number in 1.. {
            let (launch, folder) = place();
            let status = Command::new("strace")
                .args(["-f", "-o", "/dev/null", "-e", &format!("trace={step}")])
                .args(["-e", &format!("inject={step}:signal=SIGKILL:when={number}")])
                .args([Launch::BINARY, command])
                .arg(&folder)
                .env_clear()
                .env("GIFCHAT_FREE_DISK_BYTES_MIN", "0")
                .current_dir(launch.folder())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status();
            let has_ended = status.unwrap().success();
            check(&launch, &folder, has_ended).await;
            if has_ended {
                break;
            }
            kills += 1;
        }
    }
    kills
}

/// The files in a folder, by their names in it.
fn names(folder: &Path) -> Vec<String> {
    let files = tree(folder).into_iter().filter(|path| path.is_file());
    files.map(|path| path.strip_prefix(folder).unwrap().display().to_string()).collect()
}

#[tokio::test]
async fn a_restore_that_is_killed_at_any_point_is_not_taken_for_a_whole_one() {
    let backup = Backup::take().await;
    let refused = Cell::new(0);
    let place = || (Launch::new(), backup.folder.clone());
    let check = async |launch: &Launch, folder: &Path, has_ended: bool| {
        let is_there = |name: &str| launch.data().join(name).exists();
        assert!(is_there("gif-chat.sqlite") || !has_ended);
        if is_there("gif-chat.sqlite") {
            // Everything is there.
            let program = launch.start().await;
            assert_eq!(program.visitor().lobby().await.1.as_array().unwrap().len(), 1);
            assert_eq!(names(&launch.data().join("gifs/files")).len(), 1);
            program.stop().await;
        } else if is_there("gif-chat.sqlite.restoring") {
            assert_eq!(run(launch, "restore", folder).await.code, Some(1));
            let ended = launch.run().await;
            assert_eq!(ended.code, Some(1), "{ended:?}");
            assert!(ended.log.contains("was cut short"), "{}", ended.log);
            refused.set(refused.get() + 1);
        } else {
            // Nothing that a server could take for something, and nothing in the way.
            let data = launch.data();
            assert!(!data.exists() || names(&data).iter().all(|name| name == "lock"));
            assert_eq!(run(launch, "restore", folder).await.code, Some(0));
        }
    };
    let kills = kill_at_each_step("restore", place, check).await;
    assert!(kills > 15 && refused.get() > 10, "{kills}, {refused:?}");
}

#[tokio::test]
async fn a_backup_that_is_killed_at_any_point_is_none() {
    let source = Backup::take().await;
    let mut number = 0;
    let place = || {
        number += 1;
        (source.launch.clone(), source.launch.folder().join(format!("killed {number}")))
    };
    let check = async |_: &Launch, folder: &Path, has_ended: bool| {
        let restored = run(&Launch::new(), "restore", folder).await;
        if folder.join("backup.json").exists() {
            assert_eq!(restored.code, Some(0), "it has its name: {restored:?}");
        } else {
            assert_eq!((restored.code, has_ended), (Some(1), false), "{restored:?}");
            assert!(restored.log.contains("is no whole backup"), "{}", restored.log);
        }
    };
    let kills = kill_at_each_step("backup", place, check).await;
    assert!(kills > 20, "{kills}");
}

/// Runs a command that can write no file of more than so many blocks of 512 bytes.
fn with_little_space(blocks: usize, launch: &Launch, command: &str, folder: &Path) -> String {
    let limited = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    let ended = Command::new("sh")
        .args(["-c", &limited, Launch::BINARY, command])
        .arg(folder)
        .env_clear()
        .env("GIFCHAT_FREE_DISK_BYTES_MIN", "0")
        .current_dir(launch.folder())
        .output()
        .unwrap();
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    String::from_utf8(ended.stderr).unwrap()
}

#[tokio::test]
async fn what_fails_on_the_way_leaves_nothing_and_can_be_tried_again() {
    let source = Backup::take().await;
    let there = source.launch.folder().join("there");
    std::fs::create_dir(&there).unwrap();
    for folder in [source.launch.folder().join("missing/so far"), there.clone()] {
        let log = with_little_space(10, &source.launch, "backup", &folder);
        assert!(log.contains("gif-chat: "), "{log}");
        assert_eq!(folder.exists(), folder == there, "as before");
        assert_eq!(run(&source.launch, "backup", &folder).await.code, Some(0));
    }
    let launch = Launch::new();
    let log = with_little_space(10, &launch, "restore", &source.folder);
    assert!(log.contains("gif-chat: "), "{log}");
    assert_eq!(tree(&launch.data()), [launch.data(), launch.data().join("lock")]);
    // Also when almost everything is there already.
    let data = launch.data();
    let status = Command::new("strace")
        .args(["-f", "-o", "/dev/null", "-e", "trace=openat", "-P"])
        .arg(data.join("secret.key"))
        .args(["-e", "inject=openat:error=ENOSPC", Launch::BINARY, "restore"])
        .arg(&source.folder)
        .arg("--data")
        .arg(&data)
        .env_clear()
        .stderr(Stdio::null())
        .status();
    assert_eq!(status.unwrap().code(), Some(1));
    assert_eq!(tree(&data), [data.clone(), data.join("lock")]);
    assert_eq!(run(&launch, "restore", &source.folder).await.code, Some(0));
}

#[tokio::test]
async fn a_backup_leaves_the_server_the_space_that_it_needs() {
    let source = Backup::take().await;
    let folder = source.launch.folder().join("too much");
    let launch =
        source.launch.clone().variable("GIFCHAT_FREE_DISK_BYTES_MIN", "1_000_000_000_000_000");
    let ended = run(&launch, "backup", &folder).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.log.contains("has 0 MB left for a backup of 1 MB"), "{}", ended.log);
    assert!(!folder.exists());
}
