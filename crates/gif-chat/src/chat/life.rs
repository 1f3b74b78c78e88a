//! The end of seats and rooms.
//!
//! One task waits for the next deadline and asks the store to settle what is over. It keeps no
//! deadlines of its own but the earliest: the store's are the truth, also after a restart.

use std::collections::VecDeque;
use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::{Chat, Release, SeatRequest, Timestamp};

/// How long to wait before asking a store again that could not answer.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Releases remembered while the store cannot take them. More are dropped: a restart gives the
/// seats that they leave behind one grace.
const OWED_RELEASES_MAX: usize = 100_000;

/// Wakes the task that ends seats and rooms.
pub struct Life {
    earliest: Mutex<Option<Timestamp>>,
    changed: Notify,
    owed: Mutex<VecDeque<(SeatRequest, u64, Release)>>,
}

impl Life {
    pub(super) fn new() -> Self {
        Self { earliest: Mutex::new(None), changed: Notify::new(), owed: Mutex::default() }
    }

    /// There may be something to end at `deadline`.
    pub(super) fn expect(&self, deadline: Timestamp) {
        let mut earliest = self.earliest.lock().unwrap_or_else(PoisonError::into_inner);
        if earliest.is_none_or(|known| deadline < known) {
            *earliest = Some(deadline);
            self.changed.notify_one();
        }
    }

    /// The store could not take this release: it is tried again.
    pub(super) fn owe(&self, request: SeatRequest, generation: u64, release: Release) {
        self.expect(request.now.plus(RETRY_AFTER));
        let mut owed = self.owed.lock().unwrap_or_else(PoisonError::into_inner);
        if owed.len() < OWED_RELEASES_MAX {
            owed.push_back((request, generation, release));
        }
    }

    fn earliest(&self) -> Option<Timestamp> {
        *self.earliest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn forget_earliest(&self) {
        *self.earliest.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn next_owed(&self) -> Option<(SeatRequest, u64, Release)> {
        self.owed.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }

    fn owes(&self) -> bool {
        !self.owed.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }
}

impl Chat {
    /// Gives everything of an earlier run one grace. Called once, before the doors open. Answers with
    /// the number of this run.
    pub async fn begin_run(&self) -> Result<u32, super::StoreError> {
        let grace_ends_at = self.clock.now().plus(self.grace);
        let run = self.store.begin_run(grace_ends_at).await?;
        self.life.expect(grace_ends_at);
        Ok(run)
    }

    /// Ends seats and rooms when their time has come, until `stopped`.
    pub async fn live(&self, stopped: impl Future<Output = ()>) {
        tokio::pin!(stopped);
        // Also after a panic, which may have come between forgetting a deadline and the next one.
        self.life.expect(self.clock.now().plus(RETRY_AFTER));
        loop {
            let deadline = self.life.earliest();
            let due = async {
                match deadline {
                    Some(deadline) => self.clock.sleep_until(deadline).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = &mut stopped => return,
                () = self.life.changed.notified() => {}
                () = due => self.settle().await,
            }
        }
    }

    async fn settle(&self) {
        // Whatever is expected from here on is expected again; the store's answer covers the rest.
        self.life.forget_earliest();
        self.pay_owed().await;
        match self.store.settle(self.clock.now(), self.limits.history).await {
            Ok(settled) => {
                if let Some(deadline) = settled.next_deadline {
                    self.life.expect(deadline);
                }
                self.discard(settled.unreferenced_gifs).await;
            }
            Err(error) => {
                tracing::warn!(%error, "seats and rooms could not be settled yet");
                self.life.expect(self.clock.now().plus(RETRY_AFTER));
            }
        }
        if self.life.owes() {
            self.life.expect(self.clock.now().plus(RETRY_AFTER));
        }
    }

    async fn pay_owed(&self) {
        while let Some((request, generation, release)) = self.life.next_owed() {
            let released = self.store.release_seat(request.clone(), generation, release);
            match released.await {
                Ok(removed) => self.discard(removed.unreferenced_gifs).await,
                Err(_still_unavailable) => {
                    self.life.owe(request, generation, release);
                    return;
                }
            }
        }
    }
}
