//! Walks through the LZW codes of one image without making its pixels.
//!
//! A code stands for a run of pixels, and how long that run is follows from the codes before it.
//! So counting pixels costs one step per *code*: an image of 100 megapixels in 200 kilobytes is
//! walked as fast as any other 200 kilobytes, and needs no memory for its pixels.

use super::GifError;
use super::blocks::ShownColours;

/// Codes grow from `minimum code size + 1` to 12 bits and stay there until the next clear code.
const CODE_BITS_MAX: u32 = 12;
/// How many codes 12 bits can tell apart.
const CODES: u16 = 1 << CODE_BITS_MAX;

/// The codes of one image, checked and cut.
pub(super) struct Codes {
    /// The codes for exactly the pixels of the image, then the end code, then zero bits.
    pub(super) bytes: Vec<u8>,
    /// The colours that its pixels show.
    pub(super) shown: ShownColours,
}

/// Reads codes until they have made exactly `pixels_expected` pixels and cuts off the rest.
///
/// What follows the last pixel is not looked at: decoders ignore it, and it is where a second file
/// could hide. An end code is written in its place, also where the encoder forgot it. A run that
/// reaches over the last pixel, or codes that end too early, are [`GifError::Malformed`]: decoders
/// do not agree on what such an image shows.
///
/// `code_bits_min` is the minimum code size, 2 to 8 as the format says.
pub(super) fn cut(
    bytes: &[u8],
    code_bits_min: u8,
    pixels_expected: u32,
) -> Result<Codes, GifError> {
    if !(2..=8).contains(&code_bits_min) {
        return malformed("the code size is not between 2 and 8");
    }
    let mut bits = BitReader::new(bytes);
    let mut runs = Runs::new(code_bits_min);
    let mut shown = ShownColours::none();
    let mut pixels_left = pixels_expected;
    while pixels_left > 0 {
        let Some(code) = bits.next(runs.code_bits) else {
            return malformed("the image data ends before the last pixel");
        };
        if code == runs.clear {
            runs.forget();
        } else if code == runs.end {
            return malformed("the end code comes before the last pixel");
        } else {
            let Some(length) = runs.follow(code) else {
                return malformed("a code is used before it has a meaning");
            };
            // A colour's first pixel since the last clear code is always a code of its own, so
            // these codes alone name every colour.
            if code < runs.clear {
                shown.add(code);
            }
            let Some(left) = pixels_left.checked_sub(u32::from(length)) else {
                return malformed("the image data goes on after the last pixel");
            };
            pixels_left = left;
        }
    }
    Ok(Codes { bytes: bits.cut_here_and_append(runs.end, runs.code_bits), shown })
}

fn malformed<T>(reason: &'static str) -> Result<T, GifError> {
    Err(GifError::Malformed { reason })
}

/// How many pixels each code stands for.
struct Runs {
    code_bits_min: u32,
    clear: u16,
    end: u16,
    /// The code that gets its meaning next; [`CODES`] when the table is full.
    next: u16,
    /// The width of the next code to read, in bits.
    code_bits: u32,
    /// The run of the code before, if there is one since the last clear code, in pixels.
    previous: Option<u16>,
    /// The run of each code from `end + 1` to `next - 1`, in pixels. A run is one pixel longer
    /// than an earlier one, so none is longer than there are codes.
    lengths: Vec<u16>,
}

impl Runs {
    fn new(code_bits_min: u8) -> Self {
        let clear = 1 << code_bits_min;
        let mut runs = Self {
            code_bits_min: u32::from(code_bits_min),
            clear,
            end: clear + 1,
            next: 0,
            code_bits: 0,
            previous: None,
            lengths: vec![0; usize::from(CODES)],
        };
        runs.forget();
        runs
    }

    fn forget(&mut self) {
        self.next = self.end + 1;
        self.code_bits = self.code_bits_min + 1;
        self.previous = None;
    }

    /// Takes the next code and tells how many pixels it makes; nothing when it has no meaning yet.
    fn follow(&mut self, code: u16) -> Option<u16> {
        if let Some(previous) = self.previous {
            self.define_next(previous + 1);
        }
        let length = if code < self.clear {
            1
        } else if code < self.next {
            *self.lengths.get(usize::from(code))?
        } else {
            return None;
        };
        self.previous = Some(length);
        Some(length)
    }

    /// The run of the code before and one more pixel become the next code.
    fn define_next(&mut self, length: u16) {
        if self.next == CODES {
            return;
        }
        if let Some(slot) = self.lengths.get_mut(usize::from(self.next)) {
            *slot = length;
        }
        self.next += 1;
        if self.next == 1 << self.code_bits && self.code_bits < CODE_BITS_MAX {
            self.code_bits += 1;
        }
    }
}

/// Reads numbers of a few bits each, lowest bit first.
struct BitReader<'a> {
    bytes: &'a [u8],
    /// How many bytes have been taken into `held`.
    taken: usize,
    /// Bits that have been taken but not read; fewer than 8 between two reads.
    held: u32,
    held_bits: u32,
}

impl<'a> BitReader<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, taken: 0, held: 0, held_bits: 0 }
    }

    fn next(&mut self, width: u32) -> Option<u16> {
        while self.held_bits < width {
            let byte = self.bytes.get(self.taken)?;
            self.held |= u32::from(*byte) << self.held_bits;
            self.held_bits += 8;
            self.taken += 1;
        }
        let number = self.held & ((1 << width) - 1);
        self.held >>= width;
        self.held_bits -= width;
        u16::try_from(number).ok()
    }

    /// The bits read so far, one more number, and zero bits up to a whole byte.
    fn cut_here_and_append(&self, number: u16, width: u32) -> Vec<u8> {
        let mut cut: Vec<u8> = self.bytes.iter().take(self.taken).copied().collect();
        let mut open_bits = 0;
        let mut open = 0;
        if self.held_bits > 0 {
            open_bits = 8 - self.held_bits;
            open = u32::from(cut.pop().unwrap_or(0)) & ((1 << open_bits) - 1);
        }
        open |= u32::from(number) << open_bits;
        let length = usize::try_from((open_bits + width).div_ceil(8)).unwrap_or(0);
        cut.extend(open.to_le_bytes().into_iter().take(length));
        cut
    }
}
