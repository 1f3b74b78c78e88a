//! Reads a GIF block by block and writes a clean one.
//!
//! Nothing is copied that has not been understood. Of the upload remain: the canvas, the colours
//! that pixels show, the loop count, and of each frame its place, delay, disposal, transparency
//! and pixels, as the LZW codes they came in. Gone are comments, plain text, XMP, ICC and every
//! other extension, what follows the last pixel of an image, what follows the trailer, and every
//! reserved or unused bit (the background colour and the pixel aspect ratio too: browsers use
//! neither).
//!
//! A clean file that is cleaned again comes out the same, byte for byte.

use std::time::Instant;

use super::blocks::{ColourTable, ShownColours, Source, write_sub_blocks};
use super::control::{Control, GRAPHIC_CONTROL};
use super::{GifError, GifLimits, lzw, second_opinion};

pub(super) const EXTENSION: u8 = 0x21;
const IMAGE: u8 = 0x2C;
const TRAILER: u8 = 0x3B;
const APPLICATION: u8 = 0xFF;
/// In an image's packed field: its rows come in four passes.
const INTERLACED: u8 = 0x40;
/// In a screen's packed field: the picture was made of 8 bits per primary colour.
const COLOUR_RESOLUTION: u8 = 0x70;

/// What is known of a GIF once it has been read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inspected {
    /// Width of the canvas, in pixels; never 0.
    pub width: u16,
    /// Height of the canvas, in pixels; never 0.
    pub height: u16,
    /// Number of frames; never 0.
    pub frames: u32,
    /// Length of one loop, in milliseconds, as browsers play it: a delay under 20 ms lasts 100 ms.
    pub duration_ms: u64,
    /// How often the loop extension asks to repeat, 0 meaning for ever; nothing when there is no
    /// such extension, and the GIF plays once.
    pub loop_count: Option<u16>,
    /// Length of the clean file, in bytes.
    pub bytes: u64,
}

/// A GIF that this module wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clean {
    /// The whole file; at most [`GifLimits::bytes_max`] long.
    pub bytes: Vec<u8>,
    /// What it is.
    pub inspected: Inspected,
}

/// Reads a whole GIF and writes it anew, or says why not.
///
/// The time is looked at between frames; past `deadline` the answer is [`GifError::TooSlow`].
/// Memory stays below a few copies of the upload and [`GifLimits::memory_bytes_max`], whatever the
/// file announces.
pub fn sanitise(upload: &[u8], limits: &GifLimits, deadline: Instant) -> Result<Clean, GifError> {
    check_length(upload.len(), limits)?;
    let mut reading = Reading::start(Source::new(upload), limits, deadline)?;
    while reading.block()? {}
    let clean = reading.finish()?;
    check_length(clean.bytes.len(), limits)?;
    second_opinion::ask(&clean.bytes, limits, deadline)?;
    Ok(clean)
}

/// A GIF half read, and the clean one half written.
struct Reading<'a> {
    source: Source<'a>,
    limits: &'a GifLimits,
    deadline: Instant,
    width: u16,
    height: u16,
    colours: Option<ColourTable>,
    /// The colours of the global table that frames read so far show.
    shown: ShownColours,
    /// The control block for the next image.
    control: Option<Control>,
    loop_count: Option<u16>,
    frames: u32,
    duration_ms: u64,
    /// The clean images: written behind the header, which needs to know all of them.
    images: Vec<u8>,
}

impl<'a> Reading<'a> {
    /// Reads the signature, the logical screen and the global colour table.
    fn start(
        mut source: Source<'a>,
        limits: &'a GifLimits,
        deadline: Instant,
    ) -> Result<Self, GifError> {
        source.signature()?;
        let width = u16::from_le_bytes(source.array()?);
        let height = u16::from_le_bytes(source.array()?);
        let [packed, _background, _aspect_ratio] = source.array()?;
        if width > limits.width_max || height > limits.height_max {
            let GifLimits { width_max, height_max, .. } = *limits;
            return Err(GifError::Canvas { width, height, width_max, height_max });
        }
        if width == 0 || height == 0 {
            return Err(GifError::Malformed { reason: "the canvas has no pixels" });
        }
        Ok(Self {
            colours: source.colour_table(packed)?,
            source,
            limits,
            deadline,
            width,
            height,
            shown: ShownColours::none(),
            control: None,
            loop_count: None,
            frames: 0,
            duration_ms: 0,
            images: Vec::new(),
        })
    }

    /// Reads one block; `false` when it was the trailer.
    fn block(&mut self) -> Result<bool, GifError> {
        match self.source.byte()? {
            EXTENSION => self.extension()?,
            IMAGE => self.image()?,
            TRAILER => return Ok(false),
            _ => {
                return Err(GifError::Malformed { reason: "a block of an unknown kind" });
            }
        }
        Ok(true)
    }

    fn extension(&mut self) -> Result<(), GifError> {
        match self.source.byte()? {
            GRAPHIC_CONTROL => self.control = Some(Control::read(&mut self.source)?),
            APPLICATION => {
                let name = self.source.sub_block()?;
                if matches!(name, b"NETSCAPE2.0" | b"ANIMEXTS1.0") {
                    return self.loop_extension();
                }
                if !name.is_empty() {
                    self.source.skip_sub_blocks()?;
                }
            }
            _ => self.source.skip_sub_blocks()?,
        }
        Ok(())
    }

