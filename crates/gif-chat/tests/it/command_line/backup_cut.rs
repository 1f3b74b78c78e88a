//! A backup or a restore that ends before its end.

use std::path::Path;
use std::process::{Command, Stdio};

use super::backup::{run, tree};
use super::backup_damage::Backup;
use crate::support::program::Launch;

/// The system calls that make something durable or give it its name.
const STEPS: &str = "fsync,fdatasync,rename";

/// Runs a command that is killed at its step of this number, which does not happen any more. Tells
/// whether it came to its end before.
fn killed_at(number: usize, launch: &Launch, command: &str, folder: &Path) -> bool {
    let status = Command::new("strace")
        .args(["-f", "-o", "/dev/null", "-e", &format!("trace={STEPS}")])
        .args(["-e", &format!("inject={STEPS}:signal=SIGKILL:when={number}")])
        .arg(Launch::BINARY)
        .arg(command)
        .arg(folder)
        .env_clear()
        .env("GIFCHAT_FREE_DISK_BYTES_MIN", "0")
        .current_dir(launch.folder())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.unwrap().success()
}

/// The files in a folder, by their names in it.
fn names(folder: &Path) -> Vec<String> {
    let files = tree(folder).into_iter().filter(|path| path.is_file());
    files.map(|path| path.strip_prefix(folder).unwrap().display().to_string()).collect()
}

#[tokio::test]
async fn a_restore_that_is_killed_at_any_point_is_not_taken_for_a_whole_one() {
    let backup = Backup::take().await;
    let mut refused = 0;
    for number in 1.. {
        let launch = Launch::new();
        let ended = killed_at(number, &launch, "restore", &backup.folder);
        let is_there = |name: &str| launch.data().join(name).exists();
        if is_there("gif-chat.sqlite") {
            // Everything is there.
            let program = launch.start().await;
            assert_eq!(program.visitor().lobby().await.1.as_array().unwrap().len(), 1);
            program.stop().await;
        } else if is_there("gif-chat.sqlite.restoring") {
            for arguments in [&[][..], &["restore", backup.folder.to_str().unwrap()]] {
                let ended = launch.clone().arguments(arguments).run().await;
                assert_eq!(ended.code, Some(1), "{number}: {ended:?}");
            }
            let log = launch.run().await.log;
            assert!(log.contains("was cut short"), "{log}");
            refused += 1;
        } else {
            // Nothing that a server could take for something, and nothing in the way.
            assert!(names(&launch.data()).iter().all(|name| name == "lock"), "{number}");
            assert_eq!(run(&launch, "restore", &backup.folder).await.code, Some(0));
        }
        if ended {
            assert!(is_there("gif-chat.sqlite") && number > 8, "{number}");
            break;
        }
    }
    assert!(refused > 5, "{refused}");
}

#[tokio::test]
async fn a_backup_that_is_killed_at_any_point_is_none() {
    let source = Backup::take().await;
    for number in 1.. {
        let folder = source.launch.folder().join(format!("killed {number}"));
        let ended = killed_at(number, &source.launch, "backup", &folder);
        let restored = run(&Launch::new(), "restore", &folder).await;
        if folder.join("backup.json").exists() {
            assert_eq!(restored.code, Some(0), "it has its name: {restored:?}");
        } else {
            assert_eq!(restored.code, Some(1), "{number}: {restored:?}");
            assert!(restored.log.contains("is no whole backup"), "{}", restored.log);
        }
        if ended {
            assert!(restored.code == Some(0) && number > 8, "{number}");
            break;
        }
    }
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
    assert_eq!(names(&launch.data()), ["lock"]);
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
