//! Budgets: how often a visitor, and an address, may do what.

use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::clock::{Clock as GovernorClock, Reference};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota as Rate, RateLimiter};

use super::attempts::Attempts;
use super::{ChatError, Clock, Limits, Network, RoomId, SessionId, Visitor};

/// All budgets of PRODUCT limits. A visitor who is over gets `too_fast` with the time to wait.
pub struct Quota {
    messages: Pair<SessionId, Network>,
    gifs: Pair<SessionId, Network>,
    rooms: Pair<SessionId, Network>,
    reactions: Pair<SessionId, Network>,
    whispers: Pair<SessionId, Network>,
    typing: Pair<SessionId, Network>,
    joins: Pair<SessionId, Network>,
    pages: Pair<SessionId, Network>,
    acts: Pair<SessionId, Network>,
    visitors_passwords: Attempts<(RoomId, SessionId)>,
    addresses_passwords: Attempts<(RoomId, Network)>,
}

impl Quota {
    /// Full budgets.
    #[must_use]
    pub fn new(limits: &Limits, clock: Arc<dyn Clock>) -> Self {
        let clock = ClockAdapter(clock);
        let size = limits.budgets_max;
        let per_minute = |count| per(Duration::from_mins(1), count);
        let per_hour = |count| per(Duration::from_hours(1), count);
        let factor = limits.messages_address_factor;
        let pair = |burst, rate, factor| {
            Pair::new(steady(burst, rate, 1), steady(burst, rate, factor), size, &clock)
        };
        Self {
            messages: pair(limits.messages_burst, limits.messages_per_second, factor),
            reactions: pair(limits.reactions_burst, limits.reactions_per_second, factor),
            whispers: pair(limits.whispers_burst, limits.whispers_per_second, factor),
            typing: pair(Limits::TYPING_BURST, Limits::TYPING_PER_SECOND, factor),
            joins: pair(limits.joins_burst, limits.joins_per_second, limits.joins_address_factor),
            pages: pair(limits.pages_burst, limits.pages_per_second, factor),
            acts: pair(limits.acts_burst, limits.acts_per_second, factor),
            gifs: Pair::new(
                per_minute(limits.gifs_per_minute),
                per_minute(limits.gifs_per_minute_per_address),
                size,
                &clock,
            ),
            rooms: Pair::new(
                per_hour(limits.rooms_per_hour),
                per_hour(limits.rooms_per_hour_per_address),
                size,
                &clock,
            ),
            visitors_passwords: Attempts::new(limits.passwords_per_minute, size, clock.0.clone()),
            addresses_passwords: Attempts::new(
                limits.passwords_per_minute_per_address,
                size,
                clock.0.clone(),
            ),
        }
    }

    /// Takes one message out of the budget.
    pub fn message(&self, visitor: &Visitor) -> Result<(), ChatError> {
        self.messages.take(&visitor.session, &Network::of(visitor.address))
    }

    /// Takes one GIF out of the budget.
    pub fn gif(&self, visitor: &Visitor) -> Result<(), ChatError> {
        self.gifs.take(&visitor.session, &Network::of(visitor.address))
    }

    /// Takes one room out of the budget.
    pub fn room(&self, visitor: &Visitor) -> Result<(), ChatError> {
        self.rooms.take(&visitor.session, &Network::of(visitor.address))
    }

    /// Takes one reaction out of the budget.
    pub fn reaction(&self, visitor: &Visitor) -> Result<(), ChatError> {
        self.reactions.take(&visitor.session, &Network::of(visitor.address))
    }

    /// Takes one whisper out of the budget.
    pub fn whisper(&self, visitor: &Visitor) -> Result<(), ChatError> {
        self.whispers.take(&visitor.session, &Network::of(visitor.address))
    }

    /// Takes one typing sign out of the budget.
    pub fn typing(&self, visitor: &Visitor) -> Result<(), ChatError> {
        self.typing.take(&visitor.session, &Network::of(visitor.address))
    }

    /// Takes one join out of the budget.
    pub fn join(&self, visitor: &Visitor) -> Result<(), ChatError> {
        self.joins.take(&visitor.session, &Network::of(visitor.address))
    }

    /// Takes one older page out of the budget.
    pub fn page(&self, visitor: &Visitor) -> Result<(), ChatError> {
        self.pages.take(&visitor.session, &Network::of(visitor.address))
    }

    /// Takes one order of an owner, or one block or report, out of the budget.
    pub fn act(&self, visitor: &Visitor) -> Result<(), ChatError> {
        self.acts.take(&visitor.session, &Network::of(visitor.address))
    }

