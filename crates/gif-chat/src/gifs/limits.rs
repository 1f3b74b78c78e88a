//! How large, long and costly a GIF may be.

/// The limits of one GIF. Each is inclusive: a file that measures exactly the limit is taken.
///
/// They are checked while the file is read, before anything of the announced size is allocated:
/// a file of 500 bytes can announce a canvas of 4 gigapixels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GifLimits {
    /// Length of the file, in bytes, as uploaded and as kept.
    pub bytes_max: u64,
    /// Width of the canvas, in pixels.
    pub width_max: u16,
    /// Height of the canvas, in pixels.
    pub height_max: u16,
    /// Number of frames.
    pub frames_max: u32,
    /// Length of one loop, in milliseconds, counted as browsers play it: a delay under 20 ms lasts
    /// 100 ms.
    pub duration_ms_max: u64,
    /// Canvas times frames, in pixels: what a viewer's machine has to paint for one loop.
    pub pixels_max: u64,
    /// Wall time for inspecting one file, in milliseconds, looked at between frames.
    pub decode_ms_max: u64,
    /// Memory for the decoded pixels of one frame, in bytes, one byte a pixel. A frame that needs
    /// more is refused like one with too many pixels; with the default canvas none does.
    pub memory_bytes_max: u64,
}

impl Default for GifLimits {
    fn default() -> Self {
        Self {
            bytes_max: 10 * 1024 * 1024,
            width_max: 2048,
            height_max: 2048,
            frames_max: 1000,
            duration_ms_max: 60_000,
            pixels_max: 200_000_000,
            decode_ms_max: 2_000,
            memory_bytes_max: 8 * 1024 * 1024,
        }
    }
}
