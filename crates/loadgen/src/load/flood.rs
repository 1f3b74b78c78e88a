//! What one visitor who asks for everything as fast as possible costs the others.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::{Audience, Heard, Schedule, Seating, Summary, milliseconds, send};
use crate::client::wire::{Chat, Join};
use crate::client::{AskError, Client, Door, Transport, Visitor};
use crate::server::Launch;

/// Questions of the flooder without an answer at the same time.
const AT_ONCE: usize = 64;

const ANSWER_TIME_MAX: Duration = Duration::from_secs(30);

/// Everybody else is within the budgets of a healthy server; the flooder has the same, which are
/// those of the configuration's defaults. The address is shared, as behind one router.
const BUDGETS: [(&str, &str); 3] = [
    ("GIFCHAT_MESSAGES_BURST", "10"),
    ("GIFCHAT_MESSAGES_PER_SECOND", "1"),
    ("GIFCHAT_JOINS_BURST", "60"),
];

/// What is to be done.
#[derive(Clone, Debug)]
pub struct FloodOptions {
    /// The server.
    pub binary: PathBuf,
    /// How long each load lasts.
    pub lasting: Duration,
    /// How often it is measured with and without the flooder, in turns.
    pub rounds: usize,
}

/// The others: twenty rooms of ten, and nobody says more than one message in four seconds.
const SEATING: Seating = Seating { rooms: 20, people: 10, polling: 0.1 };
const PER_SECOND: f64 = 50.0;

/// Measures in turns, and tells the others' times with and without the flooder, and their ratio. Says
/// whether everybody else was served.
///
/// # Errors
/// When a server does not start, or somebody does not get in.
pub async fn flood(options: &FloodOptions, output: &mut impl Write) -> Result<bool> {
    writeln!(
        output,
        "{:>8} {:>12} {:>12} {:>12} {:>12} {:>10} {:>10}",
        "flooder", "ack p50 ms", "ack p99 ms", "heard p50", "heard p99", "asked/s", "refused"
    )?;
    let (mut calm, mut flooded) = (Vec::new(), Vec::new());
    let mut served = true;
    for _ in 0..options.rounds {
        for with_flooder in [false, true] {
            let round = measure(options, with_flooder).await?;
            served &= round.all_served;
            tell(output, with_flooder, &round)?;
            if with_flooder { &mut flooded } else { &mut calm }.push(round);
        }
    }
    let p99 = |rounds: &[Round], of: fn(&Round) -> u64| {
        let mut times: Vec<_> = rounds.iter().map(of).collect();
        times.sort_unstable();
        times.get(times.len() / 2).copied().unwrap_or_default()
    };
    for (name, of) in [
        ("acknowledged", (|round: &Round| round.acknowledged.p99) as fn(&Round) -> u64),
        ("heard", |round: &Round| round.heard.p99),
    ] {
        let (without, with) = (milliseconds(p99(&calm, of)), milliseconds(p99(&flooded, of)));
        writeln!(
            output,
            "{name}: median p99 {without:.2} ms without, {with:.2} ms with a flooder: {:.2} times",
            with / without.max(f64::EPSILON),
        )?;
    }
    Ok(served)
}

struct Round {
    acknowledged: Summary,
    heard: Summary,
    all_served: bool,
    flood: Flood,
    took: Duration,
}

/// What the flooder has asked for, and what was refused of it.
#[derive(Clone, Copy, Debug, Default)]
struct Flood {
    asked: u64,
    refused: u64,
}

