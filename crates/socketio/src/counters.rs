//! What an engine has done, for metrics.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::reason::Reason;

/// Counted since the engine began.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    sessions_opened: AtomicU64,
    sessions_refused: AtomicU64,
    upgrades: AtomicU64,
    packets_received: AtomicU64,
    packets_sent: AtomicU64,
    bytes_sent: AtomicU64,
    ended: [AtomicU64; KINDS],
}

/// Kinds of ends that are counted.
const KINDS: usize = 13;

/// What an engine has done since it began, and how many there are now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counters {
    /// Sessions now.
    pub sessions: usize,
    /// Sessions that were let in.
    pub sessions_opened: u64,
    /// Handshakes that were answered with an error because there were too many sessions.
    pub sessions_refused: u64,
    /// Upgrades from polling to WebSocket.
    pub upgrades: u64,
    /// Packets from clients.
    pub packets_received: u64,
    /// Packets to clients that a connection has taken.
    pub packets_sent: u64,
    /// The same in bytes.
    pub bytes_sent: u64,
    /// Sessions that have ended, by reason.
    pub ended: Vec<(&'static str, u64)>,
}

impl Tally {
    pub(crate) fn opened(&self) {
        add(&self.sessions_opened, 1);
    }

    pub(crate) fn opened_so_far(&self) -> u64 {
        read(&self.sessions_opened)
    }

    pub(crate) fn refused(&self) {
        add(&self.sessions_refused, 1);
    }

    pub(crate) fn upgraded(&self) {
        add(&self.upgrades, 1);
    }

    pub(crate) fn received(&self) {
        add(&self.packets_received, 1);
    }

    pub(crate) fn sent(&self, packets: usize, bytes: usize) {
        add(&self.packets_sent, packets as u64);
        add(&self.bytes_sent, bytes as u64);
    }

    pub(crate) fn ended(&self, reason: Reason) {
        if let Some(counter) = self.ended.get(kind(reason).0) {
            add(counter, 1);
        }
    }

    /// As it is now.
    pub(crate) fn read(&self, sessions: usize) -> Counters {
        let ended = KNOWN.iter().filter_map(|reason| {
            let (index, name) = kind(*reason);
            Some((name, read(self.ended.get(index)?)))
        });
        Counters {
            sessions,
            sessions_opened: read(&self.sessions_opened),
            sessions_refused: read(&self.sessions_refused),
            upgrades: read(&self.upgrades),
            packets_received: read(&self.packets_received),
            packets_sent: read(&self.packets_sent),
            bytes_sent: read(&self.bytes_sent),
            ended: ended.collect(),
        }
    }
}

/// One of each kind.
const KNOWN: [Reason; KINDS] = [
    Reason::TransportClose,
    Reason::TransportError,
    Reason::PingTimeout,
    Reason::ConnectTimeout,
    Reason::Malformed,
    Reason::InvalidUtf8,
    Reason::InvalidFrame,
    Reason::TooLarge,
    Reason::TooFast,
    Reason::Backlog,
    Reason::Stalled,
    Reason::Shutdown,
    Reason::Closed(""),
];

/// Where a reason is counted, and under which name.
fn kind(reason: Reason) -> (usize, &'static str) {
    match reason {
        Reason::ClientDisconnect | Reason::ServerDisconnect | Reason::TransportClose => {
            (0, "transport_close")
        }
        Reason::TransportError => (1, "transport_error"),
        Reason::PingTimeout => (2, "ping_timeout"),
        Reason::ConnectTimeout => (3, "connect_timeout"),
        Reason::Malformed => (4, "malformed"),
        Reason::InvalidUtf8 => (5, "invalid_utf8"),
        Reason::InvalidFrame => (6, "invalid_frame"),
        Reason::TooLarge => (7, "too_large"),
        Reason::TooFast => (8, "too_fast"),
        Reason::Backlog => (9, "backlog"),
        Reason::Stalled => (10, "stalled"),
        Reason::Shutdown => (11, "shutdown"),
        Reason::Closed(_) => (12, "closed"),
    }
}

fn add(counter: &AtomicU64, amount: u64) {
    counter.fetch_add(amount, Ordering::Relaxed);
}

fn read(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_end_has_a_counter_of_its_own() {
        let tally = Tally::default();
        for (index, reason) in KNOWN.iter().enumerate() {
            assert_eq!(kind(*reason).0, index);
            tally.ended(*reason);
        }
        assert!(tally.read(0).ended.iter().all(|(_, count)| *count == 1));
    }
}
