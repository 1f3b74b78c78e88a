//! Messages that are due at a constant rate, whether or not earlier ones have been answered.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::latency::Latencies;
use crate::client::wire::{Chat, Sent};
use crate::client::{AskError, Client};

/// Longest wait for an answer.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(30);

/// Messages that may be without an answer at the same time; those that would be due are not sent
/// then, and counted.
const UNANSWERED_MAX: usize = 50_000;

/// Messages that are due and wait to be sent; when there are more they are sent late, and count so.
const DUE_MAX: usize = 1024;

/// When which message is due.
#[derive(Clone, Copy, Debug)]
pub struct Schedule {
    /// Messages per second.
    pub per_second: f64,
    /// For how long.
    pub lasting: Duration,
}

impl Schedule {
    /// When a message is due, from the beginning.
    #[must_use]
    pub fn due(&self, number: u32) -> Duration {
        Duration::from_secs_f64(f64::from(number) / self.per_second)
    }

    /// All that are due, one after the other.
    fn all(self) -> impl Iterator<Item = (u32, Duration)> {
        let due = (0..u32::MAX).map(move |number| (number, self.due(number)));
        due.take_while(move |(_, due)| *due < self.lasting)
    }
}

/// How it went.
#[derive(Debug)]
pub struct Sendings {
    /// From when a message was due to its acknowledgement.
    pub acknowledged: Latencies,
    /// From when a message was due to when it was sent: how late the load itself is.
    pub lateness: Latencies,
    /// Messages that were due.
    pub due: u64,
    /// Messages that came to nothing, by reason.
    pub failures: BTreeMap<String, u64>,
    /// From the first message that was due to the last answer.
    pub took: Duration,
}

/// What one message has come to.
struct Sending {
    due: Duration,
    sent: Duration,
    answered: Duration,
    answer: Result<Sent, AskError>,
}

/// Sends what the schedule says, through one client after the other, and waits for the answers.
/// Each text begins with when it was due, in nanoseconds since `begin`.
///
/// # Errors
/// When there is no client.
pub async fn send(
    senders: &[Arc<Client>],
    schedule: Schedule,
    begin: Instant,
    name: &str,
) -> Result<Sendings> {
    let mut sendings = Sendings {
        acknowledged: Latencies::new()?,
        lateness: Latencies::new()?,
        due: 0,
        failures: BTreeMap::new(),
        took: Duration::ZERO,
    };
    let mut under_way = JoinSet::new();
    let mut next_senders = senders.iter().cycle();
    let mut pace = keep_pace(schedule, begin);
    while let Some((number, due)) = pace.recv().await {
        let client = next_senders.next().context("nobody to send")?.clone();
        sendings.due += 1;
        while let Some(sending) = under_way.try_join_next() {
            sendings.take(sending?);
        }
        if under_way.len() >= UNANSWERED_MAX {
            sendings.fail("not sent: too many without an answer");
            continue;
        }
        let client_id = format!("{name}-{number}");
        under_way.spawn(async move {
            let sent = begin.elapsed();
            let text = format!("{} of a load", due.as_nanos());
            let chat = Chat { chat: &text, client_id: &client_id };
            let answer = client.chat(&chat, ANSWER_TIME_MAX).await;
            Sending { due, sent, answered: begin.elapsed(), answer }
        });
    }
    while let Some(sending) = under_way.join_next().await {
        sendings.take(sending?);
    }
    sendings.took = begin.elapsed();
    Ok(sendings)
}

/// Tells each message when it is due. A thread of its own, because the runtime's timers know whole
/// milliseconds only.
fn keep_pace(schedule: Schedule, begin: Instant) -> mpsc::Receiver<(u32, Duration)> {
    let (tell, due_now) = mpsc::channel(DUE_MAX);
    std::thread::spawn(move || {
        for (number, due) in schedule.all() {
            std::thread::sleep((begin + due).saturating_duration_since(Instant::now()));
            if tell.blocking_send((number, due)).is_err() {
                return;
            }
        }
    });
    due_now
}

impl Sendings {
    /// Acknowledged messages per second.
    #[must_use]
    pub fn per_second(&self) -> f64 {
        let count = u32::try_from(self.acknowledged.count()).unwrap_or(u32::MAX);
        f64::from(count) / self.took.as_secs_f64().max(f64::EPSILON)
    }

    fn take(&mut self, sending: Sending) {
        let Sending { due, sent, answered, answer } = sending;
        self.lateness.add(due, sent);
        match answer {
            Ok(_) => self.acknowledged.add(due, answered),
            Err(AskError::Refused(failure)) => self.fail(&format!("refused: {}", failure.error)),
            Err(error) => self.fail(&error.to_string()),
        }
    }

    fn fail(&mut self, reason: &str) {
        *self.failures.entry(reason.to_owned()).or_default() += 1;
    }
}

/// When a message was due that [`send`] has sent, by its text.
#[must_use]
pub fn due_by_text(text: &str) -> Option<Duration> {
    text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_due_at_a_constant_rate() {
        let schedule = Schedule { per_second: 400.0, lasting: Duration::from_millis(10) };
        let due: Vec<_> = schedule.all().map(|(_, due)| due.as_micros()).collect();
        assert_eq!(due, [0, 2_500, 5_000, 7_500]);
    }

    #[test]
    fn a_text_says_when_it_was_due() {
        assert_eq!(due_by_text("1500000 of a load"), Some(Duration::from_micros(1_500)));
        assert_eq!(due_by_text("hello"), None);
    }
}