    /// Reads the loop count; when there are several, the last is the one that browsers follow.
    fn loop_extension(&mut self) -> Result<(), GifError> {
        loop {
            match self.source.sub_block()? {
                [] => return Ok(()),
                [1, low, high] => self.loop_count = Some(u16::from_le_bytes([*low, *high])),
                _ => {}
            }
        }
    }

    fn image(&mut self) -> Result<(), GifError> {
        let [left, top, width, height] = self.frame_rectangle()?;
        let packed = self.source.byte()?;
        let control = self.control.take();
        self.count_frame(control.as_ref())?;
        let pixels = u32::from(width) * u32::from(height);
        if u64::from(pixels) > self.limits.memory_bytes_max {
            return Err(GifError::Pixels { limit: self.limits.memory_bytes_max });
        }
        let local = self.source.colour_table(packed)?;
        if local.is_none() && self.colours.is_none() {
            return Err(GifError::Malformed { reason: "a frame has no colour table" });
        }
        let code_bits_min = self.source.byte()?;
        let data = self.source.joined_sub_blocks()?;
        let codes = lzw::cut(&data, code_bits_min, pixels)?;

        if let Some(control) = control {
            control.write(&mut self.images);
        }
        self.images.push(IMAGE);
        for field in [left, top, width, height] {
            self.images.extend(field.to_le_bytes());
        }
        let local_packed = local.as_ref().map_or(0, ColourTable::packed);
        self.images.push(packed & INTERLACED | local_packed);
        match local {
            Some(local) => self.images.extend(local.only(&codes.shown)),
            None => self.shown.add_all(&codes.shown),
        }
        self.images.push(code_bits_min);
        write_sub_blocks(&codes.bytes, &mut self.images);
        Ok(())
    }

    /// Reads a frame's left, top, width and height, in pixels: on the canvas, and not empty.
    fn frame_rectangle(&mut self) -> Result<[u16; 4], GifError> {
        let left = u16::from_le_bytes(self.source.array()?);
        let top = u16::from_le_bytes(self.source.array()?);
        let width = u16::from_le_bytes(self.source.array()?);
        let height = u16::from_le_bytes(self.source.array()?);
        if width == 0 || height == 0 {
            return Err(GifError::Malformed { reason: "a frame has no pixels" });
        }
        let within = |start: u16, length: u16, end: u16| {
            start.checked_add(length).is_some_and(|frame_end| frame_end <= end)
        };
        if !within(left, width, self.width) || !within(top, height, self.height) {
            return Err(GifError::Malformed { reason: "a frame reaches over the canvas" });
        }
        Ok([left, top, width, height])
    }

    /// Counts one more frame against every limit, before its data is read.
    fn count_frame(&mut self, control: Option<&Control>) -> Result<(), GifError> {
        check_time(self.deadline)?;
        let limits = self.limits;
        self.frames = self.frames.saturating_add(1);
        if self.frames > limits.frames_max {
            return Err(GifError::Frames { limit: limits.frames_max });
        }
        let canvas = u64::from(self.width) * u64::from(self.height);
        if canvas.saturating_mul(u64::from(self.frames)) > limits.pixels_max {
            return Err(GifError::Pixels { limit: limits.pixels_max });
        }
        let shown_ms = Control::shown_ms(control);
        self.duration_ms = self.duration_ms.saturating_add(shown_ms);
        if self.duration_ms > limits.duration_ms_max {
            return Err(GifError::Duration { limit_ms: limits.duration_ms_max });
        }
        Ok(())
    }

    /// Puts the header in front of the images and the trailer behind them.
    fn finish(self) -> Result<Clean, GifError> {
        if self.frames == 0 {
            return Err(GifError::Empty);
        }
        let mut bytes = b"GIF89a".to_vec();
        bytes.extend(self.width.to_le_bytes());
        bytes.extend(self.height.to_le_bytes());
        let colours_packed = self.colours.as_ref().map_or(0, ColourTable::packed);
        bytes.extend([COLOUR_RESOLUTION | colours_packed, 0, 0]);
        if let Some(colours) = self.colours {
            bytes.extend(colours.only(&self.shown));
        }
        if let Some(loop_count) = self.loop_count {
            bytes.extend([EXTENSION, APPLICATION]);
            bytes.extend(b"\x0BNETSCAPE2.0\x03\x01");
            bytes.extend(loop_count.to_le_bytes());
            bytes.push(0);
        }
        bytes.extend(self.images);
        bytes.push(TRAILER);
        let inspected = Inspected {
            width: self.width,
            height: self.height,
            frames: self.frames,
            duration_ms: self.duration_ms,
            loop_count: self.loop_count,
            bytes: length(bytes.len()),
        };
        Ok(Clean { bytes, inspected })
    }
}

fn check_length(bytes: usize, limits: &GifLimits) -> Result<(), GifError> {
    let limit = limits.bytes_max;
    if length(bytes) > limit { Err(GifError::TooManyBytes { limit }) } else { Ok(()) }
}

pub(super) fn check_time(deadline: Instant) -> Result<(), GifError> {
    if Instant::now() > deadline { Err(GifError::TooSlow) } else { Ok(()) }
}

/// A length in memory as the number that is stored.
fn length(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
