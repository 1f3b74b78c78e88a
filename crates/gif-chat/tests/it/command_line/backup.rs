//! Backups: taken while everybody talks, and restored.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::join_all;
use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::stopping::whole_log;
use crate::support::program::{Ended, Launch};
use crate::support::socket_client::{DEADLINE, SocketClient};
use crate::support::{Visitor, small_gif, small_gif_of};

/// How many times the server is backed up while everybody talks.
const BACKUPS: usize = 4;

/// A server that gives nobody a reason to be slow.
pub(super) fn roomy() -> Launch {
    let names = ["MESSAGES_BURST", "GIFS_PER_MINUTE", "ROOMS_PER_HOUR", "ROOMS_OPEN_MAX"];
    names
        .iter()
        .fold(Launch::new(), |launch, name| launch.variable(&format!("GIFCHAT_{name}"), "100000"))
}

pub(super) async fn run(launch: &Launch, command: &str, folder: &Path) -> Ended {
    launch.clone().arguments(&[command, folder.to_str().unwrap()]).run().await
}

/// What the talkers of a room know.
#[derive(Default)]
struct Known {
    acknowledged: Mutex<Vec<Value>>,
    stopped: AtomicBool,
}

impl Known {
    /// Says one thing after the other, and shows a GIF now and then.
    async fn talk(&self, visitor: &Visitor, room: &str, socket: &SocketClient) {
        for number in 0_u32.. {
            if self.stopped.load(Ordering::SeqCst) {
                return;
            }
            let ack = socket.ask("chat", json!({ "chat": format!("말 {number}") })).await;
            assert_eq!(ack["ok"], true, "{ack}");
            self.acknowledged.lock().await.push(ack);
            if number.is_multiple_of(8) {
                let gif = small_gif_of(u8::try_from(number % 128).unwrap());
                let shown = visitor.post_gif(&format!("/room/{room}/gif"), gif).await;
                assert_eq!(shown.text(), "ok");
            }
        }
    }

    /// Makes rooms with a GIF of their own, and closes them at once.
    async fn come_and_go(&self, visitor: &Visitor) {
        for number in 0_u32.. {
            if self.stopped.load(Ordering::SeqCst) {
                return;
            }
            let room = visitor.make_room("잠깐").await;
            let gif = small_gif_of(u8::try_from(128 + number % 128).unwrap());
            let shown = visitor.post_gif(&format!("/room/{room}/gif"), gif).await;
            assert_eq!(shown.text(), "ok");
            assert_eq!(visitor.delete(&format!("/room/{room}")).await.text(), "ok");
        }
    }
}

#[tokio::test]
async fn a_backup_under_load_holds_a_prefix_of_every_log_with_all_that_was_acknowledged_before() {
    let launch = roomy();
    let program = launch.start().await;
    let owner = program.visitor();
    let room = owner.make_room("방").await;
    let mut visitors = vec![owner.clone()];
    visitors.extend((0..4).map(|_| program.visitor()));
    let seats = join_all(visitors.iter().map(|visitor| visitor.join(&room))).await;
    let known = Arc::new(Known::default());
    let restless = program.visitor();
    let talking = join_all(
        visitors
            .iter()
            .zip(&seats)
            .map(|(visitor, (socket, _))| known.talk(visitor, &room, socket)),
    );
    let copying = async {
        let mut taken = Vec::new();
        for number in 0..BACKUPS {
            let before = known.acknowledged.lock().await.clone();
            let folder = launch.folder().join(format!("backup {number}"));
            let ended = run(&launch, "backup", &folder).await;
            assert_eq!(ended.code, Some(0), "{ended:?}");
            assert!(ended.output.contains("keep them to yourself"), "{ended:?}");
            taken.push((folder, before));
        }
        known.stopped.store(true, Ordering::SeqCst);
        taken
    };
    let (_, (), taken) = tokio::join!(talking, known.come_and_go(&restless), copying);
    let (socket, joined) = &seats[0];
    let newest = owner.socket("/chat").connect().await.unwrap();
    let newest = newest.ask("join", json!({ "room": room })).await;
    let original = whole_log(socket, &newest).await;
    let shown = gifs(&owner, &original).await;
    assert!(!shown.is_empty());
    let mut lengths = Vec::new();
    for (folder, before) in taken {
        assert_eq!(copied_gifs(&folder), manifest(&folder)["gifs"], "those that it shows, only");
        let restored = Restored::from(&folder).await;
        let log = restored.check(&owner, &room, (joined, &shown)).await;
        assert_eq!(log, original[..log.len()], "a prefix");
        for ack in before {
            let entry = log.iter().find(|entry| entry["_id"] == ack["_id"]);
            assert!(entry.is_some_and(|entry| entry["seq"] == ack["seq"]), "lost: {ack}");
        }
        lengths.push(log.len());
    }
    assert!(lengths.is_sorted() && lengths[0] < lengths[BACKUPS - 1], "{lengths:?}");
    program.stop().await;
}

fn manifest(folder: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(folder.join("backup.json")).unwrap()).unwrap()
}

/// How many GIFs are in a backup.
fn copied_gifs(folder: &Path) -> usize {
    std::fs::read_dir(folder.join("gifs/files")).unwrap().count()
}

/// The bytes of every GIF that a log shows, by its name.
async fn gifs(visitor: &Visitor, log: &[Value]) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for gif in log.iter().filter_map(|entry| entry["gif"].as_str()) {
        if !found.contains_key(gif) {
            let answer = visitor.get(&format!("/gif/{gif}")).await;
            assert_eq!(answer.status, 200, "{gif}");
            found.insert(gif.to_owned(), answer.bytes);
        }
    }
    found
}