async fn measure(options: &FloodOptions, with_flooder: bool) -> Result<Round> {
    let launch = Launch::new(&options.binary).await?.roomy();
    let launch = BUDGETS.iter().fold(launch, |launch, (name, value)| launch.variable(name, value));
    let server = launch.start().await?;
    let door = Door::new(&launch.authority())?;
    let heard = Arc::new(Heard::new()?);
    let audience = Audience::gather(&door, SEATING, Some(&heard)).await?;
    let mut flooding = JoinSet::new();
    let counts = Arc::new((AtomicU64::new(0), AtomicU64::new(0)));
    if with_flooder {
        let (door, counts) = (door.clone(), counts.clone());
        let owner = Visitor::arrive(&door).await?;
        let room = owner.make_room(&door, "flood", 2).await?;
        flooding.spawn(async move { rage(&door, &owner, &room, &counts).await });
    }
    let begin = Instant::now();
    heard.count_from(begin);
    let schedule = Schedule { per_second: PER_SECOND, lasting: options.lasting };
    let sendings = send(&audience.clients, schedule, begin, "calm").await?;
    let expected = sendings.acknowledged.count() * SEATING.people as u64;
    heard.until(expected, Duration::from_secs(10)).await;
    flooding.abort_all();
    let took = begin.elapsed();
    let summary = heard.latencies().summary();
    server.stop(Duration::from_secs(10)).await?;
    Ok(Round {
        acknowledged: sendings.acknowledged.summary(),
        all_served: sendings.failures.is_empty() && summary.count == expected && heard.lost() == 0,
        heard: summary,
        flood: Flood {
            asked: counts.0.load(Ordering::Relaxed),
            refused: counts.1.load(Ordering::Relaxed),
        },
        took,
    })
}

/// Asks for everything at once, again and again, until it is stopped. Who is thrown out comes back.
async fn rage(door: &Door, visitor: &Visitor, room: &str, counts: &(AtomicU64, AtomicU64)) {
    loop {
        let Ok((client, mut events)) = Client::connect(door, visitor, Transport::WebSocket).await
        else {
            continue;
        };
        let listening = async { while events.recv().await.is_some() {} };
        let asking = async {
            let join = Join { room, ..Join::default() };
            drop(client.join(&join, ANSWER_TIME_MAX).await);
            loop {
                let questions = (0..AT_ONCE).map(|number| ask(&client, room, number, counts));
                futures_util::future::join_all(questions).await;
                if client.end().is_some() {
                    return;
                }
            }
        };
        tokio::join!(listening, asking);
    }
}

async fn ask(client: &Client, room: &str, number: usize, counts: &(AtomicU64, AtomicU64)) {
    let answer: Result<Value, AskError> = match number % 6 {
        0 => {
            let client_id = format!("flood-{}", counts.0.load(Ordering::Relaxed));
            let chat = Chat { chat: "flood", client_id: &client_id };
            client.chat(&chat, ANSWER_TIME_MAX).await.map(|_| Value::Null)
        }
        1 => {
            let join = Join { room, ..Join::default() };
            client.join(&join, ANSWER_TIME_MAX).await.map(|_| Value::Null)
        }
        2 => client.ask("typing", &json!({}), ANSWER_TIME_MAX).await,
        3 => {
            let reaction = json!({ "seq": 2, "emoji": "👍", "on": number % 4 == 1 });
            client.ask("react", &reaction, ANSWER_TIME_MAX).await
        }
        4 => {
            let whisper = json!({ "to": "0".repeat(32), "chat": "flood" });
            client.ask("whisper", &whisper, ANSWER_TIME_MAX).await
        }
        _ => {
            let page = json!({ "before": 1_000_000, "limit": 100 });
            client.ask("history", &page, ANSWER_TIME_MAX).await
        }
    };
    counts.0.fetch_add(1, Ordering::Relaxed);
    if matches!(answer, Err(AskError::Refused(_))) {
        counts.1.fetch_add(1, Ordering::Relaxed);
    }
}

fn tell(output: &mut impl Write, with_flooder: bool, round: &Round) -> Result<()> {
    let Round { acknowledged, heard, flood, took, .. } = round;
    let times = [acknowledged.p50, acknowledged.p99, heard.p50, heard.p99].map(milliseconds);
    let [ack_p50, ack_p99, heard_p50, heard_p99] = times;
    let asked = u32::try_from(flood.asked).unwrap_or(u32::MAX);
    writeln!(
        output,
        "{:>8} {ack_p50:>12.2} {ack_p99:>12.2} {heard_p50:>12.2} {heard_p99:>12.2} {:>10.0} {:>10}",
        if with_flooder { "with" } else { "without" },
        f64::from(asked) / took.as_secs_f64().max(f64::EPSILON),
        flood.refused,
    )?;
    Ok(())
}
