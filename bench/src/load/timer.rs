//! Wakes the load generator at an exact time: the timeout of `epoll_wait` counts in milliseconds, in
//! which a server can deliver hundreds of messages.

use std::io;
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::time::{Duration, Instant};

use mio::unix::SourceFd;
use mio::{Interest, Registry, Token};
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_settime,
};

/// Longer waits are left to the timeout of the poll.
const EXACT_MAX: Duration = Duration::from_millis(50);

/// A timer of the kernel. It is registered edge-triggered, so that nobody needs to read it.
pub(crate) struct Timer {
    timer: OwnedFd,
    armed_for: Option<Instant>,
}

impl Timer {
    pub(crate) fn new(registry: &Registry, token: Token) -> io::Result<Self> {
        let timer = timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::NONBLOCK)?;
        registry.register(&mut SourceFd(&timer.as_raw_fd()), token, Interest::READABLE)?;
        Ok(Self { timer, armed_for: None })
    }

    /// Sees to it that a poll ends at `until`, and returns the timeout it needs besides.
    pub(crate) fn timeout(&mut self, until: Instant) -> io::Result<Duration> {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() || left > EXACT_MAX {
            return Ok(left.saturating_sub(EXACT_MAX / 2));
        }
        if self.armed_for != Some(until) {
            self.arm(left)?;
            self.armed_for = Some(until);
        }
        Ok(EXACT_MAX)
    }

    fn arm(&self, left: Duration) -> io::Result<()> {
        let nanoseconds = i64::from(left.subsec_nanos());
        let it_value = Timespec { tv_sec: 0, tv_nsec: nanoseconds };
        let it_interval = Timespec { tv_sec: 0, tv_nsec: 0 };
        let value = Itimerspec { it_interval, it_value };
        timerfd_settime(&self.timer, TimerfdTimerFlags::empty(), &value)?;
        Ok(())
    }
}
