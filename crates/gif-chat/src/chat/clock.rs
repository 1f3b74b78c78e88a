//! Time, as it is handed in.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;

/// A point in time: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since the Unix epoch.
    #[must_use]
    pub fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the Unix epoch.
    #[must_use]
    pub fn as_millis(self) -> i64 {
        self.0
    }

    /// This point and `duration` more; stays at the largest value instead of overflowing.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    /// This point and `duration` less; stays at the smallest value instead of overflowing.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    /// How long until `later`; zero when it is not later.
    #[must_use]
    pub fn until(self, later: Self) -> Duration {
        Duration::from_millis(u64::try_from(later.0.saturating_sub(self.0)).unwrap_or(0))
    }
}

/// ISO 8601 in UTC with milliseconds, e.g. `2026-11-20T15:30:00.000Z`.
impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let instant = jiff::Timestamp::from_millisecond(self.0).unwrap_or(jiff::Timestamp::MAX);
        write!(formatter, "{instant:.3}")
    }
}

/// The only source of time in the product, so that tests can turn it by hand.
#[async_trait]
pub trait Clock: Send + Sync {
    /// The wall clock. For what people read and for deadlines that outlive the process.
    fn now(&self) -> Timestamp;

    /// Time since some fixed point in this process; never goes back. For rates.
    fn monotonic(&self) -> Duration;

    /// Returns when [`Clock::now`] has reached `deadline`.
    async fn sleep_until(&self, deadline: Timestamp);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_is_written_in_utc_with_milliseconds() {
        assert_eq!(Timestamp::from_millis(0).to_string(), "1970-01-01T00:00:00.000Z");
        assert_eq!(
            Timestamp::from_millis(1_764_000_000_007).to_string(),
            "2025-11-24T16:00:00.007Z"
        );
    }

    #[test]
    fn the_time_until_something_past_is_zero() {
        let later = Timestamp::from_millis(5);
        assert_eq!(later.until(Timestamp::from_millis(3)), Duration::ZERO);
        assert_eq!(later.until(Timestamp::from_millis(9)), Duration::from_millis(4));
    }
}
