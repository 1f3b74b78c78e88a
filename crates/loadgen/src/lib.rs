//! Many visitors over the real protocol, and a judge of what they saw.
//!
//! `history` is what was done and seen; `check` judges it without knowing how it came about.

pub mod check;
pub mod history;
