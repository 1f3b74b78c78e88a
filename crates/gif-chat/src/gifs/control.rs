//! The block in front of an image that says when and how it gives way to the next.

use super::GifError;
use super::blocks::Source;
use super::sanitise::EXTENSION;

/// The label of this kind of extension.
pub(super) const GRAPHIC_CONTROL: u8 = 0xF9;

/// When and how a frame gives way to the next.
pub(super) struct Control {
    /// In units of 10 ms.
    delay: u16,
    /// Three bits, as they came: browsers understand more values than the format names.
    disposal: u8,
    transparent: Option<u8>,
}

impl Control {
    pub(super) fn read(source: &mut Source<'_>) -> Result<Self, GifError> {
        let &[packed, delay_low, delay_high, transparent] = source.sub_block()? else {
            return Err(GifError::Malformed { reason: "a control block of a wrong length" });
        };
        if !source.sub_block()?.is_empty() {
            return Err(GifError::Malformed { reason: "a control block of a wrong length" });
        }
        Ok(Self {
            delay: u16::from_le_bytes([delay_low, delay_high]),
            disposal: packed >> 2 & 0x07,
            transparent: (packed & 1 == 1).then_some(transparent),
        })
    }

    /// Writes everything but the flag that asks a viewer to wait for a key.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        let packed = self.disposal << 2 | u8::from(self.transparent.is_some());
        out.extend([EXTENSION, GRAPHIC_CONTROL, 4, packed]);
        out.extend(self.delay.to_le_bytes());
        out.extend([self.transparent.unwrap_or(0), 0]);
    }

    /// How long browsers show a frame, in milliseconds.
    pub(super) fn shown_ms(control: Option<&Self>) -> u64 {
        match control.map_or(0, |control| control.delay) {
            0 | 1 => 100,
            delay => u64::from(delay) * 10,
        }
    }
}