    /// Takes the place of one guess at a room's password until the guard says how it went. Counted
    /// per room: strangers who guess at one room lock nobody out of another, and never its owner, who
    /// needs no password.
    pub fn guess(&self, room: &RoomId, visitor: &Visitor) -> Result<Guess<'_>, ChatError> {
        let by_address = (room.clone(), Network::of(visitor.address));
        let by_visitor = (room.clone(), visitor.session.clone());
        self.addresses_passwords.begin(&by_address)?;
        if let Err(error) = self.visitors_passwords.begin(&by_visitor) {
            self.addresses_passwords.end(&by_address, false);
            return Err(error);
        }
        Ok(Guess { quota: self, by_address, by_visitor, failed: true })
    }
}

/// A guess under way. Dropped without a word it counts as a failure, so that hanging up is no way
/// around the limit.
pub struct Guess<'quota> {
    quota: &'quota Quota,
    by_address: (RoomId, Network),
    by_visitor: (RoomId, SessionId),
    failed: bool,
}

impl Guess<'_> {
    /// The password was right, or nobody could tell: the guess costs nothing.
    pub fn forgive(mut self) {
        self.failed = false;
    }
}

impl Drop for Guess<'_> {
    fn drop(&mut self) {
        self.quota.addresses_passwords.end(&self.by_address, self.failed);
        self.quota.visitors_passwords.end(&self.by_visitor, self.failed);
    }
}

fn at_least_one(count: u32) -> NonZeroU32 {
    NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN)
}

/// `burst` at once, then `rate` per second, both so many times.
fn steady(burst: u32, rate: u32, times: u32) -> Rate {
    per(Duration::from_secs(1), rate.saturating_mul(times))
        .allow_burst(at_least_one(burst.saturating_mul(times)))
}

/// `count` at once, and again `count` spread over `time`.
fn per(time: Duration, count: u32) -> Rate {
    let count = at_least_one(count);
    Rate::with_period(time / count.get()).unwrap_or(Rate::per_second(count)).allow_burst(count)
}

/// One budget per visitor and one per address; both must have something left.
struct Pair<V: Hash + Eq + Clone, A: Hash + Eq + Clone> {
    visitors: Budgets<V>,
    addresses: Budgets<A>,
}

impl<V: Hash + Eq + Clone, A: Hash + Eq + Clone> Pair<V, A> {
    fn new(visitor: Rate, address: Rate, size: usize, clock: &ClockAdapter) -> Self {
        Self {
            visitors: Budgets::new(visitor, size, clock),
            addresses: Budgets::new(address, size, clock),
        }
    }

    fn take(&self, visitor: &V, address: &A) -> Result<(), ChatError> {
        // Whoever sends too much empties their own budget, and not that of everybody behind their
        // router. Somebody who throws cookies away must not fill the visitors' table, though.
        if self.visitors.is_crowded() {
            self.addresses.take(address)?;
            self.visitors.take(visitor)
        } else {
            self.visitors.take(visitor)?;
            self.addresses.take(address)
        }
    }
}

struct Budgets<K: Hash + Eq + Clone> {
    limiter: RateLimiter<K, HashMapStateStore<K>, ClockAdapter, NoOpMiddleware<Monotonic>>,
    clock: ClockAdapter,
    size: usize,
}

impl<K: Hash + Eq + Clone> Budgets<K> {
    fn new(rate: Rate, size: usize, clock: &ClockAdapter) -> Self {
        let limiter = RateLimiter::new(rate, HashMapStateStore::default(), clock.clone());
        Self { limiter, clock: clock.clone(), size }
    }

    /// Whether half of the places are taken.
    fn is_crowded(&self) -> bool {
        self.limiter.len() >= self.size / 2
    }

    fn take(&self, key: &K) -> Result<(), ChatError> {
        if self.limiter.len() >= self.size {
            self.limiter.retain_recent();
            self.limiter.shrink_to_fit();
            if self.limiter.len() >= self.size {
                return Err(ChatError::TooFast { retry_after: Duration::from_secs(1) });
            }
        }
        self.limiter.check_key(key).map_err(|not_until| ChatError::TooFast {
            retry_after: not_until.wait_time_from(self.clock.now()),
        })
    }
}

/// Lets the rate limiter see the clock that was handed in.
#[derive(Clone)]
struct ClockAdapter(Arc<dyn Clock>);

impl GovernorClock for ClockAdapter {
    type Instant = Monotonic;

