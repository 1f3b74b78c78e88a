//! The story on SQLite, and what only SQLite has: a file, its pragmas, its lock.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use gif_chat::app::{App, OsRandom};
use gif_chat::chat::{Feed, HistoryQuery, Outage, Store, StoreError};
use gif_chat::config::Config;
use gif_chat::store::sqlite::{OpenError, Options, SqliteStore};
use rusqlite::Connection;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::stage::{Stage, text, visitor, word};
use super::writing::fill;
use crate::support::TestServer;
use crate::support::socket_client::DEADLINE;

fn options(folder: &Path) -> Options {
    Options {
        folder: folder.to_owned(),
        writer_queue_max: 4_096,
        writer_wait_max: Duration::from_secs(2),
        writer_batch_max: 512,
        readers: 2,
    }
}

fn open(folder: &Path) -> Result<SqliteStore, OpenError> {
    let (feed, _events) = mpsc::channel(100);
    SqliteStore::open(&options(folder), feed, Arc::new(OsRandom))
}

/// Another connection to the database, as a tool of the host opens it.
fn second_connection(folder: &Path) -> Connection {
    Connection::open(folder.join("gif-chat.sqlite")).unwrap()
}

#[tokio::test]
async fn sqlite_tells_the_story_of_every_store() {
    let open = async |folder: &Path, feed: Feed| {
        let store = SqliteStore::open(&options(folder), feed, Arc::new(OsRandom)).unwrap();
        let store: Arc<dyn Store> = Arc::new(store);
        store
    };
    Box::pin(super::story(open)).await;
}

#[tokio::test]
async fn an_operation_waits_for_a_place_in_the_queue_and_is_refused_when_none_comes_free() {
    let folder = tempfile::tempdir().unwrap();
    let open = async |folder: &Path, feed: Feed| {
        let narrow = Options {
            writer_queue_max: 1,
            writer_batch_max: 1,
            writer_wait_max: Duration::from_secs(1),
            ..options(folder)
        };
        let store = SqliteStore::open(&narrow, feed, Arc::new(OsRandom)).unwrap();
        let store: Arc<dyn Store> = Arc::new(store);
        store
    };
    let mut stage = Stage::set(&open, folder.path()).await;
    let who = visitor(1);
    let room = stage.make_room("방", 10, &who).await.id;
    stage.sit(&room, &who).await;
    // Nobody listens: one operation is under way, one has the only place, and the third waits.
    fill(&stage.feed);
    let mut asked = JoinSet::new();
    for said in ["하나", "둘", "셋"] {
        let (store, entry) = (stage.store.clone(), stage.entry(&room, &who, text(said)));
        asked.spawn(async move { store.append(entry).await });
    }
    let refused = timeout(DEADLINE, asked.join_next()).await.unwrap().unwrap().unwrap();
    assert!(
        matches!(refused, Err(StoreError::Unavailable { outage: Outage::Busy, .. })),
        "{refused:?}"
    );
    stage.told();
    for number in [2, 3] {
        let kept = timeout(DEADLINE, asked.join_next()).await.unwrap().unwrap().unwrap();
        assert_eq!(kept.unwrap().seq, number, "what had a place is kept");
    }
    assert_eq!(stage.say(&room, &who, "넷").await.seq, 4, "and it goes on");
    stage.store.close().await;
}

#[tokio::test]
async fn the_file_is_in_wal_mode_and_holds_the_newest_schema() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).unwrap();
    let connection = second_connection(folder.path());
    let pragma = |name: &str| -> String {
        let value = |row: &rusqlite::Row<'_>| row.get::<_, rusqlite::types::Value>(0);
        format!("{:?}", connection.pragma_query_value(None, name, value).unwrap())
    };
    assert_eq!(pragma("journal_mode"), "Text(\"wal\")");
    assert_eq!(pragma("user_version"), "Integer(3)");
    assert_eq!(pragma("integrity_check"), "Text(\"ok\")");
    store.close().await;
}

