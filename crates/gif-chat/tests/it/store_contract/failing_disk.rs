//! A disk that fails. The real binary's system calls are made to fail while it runs: nothing is
//! acknowledged, the host is told what is wrong, and nothing that was acknowledged is lost.

use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::support::faults::Fault;
use crate::support::program::{Launch, Program};
use crate::support::socket_client::{DEADLINE, SocketClient};
use crate::support::{Visitor, small_gif};

/// A server with a room, and somebody in it who has said something.
struct Scene {
    launch: Launch,
    program: Program,
    visitor: Visitor,
    room: String,
    socket: SocketClient,
}

fn said(text: &str) -> Value {
    json!({ "chat": text, "clientId": text })
}

impl Scene {
    async fn set() -> Self {
        let launch = Launch::new().variable("GIFCHAT_MESSAGES_BURST", "1000");
        let program = launch.start().await;
        let visitor = program.visitor();
        let room = visitor.make_room("방").await;
        let (socket, _) = visitor.join(&room).await;
        assert_eq!(socket.ask("chat", said("before")).await["ok"], true);
        Self { launch, program, visitor, room, socket }
    }

    fn fault(&self, fault: (&str, &str), file: &str) -> Fault {
        Fault::inject(self.program.pid(), fault, &self.launch.data().join(file))
    }

    async fn refuses(&self, text: &str) {
        let answer = self.socket.ask("chat", said(text)).await;
        assert_eq!(answer["error"], "unavailable", "{text}: {answer}");
    }

    /// It takes no traffic, says why, and lives.
    async fn is_unready_because(&self, reason: &str) {
        let ready = self.visitor.get("/readyz").await;
        assert_eq!(ready.status, 503);
        assert!(ready.text().contains(reason), "{}", ready.text());
        assert_eq!(self.visitor.get("/livez").await.status, 200);
        let page = self.visitor.browser().get(&format!("/room/{}", self.room)).await;
        assert!(page.text().contains("before"), "what is kept can be read");
    }

    async fn becomes_ready(&self) {
        let ready = async { while self.visitor.get("/readyz").await.status != 200 {} };
        timeout(DEADLINE, ready).await.unwrap();
    }

    /// Stops it in good order and starts it again; returns also what the log said.
    async fn restarted(self) -> (Self, String) {
        let Self { launch, program, visitor, room, socket: _ } = self;
        let log = program.stop().await;
        let program = launch.start().await;
        let visitor = visitor.moved_to(&program.url);
        let (socket, _) = visitor.join(&room).await;
        (Self { launch, program, visitor, room, socket }, log)
    }

    /// The names of all messages in the log, which has no gap.
    async fn names(&self) -> Vec<String> {
        let joined = self.socket.ask("join", json!({ "room": self.room })).await;
        let messages = joined["messages"].as_array().unwrap();
        let places = messages.iter().map(|entry| entry["seq"].as_u64().unwrap());
        assert!(places.eq(1..=u64::try_from(messages.len()).unwrap()), "{messages:?}");
        let names = messages.iter().filter_map(|entry| entry["clientId"].as_str());
        names.map(str::to_owned).collect()
    }

    /// The database is whole.
    async fn ends_intact(self) {
        self.program.stop().await;
        let path = self.launch.data().join("gif-chat.sqlite");
        let file = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        let check = |name| file.pragma_query_value(None, name, |row| row.get::<_, String>(0));
        assert_eq!(check("integrity_check").unwrap(), "ok");
        assert!(check("foreign_key_check").is_err(), "no row is without its parent");
    }
}

