//! How long things took, kept in few bytes however many there were.

use std::time::Duration;

/// Each power of two is divided into this many steps, so that a value is at most 3 % off.
const STEPS: u64 = 32;
/// log2 of [`STEPS`].
const STEP_BITS: u32 = 5;
/// 64-bit values have no more steps than this.
const BUCKETS: usize = 64 * 32;

/// Durations in nanoseconds, counted in buckets of which each is 3 % wide.
#[derive(Clone)]
pub(crate) struct Histogram {
    counts: Box<[u64]>,
    total: u64,
}

impl Histogram {
    pub(crate) fn new() -> Self {
        Self { counts: vec![0; BUCKETS].into_boxed_slice(), total: 0 }
    }

    /// Counts one duration.
    pub(crate) fn record(&mut self, duration: Duration) {
        let nanoseconds = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        if let Some(count) = self.counts.get_mut(bucket(nanoseconds)) {
            *count += 1;
            self.total += 1;
        }
    }

    /// The duration under which `permille` of 1,000 are; nothing when nothing was counted.
    pub(crate) fn permille(&self, permille: u64) -> Option<Duration> {
        let rank = (self.total * permille).div_ceil(1000).max(1);
        let mut seen = 0;
        let bucket = self.counts.iter().position(|count| {
            seen += count;
            seen >= rank
        })?;
        Some(Duration::from_nanos(highest(bucket as u64)))
    }

    /// In milliseconds, for a report.
    pub(crate) fn permille_ms(&self, permille: u64) -> Option<f64> {
        self.permille(permille).map(|duration| duration.as_secs_f64() * 1000.0)
    }
}

fn bucket(value: u64) -> usize {
    let exponent = (u64::BITS - value.leading_zeros()).saturating_sub(STEP_BITS + 1);
    let bucket = u64::from(exponent) * STEPS + (value >> exponent);
    usize::try_from(bucket).unwrap_or(usize::MAX)
}

/// The highest value of a bucket.
fn highest(bucket: u64) -> u64 {
    let exponent = (bucket / STEPS).saturating_sub(1);
    let step = bucket - exponent * STEPS;
    ((step + 1) << exponent) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_falls_into_a_bucket_that_is_at_most_one_thirtysecond_wide() {
        for value in (0..5_000).chain((13..63).map(|bits| (1 << bits) + 12_345)) {
            let top = highest(bucket(value) as u64);
            assert!(top >= value && top - value <= value / STEPS, "{value} became {top}");
        }
        assert!(bucket(u64::MAX) < BUCKETS);
    }

    #[test]
    fn quantiles_are_those_of_what_was_counted() {
        let mut histogram = Histogram::new();
        assert_eq!(histogram.permille(500), None);
        for milliseconds in 1..=100 {
            histogram.record(Duration::from_millis(milliseconds));
        }
        let near = |permille, milliseconds: f64| {
            let found = histogram.permille_ms(permille).unwrap();
            assert!((found / milliseconds - 1.0).abs() < 0.04, "{permille}: {found}");
        };
        near(500, 50.0);
        near(990, 99.0);
        near(1000, 100.0);
    }
}
