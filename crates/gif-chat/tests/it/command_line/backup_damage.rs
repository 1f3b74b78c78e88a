//! What is no whole backup, and what is no empty folder, is refused and left as it is.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::backup::{run, tree};
use crate::support::program::Launch;
use crate::support::socket_client::SocketClient;
use crate::support::{Visitor, small_gif, until};

/// A backup of a room with a text and a GIF.
struct Backup {
    launch: Launch,
    folder: PathBuf,
    gif: String,
}

impl Backup {
    async fn take() -> Self {
        let launch = Launch::new();
        let program = launch.start().await;
        let owner = program.visitor();
        let (room, _socket) = furnished(&owner).await;
        let folder = launch.folder().join("backup");
        assert_eq!(run(&launch, "backup", &folder).await.code, Some(0));
        let page = owner.browser().get(&format!("/room/{room}")).await.text();
        let gif = page.split("/gif/").nth(1).unwrap().split('"').next().unwrap().to_owned();
        program.stop().await;
        Self { launch, folder, gif }
    }

    /// A folder that holds the same.
    fn copy(&self, name: &str) -> PathBuf {
        let target = self.launch.folder().join(name);
        for path in tree(&self.folder) {
            let to = target.join(path.strip_prefix(&self.folder).unwrap());
            if path.is_dir() {
                std::fs::create_dir(to).unwrap();
            } else {
                std::fs::copy(path, to).unwrap();
            }
        }
        target
    }
}

async fn furnished(owner: &Visitor) -> (String, SocketClient) {
    let room = owner.make_room("방").await;
    let (socket, _) = owner.join(&room).await;
    socket.ask("chat", serde_json::json!({ "chat": "말" })).await;
    assert_eq!(owner.post_gif(&format!("/room/{room}/gif"), small_gif()).await.text(), "ok");
    (room, socket)
}

fn flip_a_byte(path: &Path, place: usize) {
    let mut bytes = std::fs::read(path).unwrap();
    bytes[place] ^= 0xff;
    std::fs::write(path, bytes).unwrap();
}

#[tokio::test]
async fn a_damaged_backup_is_refused_before_anything_is_written() {
    type Damage = fn(&Path, &str);
    let backup = Backup::take().await;
    let damages: [(Damage, &str); 8] = [
        (|folder, _| std::fs::remove_file(folder.join("backup.json")).unwrap(), "written last"),
        (|folder, _| std::fs::write(folder.join("backup.json"), "{}").unwrap(), "cannot be read"),
        (|folder, _| flip_a_byte(&folder.join("gif-chat.sqlite"), 4_096), "damaged"),
        (|folder, gif| flip_a_byte(&folder.join("gifs/files").join(gif), 13), "is damaged"),
        (
            |folder, gif| std::fs::remove_file(folder.join("gifs/files").join(gif)).unwrap(),
            "missing",
        ),
        (|folder, _| edit(folder, "PRAGMA user_version = 99"), "newer gif-chat"),
        (|folder, _| edit(folder, "DELETE FROM entries WHERE seq = 1"), "another database"),
        (|folder, _| std::fs::remove_file(folder.join("secret.key")).unwrap(), "COOKIE_SECRET"),
    ];
    for (number, (damage, expected)) in damages.into_iter().enumerate() {
        let folder = backup.copy(&number.to_string());
        damage(&folder, &backup.gif);
        let launch = Launch::new();
        let ended = run(&launch, "restore", &folder).await;
        assert_eq!((ended.code, ended.output.as_str()), (Some(1), ""), "{expected}: {ended:?}");
        assert!(ended.log.contains(expected), "{expected}: {}", ended.log);
        assert!(!launch.data().exists(), "nothing is written: {expected}");
    }
    let whole = backup.copy("whole");
    assert_eq!(run(&Launch::new(), "restore", &whole).await.code, Some(0));
}

fn edit(folder: &Path, statement: &str) {
    let connection = rusqlite::Connection::open(folder.join("gif-chat.sqlite")).unwrap();
    connection.execute_batch(statement).unwrap();
}

