//! What is no whole backup, and what is no empty folder, is refused and left as it is.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::backup::{run, tree};
use crate::support::program::Launch;
use crate::support::socket_client::SocketClient;
use crate::support::{Visitor, small_gif, small_gif_of, until};

/// A backup of a room with a text and a GIF.
pub(super) struct Backup {
    pub(super) launch: Launch,
    pub(super) folder: PathBuf,
    gif: String,
}

impl Backup {
    pub(super) async fn take() -> Self {
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

pub(super) async fn furnished(owner: &Visitor) -> (String, SocketClient) {
    let room = owner.make_room("방").await;
    let (socket, _) = owner.join(&room).await;
    socket.ask("chat", serde_json::json!({ "chat": "말" })).await;
    assert_eq!(owner.post_gif(&format!("/room/{room}/gif"), small_gif()).await.text(), "ok");
    (room, socket)
}

pub(super) fn flip_a_byte(path: &Path, place: usize) {
    let mut bytes = std::fs::read(path).unwrap();
    bytes[place] ^= 0xff;
    std::fs::write(path, bytes).unwrap();
}

#[tokio::test]
async fn a_damaged_backup_is_refused_before_anything_is_written() {
    type Damage = fn(&Path, &str);
    let backup = Backup::take().await;
    let damages: [(Damage, &str); 15] = [
        (|folder, _| remove(folder, "backup.json"), "written last"),
        (|folder, _| std::fs::write(folder.join("backup.json"), "{}").unwrap(), "cannot be read"),
        (|folder, _| replace(folder, "backup.json", "\"rooms\": 1", "\"rooms\": 2"), "backup.json"),
        (|folder, _| replace(folder, "backup.json", "\"format\": 1", "\"format\": 2"), "newer"),
        (|folder, _| flip_a_byte(&folder.join("gif-chat.sqlite"), 4_096), "is damaged"),
        // SQLite itself sees nothing wrong with another letter in a message.
        (|folder, _| replace(folder, "gif-chat.sqlite", "말", "칼"), "gif-chat.sqlite is damaged"),
        (|folder, gif| flip_a_byte(&folder.join("gifs/files").join(gif), 13), "is damaged"),
        (|folder, gif| remove(folder, &format!("gifs/files/{gif}")), "is missing"),
        (|folder, _| flip_a_byte(&folder.join("secret.key"), 0), "secret.key is damaged"),
        (|folder, _| remove(folder, "secret.key"), "secret.key is missing"),
        (|folder, _| remove(folder, "SHA256SUMS"), "SHA256SUMS is missing"),
        (|folder, gif| replace(folder, "SHA256SUMS", gif, "x"), "does not speak of gifs/files/"),
        (|folder, _| edit(folder, "PRAGMA user_version = 99"), "newer gif-chat"),
        (|folder, _| edit(folder, "DELETE FROM entries WHERE seq = 1"), "another database"),
        (|folder, _| edit(folder, "PRAGMA foreign_keys = OFF; DELETE FROM gifs"), "parents"),
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

fn remove(folder: &Path, name: &str) {
    std::fs::remove_file(folder.join(name)).unwrap();
}

fn replace(folder: &Path, name: &str, old: &str, new: &str) {
    let path = folder.join(name);
    let mut bytes = std::fs::read(&path).unwrap();
    let mut places = bytes.windows(old.len());
    let place = places.position(|part| part == old.as_bytes()).expect("something to replace");
    bytes.splice(place..place + old.len(), new.bytes());
    std::fs::write(path, bytes).unwrap();
}

/// Changes the database behind the sums' back.
fn edit(folder: &Path, statement: &str) {
    let connection = rusqlite::Connection::open(folder.join("gif-chat.sqlite")).unwrap();
    connection.execute_batch(statement).unwrap();
    drop(connection);
    sha256sum(folder, "sha256sum backup.json gif-chat.sqlite secret.key gifs/files/* > SHA256SUMS");
}

fn sha256sum(folder: &Path, command: &str) {
    let status = Command::new("sh").args(["-c", command]).current_dir(folder).status().unwrap();
    assert!(status.success(), "{command}");
}

#[tokio::test]
async fn anybody_can_check_a_backup_with_sha256sum() {
    let backup = Backup::take().await;
    sha256sum(&backup.folder, "sha256sum --quiet --strict --check SHA256SUMS");
    let sums = std::fs::read_to_string(backup.folder.join("SHA256SUMS")).unwrap();
    let files = tree(&backup.folder).into_iter().filter(|path| path.is_file()).count();
    assert_eq!(sums.lines().count() + 1, files, "every file but the sums themselves");
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
async fn a_gif_that_goes_before_it_is_copied_leads_to_a_newer_copy() {
    let launch = Launch::new();
    let program = launch.start().await;
    let owner = program.visitor();
    let (room, _socket) = furnished(&owner).await;
    owner.post_gif(&format!("/room/{room}/gif"), small_gif_of(1)).await;
    let files = launch.data().join("gifs/files");
    // The one that is copied last: the other one is copied already.
    let gifs = std::fs::read_dir(&files).unwrap().flatten().map(|file| file.path());
    let gif = gifs.max().unwrap();
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
        let copy = rusqlite::Connection::open(folder.join("gif-chat.sqlite"));
        let count = |row: &rusqlite::Row<'_>| row.get::<_, u64>(0);
        copy.and_then(|copy| copy.query_row("SELECT count(*) FROM gifs", [], count)) == Ok(2)
    };
    until("the database is copied", copied).await;
    assert_eq!(owner.delete(&format!("/room/{room}")).await.text(), "ok");
    assert!(!gif.exists(), "it went with its room");
    let status = tokio::task::spawn_blocking(move || backup.wait().unwrap()).await.unwrap();
    assert!(status.success());
    assert!(std::fs::read_to_string(log).unwrap().contains("ENOENT"), "it had come too late");
    let manifest = std::fs::read_to_string(folder.join("backup.json")).unwrap();
    assert_eq!(std::fs::read_dir(folder.join("gifs/files")).unwrap().count(), 0);
    assert!(manifest.contains("\"rooms\": 0") && manifest.contains("\"gifs\": 0"), "{manifest}");
    assert_eq!(run(&Launch::new(), "restore", &folder).await.code, Some(0));
    program.stop().await;
}
