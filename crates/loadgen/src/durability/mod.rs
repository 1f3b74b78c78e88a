//! Whether what was acknowledged is on disk, judged by what the server's process really did.

mod commands;
mod cuts;
mod disk;
mod order;
mod record;

pub use commands::{Cuts, Order};
pub use record::Plan;