/// A server on a restored folder.
struct Restored {
    program: crate::support::program::Program,
}

impl Restored {
    async fn from(backup: &Path) -> Self {
        let launch = roomy();
        let ended = run(&launch, "restore", backup).await;
        assert_eq!(ended.code, Some(0), "{ended:?}");
        Self { program: launch.start().await }
    }

    /// The room is there for its owner, under a new epoch, with every GIF. Returns its log without what
    /// the restored server has added.
    async fn check(
        self,
        owner: &Visitor,
        room: &str,
        (before, shown): (&Value, &BTreeMap<String, Vec<u8>>),
    ) -> Vec<Value> {
        let owner = owner.moved_to(&self.program.url);
        let (socket, joined) = owner.join(room).await;
        assert_eq!(joined["you"], before["you"], "the cookie is good, and names the same person");
        assert_eq!(joined["owner"], before["you"]["id"]);
        assert_ne!(joined["epoch"], before["epoch"]);
        let log = whole_log(&socket, &joined).await;
        for (gif, bytes) in gifs(&owner, &log).await {
            assert!(bytes == shown[&gif], "{gif} is another one");
        }
        let places = log.iter().map(|entry| entry["seq"].as_u64().unwrap());
        assert!(places.eq(1..=u64::try_from(log.len()).unwrap()), "no gap");

        // A page from before is told to start over.
        let back = json!({ "room": room, "epoch": before["epoch"], "after": 1 });
        let back = socket.ask("join", back).await;
        assert_eq!((&back["ok"], &back["reset"]), (&json!(true), &json!(true)), "{back}");
        self.program.stop().await;
        log
    }
}

#[tokio::test]
async fn a_server_that_has_stopped_or_crashed_is_backed_up_too_and_only_for_its_own_user() {
    for signal in [Signal::TERM, Signal::KILL] {
        let launch = Launch::new();
        let program = launch.start().await;
        let owner = program.visitor();
        let room = owner.make_room("방").await;
        let (socket, joined) = owner.join(&room).await;
        socket.ask("chat", json!({ "chat": "말" })).await;
        owner.post_gif(&format!("/room/{room}/gif"), small_gif()).await;
        let shown = socket.expect_where("chat", |entry| entry["gif"].is_string()).await;
        let shown = gifs(&owner, &[shown]).await;
        program.end(signal, DEADLINE).await;

        let folder = launch.folder().join("backups/monday");
        let ended = run(&launch, "backup", &folder).await;
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert!(ended.output.starts_with("1 room, 3 entries and 1 GIF are in"), "{ended:?}");
        for path in tree(&folder) {
            let mode = path.metadata().unwrap().permissions().mode() & 0o777;
            let expected = if path.is_dir() { 0o700 } else { 0o600 };
            assert_eq!(mode, expected, "{}", path.display());
        }
        let restored = Restored::from(&folder).await;
        assert_eq!(restored.check(&owner, &room, (&joined, &shown)).await.len(), 3);

        // What was backed up goes on as if nothing had happened.
        let program = launch.start().await;
        let (_socket, again) = owner.moved_to(&program.url).join(&room).await;
        assert_eq!((&again["epoch"], &again["head"]), (&joined["epoch"], &json!(3)));
        program.stop().await;
    }
}

#[tokio::test]
async fn people_who_need_longer_to_come_back_are_given_longer() {
    let launch = Launch::new().variable("GIFCHAT_GRACE", "1s");
    let program = launch.start().await;
    let owner = program.visitor();
    let room = owner.make_room("방").await;
    let (_socket, _) = owner.join(&room).await;
    let folder = launch.folder().join("backup");
    assert_eq!(run(&launch, "backup", &folder).await.code, Some(0));
    program.stop().await;

    for (grace, stays) in [("100ms", false), ("10m", true)] {
        let launch = Launch::new().variable("GIFCHAT_GRACE", grace);
        assert_eq!(run(&launch, "restore", &folder).await.code, Some(0));
        let program = launch.start().await;
        let onlooker = program.visitor().socket("/room").connect().await.unwrap();
        let rooms = onlooker.expect("rooms").await;
        if stays {
            assert_eq!(rooms[0]["_id"], room.as_str());
        } else if rooms[0]["_id"] == room.as_str() {
            assert_eq!(onlooker.expect("removeRoom").await, room.as_str());
        }
        program.stop().await;
    }
}

#[tokio::test]
async fn what_was_removed_is_in_no_backup() {
    let secret_text = "이 말은 남지 않는다";
    let launch = Launch::new();
    let program = launch.start().await;
    let owner = program.visitor();
    let (gone, stays) = (owner.make_room("사라질 방").await, owner.make_room("남을 방").await);
    for room in [&gone, &stays] {
        let said = json!({ "chat": if room == &gone { secret_text } else { "남는 말" } });
        owner.post_json(&format!("/room/{room}/chat"), &said).await;
    }
    assert_eq!(owner.delete(&format!("/room/{gone}")).await.text(), "ok");
    let folder = launch.folder().join("backup");
    assert_eq!(run(&launch, "backup", &folder).await.code, Some(0));
    let mut found = [false; 2];
    for path in tree(&folder).into_iter().filter(|path| path.is_file()) {
        let bytes = std::fs::read(path).unwrap();
        for (found, text) in found.iter_mut().zip([secret_text, "남는 말"]) {
            *found |= bytes.windows(text.len()).any(|part| part == text.as_bytes());
        }
    }
    assert_eq!(found, [false, true]);
    program.stop().await;
}

/// A folder and everything beneath it.
pub(super) fn tree(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![folder.to_owned()];
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        if entry.path().is_dir() {
            found.extend(tree(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found
}