#[tokio::test]
async fn a_folder_with_something_in_it_is_left_as_it_is() {
    let backup = Backup::take().await;
    let contents = |folder: &Path| -> Vec<_> {
        let files = tree(folder).into_iter().filter(|path| path.is_file());
        files.map(|path| (std::fs::read(&path).unwrap(), path)).collect()
    };
    let before = (contents(&backup.launch.data()), contents(&backup.folder));
    let ended = run(&backup.launch, "restore", &backup.folder).await;
    assert_eq!(ended.code, Some(1));
    assert!(ended.log.contains("is not empty"), "{}", ended.log);
    let ended = run(&backup.launch, "backup", &backup.folder).await;
    assert_eq!(ended.code, Some(1));
    assert!(ended.log.contains("is not empty"), "{}", ended.log);
    assert_eq!((contents(&backup.launch.data()), contents(&backup.folder)), before);

    let nothing = Launch::new();
    let ended = run(&nothing, "backup", &nothing.folder().join("backup")).await;
    assert_eq!(ended.code, Some(1));
    assert!(ended.log.contains("there is no database"), "{}", ended.log);
    assert!(!nothing.folder().join("backup").exists());
}

#[tokio::test]
async fn a_restore_that_is_killed_at_any_point_is_not_taken_for_a_whole_one() {
    let backup = Backup::take().await;
    let mut refused = 0;
    for number in 1.. {
        let launch = Launch::new();
        // At the call itself: whatever comes after it has not happened.
        let status = Command::new("strace")
            .args(["-f", "-o", "/dev/null", "-e", "trace=fsync,rename,openat"])
            .args(["-e", &format!("inject=fsync,rename:signal=SIGKILL:when={number}")])
            .arg(Launch::BINARY)
            .arg("restore")
            .arg(&backup.folder)
            .env_clear()
            .current_dir(launch.folder())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        let whole = launch.data().join("gif-chat.sqlite").exists();
        if status.success() {
            assert!(whole && number > 5, "{number}");
            break;
        }
        if whole || !launch.data().join("gif-chat.sqlite.restoring").exists() {
            // Either everything is there, or nothing that a server could take for something.
            continue;
        }
        let ended = launch.clone().run().await;
        assert_eq!(ended.code, Some(1), "{number}: {ended:?}");
        assert!(ended.log.contains("was cut short"), "{}", ended.log);
        refused += 1;
    }
    assert!(refused > 2, "{refused}");
}

#[tokio::test]
async fn a_gif_that_goes_before_it_is_copied_leads_to_a_newer_copy() {
    let launch = Launch::new();
    let program = launch.start().await;
    let owner = program.visitor();
    let (room, _socket) = furnished(&owner).await;
    let files = launch.data().join("gifs/files");
    let gif = std::fs::read_dir(&files).unwrap().flatten().next().unwrap().path();
    let (folder, log) = (launch.folder().join("backup"), launch.folder().join("strace.log"));
    // It comes to the GIF late, a second after it has copied the database.
    let mut backup = Command::new("strace")
        .args(["-f", "-e", "trace=openat", "-e", "inject=openat:delay_enter=1s", "-P"])
        .arg(&gif)
        .arg("-o")
        .arg(&log)
        .arg(Launch::BINARY)
        .args(["backup", folder.to_str().unwrap(), "--data"])
        // By its whole name, as strace knows it.
        .arg(launch.data())
        .env_clear()
        .current_dir(launch.folder())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let copied = || {
        let database = folder.join("gif-chat.sqlite").metadata();
        database.is_ok_and(|found| found.permissions().mode() & 0o777 == 0o600)
    };
    until("the database is copied", copied).await;
    assert_eq!(owner.delete(&format!("/room/{room}")).await.text(), "ok");
    assert!(!gif.exists(), "it went with its room");
    let status = tokio::task::spawn_blocking(move || backup.wait().unwrap()).await.unwrap();
    assert!(status.success());
    assert!(std::fs::read_to_string(log).unwrap().contains("ENOENT"), "it had come too late");
    let manifest = std::fs::read_to_string(folder.join("backup.json")).unwrap();
    assert!(manifest.contains("\"rooms\": 0") && manifest.contains("\"gifs\": 0"), "{manifest}");
    assert_eq!(run(&Launch::new(), "restore", &folder).await.code, Some(0));
    program.stop().await;
}
