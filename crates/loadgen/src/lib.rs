//! Many visitors over the real protocol, and a judge of what they saw.
//!
//! `history` is what was done and seen; `check` judges it without knowing how it came about.
//! `trace` is what the server's process did to its disk, and `durability` judges that.

pub mod check;
pub mod client;
pub mod durability;
pub mod history;
pub mod server;
pub mod trace;