    fn now(&self) -> Monotonic {
        Monotonic(self.0.monotonic())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Monotonic(Duration);

impl std::ops::Add<Nanos> for Monotonic {
    type Output = Self;

    fn add(self, nanos: Nanos) -> Self {
        Self(self.0.saturating_add(nanos.into()))
    }
}

impl Reference for Monotonic {
    fn duration_since(&self, earlier: Self) -> Nanos {
        self.0.saturating_sub(earlier.0).into()
    }

    fn saturating_sub(&self, duration: Nanos) -> Self {
        Self(self.0.saturating_sub(duration.into()))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::super::Timestamp;
    use super::*;

    #[derive(Default)]
    struct HandClock(Mutex<Duration>);

    #[async_trait::async_trait]
    impl Clock for HandClock {
        fn now(&self) -> Timestamp {
            Timestamp::from_millis(0)
        }

        fn monotonic(&self) -> Duration {
            *self.0.lock().unwrap()
        }

        async fn sleep_until(&self, _deadline: Timestamp) {}
    }

    fn visitor(session: u8, address: &str) -> Visitor {
        let session = SessionId::from_bytes([session; 16]);
        Visitor { session, address: address.parse().unwrap() }
    }

    #[test]
    fn ten_messages_at_once_then_one_a_second() {
        let clock = Arc::new(HandClock::default());
        let quota = Quota::new(&Limits::default(), clock.clone());
        let visitor = visitor(1, "192.0.2.1");
        for _ in 0..10 {
            quota.message(&visitor).unwrap();
        }
        let Err(ChatError::TooFast { retry_after }) = quota.message(&visitor) else {
            panic!("the eleventh message passed");
        };
        assert!(retry_after <= Duration::from_secs(1) && retry_after > Duration::ZERO);
        *clock.0.lock().unwrap() += retry_after;
        quota.message(&visitor).unwrap();
        assert!(quota.message(&visitor).is_err());
    }

    #[test]
    fn an_address_has_twenty_times_the_budget_of_a_visitor() {
        let quota = Quota::new(&Limits::default(), Arc::new(HandClock::default()));
        let mut passed = 0;
        for session in 0..30 {
            let visitor = visitor(session, "192.0.2.1");
            passed += (0..10).filter(|_| quota.message(&visitor).is_ok()).count();
        }
        assert_eq!(passed, 200);
        assert!(quota.message(&visitor(99, "192.0.2.2")).is_ok());
    }

    #[test]
    fn whoever_floods_takes_nothing_from_others_behind_the_same_address() {
        let quota = Quota::new(&Limits::default(), Arc::new(HandClock::default()));
        let flooder = visitor(1, "192.0.2.1");
        let passed = (0..1_000).filter(|_| quota.message(&flooder).is_ok()).count();
        assert_eq!(passed, 10);
        for session in 2..=20 {
            let other = visitor(session, "192.0.2.1");
            assert!((0..10).all(|_| quota.message(&other).is_ok()), "visitor {session}");
        }
    }

    #[test]
    fn the_table_of_budgets_does_not_grow_without_end() {
        let clock = Arc::new(HandClock::default());
        let limits = Limits { budgets_max: 100, ..Limits::default() };
        let quota = Quota::new(&limits, clock.clone());
        let address = |number: u8| visitor(number, &format!("192.0.2.{number}"));
        assert_eq!(
            (0..=200).filter(|number| quota.message(&address(*number)).is_ok()).count(),
            100
        );
        *clock.0.lock().unwrap() += Duration::from_mins(1);
        assert!(quota.message(&address(201)).is_ok());
    }

    #[test]
    fn failed_guesses_at_one_room_do_not_count_for_another() {
        let clock = Arc::new(HandClock::default());
        let quota = Quota::new(&Limits::default(), clock.clone());
        let (one, other) = (RoomId::from_bytes([1; 16]), RoomId::from_bytes([2; 16]));
        let visitor = visitor(1, "192.0.2.1");
        for _ in 0..5 {
            drop(quota.guess(&one, &visitor).unwrap());
        }
        assert!(quota.guess(&one, &visitor).is_err());
        assert!(quota.guess(&other, &visitor).is_ok());
        *clock.0.lock().unwrap() += Duration::from_mins(1);
        assert!(quota.guess(&one, &visitor).is_ok());
    }

    #[test]
    fn right_passwords_cost_nothing_and_guesses_under_way_count() {
        let quota = Quota::new(&Limits::default(), Arc::new(HandClock::default()));
        let room = RoomId::from_bytes([1; 16]);
        for number in 0..100 {
            quota.guess(&room, &visitor(number, "192.0.2.1")).unwrap().forgive();
        }
        let stranger = visitor(200, "192.0.2.1");
        let under_way: Vec<_> = (0..5).map(|_| quota.guess(&room, &stranger).unwrap()).collect();
        assert!(quota.guess(&room, &stranger).is_err());
        under_way.into_iter().for_each(Guess::forgive);
        assert!(quota.guess(&room, &stranger).is_ok());
    }
}
