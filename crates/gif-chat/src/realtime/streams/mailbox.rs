//! What waits for one stream: bounded, and in the order in which it happened.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::Notify;

/// One event as it is sent, shared by all streams that it goes to.
#[derive(Clone, Debug)]
pub(in crate::realtime) struct Frame {
    /// Its `seq` or revision, if it has one.
    pub(in crate::realtime) number: Option<u64>,
    pub(in crate::realtime) text: Bytes,
}

/// What may wait for a stream.
#[derive(Clone, Copy, Debug)]
pub(in crate::realtime) struct MailboxLimits {
    pub(in crate::realtime) bytes_max: usize,
    pub(in crate::realtime) events_max: usize,
}

/// What waits for one stream. When too much does, the stream ends: its client comes back and resumes.
pub(super) struct Mailbox {
    limits: MailboxLimits,
    waiting: Mutex<Waiting>,
    bell: Notify,
}

#[derive(Default)]
struct Waiting {
    frames: VecDeque<Frame>,
    bytes: usize,
    end: End,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum End {
    #[default]
    NotYet,
    /// After what waits.
    AfterThese,
    /// Too much waited: at once.
    Overflow,
}

impl Mailbox {
    pub(super) fn new(limits: MailboxLimits) -> Self {
        Self { limits, waiting: Mutex::default(), bell: Notify::new() }
    }

    /// Puts an event behind the others. Nothing comes after the end.
    pub(super) fn put(&self, frame: Frame) {
        let mut waiting = self.lock();
        if waiting.end != End::NotYet {
            return;
        }
        waiting.bytes += frame.text.len();
        waiting.frames.push_back(frame);
        let over =
            waiting.bytes > self.limits.bytes_max || waiting.frames.len() > self.limits.events_max;
        if over {
            *waiting = Waiting { end: End::Overflow, ..Waiting::default() };
        }
        drop(waiting);
        self.bell.notify_one();
    }

    /// Lets the stream end after what waits.
    pub(super) fn end(&self) {
        let mut waiting = self.lock();
        if waiting.end == End::NotYet {
            waiting.end = End::AfterThese;
        }
        drop(waiting);
        self.bell.notify_one();
    }

    /// The next event; none at the end. Only one may wait for it.
    pub(super) async fn next(&self) -> Option<Frame> {
        loop {
            {
                let mut waiting = self.lock();
                if let Some(frame) = waiting.frames.pop_front() {
                    waiting.bytes -= frame.text.len();
                    return Some(frame);
                }
                if waiting.end != End::NotYet {
                    return None;
                }
            }
            self.bell.notified().await;
        }
    }

    /// Returns when too much has waited. Only one may wait for it, and not for the next event.
    pub(super) async fn overflow(&self) {
        while !self.has_overflowed() {
            self.bell.notified().await;
        }
    }

    /// Whether too much has waited.
    pub(super) fn has_overflowed(&self) -> bool {
        self.lock().end == End::Overflow
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(number: u64) -> Frame {
        Frame { number: Some(number), text: Bytes::from_static(b"0123456789") }
    }

    fn mailbox(bytes_max: usize, events_max: usize) -> Mailbox {
        Mailbox::new(MailboxLimits { bytes_max, events_max })
    }

    async fn numbers(mailbox: &Mailbox) -> Vec<u64> {
        let mut numbers = Vec::new();
        while let Some(frame) = mailbox.next().await {
            numbers.extend(frame.number);
        }
        numbers
    }

    #[tokio::test]
    async fn events_come_in_their_order_and_nothing_after_the_end() {
        let mailbox = mailbox(1_000, 10);
        mailbox.put(frame(1));
        mailbox.put(frame(2));
        mailbox.end();
        mailbox.put(frame(3));
        assert_eq!(numbers(&mailbox).await, [1, 2]);
        assert!(!mailbox.has_overflowed());
    }

    #[tokio::test]
    async fn as_much_as_may_wait_waits_and_one_more_ends_the_stream() {
        for (bytes_max, events_max) in [(30, 10), (1_000, 3)] {
            for (waiting, kept) in [(2, true), (3, true), (4, false)] {
                let mailbox = mailbox(bytes_max, events_max);
                (0..waiting).for_each(|number| mailbox.put(frame(number)));
                assert_eq!(mailbox.has_overflowed(), !kept, "{bytes_max} {events_max} {waiting}");
                mailbox.end();
                let expected: Vec<_> = (0..waiting).filter(|_| kept).collect();
                assert_eq!(numbers(&mailbox).await, expected);
            }
        }
    }

    #[tokio::test]
    async fn what_was_taken_makes_room_again() {
        let mailbox = mailbox(20, 10);
        for number in 0..100 {
            mailbox.put(frame(number));
            mailbox.put(frame(number));
            assert!(mailbox.next().await.is_some() && mailbox.next().await.is_some());
        }
        assert!(!mailbox.has_overflowed());
    }
}
