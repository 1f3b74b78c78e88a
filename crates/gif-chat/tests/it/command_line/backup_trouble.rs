//! Troubles of the data folder, and folders that are none of a backup's.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::backup::{run, tree};
use super::backup_damage::{Backup, flip_a_byte, furnished};
use crate::support::program::{Launch, Program};

/// A running server with a room, and the file of the GIF in it.
async fn with_a_gif() -> (Launch, Program, PathBuf) {
    let launch = Launch::new().variable("GIFCHAT_GRACE", "10m");
    let program = launch.start().await;
    furnished(&program.visitor()).await;
    let files = launch.data().join("gifs/files");
    let gif = std::fs::read_dir(files).unwrap().flatten().next().unwrap().path();
    (launch, program, gif)
}

#[tokio::test]
async fn a_gif_that_the_data_folder_has_damaged_or_lost_keeps_nothing_else_from_a_backup() {
    type Trouble = fn(&PathBuf);
    let troubles: [(Trouble, &str, u16); 2] = [
        (|gif| flip_a_byte(gif, 13), "not as they were sent", 200),
        (|gif| std::fs::remove_file(gif).unwrap(), "not in the data folder any more", 404),
    ];
    for (trouble, said, status) in troubles {
        let (launch, program, gif) = with_a_gif().await;
        trouble(&gif);
        let folder = launch.folder().join("backup");
        let ended = run(&launch, "backup", &folder).await;
        assert_eq!(ended.code, Some(1), "so that a script keeps the earlier one: {ended:?}");
        let name = gif.file_name().unwrap().to_str().unwrap();
        assert!(ended.log.contains(said) && ended.log.contains(name), "{}", ended.log);
        assert!(ended.log.contains("Keep an earlier one"), "{}", ended.log);
        program.stop().await;

        let launch = Launch::new();
        let ended = run(&launch, "restore", &folder).await;
        assert_eq!(ended.code, Some(0), "{ended:?}");
        let program = launch.start().await;
        let visitor = program.visitor();
        assert_eq!(visitor.lobby().await.1.as_array().unwrap().len(), 1);
        assert_eq!(visitor.get(&format!("/gif/{name}")).await.status, status);
        program.stop().await;
    }
}

#[tokio::test]
async fn a_damaged_database_is_not_backed_up() {
    let source = Backup::take().await;
    flip_a_byte(&source.launch.data().join("gif-chat.sqlite"), 4_096);
    let folder = source.launch.folder().join("another");
    let ended = run(&source.launch, "backup", &folder).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.log.contains("is damaged") && ended.log.contains("restore"), "{}", ended.log);
    assert!(!folder.exists());
}

#[tokio::test]
async fn a_backup_and_a_data_folder_are_not_taken_for_each_other() {
    let backup = Backup::take().await;
    let served = Launch::new().variable("GIFCHAT_DATA", backup.folder.to_str().unwrap());
    let ended = served.run().await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.log.contains("is a backup, not a data folder"), "{}", ended.log);
    assert_eq!(run(&Launch::new(), "restore", &backup.folder).await.code, Some(0), "untouched");

    for inside in [backup.launch.data(), backup.launch.data().join("backups/monday")] {
        let ended = run(&backup.launch, "backup", &inside).await;
        assert_eq!(ended.code, Some(1), "{ended:?}");
        assert!(ended.log.contains("is in the data folder"), "{}", ended.log);
    }
    assert!(!backup.launch.data().join("backups").exists());
    let ended = run(&Launch::new(), "restore", &backup.launch.data()).await;
    assert!(ended.log.contains("is no whole backup"), "{}", ended.log);
}

#[tokio::test]
async fn nobody_else_can_read_a_backup_at_any_moment_nor_what_is_restored_from_it() {
    let source = Backup::take().await;
    // A folder that everybody may look into, and a backup that somebody has made public.
    let folder = source.launch.folder().join("open");
    std::fs::create_dir(&folder).unwrap();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    for path in tree(&source.folder).into_iter().filter(|path| path.is_file()) {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o444)).unwrap();
    }
    let restored = Launch::new();
    for (launch, command, folder) in
        [(&source.launch, "backup", &folder), (&restored, "restore", &source.folder)]
    {
        let log = launch.folder().join("strace.log");
        let status = Command::new("strace")
            .args(["-f", "-e", "trace=openat,chmod,fchmod", "-o"])
            .arg(&log)
            .args([Launch::BINARY, command])
            .arg(folder)
            .env_clear()
            .env("GIFCHAT_FREE_DISK_BYTES_MIN", "0")
            .current_dir(launch.folder())
            .stdout(Stdio::null())
            .status();
        assert!(status.unwrap().success());
        let log = std::fs::read_to_string(log).unwrap();
        // Whoever opens a file first makes it.
        let mut made = BTreeMap::new();
        for line in log.lines().filter(|line| line.contains("O_CREAT")) {
            let path = line.split('"').nth(1).unwrap();
            made.entry(path.rsplit('/').next().unwrap()).or_insert(line);
        }
        // The server's own: an empty lock, and the log of its database, which SQLite makes like it.
        made.retain(|name, _| *name != "lock" && !name.starts_with("gif-chat.sqlite-"));
        assert!(made.len() > 2, "{command}: {made:#?}");
        assert!(made.values().all(|line| line.contains(", 0600)")), "{command}: {made:#?}");
    }
    for path in tree(&restored.data()).into_iter().filter(|path| !path.ends_with("lock")) {
        let mode = path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, if path.is_dir() { 0o700 } else { 0o600 }, "{}", path.display());
    }
}
