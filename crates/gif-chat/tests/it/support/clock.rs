use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use gif_chat::chat::{Clock, Timestamp};
use tokio::sync::watch;

/// A clock that stands still until the test turns it. So a grace of thirty seconds takes no time, and
/// ends exactly when the test says.
#[derive(Clone)]
pub(crate) struct HandClock {
    elapsed: Arc<watch::Sender<Duration>>,
}

/// When the clock starts, in milliseconds since 1970.
const START_MILLIS: i64 = 1_790_000_000_000;

impl HandClock {
    pub(crate) fn new() -> Self {
        Self { elapsed: Arc::new(watch::channel(Duration::ZERO).0) }
    }

    /// Turns the clock. Whoever waited for a moment that has passed now goes on.
    pub(crate) fn advance(&self, time: Duration) {
        self.elapsed.send_modify(|elapsed| *elapsed += time);
    }
}

#[async_trait]
impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(START_MILLIS).plus(*self.elapsed.borrow())
    }

    fn monotonic(&self) -> Duration {
        *self.elapsed.borrow()
    }

    async fn sleep_until(&self, deadline: Timestamp) {
        let start = Timestamp::from_millis(START_MILLIS);
        let mut elapsed = self.elapsed.subscribe();
        // The sender lives as long as this clock: the wait cannot fail.
        drop(elapsed.wait_for(|elapsed| start.plus(*elapsed) >= deadline).await);
    }
}