/// A room in which somebody has said something, as the version before wrote it.
const OLDER_ROOM: &str = "
    INSERT INTO rooms VALUES ('0123456789abcdef0123456789abcdef', '옛 방', 10,
        'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', NULL, 1000, 2, 1, 1, NULL, NULL);
    INSERT INTO identities VALUES ('0123456789abcdef0123456789abcdef',
        'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', '#3a7867', 0);
    INSERT INTO seats VALUES ('0123456789abcdef0123456789abcdef',
        'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 1000, NULL, 1);
    INSERT INTO entries VALUES
        ('0123456789abcdef0123456789abcdef', 1, '11111111111111111111111111111111', 'join',
         'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', NULL, NULL, NULL, NULL, 1000),
        ('0123456789abcdef0123456789abcdef', 2, '22222222222222222222222222222222', 'text',
         'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', '예전에 한 말', NULL, NULL, NULL, 2000);
    PRAGMA user_version = 2;
";

#[tokio::test]
async fn a_file_of_an_older_version_keeps_its_rooms_and_what_was_said() {
    let folder = tempfile::tempdir().unwrap();
    let older = second_connection(folder.path());
    older
        .execute_batch(include_str!("../../../src/store/sqlite/migrations/0001_rooms.sql"))
        .unwrap();
    older
        .execute_batch(include_str!("../../../src/store/sqlite/migrations/0002_retries.sql"))
        .unwrap();
    older.execute_batch(OLDER_ROOM).unwrap();
    drop(older);
    let store = open(folder.path()).unwrap();
    let rooms = store.rooms().await.unwrap();
    let [room] = rooms.as_slice() else { panic!("{rooms:?}") };
    assert!(room.title == "옛 방" && !room.locked && room.count == 1);
    let newest = HistoryQuery::Newest { limit: 10, bytes_max: 100_000 };
    let page = store.history(&room.id, newest, None).await.unwrap();
    let words: Vec<_> = page.entries.iter().map(|entry| word(&entry.message)).collect();
    assert_eq!(words, ["join", "예전에 한 말"]);
    store.close().await;
}

#[tokio::test]
async fn a_file_of_a_newer_version_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path()).unwrap().close().await;
    let connection = second_connection(folder.path());
    connection.pragma_update(None, "user_version", 99).unwrap();
    let Err(error) = open(folder.path()) else { panic!("it was opened") };
    assert!(matches!(error, OpenError::SchemaTooNew { found: 99, known: 3 }));
    let text = error.to_string();
    assert!(text.contains("newer gif-chat") && text.contains("schema 99"), "{text}");
    let version = connection.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0));
    assert_eq!(version.unwrap(), 99);
}

#[tokio::test]
async fn what_is_no_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gif-chat.sqlite");
    std::fs::write(&path, "this is not a database, and long enough to be seen as none".repeat(9))
        .unwrap();
    let before = std::fs::read(&path).unwrap();
    let Err(error) = open(folder.path()) else { panic!("it was opened") };
    assert!(error.to_string().contains("cannot be opened"), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), before, "nothing of it is overwritten");
}

#[tokio::test]
async fn a_damaged_file_is_refused_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path()).unwrap().close().await;
    let path = folder.path().join("gif-chat.sqlite");
    let whole = std::fs::read(&path).unwrap();
    for place in [100, 4_096, 40_960] {
        let mut damaged = whole.clone();
        damaged[place..place + 8].fill(0xff);
        std::fs::write(&path, &damaged).unwrap();
        let Err(error) = open(folder.path()) else { panic!("it was opened: {place}") };
        let text = error.to_string();
        assert!(text.contains("is damaged") && text.contains("gif-chat restore"), "{text}");
        assert_eq!(std::fs::read(&path).unwrap(), damaged, "nothing of it is changed");
    }
    std::fs::write(&path, &whole).unwrap();
    open(folder.path()).unwrap().close().await;
}

#[tokio::test]
async fn a_second_server_on_the_same_folder_is_refused_until_the_first_has_stopped() {
    let mut server = TestServer::start().await;
    let Err(error) = server.start_another().await else { panic!("two servers run") };
    let folder = server.data().display().to_string();
    assert_eq!(
        error.to_string(),
        format!(
            "another gif-chat server uses the data folder {folder}; stop it, or choose another \
             folder with GIFCHAT_DATA"
        )
    );
    let visitor = server.visitor();
    visitor.make_room("첫 서버의 방").await;
    server.stop().await;
    let second = App::start(Config::for_folder(folder.into())).await.unwrap();
    second.stop().await;
}
