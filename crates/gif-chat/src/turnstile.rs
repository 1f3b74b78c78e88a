//! Counts what is under way, in all and from each address, so that neither exceeds its limit.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::chat::Network;

/// Lets so many through at the same time, and so many of one address. Cheap to clone; clones count
/// together.
#[derive(Clone)]
pub struct Turnstile {
    all_max: usize,
    per_address_max: usize,
    inside: Arc<Mutex<Inside>>,
}

#[derive(Default)]
struct Inside {
    all: usize,
    /// Bounded by `all`: an address that has nothing under way is not kept.
    per_address: HashMap<Network, usize>,
}

/// One that was let through. Dropping it makes room again.
pub struct Place {
    network: Network,
    inside: Arc<Mutex<Inside>>,
}

impl Turnstile {
    /// Nothing is under way yet.
    #[must_use]
    pub fn new(all_max: usize, per_address_max: usize) -> Self {
        Self { all_max, per_address_max, inside: Arc::default() }
    }

    /// Lets one through, or says at once that there is no room.
    #[must_use]
    pub fn enter(&self, network: Network) -> Option<Place> {
        let mut inside = lock(&self.inside);
        let from_there = inside.per_address.get(&network).copied().unwrap_or_default();
        if inside.all >= self.all_max || from_there >= self.per_address_max {
            return None;
        }
        inside.all += 1;
        inside.per_address.insert(network, from_there + 1);
        Some(Place { network, inside: self.inside.clone() })
    }

    /// How many are under way.
    #[must_use]
    pub fn count(&self) -> usize {
        lock(&self.inside).all
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut inside = lock(&self.inside);
        inside.all = inside.all.saturating_sub(1);
        if let Some(count) = inside.per_address.get_mut(&self.network) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                inside.per_address.remove(&self.network);
            }
        }
    }
}

fn lock(inside: &Mutex<Inside>) -> MutexGuard<'_, Inside> {
    inside.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(address: &str) -> Network {
        Network::of(address.parse().unwrap())
    }

    #[test]
    fn what_is_under_way_is_bounded_per_address_and_in_all() {
        let turnstile = Turnstile::new(3, 2);
        let first = turnstile.enter(network("192.0.2.1"));
        let second = turnstile.enter(network("192.0.2.1"));
        assert!(first.is_some() && second.is_some());
        assert!(turnstile.enter(network("192.0.2.1")).is_none());
        let third = turnstile.enter(network("192.0.2.2"));
        assert!(third.is_some());
        assert!(turnstile.enter(network("192.0.2.3")).is_none());
        drop(first);
        assert_eq!(turnstile.count(), 2);
        assert!(turnstile.enter(network("192.0.2.1")).is_some());
    }

    #[test]
    fn an_address_with_nothing_under_way_is_forgotten() {
        let turnstile = Turnstile::new(3, 2);
        drop((turnstile.enter(network("192.0.2.1")), turnstile.enter(network("192.0.2.2"))));
        assert_eq!(turnstile.count(), 0);
        assert!(lock(&turnstile.inside).per_address.is_empty());
    }
}
