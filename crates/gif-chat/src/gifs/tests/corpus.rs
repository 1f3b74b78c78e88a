//! Makes GIFs: good ones, and ones that no encoder would write.

use std::borrow::Cow;

use gif::{ColorOutput, DecodeOptions, DecodingError, DisposalMethod, Encoder, Frame, Repeat};

/// Four colours: enough to tell pixels apart, and none of them black.
pub(super) const COLOURS: [u8; 12] =
    [0x11, 0x22, 0x33, 0xFF, 0x44, 0x55, 0x66, 0xEE, 0x77, 0x88, 0x99, 0xDD];

/// A file made block by block.
pub(super) struct ByHand(Vec<u8>);

impl ByHand {
    /// A header with a global table of four colours.
    pub(super) fn canvas(width: u16, height: u16) -> Self {
        let mut file = Self::canvas_without_colours(width, height);
        file.0[10] = 0xF1;
        file.and(&COLOURS)
    }

    /// The header that is left of a canvas of one pixel on which only [`ByHand::dot`]s are shown:
    /// of the colours only the second is not black.
    pub(super) fn canvas_of_clean_dot() -> Self {
        let mut file = Self::canvas(1, 1);
        file.0[13..16].fill(0);
        file.0[19..].fill(0);
        file
    }

    pub(super) fn canvas_without_colours(width: u16, height: u16) -> Self {
        let file = Self(b"GIF89a".to_vec()).and(&width.to_le_bytes()).and(&height.to_le_bytes());
        file.and(&[0, 0, 0])
    }

    /// Any bytes.
    pub(super) fn and(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    /// An extension with these sub-blocks.
    pub(super) fn extension(self, label: u8, sub_blocks: &[&[u8]]) -> Self {
        let mut file = self.and(&[0x21, label]);
        for sub_block in sub_blocks {
            file = file.and(&[u8::try_from(sub_block.len()).unwrap()]).and(sub_block);
        }
        file.and(&[0])
    }

    /// A graphic control extension; the delay in units of 10 ms.
    pub(super) fn delay(self, delay: u16) -> Self {
        let [low, high] = delay.to_le_bytes();
        self.extension(0xF9, &[&[0, low, high, 0]])
    }

    pub(super) fn loops(self, count: u16) -> Self {
        let [low, high] = count.to_le_bytes();
        self.extension(0xFF, &[b"NETSCAPE2.0", &[1, low, high]])
    }

    /// Left, top, width and height of a frame, and its packed field.
    pub(super) fn frame_header(self, rectangle: [u16; 4], packed: u8) -> Self {
        let mut file = self.and(&[0x2C]);
        for field in rectangle {
            file = file.and(&field.to_le_bytes());
        }
        file.and(&[packed])
    }

    /// Image data, in sub-blocks of full length.
    pub(super) fn data(self, code_bits_min: u8, codes: &[u8]) -> Self {
        let mut file = self.and(&[code_bits_min]);
        for part in codes.chunks(255) {
            file = file.and(&[u8::try_from(part.len()).unwrap()]).and(part);
        }
        file.and(&[0])
    }

    /// A frame of one pixel, at the left top.
    pub(super) fn dot(self) -> Self {
        self.frame_header([0, 0, 1, 1], 0).data(2, &ONE_PIXEL)
    }

    /// The trailer.
    pub(super) fn end(self) -> Vec<u8> {
        self.and(b";").0
    }
}

/// Codes of three bits, lowest first: clear (4), colour 1, end (5).
pub(super) const ONE_PIXEL: [u8; 2] = [0b01_001_100, 0b1];

/// A file of `frames` frames, each of one pixel with this delay.
pub(super) fn dots(width: u16, height: u16, frames: u32, delay: u16) -> Vec<u8> {
    (0..frames).fold(ByHand::canvas(width, height), |file, _| file.delay(delay).dot()).end()
}

/// An animation that uses everything a GIF can do, and is small enough to be broken everywhere.
pub(super) fn animation() -> Vec<u8> {
    let pixels = |seed: usize, length: usize| -> Vec<u8> {
        (0..length).map(|at| u8::try_from((at * seed / 3) % 4).unwrap()).collect()
    };
    let whole = Frame {
        width: 7,
        height: 5,
        delay: 12,
        dispose: DisposalMethod::Keep,
        buffer: Cow::Owned(pixels(1, 35)),
        ..Frame::default()
    };
    let interlaced = Frame {
        left: 1,
        top: 0,
        width: 3,
        height: 5,
        delay: 0,
        dispose: DisposalMethod::Background,
        transparent: Some(2),
        interlaced: true,
        buffer: Cow::Owned(pixels(5, 15)),
        ..Frame::default()
    };
    let own_colours = Frame {
        left: 2,
        top: 1,
        width: 4,
        height: 3,
        delay: 300,
        dispose: DisposalMethod::Previous,
        palette: Some(COLOURS.iter().map(|colour| !colour).collect()),
        buffer: Cow::Owned(pixels(7, 12)),
        ..Frame::default()
    };
    encoded(7, 5, &[whole, interlaced, own_colours], Some(Repeat::Finite(5)))
}

/// A file as the `gif` crate writes it.
pub(super) fn encoded(
    width: u16,
    height: u16,
    frames: &[Frame<'_>],
    repeat: Option<Repeat>,
) -> Vec<u8> {
    let mut encoder = Encoder::new(Vec::new(), width, height, &COLOURS).unwrap();
    if let Some(repeat) = repeat {
        encoder.set_repeat(repeat).unwrap();
    }
    for frame in frames {
        encoder.write_frame(frame).unwrap();
    }
    encoder.into_inner().unwrap()
}

/// A frame of one colour that fills the canvas.
pub(super) fn plain_frame(width: u16, height: u16) -> Frame<'static> {
    let pixels = vec![1; usize::from(width) * usize::from(height)];
    Frame { width, height, delay: 2, buffer: Cow::Owned(pixels), ..Frame::default() }
}

/// What a viewer sees of a GIF.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) canvas: (u16, u16),
    pub(super) repeat: Repeat,
    pub(super) frames: Vec<SeenFrame>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct SeenFrame {
    pub(super) rectangle: [u16; 4],
    pub(super) delay: u16,
    pub(super) dispose: DisposalMethod,
    pub(super) transparent: Option<u8>,
    pub(super) interlaced: bool,
    /// The pixels, with the rows in the order of the file.
    pub(super) rgba: Vec<u8>,
}

/// Decodes a file with the `gif` crate.
pub(super) fn seen(file: &[u8]) -> Result<Seen, DecodingError> {
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::RGBA);
    options.allow_unknown_blocks(true);
    let mut decoder = options.read_info(file)?;
    let canvas = (decoder.width(), decoder.height());
    let repeat = decoder.repeat();
    let mut frames = Vec::new();
    while let Some(frame) = decoder.next_frame_info()? {
        let mut frame = SeenFrame {
            rectangle: [frame.left, frame.top, frame.width, frame.height],
            delay: frame.delay,
            dispose: frame.dispose,
            transparent: frame.transparent,
            interlaced: frame.interlaced,
            rgba: Vec::new(),
        };
        frame.rgba.resize(decoder.buffer_size(), 0);
        if !decoder.fill_buffer(&mut frame.rgba)? {
            return Err(DecodingError::UnexpectedEof);
        }
        frames.push(frame);
    }
    Ok(Seen { canvas, repeat, frames })
}
