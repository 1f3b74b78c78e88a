//! Waiting: never longer than a deadline, and never for a time instead of an event.

use std::panic::Location;
use std::time::Duration;

use tokio::sync::mpsc;

/// Longer than anything here takes, even on a machine that has a lot else to do.
const DEADLINE: Duration = Duration::from_secs(20);

/// How long nothing must come where silence is the subject.
pub(crate) const SILENCE: Duration = Duration::from_millis(120);

/// How often a condition is looked at that nobody announces.
const LOOK: Duration = Duration::from_millis(2);

/// What a feed can hold.
const FEED_MAX: usize = 100_000;

/// The future's output, which must come in time.
#[track_caller]
pub(crate) fn soon<F: Future>(future: F) -> impl Future<Output = F::Output> {
    let place = Location::caller();
    async move {
        let output = tokio::time::timeout(DEADLINE, future).await;
        output.unwrap_or_else(|_elapsed| panic!("it did not come in time: {place}"))
    }
}

/// Waits until something holds.
#[track_caller]
pub(crate) fn eventually(mut holds: impl FnMut() -> bool) -> impl Future<Output = ()> {
    soon(async move {
        while !holds() {
            tokio::time::sleep(LOOK).await;
        }
    })
}

/// Where handlers and hooks put what they have seen.
#[derive(Debug)]
pub(crate) struct Feed<T>(mpsc::Sender<T>);

/// Where a test takes it.
#[derive(Debug)]
pub(crate) struct Taker<T>(mpsc::Receiver<T>);

/// From handlers to their test.
pub(crate) fn feed<T>() -> (Feed<T>, Taker<T>) {
    let (sender, receiver) = mpsc::channel(FEED_MAX);
    (Feed(sender), Taker(receiver))
}

impl<T> Clone for Feed<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Feed<T> {
    /// Puts one, unless its test is over.
    pub(crate) fn put(&self, item: T) {
        drop(self.0.try_send(item));
    }
}

impl<T> Taker<T> {
    /// The next one.
    #[track_caller]
    pub(crate) fn next(&mut self) -> impl Future<Output = T> {
        let next = soon(self.0.recv());
        async move { next.await.expect("nobody feeds any more") }
    }

    /// The next ones, so many.
    #[track_caller]
    pub(crate) fn take(&mut self, count: usize) -> impl Future<Output = Vec<T>> {
        soon(async move {
            let mut items = Vec::new();
            while items.len() < count {
                items.push(self.0.recv().await.expect("nobody feeds any more"));
            }
            items
        })
    }

    /// What is there already.
    pub(crate) fn now(&mut self) -> Vec<T> {
        std::iter::from_fn(|| self.0.try_recv().ok()).collect()
    }
}
