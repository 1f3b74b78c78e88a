//! The load generator: thousands of Socket.IO clients on one thread, made to cost little.

mod dialect;
mod fleet;
mod histogram;
mod http;
mod ledger;
mod link;
mod member;
mod polling;
mod script;
#[cfg(test)]
mod tests;
mod timer;
mod websocket;

pub(crate) use dialect::Dialect;
pub(crate) use fleet::Fleet;
pub(crate) use histogram::Histogram;
pub(crate) use http::{Caller, next as next_response};
pub(crate) use ledger::Arrival;
pub(crate) use member::{Member, Newcomer, Target, Way};
pub(crate) use script::{Door, Script};

use std::io;
use std::time::Instant;

/// Who looks at what is delivered.
pub(crate) trait Observer {
    /// Message `number` of its room reached a member. `now` is when it was read.
    fn delivered(&mut self, member: &mut Member, number: u32, now: Instant);

    /// Everything was handed over that one read brought to a member.
    fn read_ended(&mut self, member: &mut Member) -> io::Result<()>;
}

/// Looks away.
pub(crate) struct Nobody;

impl Observer for Nobody {
    fn delivered(&mut self, _: &mut Member, _: u32, _: Instant) {}

    fn read_ended(&mut self, _: &mut Member) -> io::Result<()> {
        Ok(())
    }
}
