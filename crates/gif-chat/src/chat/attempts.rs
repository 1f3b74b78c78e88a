//! Guesses at passwords: only failed ones count, and no more may be under way than could fail.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{ChatError, Clock};

/// How long a failure counts.
const WINDOW: Duration = Duration::from_mins(1);

/// So many failures per key and minute. A guess takes its place before it is checked, so that many
/// at once are no way around the limit, and gives it back when it was right: a class behind one
/// address may enter a room together.
pub(super) struct Attempts<K> {
    failures_max: u32,
    keys_max: usize,
    clock: Arc<dyn Clock>,
    counts: Mutex<HashMap<K, Count>>,
}

struct Count {
    window_began: Duration,
    failed: u32,
    under_way: u32,
}

impl<K: Hash + Eq + Clone> Attempts<K> {
    pub(super) fn new(failures_max: u32, keys_max: usize, clock: Arc<dyn Clock>) -> Self {
        Self { failures_max, keys_max, clock, counts: Mutex::default() }
    }

    /// Takes the place of one guess, until [`Attempts::end`].
    pub(super) fn begin(&self, key: &K) -> Result<(), ChatError> {
        let now = self.clock.monotonic();
        let mut counts = self.counts();
        if counts.len() >= self.keys_max {
            counts.retain(|_, count| count.under_way > 0 || !count.is_over(now));
        }
        if counts.len() >= self.keys_max && !counts.contains_key(key) {
            return Err(ChatError::TooFast { retry_after: WINDOW });
        }
        let fresh = || Count { window_began: now, failed: 0, under_way: 0 };
        let count = counts.entry(key.clone()).or_insert_with(fresh);
        if count.is_over(now) {
            count.window_began = now;
            count.failed = 0;
        }
        if count.failed.saturating_add(count.under_way) >= self.failures_max {
            let retry_after = WINDOW.saturating_sub(now.saturating_sub(count.window_began));
            return Err(ChatError::TooFast { retry_after });
        }
        count.under_way = count.under_way.saturating_add(1);
        Ok(())
    }

    /// Gives the place back, and remembers a failure.
    pub(super) fn end(&self, key: &K, failed: bool) {
        let mut counts = self.counts();
        let Some(count) = counts.get_mut(key) else {
            return;
        };
        count.under_way = count.under_way.saturating_sub(1);
        if failed {
            count.failed = count.failed.saturating_add(1);
        } else if count.failed == 0 && count.under_way == 0 {
            counts.remove(key);
        }
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<K, Count>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Count {
    fn is_over(&self, now: Duration) -> bool {
        now.saturating_sub(self.window_began) >= WINDOW
    }
}
