//! The module seen from outside: what is taken, what is refused, what is kept.
//!
//! Every GIF in here is made on the spot, by the `gif` crate or byte by byte: no binary is kept in
//! the repository, and each test shows what it tests.

mod any_bytes;
mod bounds;
mod corpus;
mod discarding;
mod faithful;
mod hiding;
mod malformed;
mod shelf;

use std::time::{Duration, Instant};

use super::{Clean, GifError, GifLimits};

/// Sanitises with the limits of the product.
fn sanitise(upload: &[u8]) -> Result<Clean, GifError> {
    sanitise_within(upload, &GifLimits::default())
}

fn sanitise_within(upload: &[u8], limits: &GifLimits) -> Result<Clean, GifError> {
    super::sanitise(upload, limits, Instant::now() + Duration::from_mins(2))
}

/// The code of the refusal, or `ok`.
fn verdict(upload: &[u8]) -> &'static str {
    sanitise(upload).map_or_else(|error| error.code(), |_| "ok")
}
