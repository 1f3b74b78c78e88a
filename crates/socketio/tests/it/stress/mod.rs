//! Everything at once, in an order that a seed decides: whatever visitors do, nobody's join is
//! lost, nobody's events are overtaken or repeated, and in the end nothing is left.

mod house;
mod line;
mod visitor;

use std::sync::Arc;

use futures_util::StreamExt as _;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use socketio::serve::{ConnectionsMax, ServeOptions};
use tokio_util::task::TaskTracker;

use crate::support::{Server, eventually, soon};
use house::House;
use line::Line;
use visitor::Visitor;

/// Printed when a test fails. Add those that have found something.
const SEEDS: [u64; 3] = [1, 20_261_120, 0xdead_beef];

const VISITORS: usize = 24;
const VISITS: usize = 5;

/// Says which seed was at work when a test fails.
struct Seed(u64);

impl Drop for Seed {
    #[expect(clippy::print_stderr, reason = "the seed must be known to see a failure again")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the seed was {}", self.0);
        }
    }
}

async fn visits(seed: u64) {
    let _seed = Seed(seed);
    let house = House::new();
    let engine = House::engine();
    let namespaces = house.open(&engine);
    let server = Server::of(engine).await;
    let visitors = TaskTracker::new();
    let visiting: Vec<_> = (0..VISITORS)
        .map(|index| {
            let rng = StdRng::seed_from_u64(seed.wrapping_mul(1_000).wrapping_add(index as u64));
            let visitor = Visitor::new(server.address, rng, house.clone());
            visitors.spawn(visitor.run(VISITS))
        })
        .collect();
    for visit in visiting {
        soon(visit).await.unwrap();
    }
    eventually(|| server.engine.counters().sessions == 0).await;
    for namespace in &namespaces {
        assert_eq!((namespace.socket_count(), namespace.room_count()), (0, 0));
    }
    // The accept loop is the only task that is left.
    eventually(|| server.tasks.len() == 1).await;
    house.is_in_order().await;
    let counters = server.engine.counters();
    let ended: u64 = counters.ended.iter().map(|(_, count)| count).sum();
    assert_eq!(ended, counters.sessions_opened);
    assert!(counters.sessions_opened >= (VISITORS * VISITS) as u64);
}

#[tokio::test]
async fn whatever_visitors_do_nothing_is_lost_and_nothing_is_left() {
    for seed in SEEDS {
        visits(seed).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_visitors_do_nothing_is_lost_and_nothing_is_left_on_two_threads() {
    for seed in SEEDS {
        visits(seed + 1).await;
    }
}

const STORM: usize = 2_000;

/// Connections under way at the same time.
const AT_ONCE: usize = 150;

/// So many come at once, and each says something as soon as it may, or before.
async fn storm() {
    let house = House::new();
    let engine = House::engine();
    let namespaces = house.open(&engine);
    let options = ServeOptions::default();
    let server = Server::guarded(engine, ConnectionsMax::new(STORM), options).await;
    let tasks = TaskTracker::new();
    let address = server.address;
    let coming = (0..STORM).map(|index| {
        tasks.spawn(async move {
            let mut line = if index % 10 == 0 {
                Line::polling(address).await
            } else {
                Line::websocket(address).await
            };
            let said = r#"420["count",0]"#;
            if index % 2 == 0 {
                line.send("40").await;
                line.send(said).await;
                assert!(line.next().await.starts_with("40{"));
            } else {
                line.enter("/").await;
                line.send(said).await;
            }
            assert_eq!(line.next().await, "430[0]");
            line.send("1").await;
        })
    });
    let mut arriving = futures_util::stream::iter(coming).buffer_unordered(AT_ONCE);
    while let Some(arrived) = soon(arriving.next()).await {
        arrived.unwrap();
    }
    eventually(|| server.engine.counters().sessions == 0).await;
    assert_eq!(server.engine.counters().sessions_opened, STORM as u64);
    assert_eq!(house.entered(), STORM);
    assert_eq!(namespaces[0].socket_count(), 0);
    house.is_in_order().await;
}

#[tokio::test]
async fn in_a_storm_nobodys_join_is_lost() {
    storm().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_storm_nobodys_join_is_lost_on_two_threads() {
    storm().await;
}

#[test]
fn a_seed_decides_what_visitors_do() {
    let first = |seed| StdRng::seed_from_u64(seed).random::<u64>();
    assert_eq!(first(7), first(7));
    assert_ne!(first(7), first(8));
    assert_eq!(Arc::strong_count(&House::new()), 1);
}
