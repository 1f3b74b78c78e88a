//! How long and how much of everything.

use std::time::Duration;

/// The sizes of all cases.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// `quick` or `full`.
    pub(crate) name: &'static str,
    /// Before a window of the fan-out and the rooms is measured.
    pub(crate) warm_up: Duration,
    /// A window of the fan-out.
    pub(crate) fan_out_window: Duration,
    /// A window of the rooms.
    pub(crate) rooms_window: Duration,
    /// How often the fan-out, and the rooms at [`RATE_OF_MEDIAN`], are measured.
    pub(crate) repetitions: usize,
    /// Deliveries a second to the rooms, one after the other until a server's knee.
    pub(crate) rates: &'static [u64],
    /// Idle connections, and connects in a storm.
    pub(crate) connections: usize,
    /// Between the last connect and the look at the memory.
    pub(crate) settling: Duration,
    /// How long the healthy are watched without a stalled reader.
    pub(crate) healthy_window: Duration,
    /// And how long with one: it takes some seconds to fill the buffers of the kernel.
    pub(crate) stalled_window: Duration,
}

/// The rate of the rooms that is measured several times.
pub(crate) const RATE_OF_MEDIAN: u64 = 20_000;

/// Length of a message as it is delivered, in bytes of WebSocket payload.
pub(crate) const MESSAGE_BYTES: usize = 141;

impl Plan {
    /// A few minutes, for a look while one works.
    pub(crate) fn quick() -> Self {
        Self {
            name: "quick",
            warm_up: Duration::from_millis(300),
            fan_out_window: Duration::from_secs(1),
            rooms_window: Duration::from_millis(1200),
            repetitions: 1,
            rates: &[1_000, 20_000, 80_000, 160_000, 320_000],
            connections: 2_000,
            settling: Duration::from_secs(1),
            healthy_window: Duration::from_millis(1500),
            stalled_window: Duration::from_secs(5),
        }
    }

    /// Less than half an hour, for figures to publish.
    pub(crate) fn full() -> Self {
        Self {
            name: "full",
            warm_up: Duration::from_millis(700),
            fan_out_window: Duration::from_secs(3),
            rooms_window: Duration::from_secs(3),
            repetitions: 3,
            rates: &[
                1_000, 5_000, 10_000, 20_000, 40_000, 60_000, 80_000, 120_000, 160_000, 240_000,
                320_000, 480_000,
            ],
            connections: 10_000,
            settling: Duration::from_secs(4),
            healthy_window: Duration::from_secs(5),
            stalled_window: Duration::from_secs(12),
        }
    }
}
