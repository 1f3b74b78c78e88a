//! How the lesson and the engine read frames, shown against one table of cases: RFC 6455 §5 to §8,
//! in the order of Autobahn's sections 1 to 7 and 10. Everything is written by hand over TCP, because
//! no WebSocket library would send most of it. Where one of the two goes another way than the other,
//! the table says which and why, and shows that as strictly. Autobahn's own cases run in
//! `crates/socketio/autobahn`.

mod case;
mod cases;
mod client;
mod frames;
mod servers;

use futures_util::StreamExt as _;
use futures_util::stream::iter;

use crate::support::Lesson;
use servers::{Door, engine, lesson};

/// Connections at the same time: the lesson keeps one for a second after a mistake.
const PLAYED_AT_ONCE: usize = 128;

#[tokio::test(flavor = "multi_thread")]
async fn the_lesson_keeps_to_the_table_of_framing_cases() {
    let process = Lesson::start(env!("CARGO_BIN_EXE_websocket")).await;
    play(&lesson(&process)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_engine_keeps_to_the_table_of_framing_cases() {
    play(&engine().await).await;
}

/// Plays every case, and tells all that went another way.
async fn play(door: &Door) {
    let played = iter(cases::all()).map(async |case| case.play(door).await);
    let played: Vec<Result<(), String>> = played.buffer_unordered(PLAYED_AT_ONCE).collect().await;
    let wrong: Vec<String> = played.iter().filter_map(|played| played.clone().err()).collect();
    assert!(wrong.is_empty(), "{} of {} cases: {wrong:#?}", wrong.len(), played.len());
}

#[test]
fn no_two_cases_have_the_same_name() {
    let mut sentences: Vec<String> = cases::all().into_iter().map(|case| case.sentence).collect();
    sentences.sort();
    let twice: Vec<_> = sentences.windows(2).filter(|two| two[0] == two[1]).collect();
    assert!(twice.is_empty(), "{twice:?}");
}
