//! Many visitors over the real protocol, and a judge of what they saw.
//!
//! `history` is what was done and seen; `check` judges it without knowing how it came about.
//! `trace` is what the server's process did to its disk, and `durability` judges that.

pub mod check;
pub mod cli;
pub mod client;
pub mod durability;
pub mod durable;
pub mod history;
pub mod history_file;
pub mod load;
pub mod page;
pub mod proxy;
pub mod server;
pub mod torture;
pub mod trace;
