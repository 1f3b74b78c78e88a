//! Hashing of room passwords.

use std::sync::Arc;

use argon2::{Argon2, PasswordHash, PasswordHasher as _, PasswordVerifier as _};
use tokio::sync::Semaphore;

use super::{ChatError, Password};

/// Hashes with argon2id (OWASP's parameters: 19 MiB, 2 passes) off the async threads, at most a few
/// at once, so that a burst of guesses can exhaust neither memory nor processors.
pub struct PasswordHasher {
    at_once: Arc<Semaphore>,
    /// Those that are computed and those that wait.
    places: Arc<Semaphore>,
}

/// Hashes that may wait for their turn, a few seconds' worth; more are answered `unavailable`.
const WAITING_MAX: usize = 128;

impl PasswordHasher {
    /// A hasher that computes at most `at_once` hashes at the same time.
    #[must_use]
    pub fn new(at_once: usize) -> Self {
        let at_once = at_once.clamp(1, Semaphore::MAX_PERMITS - WAITING_MAX);
        Self {
            at_once: Arc::new(Semaphore::new(at_once)),
            places: Arc::new(Semaphore::new(at_once + WAITING_MAX)),
        }
    }

    /// The hash in PHC format, with a random salt of its own.
    pub async fn hash(&self, password: Password) -> Result<String, ChatError> {
        self.run(move || {
            let hash = Argon2::default().hash_password(password.as_bytes());
            hash.map(|hash| hash.to_string()).map_err(|error| {
                tracing::error!(%error, "a password could not be hashed");
                ChatError::Unavailable
            })
        })
        .await
    }

    /// Whether `password` is the one that `hash` was made of.
    pub async fn verify(&self, password: Password, hash: String) -> Result<bool, ChatError> {
        self.run(move || {
            let parsed = PasswordHash::new(&hash).map_err(|error| {
                tracing::error!(%error, "a stored password hash cannot be read");
                ChatError::Unavailable
            })?;
            Ok(Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, ChatError> + Send + 'static,
    ) -> Result<T, ChatError> {
        let Ok(_place) = self.places.clone().try_acquire_owned() else {
            return Err(ChatError::Unavailable);
        };
        let closed = |_closed| ChatError::Unavailable;
        let permit = self.at_once.clone().acquire_owned().await.map_err(closed)?;
        let answer = tokio::task::spawn_blocking(move || {
            // The work holds the permit, not the caller: one who hangs up does not free it early.
            let _permit = permit;
            work()
        });
        answer.await.unwrap_or(Err(ChatError::Unavailable))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::Limits;

    fn password(text: &str) -> Password {
        Password::parse(text.to_owned(), &Limits::default()).unwrap().unwrap()
    }

    #[tokio::test]
    async fn the_right_password_is_recognised_and_a_wrong_one_is_not() {
        let hasher = PasswordHasher::new(2);
        let hash = hasher.hash(password("열려라 참깨")).await.unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(!hash.contains("참깨"));
        assert!(hasher.verify(password("열려라 참깨"), hash.clone()).await.unwrap());
        assert!(!hasher.verify(password("열려라 참깨 "), hash).await.unwrap());
    }

    #[tokio::test]
    async fn so_many_may_wait_and_the_next_is_told_at_once() {
        let hasher = PasswordHasher::new(1);
        let waiting = (0..=WAITING_MAX).map(|_| hasher.places.clone().try_acquire_owned().unwrap());
        let mut waiting: Vec<_> = waiting.collect();
        assert_eq!(hasher.hash(password("one more")).await, Err(ChatError::Unavailable));
        waiting.pop();
        assert!(hasher.hash(password("the last place")).await.is_ok());
    }

    #[tokio::test]
    async fn the_same_password_has_another_hash_each_time() {
        let hasher = PasswordHasher::new(1);
        let one = hasher.hash(password("same")).await.unwrap();
        let other = hasher.hash(password("same")).await.unwrap();
        assert_ne!(one, other);
    }
}
