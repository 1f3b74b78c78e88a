//! How long things took, counted from when they were due.
//!
//! A message that had to wait because earlier ones were slow was late all the same. Counted from
//! the moment in which it was really sent, the time in which a server stood still would show once
//! only.

use std::time::Duration;

use hdrhistogram::Histogram;
use serde::Serialize;

/// Longer ones count as this long.
const LONGEST: Duration = Duration::from_mins(2);

/// Digits that are exact.
const DIGITS: u8 = 3;

/// Times between when something was due and when it had happened.
#[derive(Clone, Debug)]
pub struct Latencies(Histogram<u64>);

/// Percentiles, in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// How many there are.
    pub count: u64,
    /// Half are at most so long.
    pub p50: u64,
    /// Nine of ten.
    pub p90: u64,
    /// 99 of 100.
    pub p99: u64,
    /// 999 of 1,000.
    pub p999: u64,
    /// The longest.
    pub max: u64,
}

impl Latencies {
    /// None yet.
    ///
    /// # Errors
    /// Never, as long as the bounds are what they are.
    pub fn new() -> anyhow::Result<Self> {
        Ok(Self(Histogram::new_with_bounds(1, microseconds(LONGEST), DIGITS)?))
    }

    /// Something that was due then has happened now. Both on the same clock.
    pub fn add(&mut self, due: Duration, now: Duration) {
        self.0.saturating_record(microseconds(now.saturating_sub(due)).max(1));
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.len()
    }

    /// In short.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let at = |percentile| self.0.value_at_quantile(percentile);
        Summary {
            count: self.0.len(),
            p50: at(0.5),
            p90: at(0.9),
            p99: at(0.99),
            p999: at(0.999),
            max: if self.0.is_empty() { 0 } else { self.0.max() },
        }
    }
}

fn microseconds(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLISECOND: Duration = Duration::from_millis(1);

    /// Hundred a second for ten seconds, each answered after one millisecond; but for one second in
    /// the middle nobody answers.
    fn with_a_pause() -> Latencies {
        let mut latencies = Latencies::new().unwrap();
        for number in 0..1_000 {
            let due = 10 * number * MILLISECOND;
            let answered = due + MILLISECOND;
            let pause = 4_000 * MILLISECOND..5_000 * MILLISECOND;
            latencies.add(due, if pause.contains(&answered) { pause.end } else { answered });
        }
        latencies
    }

    #[test]
    fn a_pause_shows_in_every_message_that_was_due_in_it() {
        let Summary { count, p50, p90, p99, p999, max } = with_a_pause().summary();
        assert_eq!((count, p50), (1_000, 1_000));
        // A hundred of the thousand were due in the pause, and waited for half of it on average.
        assert!(p90 <= 20_000, "{p90}");
        assert!((890_000..=911_000).contains(&p99), "{p99}");
        assert!(p999 >= 980_000 && max >= 990_000, "{p999} {max}");
    }

    #[test]
    fn extremes_are_kept_within_bounds() {
        let mut latencies = Latencies::new().unwrap();
        assert_eq!(latencies.summary(), Summary::default());
        latencies.add(Duration::from_secs(9), Duration::ZERO);
        latencies.add(Duration::ZERO, Duration::from_hours(9));
        let summary = latencies.summary();
        assert_eq!((summary.count, summary.p50), (2, 1));
        assert!(summary.max >= microseconds(LONGEST));
    }
}
