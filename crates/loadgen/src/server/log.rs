//! What a server says: where it is, and its log.

use std::io::{BufRead as _, BufReader, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// The log keeps at least its newest bytes up to so many, and at most twice as many.
const LOG_BYTES_KEPT: usize = 256 * 1024;

/// The newest part of what servers wrote to standard error. Clones are the same log.
#[derive(Clone, Debug, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// The log as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.lock()).into_owned()
    }

    /// Collects a stream until its end.
    pub(super) fn collect(&self, mut stream: impl Read + Send + 'static) {
        let log = self.clone();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(length @ 1..) = stream.read(&mut buffer) {
                log.add(buffer.get(..length).unwrap_or_default());
            }
        });
    }

    fn add(&self, bytes: &[u8]) {
        let mut log = self.lock();
        log.extend_from_slice(bytes);
        if log.len() > 2 * LOG_BYTES_KEPT {
            let surplus = log.len() - LOG_BYTES_KEPT;
            log.drain(..surplus);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The first line of a stream; an error when it ends before. What comes later is read and
/// forgotten, so that the writer never waits.
pub(super) fn first_line(stream: impl Read + Send + 'static) -> oneshot::Receiver<String> {
    let (line, said) = oneshot::channel();
    std::thread::spawn(move || {
        let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
        if let Some(first) = lines.next() {
            drop(line.send(first));
        }
        lines.for_each(drop);
    });
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_keeps_its_newest_part_and_no_more() {
        let log = Log::default();
        for number in 0..100_000 {
            log.add(format!("line {number}\n").as_bytes());
        }
        let text = log.text();
        assert!(text.ends_with("line 99999\n"));
        assert!((LOG_BYTES_KEPT..=2 * LOG_BYTES_KEPT).contains(&text.len()));
    }

    #[tokio::test]
    async fn the_first_line_is_told_and_its_lack_too() {
        assert_eq!(first_line(&b"http://x\nmore\n"[..]).await.unwrap(), "http://x");
        assert!(first_line(&b""[..]).await.is_err());
    }
}
