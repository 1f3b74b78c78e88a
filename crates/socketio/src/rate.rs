//! How fast a client may send.

use tokio::time::Instant;

/// So many at once, so many a second over time. Looks at the clock only when it runs empty.
#[derive(Debug)]
pub(crate) struct Bucket {
    left: u32,
    filled: Instant,
    burst_max: u32,
    per_second_max: u32,
}

impl Bucket {
    pub(crate) fn full(burst_max: u32, per_second_max: u32, now: Instant) -> Self {
        Self { left: burst_max, filled: now, burst_max, per_second_max }
    }

    /// Takes one, if there is one.
    pub(crate) fn take(&mut self, now: impl FnOnce() -> Instant) -> bool {
        if self.left == 0 {
            self.fill(now());
        }
        let is_there = self.left > 0;
        self.left = self.left.saturating_sub(1);
        is_there
    }

    fn fill(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.filled).as_secs_f64();
        let grown = (passed * f64::from(self.per_second_max)).floor();
        if grown < 1.0 {
            return;
        }
        self.filled = now;
        self.left = if grown >= f64::from(self.burst_max) {
            self.burst_max
        } else {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "it is positive, and less than a u32 that was just compared with"
            )]
            let grown = grown as u32;
            grown
        };
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn after_a_burst_it_goes_on_at_the_rate() {
        let begin = Instant::now();
        let mut bucket = Bucket::full(3, 10, begin);
        let taken = (0..5).filter(|_| bucket.take(|| begin)).count();
        assert_eq!(taken, 3);
        let later = begin + Duration::from_millis(200);
        let taken = (0..5).filter(|_| bucket.take(|| later)).count();
        assert_eq!(taken, 2);
        assert!(!bucket.take(|| later + Duration::from_millis(99)));
        assert!(bucket.take(|| later + Duration::from_millis(100)));
    }

    #[test]
    fn a_long_rest_gives_no_more_than_a_burst() {
        let begin = Instant::now();
        let mut bucket = Bucket::full(3, 10, begin);
        while bucket.take(|| begin) {}
        let later = begin + Duration::from_secs(1_000);
        let taken = (0..5).filter(|_| bucket.take(|| later)).count();
        assert_eq!(taken, 3);
    }
}
