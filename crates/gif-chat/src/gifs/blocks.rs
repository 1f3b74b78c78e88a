//! The building blocks of the GIF format: fixed fields, colour tables, sub-blocks.

use super::GifError;

/// Bytes of one colour: red, green, blue.
const COLOUR_BYTES: usize = 3;
/// Bytes of the signature, the version included.
const SIGNATURE_BYTES: usize = 6;
/// The longest sub-block: its length is one byte.
const SUB_BLOCK_BYTES_MAX: usize = 255;

/// The unread rest of a file. Reading past its end is [`GifError::Truncated`], never a panic.
pub(super) struct Source<'a> {
    rest: &'a [u8],
}

impl<'a> Source<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Reads the signature. What is shorter than one is cut off only if it begins like one.
    pub(super) fn signature(&mut self) -> Result<(), GifError> {
        let begins = |signature: &[u8; SIGNATURE_BYTES]| {
            let mut both = self.rest.iter().zip(signature);
            both.all(|(byte, expected)| byte == expected)
        };
        if !begins(b"GIF87a") && !begins(b"GIF89a") {
            return Err(GifError::NotAGif);
        }
        let _signature: [u8; SIGNATURE_BYTES] = self.array()?;
        Ok(())
    }

    pub(super) fn byte(&mut self) -> Result<u8, GifError> {
        let [byte] = self.array()?;
        Ok(byte)
    }

    pub(super) fn array<const LENGTH: usize>(&mut self) -> Result<[u8; LENGTH], GifError> {
        let (array, rest) = self.rest.split_first_chunk().ok_or(GifError::Truncated)?;
        self.rest = rest;
        Ok(*array)
    }

    fn slice(&mut self, length: usize) -> Result<&'a [u8], GifError> {
        let (slice, rest) = self.rest.split_at_checked(length).ok_or(GifError::Truncated)?;
        self.rest = rest;
        Ok(slice)
    }

    /// Reads the colour table that a packed field announces: its highest bit says whether there is
    /// one, its lowest three how long it is.
    pub(super) fn colour_table(&mut self, packed: u8) -> Result<Option<ColourTable>, GifError> {
        if packed & 0x80 == 0 {
            return Ok(None);
        }
        let size_bits = packed & 0x07;
        let colours = self.slice((2 << size_bits) * COLOUR_BYTES)?.to_vec();
        Ok(Some(ColourTable { size_bits, colours }))
    }

    /// Reads one sub-block; the empty one ends its block.
    pub(super) fn sub_block(&mut self) -> Result<&'a [u8], GifError> {
        let length = self.byte()?;
        self.slice(usize::from(length))
    }

    /// Reads the sub-blocks up to the end of the block and joins what they hold.
    pub(super) fn joined_sub_blocks(&mut self) -> Result<Vec<u8>, GifError> {
        let mut joined = Vec::new();
        loop {
            match self.sub_block()? {
                [] => return Ok(joined),
                part => joined.extend_from_slice(part),
            }
        }
    }

    /// Reads over the sub-blocks up to the end of the block.
    pub(super) fn skip_sub_blocks(&mut self) -> Result<(), GifError> {
        while !self.sub_block()?.is_empty() {}
        Ok(())
    }
}

/// A global or local colour table.
pub(super) struct ColourTable {
    size_bits: u8,
    colours: Vec<u8>,
}

impl ColourTable {
    /// The lower half of the packed field that announces this table.
    pub(super) fn packed(&self) -> u8 {
        0x80 | self.size_bits
    }

    /// The colours, with those that no pixel shows made black: up to 768 bytes that a sender could
    /// fill with anything.
    pub(super) fn only(mut self, shown: &ShownColours) -> Vec<u8> {
        for (colour, shown) in self.colours.chunks_exact_mut(COLOUR_BYTES).zip(shown.0) {
            if !shown {
                colour.fill(0);
            }
        }
        self.colours
    }
}

/// Which indices of a colour table pixels refer to.
pub(super) struct ShownColours([bool; 256]);

impl ShownColours {
    pub(super) fn none() -> Self {
        Self([false; 256])
    }

    pub(super) fn add(&mut self, index: u16) {
        if let Some(shown) = self.0.get_mut(usize::from(index)) {
            *shown = true;
        }
    }

    pub(super) fn add_all(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine |= theirs;
        }
    }
}

/// Writes bytes as sub-blocks of full length, and the empty one that ends the block.
pub(super) fn write_sub_blocks(bytes: &[u8], out: &mut Vec<u8>) {
    for part in bytes.chunks(SUB_BLOCK_BYTES_MAX) {
        out.push(u8::try_from(part.len()).unwrap_or(u8::MAX));
        out.extend_from_slice(part);
    }
    out.push(0);
}
