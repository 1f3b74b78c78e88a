//! The real clock, the real randomness, the real limits of the process.

use std::time::{Duration, Instant, SystemTime};

use async_trait::async_trait;
use rand::TryRng as _;

use crate::chat::{Clock, RandomSource, Timestamp};

/// The clock of the machine.
pub struct SystemClock {
    started: Instant,
}

impl SystemClock {
    /// The clock, from now on.
    #[must_use]
    pub fn new() -> Self {
        Self { started: Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that is handed in")]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    fn monotonic(&self) -> Duration {
        self.started.elapsed()
    }

    async fn sleep_until(&self, deadline: Timestamp) {
        // In steps: the wall clock may be set while we wait.
        while self.now() < deadline {
            let left = self.now().until(deadline).min(Duration::from_secs(1));
            tokio::time::sleep(left.max(Duration::from_millis(1))).await;
        }
    }
}

/// The operating system's randomness.
pub struct OsRandom;

impl RandomSource for OsRandom {
    fn fill(&self, bytes: &mut [u8]) {
        if let Err(error) = rand::rngs::SysRng.try_fill_bytes(bytes) {
            // Without randomness no session and no room can be made safely: better to end here than
            // to hand out ids that somebody can guess.
            tracing::error!(%error, "the operating system gives no random bytes");
            std::process::abort();
        }
    }
}

/// Files that the process needs besides its connections.
const FILES_RESERVED: usize = 256;

/// How many connections, and how many Socket.IO sessions among them, the process can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Room {
    pub(super) connections: usize,
    pub(super) sockets: usize,
}

/// Raises the limit of open files as far as it goes. When that is not enough, there are fewer
/// connections, which is said loudly.
pub(super) fn room_within_file_limit(connections: usize, sockets: usize) -> Room {
    let needed = u64::try_from(connections.saturating_add(FILES_RESERVED)).unwrap_or(u64::MAX);
    let limit = rlimit::increase_nofile_limit(needed).unwrap_or(1_024);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let room = room(limit, connections, sockets);
    if room.sockets < sockets {
        tracing::warn!(
            limit,
            sockets = room.sockets,
            "the limit of open files allows fewer sockets than sockets_max; raise `ulimit -n`"
        );
    }
    room
}

/// A tenth of the connections is left to requests: somebody must be able to see the server's state,
/// and to open a page, while all sockets are taken.
fn room(limit: usize, connections: usize, sockets: usize) -> Room {
    let connections = connections.min(limit.saturating_sub(FILES_RESERVED)).max(10);
    Room { connections, sockets: sockets.min(connections - connections / 10) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_have_room_when_all_sockets_are_taken() {
        assert_eq!(room(1_000_000, 60_000, 50_000), Room { connections: 60_000, sockets: 50_000 });
        assert_eq!(room(20_256, 60_000, 50_000), Room { connections: 20_000, sockets: 18_000 });
        assert_eq!(room(0, 60_000, 50_000), Room { connections: 10, sockets: 9 });
    }
}
