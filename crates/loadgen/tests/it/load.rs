//! A load, and those who hear it.

use std::sync::Arc;
use std::time::Duration;

use loadgen::load::{Audience, Heard, Schedule, Seating, send};
use tokio::time::Instant;

use crate::support::{DEADLINE, TestServer};

const SEATING: Seating = Seating { rooms: 2, people: 3, polling: 0.34 };

#[tokio::test]
async fn everybody_in_the_room_hears_what_was_due() {
    let server = TestServer::start(|_| {}).await;
    let heard = Arc::new(Heard::new().unwrap());
    let audience = Audience::gather(&server.door(), SEATING, Some(&heard)).await.unwrap();
    let schedule = Schedule { per_second: 400.0, lasting: Duration::from_millis(200) };
    let begin = Instant::now();
    heard.count_from(begin);
    let sendings = send(&audience.clients, schedule, begin, "test").await.unwrap();
    assert_eq!((sendings.due, sendings.acknowledged.count()), (80, 80));
    assert!(sendings.failures.is_empty());
    heard.until(240, DEADLINE).await;
    assert_eq!((heard.latencies().count(), heard.lost()), (240, 0));
    assert!(sendings.took >= Duration::from_millis(190));
}

#[tokio::test]
async fn refusals_and_lost_connections_are_counted() {
    let change = |config: &mut gif_chat::config::Config| config.messages_burst = 3;
    let server = TestServer::start(change).await;
    let heard = Arc::new(Heard::new().unwrap());
    let seating = Seating { rooms: 1, people: 1, polling: 0.0 };
    let audience = Audience::gather(&server.door(), seating, Some(&heard)).await.unwrap();
    let schedule = Schedule { per_second: 1_000.0, lasting: Duration::from_millis(10) };
    let sendings = send(&audience.clients, schedule, Instant::now(), "test").await.unwrap();
    assert_eq!(sendings.failures["refused: too_fast"], 7);
    server.app.stop().await;
    tokio::time::timeout(DEADLINE, async {
        while heard.lost() == 0 {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_load_that_begins_late_counts_its_own_lateness() {
    let server = TestServer::start(|_| {}).await;
    let seating = Seating { rooms: 1, people: 1, polling: 0.0 };
    let audience = Audience::gather(&server.door(), seating, None).await.unwrap();
    let schedule = Schedule { per_second: 100.0, lasting: Duration::from_millis(50) };
    // Due a second ago, sent now.
    let begin = Instant::now().checked_sub(Duration::from_secs(1)).unwrap();
    let sendings = send(&audience.clients, schedule, begin, "test").await.unwrap();
    let (lateness, acknowledged) = (sendings.lateness.summary(), sendings.acknowledged.summary());
    assert_eq!(acknowledged.count, 5);
    assert!(
        lateness.p50 >= 900_000 && acknowledged.p50 >= 900_000,
        "{lateness:?} {acknowledged:?}"
    );
}
