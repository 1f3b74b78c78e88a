//! Whether what was acknowledged is on disk, judged by what the server's process really did.

pub mod commands;
pub mod cuts;
pub mod disk;
pub mod order;
pub mod record;
