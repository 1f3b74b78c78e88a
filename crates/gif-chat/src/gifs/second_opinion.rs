//! Another decoder's word on a file that was found in order.

use std::io::Cursor;
use std::num::NonZeroU64;
use std::time::Instant;

use super::sanitise::check_time;
use super::{GifError, GifLimits};

/// Decodes the clean file with the decoder that others use: two opinions are better than one.
///
/// Each frame is asked for in one piece and with its rows in the order of the file: asked to sort
/// the rows of an interlaced frame, the decoder (gif 0.14.2) takes some good files for truncated.
pub(super) fn ask(clean: &[u8], limits: &GifLimits, deadline: Instant) -> Result<(), GifError> {
    const REFUSED: GifError = GifError::Malformed { reason: "a second decoder refuses it" };
    let refused = |error| {
        tracing::warn!(%error, "a decoder refuses a GIF that was found in order");
        REFUSED
    };
    let memory_bytes_max = NonZeroU64::new(limits.memory_bytes_max).unwrap_or(NonZeroU64::MIN);
    let mut options = gif::DecodeOptions::new();
    options.set_memory_limit(gif::MemoryLimit::Bytes(memory_bytes_max));
    options.check_frame_consistency(true);
    let mut decoder = options.read_info(Cursor::new(clean)).map_err(refused)?;
    let mut pixels = Vec::new();
    while let Some(frame) = decoder.next_frame_info().map_err(refused)? {
        check_time(deadline)?;
        pixels.resize(usize::from(frame.width) * usize::from(frame.height), 0);
        if !decoder.fill_buffer(&mut pixels).map_err(refused)? {
            return Err(REFUSED);
        }
    }
    Ok(())
}
