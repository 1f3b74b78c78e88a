//! From a mailbox into the body of an answer.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use tokio::sync::mpsc;

use super::mailbox::Mailbox;
use super::viewers::Watch;

/// What the body may hold besides what waits in the mailbox.
const TEXTS_AHEAD_MAX: usize = 1;

/// How much is handed on at once: a slow reader of a long text must be seen to go on.
const PIECE_BYTES_MAX: usize = 16 * 1024;

/// A comment, which readers skip: it keeps proxies from giving the connection up, and finds out
/// whether anybody is still there.
const HEARTBEAT: Bytes = Bytes::from_static(b":\n\n");

/// The shortest time after which a reader whose stream has ended comes back, in milliseconds.
const RETRY_MS_MIN: u64 = 1_000;

/// Readers come back within this time after it, each at its own moment, in milliseconds.
const RETRY_MS_SPREAD: u64 = 2_000;

/// Takes readers apart whose numbers follow each other: prime, and some part of the spread.
const RETRY_MS_STEP: u64 = 617;

/// The body of an answer that goes on until one of the two ends it.
pub struct EventStream {
    texts: mpsc::Receiver<Bytes>,
}

impl EventStream {
    /// A stream that ends at once, for those who come while the server stops: browsers come back after
    /// the end of a stream, and never after a refusal (HTML standard, "fail the connection").
    pub(super) fn ended() -> Self {
        Self { texts: mpsc::channel(TEXTS_AHEAD_MAX).1 }
    }
}

impl Stream for EventStream {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.texts.poll_recv(context).map(|text| text.map(Ok))
    }
}

/// How a stream is kept going.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// After so much silence a sign of life is sent.
    pub(super) heartbeat: Duration,
    /// So long a reader may take nothing of what waits.
    pub(super) write_time_max: Duration,
}

/// The writing end of an [`EventStream`].
pub(super) struct Pipe {
    texts: mpsc::Sender<Bytes>,
    pace: Pace,
}

/// The reader has gone, or takes too little.
pub(super) struct Gone;

impl Pipe {
    pub(super) fn new(pace: Pace) -> (Self, EventStream) {
        let (sender, receiver) = mpsc::channel(TEXTS_AHEAD_MAX);
        (Self { texts: sender, pace }, EventStream { texts: receiver })
    }

    /// Tells the reader when to come back, should the stream end.
    pub(super) async fn begin(&self, watch: &Watch) -> Result<(), Gone> {
        let own_moment = watch.number().wrapping_mul(RETRY_MS_STEP) % RETRY_MS_SPREAD;
        let retry = format!("retry: {}\n\n", RETRY_MS_MIN + own_moment);
        self.send(retry.into(), &watch.mailbox).await
    }

    /// Sends a text, piece by piece as the reader takes it.
    pub(super) async fn send(&self, mut text: Bytes, mailbox: &Mailbox) -> Result<(), Gone> {
        while !text.is_empty() {
            let piece = text.split_to(text.len().min(PIECE_BYTES_MAX));
            let sending = tokio::time::timeout(self.pace.write_time_max, self.texts.send(piece));
            tokio::select! {
                sent = sending => sent.map_or(Err(Gone), |sent| sent.map_err(|_closed| Gone))?,
                () = mailbox.overflow() => return Err(Gone),
            }
        }
        Ok(())
    }

    /// Sends what happens, without what is known up to a number already, until the end.
    pub(super) async fn flow(&self, watch: &Watch, known: u64) -> Result<(), Gone> {
        loop {
            let next = tokio::time::timeout(self.pace.heartbeat, watch.mailbox.next());
            let next = tokio::select! {
                next = next => next,
                () = self.texts.closed() => return Err(Gone),
            };
            let text = match next {
                Ok(Some(frame)) if frame.number.is_some_and(|number| number <= known) => continue,
                Ok(Some(frame)) => frame.text,
                Ok(None) => return Ok(()),
                Err(_silence) => HEARTBEAT,
            };
            self.send(text, &watch.mailbox).await?;
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt as _;
    use tokio::time::sleep;

    use super::super::mailbox::MailboxLimits;
    use super::*;

    const PIECES: usize = 10;

    #[tokio::test(start_paused = true)]
    async fn a_reader_that_goes_on_slowly_keeps_its_stream_and_one_that_stops_loses_it() {
        let (slowly, write_time_max) = (Duration::from_secs(9), Duration::from_secs(10));
        let mailbox = Mailbox::new(MailboxLimits { bytes_max: 1, events_max: 1 });
        let (pipe, mut stream) = Pipe::new(Pace { heartbeat: write_time_max, write_time_max });
        let text = Bytes::from(vec![b'x'; PIECES * PIECE_BYTES_MAX]);
        let reading = async {
            let mut read = Vec::new();
            while read.len() < text.len() {
                sleep(slowly).await;
                let piece = stream.next().await.unwrap();
                let Ok(piece) = piece;
                read.extend_from_slice(&piece);
            }
            read
        };
        let (sent, read) = tokio::join!(pipe.send(text.clone(), &mailbox), reading);
        assert!(sent.is_ok());
        assert_eq!(read, text);
        assert!(pipe.send(text, &mailbox).await.is_err());
    }
}