#[tokio::test]
async fn after_a_failed_fsync_nothing_is_accepted_until_a_restart() {
    for error in ["EIO", "ENOSPC"] {
        let scene = Scene::set().await;
        let fault = scene.fault(("fsync", error), "gif-chat.sqlite-wal");
        scene.refuses("during").await;
        drop(fault);
        // The disk works again, as far as it says: it said so once about what it has lost.
        scene.refuses("after").await;
        scene.is_unready_because("an fsync failed").await;
        let heard = scene.socket.received();
        let heard = heard.iter().filter_map(|(_, entry)| entry["clientId"].as_str());
        assert_eq!(heard.collect::<Vec<_>>(), ["before"], "nobody was told of what was refused");

        let (scene, log) = scene.restarted().await;
        let complaints = log.matches("nothing more is written").count();
        assert_eq!(complaints, 1, "the cause is told once: {log}");
        scene.becomes_ready().await;
        for text in ["during", "after"] {
            assert_eq!(scene.socket.ask("chat", said(text)).await["ok"], true);
        }
        assert_eq!(scene.names().await, ["before", "during", "after"], "each once");
        scene.ends_intact().await;
    }
}

#[tokio::test]
async fn failed_writes_are_refused_and_it_goes_on_when_they_succeed_again() {
    for (error, reason) in [("ENOSPC", "the disk is full"), ("EIO", "fails reads or writes")] {
        let scene = Scene::set().await;
        let fault = scene.fault(("pwrite64", error), "gif-chat.sqlite-wal");
        for text in ["one", "two", "three"] {
            scene.refuses(text).await;
        }
        scene.is_unready_because(reason).await;
        drop(fault);
        assert_eq!(scene.socket.ask("chat", said("two")).await["ok"], true);
        scene.becomes_ready().await;
        assert_eq!(scene.names().await, ["before", "two"], "without a restart");
        let (scene, _) = scene.restarted().await;
        assert_eq!(scene.names().await, ["before", "two"]);
        scene.ends_intact().await;
    }
}

#[tokio::test]
async fn a_checkpoint_that_fails_costs_no_message() {
    let scene = Scene::set().await;
    let other = scene.visitor.make_room("다른 방").await;
    let fault = scene.fault(("fsync", "EIO"), "gif-chat.sqlite");
    // The end of a room empties the write-ahead log.
    assert_eq!(scene.visitor.delete(&format!("/room/{other}")).await.text(), "ok");
    scene.refuses("after").await;
    drop(fault);
    scene.is_unready_because("an fsync failed").await;
    let (scene, _) = scene.restarted().await;
    assert_eq!(scene.names().await, ["before"]);
    let gone = scene.visitor.browser().get(&format!("/room/{other}")).await;
    assert_eq!(gone.status, 302, "what was said to be gone is gone");
    scene.ends_intact().await;
}

#[tokio::test]
async fn a_gif_whose_name_cannot_be_made_durable_is_not_shown() {
    let scene = Scene::set().await;
    let address = format!("/room/{}/gif", scene.room);
    let fault = scene.fault(("fsync", "EIO"), "gifs/files");
    assert_eq!(scene.visitor.post_gif(&address, small_gif()).await.status, 503);
    drop(fault);
    assert_eq!(scene.visitor.post_gif(&address, small_gif()).await.status, 503);
    scene.is_unready_because("an fsync failed").await;
    assert_eq!(scene.socket.ask("chat", said("still")).await["ok"], true, "chat goes on");
    let shown = scene.socket.received();
    assert!(shown.iter().all(|(_, entry)| entry["gif"].is_null()), "nobody was told of a GIF");

    let (scene, _) = scene.restarted().await;
    let files = std::fs::read_dir(scene.launch.data().join("gifs/files")).unwrap();
    assert_eq!(files.count(), 0, "what no message shows is swept");
    assert_eq!(scene.visitor.post_gif(&address, small_gif()).await.text(), "ok");
    let gif = scene.socket.expect_where("chat", |entry| entry["gif"].is_string()).await;
    let name = gif["gif"].as_str().unwrap();
    assert_eq!(scene.visitor.get(&format!("/gif/{name}")).await.status, 200);
    scene.ends_intact().await;
}
