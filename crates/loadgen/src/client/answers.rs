//! Questions that wait for their answers.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::sync::oneshot;

use super::error::AskError;

/// Questions of one client that may wait at the same time.
const ASKED_MAX: usize = 4096;

/// What one client has asked.
#[derive(Debug, Default)]
pub(super) struct Asked(Mutex<Pending>);

#[derive(Debug, Default)]
struct Pending {
    answers: HashMap<u64, oneshot::Sender<String>>,
    /// The connection is gone, and no answer will come.
    over: bool,
}

impl Asked {
    /// A question that is about to be asked.
    pub(super) fn add(&self, id: u64) -> Result<Awaited<'_>, AskError> {
        let mut pending = self.lock();
        if pending.over {
            return Err(AskError::Ended);
        }
        if pending.answers.len() >= ASKED_MAX {
            return Err(AskError::TooMany);
        }
        let (answer, answered) = oneshot::channel();
        pending.answers.insert(id, answer);
        Ok(Awaited { asked: self, id, answered })
    }

    /// An answer has come. One that nobody waits for any more is nothing.
    pub(super) fn answer(&self, id: u64, payload: &str) {
        let waiting = self.lock().answers.remove(&id);
        drop(waiting.map(|waiting| waiting.send(payload.to_owned())));
    }

    /// No more answers will come.
    pub(super) fn end(&self) {
        let mut pending = self.lock();
        pending.over = true;
        pending.answers.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Pending> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A question without an answer yet. Dropping it forgets it.
pub(super) struct Awaited<'asked> {
    asked: &'asked Asked,
    id: u64,
    answered: oneshot::Receiver<String>,
}

impl Awaited<'_> {
    pub(super) async fn wait(mut self) -> Result<String, AskError> {
        (&mut self.answered).await.map_err(|_gone| AskError::Ended)
    }
}

impl Drop for Awaited<'_> {
    fn drop(&mut self) {
        self.asked.lock().answers.remove(&self.id);
    }
}

#[derive(Deserialize)]
struct Verdict {
    ok: bool,
}

/// An answer is a refusal, or what was asked for.
pub(super) fn read<Answer: DeserializeOwned>(payload: &str) -> Result<Answer, AskError> {
    let malformed = |_| AskError::Malformed(payload.to_owned());
    let verdict: Verdict = serde_json::from_str(payload).map_err(malformed)?;
    if verdict.ok {
        serde_json::from_str(payload).map_err(malformed)
    } else {
        Err(AskError::Refused(serde_json::from_str(payload).map_err(malformed)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::wire::Sent;

    #[test]
    fn an_answer_is_what_was_asked_for_or_a_refusal_with_its_code() {
        let sent: Sent = read(r#"{"ok":true,"_id":"x","seq":3,"createdAt":""}"#).unwrap();
        assert_eq!((sent.id.as_str(), sent.seq), ("x", 3));
        let refusal = r#"{"ok":false,"error":"too_fast","message":"…","retryAfterMs":40}"#;
        match read::<Sent>(refusal) {
            Err(AskError::Refused(failure)) => {
                assert_eq!(
                    (failure.error.as_str(), failure.retry_after_ms),
                    ("too_fast", Some(40))
                );
            }
            other => panic!("{other:?}"),
        }
        for nonsense in ["", "null", "[]", "{}", r#"{"ok":true}"#, r#"{"ok":false}"#] {
            assert!(matches!(read::<Sent>(nonsense), Err(AskError::Malformed(_))), "{nonsense}");
        }
    }

    #[test]
    fn questions_are_bounded_forgotten_and_ended() {
        let asked = Asked::default();
        let waiting: Vec<_> = (0..ASKED_MAX as u64).map(|id| asked.add(id).unwrap()).collect();
        assert!(matches!(asked.add(9_999), Err(AskError::TooMany)));
        drop(waiting);
        assert!(asked.lock().answers.is_empty());
        let mut waiting = asked.add(1).unwrap();
        asked.answer(1, "yes");
        asked.answer(1, "nobody waits");
        assert_eq!(waiting.answered.try_recv().unwrap(), "yes");
        let mut waiting = asked.add(2).unwrap();
        asked.end();
        assert!(waiting.answered.try_recv().is_err());
        assert!(matches!(asked.add(3), Err(AskError::Ended)));
    }
}
