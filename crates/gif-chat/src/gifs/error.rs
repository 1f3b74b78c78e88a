//! Why a GIF was not taken.

use std::io;

/// Why a GIF was not taken. The limits in here are the ones that were exceeded, so that the
/// answer can say them.
#[derive(Debug, thiserror::Error)]
pub enum GifError {
    /// The file does not begin with `GIF87a` or `GIF89a`.
    #[error("not a GIF")]
    NotAGif,
    /// The file ends before its trailer.
    #[error("the GIF is cut off")]
    Truncated,
    /// The file breaks the format in a way that decoders treat differently.
    #[error("the GIF is malformed: {reason}")]
    Malformed {
        /// What is wrong, for people who know the format.
        reason: &'static str,
    },
    /// The file holds no image.
    #[error("the GIF holds no image")]
    Empty,
    /// The file is too long. There is no measured length: reading stops at the limit.
    #[error("the GIF has more than {limit} bytes")]
    TooManyBytes {
        /// The longest file that is taken, in bytes.
        limit: u64,
    },
    /// The canvas is too wide or too high.
    #[error("the canvas is {width}×{height}, at most {width_max}×{height_max} is taken")]
    Canvas {
        /// Width of this canvas, in pixels.
        width: u16,
        /// Height of this canvas, in pixels.
        height: u16,
        /// The widest canvas that is taken, in pixels.
        width_max: u16,
        /// The highest canvas that is taken, in pixels.
        height_max: u16,
    },
    /// There are too many frames. They are not counted further than the limit.
    #[error("the GIF has more than {limit} frames")]
    Frames {
        /// The most frames that are taken.
        limit: u32,
    },
    /// Canvas times frames is too much. Counting stops at the limit.
    #[error("the GIF has more than {limit} pixels in all its frames")]
    Pixels {
        /// The most pixels that are taken.
        limit: u64,
    },
    /// One loop takes too long. Counting stops at the limit.
    #[error("one loop of the GIF lasts longer than {limit_ms} ms")]
    Duration {
        /// The longest loop that is taken, in milliseconds.
        limit_ms: u64,
    },
    /// Inspecting the file took longer than allowed.
    #[error("inspecting the GIF took too long")]
    TooSlow,
    /// The disk is nearly full: uploads stop before the database has no room left.
    #[error("no disk space left for GIFs")]
    NoSpace,
    /// Too many GIFs already wait for inspection.
    #[error("too many GIFs are being inspected")]
    Busy,
    /// The file system failed. Not the sender's fault, and nothing for the sender's eyes.
    #[error("the GIF could not be stored")]
    Io(#[source] io::Error),
}

impl GifError {
    /// A stable word for this error, for answers and counters; translations hang on it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAGif => "not_a_gif",
            Self::Truncated => "gif_truncated",
            Self::Malformed { .. } => "gif_malformed",
            Self::Empty => "gif_empty",
            Self::TooManyBytes { .. } => "gif_bytes",
            Self::Canvas { .. } => "gif_canvas",
            Self::Frames { .. } => "gif_frames",
            Self::Pixels { .. } => "gif_pixels",
            Self::Duration { .. } => "gif_duration",
            Self::TooSlow => "gif_slow",
            Self::NoSpace => "no_space",
            Self::Busy => "busy",
            Self::Io(_) => "io",
        }
    }
}

impl From<io::Error> for GifError {
    /// A full disk is told apart from a broken one: chat goes on, and the sender may try later.
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::NoSpace,
            _ => Self::Io(error),
        }
    }
}
