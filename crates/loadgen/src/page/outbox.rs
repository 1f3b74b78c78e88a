//! Messages on their way: one at a time, each again under the same name until the room has it
//! (`web/src/room/outbox.ts`).

use std::time::Duration;

use crate::client::AskError;
use crate::client::wire::Sent;
use crate::history::Outcome;

/// How long to wait before a refused message is sent again, unless the refusal says it.
const RETRY_AFTER: Duration = Duration::from_millis(100);

/// A message that the room does not have yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The sender's own name for it, the same in every attempt.
    pub client_id: String,
    /// What it says.
    pub text: String,
}

/// What is on its way.
#[derive(Debug, Default)]
pub struct Outbox {
    waiting: Option<Message>,
}

/// What an attempt has come to.
#[derive(Debug, PartialEq, Eq)]
pub struct Attempted {
    /// For the record.
    pub outcome: Outcome,
    /// The message has to be sent again, after this time.
    pub again_after: Option<Duration>,
}

impl Outbox {
    /// What is to be sent now; when nothing waits, what `write` writes.
    pub fn next(&mut self, write: impl FnOnce() -> Option<Message>) -> Option<Message> {
        if self.waiting.is_none() {
            self.waiting = write();
        }
        self.waiting.clone()
    }

    /// Whether everything that was begun is acknowledged.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.waiting.is_none()
    }

    /// An attempt is over: the message is done, or waits for the next attempt.
    pub fn attempted(&mut self, answer: Result<Sent, AskError>) -> Attempted {
        match answer {
            Ok(Sent { id, seq }) => {
                self.waiting = None;
                Attempted { outcome: Outcome::Ok { seq, id }, again_after: None }
            }
            Err(AskError::Refused(failure)) => {
                let wait = failure.retry_after_ms.map_or(RETRY_AFTER, Duration::from_millis);
                let outcome = Outcome::Failed { error: failure.error };
                Attempted { outcome, again_after: Some(wait) }
            }
            // Nobody knows. The same name makes another attempt safe.
            Err(_) => Attempted { outcome: Outcome::Unknown, again_after: Some(Duration::ZERO) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(name: &str) -> Message {
        Message { client_id: name.to_owned(), text: "text".to_owned() }
    }

    fn refused(json: &str) -> Result<Sent, AskError> {
        Err(AskError::Refused(serde_json::from_str(json).unwrap()))
    }

    #[test]
    fn a_message_is_sent_again_under_its_name_until_it_is_acknowledged() {
        let mut outbox = Outbox::default();
        assert_eq!(outbox.next(|| None), None);
        let first = outbox.next(|| Some(message("1"))).unwrap();
        for (answer, again_after) in [
            (Err(AskError::Ended), 0),
            (Err(AskError::TimedOut), 0),
            (Err(AskError::Malformed(String::new())), 0),
            (refused(r#"{"error":"unavailable"}"#), 100),
            (refused(r#"{"error":"too_fast","retryAfterMs":7}"#), 7),
        ] {
            let attempted = outbox.attempted(answer);
            assert_eq!(attempted.again_after, Some(Duration::from_millis(again_after)));
            assert_eq!(outbox.next(|| Some(message("2"))), Some(first.clone()));
        }
        let attempted = outbox.attempted(Ok(Sent { id: "i".to_owned(), seq: 4 }));
        assert_eq!(attempted.outcome, Outcome::Ok { seq: 4, id: "i".to_owned() });
        assert!(attempted.again_after.is_none() && outbox.is_empty());
        assert_eq!(outbox.next(|| Some(message("2"))), Some(message("2")));
    }

    #[test]
    fn only_a_refusal_says_that_nothing_was_stored() {
        let mut outbox = Outbox::default();
        let failed = Outcome::Failed { error: "unavailable".to_owned() };
        assert_eq!(outbox.attempted(refused(r#"{"error":"unavailable"}"#)).outcome, failed);
        for error in [AskError::Ended, AskError::TimedOut, AskError::TooMany] {
            assert_eq!(outbox.attempted(Err(error)).outcome, Outcome::Unknown);
        }
    }
}
