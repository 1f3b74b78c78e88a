//! Names of files that must stay although no row speaks of them yet.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Keeps one file from being discarded for as long as it lives.
///
/// Drop it once the row that refers to the file is committed, or when there will be no such row:
/// the file is then found by the next sweep.
#[derive(Debug)]
pub struct Pin {
    pins: Arc<Pins>,
    name: String,
}

impl Drop for Pin {
    fn drop(&mut self) {
        self.pins.release(&self.name);
    }
}

/// How many pins hold each name. A name without pins is not in here.
///
/// The mutex is one of the standard library because dropping a pin cannot wait on an asynchronous
/// one; it is held for a look-up in a map, never across an `await`.
#[derive(Debug, Default)]
pub(super) struct Pins {
    counts: Mutex<HashMap<String, usize>>,
}

impl Pins {
    pub(super) fn pin(self: &Arc<Self>, name: &str) -> Pin {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry(name.to_owned()).or_default() += 1;
        Pin { pins: Arc::clone(self), name: name.to_owned() }
    }

    pub(super) fn is_pinned(&self, name: &str) -> bool {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).contains_key(name)
    }

    fn release(&self, name: &str) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(name) {
            *count -= 1;
            if *count == 0 {
                counts.remove(name);
            }
        }
    }
}
