//! What a removed room held leaves the data folder, also while somebody else reads the database, as a
//! backup does.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use gif_chat::app::OsRandom;
use gif_chat::chat::{Feed, Store};
use gif_chat::store::sqlite::{Options, SqliteStore};
use rusqlite::Connection;
use tokio::time::timeout;

use super::stage::{Stage, visitor};
use crate::support::socket_client::DEADLINE;
use crate::support::until;

const SECRET_TEXT: &str = "이 말은 남지 않는다";

async fn open(folder: &Path, feed: Feed) -> Arc<dyn Store> {
    let options = Options {
        folder: folder.to_owned(),
        writer_queue_max: 4_096,
        writer_wait_max: Duration::from_secs(2),
        writer_batch_max: 512,
        readers: 2,
    };
    Arc::new(SqliteStore::open(&options, feed, Arc::new(OsRandom)).unwrap())
}

/// Somebody who looks at the database as it was at one moment, for as long as the connection lives.
fn onlooker(folder: &Path) -> Connection {
    let connection = Connection::open(folder.join("gif-chat.sqlite")).unwrap();
    connection.execute_batch("BEGIN").unwrap();
    let rooms = |row: &rusqlite::Row<'_>| row.get::<_, u64>(0);
    assert_eq!(connection.query_row("SELECT count(*) FROM rooms", [], rooms).unwrap(), 2);
    connection
}

fn is_kept(folder: &Path) -> bool {
    let files = std::fs::read_dir(folder).unwrap().flatten();
    let mut contents = files.map(|file| std::fs::read(file.path()).unwrap());
    contents
        .any(|bytes| bytes.windows(SECRET_TEXT.len()).any(|part| part == SECRET_TEXT.as_bytes()))
}

#[tokio::test]
async fn a_long_look_at_the_database_neither_delays_people_nor_keeps_what_was_removed() {
    let folder = tempfile::tempdir().unwrap();
    let stage = Stage::set(&open, folder.path()).await;
    let maker = visitor(1);
    let (gone, stays) =
        (stage.make_room("갈 방", 10, &maker).await.id, stage.make_room("방", 10, &maker).await.id);
    stage.say(&gone, &maker, SECRET_TEXT).await;
    let onlooker = onlooker(folder.path());

    let talking = async {
        stage.store.remove_room(&gone, &maker).await.unwrap();
        for number in 0..20 {
            stage.say(&stays, &maker, &number.to_string()).await;
        }
    };
    timeout(DEADLINE, talking).await.expect("people are not kept waiting");
    assert!(is_kept(folder.path()), "the onlooker still needs it");

    // Nothing else is written from here on.
    drop(onlooker);
    until("what the room held is gone", || !is_kept(folder.path())).await;
    assert_eq!(stage.log(&stays).await.len(), 21);
    stage.store.close().await;
    assert!(!is_kept(folder.path()));
}
