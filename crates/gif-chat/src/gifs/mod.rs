//! Receives, inspects, sanitises and keeps GIF files.
//!
//! People send pictures that strangers' browsers will open, so nothing of an upload is believed:
//! not its name, not its content type, not one length inside it. What is served later is a file
//! that this module wrote itself.
//!
//! # The way of a GIF
//!
//! ```text
//! Shelf::receive ── free space left? ──▶ Incoming: a temporary file, counted while it arrives
//!      │
//! Shelf::keep ──── a place in the bounded pool, else `Busy`
//!      │
//!      ├─ sanitise   every block read by hand, checked against `GifLimits`, written anew
//!      ├─ name       keyed hash of the clean bytes: same bytes, same file; not to be guessed
//!      ├─ fsync      of the clean file, still under a temporary name
//!      ├─ pin        from here on `discard` leaves this name alone
//!      └─ rename     into `files/`, fsync of the folder
//!      │
//!    Kept ───────── the caller commits its database row, then drops the `Pin`
//! ```
//!
//! The file is durable before the row exists, so a crash can leave a file without a row but never
//! a row without a file. [`Shelf::sweep`] removes the former.
//!
//! This module knows nothing of rooms, messages, HTTP or databases: whether a file is still in
//! use is a question that the caller answers.

mod blocks;
mod control;
mod error;
mod files;
mod limits;
mod lzw;
mod pins;
mod sanitise;
mod second_opinion;
mod shelf;

#[cfg(test)]
mod tests;

pub use error::GifError;
pub use files::is_file_name;
pub use limits::GifLimits;
pub use pins::Pin;
pub use sanitise::{Clean, Inspected, sanitise};
pub use shelf::{Incoming, Kept, Shelf, ShelfOptions, name_of};
