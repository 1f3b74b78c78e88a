//! Whether the client is still there: a ping after the interval, an answer in time.

use std::time::Duration;

use tokio::time::Instant;

/// What is due next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heartbeat {
    /// A ping, at this time.
    Ping(Instant),
    /// The client's answer, by this time.
    Pong(Instant),
}

/// What to do now.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Beat {
    Nothing,
    SendPing,
    Gone,
}

impl Heartbeat {
    pub(crate) fn begin(now: Instant, interval: Duration) -> Self {
        Self::Ping(now + interval)
    }

    /// When to look again.
    pub(crate) fn due(self) -> Instant {
        match self {
            Self::Ping(due) | Self::Pong(due) => due,
        }
    }

    /// What the time demands.
    pub(crate) fn beat(&mut self, now: Instant, answer_time_max: Duration) -> Beat {
        match *self {
            Self::Ping(due) if now >= due => {
                *self = Self::Pong(now + answer_time_max);
                Beat::SendPing
            }
            Self::Pong(due) if now >= due => Beat::Gone,
            _ => Beat::Nothing,
        }
    }

    /// An answer is not expected before this time.
    pub(crate) fn put_off(&mut self, due: Instant) {
        if let Self::Pong(expected) = self {
            *expected = due.max(*expected);
        }
    }

    /// The client answered. An answer that nobody asked for changes nothing.
    pub(crate) fn answered(&mut self, now: Instant, interval: Duration) {
        if let Self::Pong(_) = self {
            *self = Self::Ping(now + interval);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTERVAL: Duration = Duration::from_secs(25);
    const ANSWER: Duration = Duration::from_secs(20);

    #[test]
    fn the_first_ping_leaves_after_the_interval() {
        let now = Instant::now();
        let mut heartbeat = Heartbeat::begin(now, INTERVAL);
        assert_eq!(
            heartbeat.beat(now + INTERVAL - Duration::from_millis(1), ANSWER),
            Beat::Nothing
        );
        assert_eq!(heartbeat.beat(now + INTERVAL, ANSWER), Beat::SendPing);
        assert_eq!(heartbeat.beat(now + INTERVAL, ANSWER), Beat::Nothing);
    }

    #[test]
    fn a_client_that_does_not_answer_in_time_is_gone() {
        let now = Instant::now();
        let mut heartbeat = Heartbeat::Pong(now + ANSWER);
        assert_eq!(heartbeat.beat(now + ANSWER - Duration::from_millis(1), ANSWER), Beat::Nothing);
        assert_eq!(heartbeat.beat(now + ANSWER, ANSWER), Beat::Gone);
    }

    #[test]
    fn an_answer_that_nobody_asked_for_does_not_put_off_the_next_ping() {
        let now = Instant::now();
        let mut heartbeat = Heartbeat::begin(now, INTERVAL);
        heartbeat.answered(now + INTERVAL / 2, INTERVAL);
        assert_eq!(heartbeat.due(), now + INTERVAL);
        heartbeat.beat(now + INTERVAL, ANSWER);
        heartbeat.answered(now + INTERVAL + ANSWER / 2, INTERVAL);
        assert_eq!(heartbeat.due(), now + INTERVAL + ANSWER / 2 + INTERVAL);
    }
}
