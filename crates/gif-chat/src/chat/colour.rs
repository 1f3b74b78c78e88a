//! A visitor's colour, and whether it can be read.

use std::fmt;

use sha2::{Digest, Sha256};

/// An sRGB colour, written `#rrggbb`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Colour {
    red: u8,
    green: u8,
    blue: u8,
}

/// Saturation and lightness steps of `color-hash` version 2.
const STEPS: [f64; 3] = [0.35, 0.5, 0.65];

impl Colour {
    /// The contrast that text needs against its background (WCAG 2.2, success criterion 1.4.3).
    pub const TEXT_CONTRAST_MIN: f64 = 4.5;

    /// The colour that the npm package `color-hash` (version 2, default options) gives `text` by its
    /// `hex`. The arithmetic is kept step for step: the course's pages show the same colours.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let digest = Sha256::digest(text.as_bytes());
        let hash = digest.iter().take(4).fold(0_u32, |hash, byte| (hash << 8) | u32::from(*byte));
        let hue = f64::from(hash % 359);
        let hash = hash.div_ceil(360);
        let saturation = step(hash);
        let lightness = step(hash.div_ceil(3));
        Self::from_hsl(hue / 360.0, saturation, lightness)
    }

    /// The colour written as `#rrggbb`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
        let bytes = hex::decode(digits).ok()?;
        let [red, green, blue] = *bytes.as_slice() else {
            return None;
        };
        Some(Self { red, green, blue })
    }

    /// Contrast ratio against `background`, from 1 to 21 (WCAG 2.2, "contrast ratio").
    #[must_use]
    pub fn contrast(self, background: Self) -> f64 {
        let (one, other) = (self.luminance(), background.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }

    fn from_hsl(hue: f64, saturation: f64, lightness: f64) -> Self {
        let high = if lightness < 0.5 {
            lightness * (1.0 + saturation)
        } else {
            lightness + saturation - lightness * saturation
        };
        let low = 2.0 * lightness - high;
        let channel = |turn: f64| {
            let turn = if turn < 0.0 { turn + 1.0 } else { turn };
            let turn = if turn > 1.0 { turn - 1.0 } else { turn };
            let value = if turn < 1.0 / 6.0 {
                low + (high - low) * 6.0 * turn
            } else if turn < 0.5 {
                high
            } else if turn < 2.0 / 3.0 {
                low + (high - low) * 6.0 * (2.0 / 3.0 - turn)
            } else {
                low
            };
            round_to_byte(value * 255.0)
        };
        Self { red: channel(hue + 1.0 / 3.0), green: channel(hue), blue: channel(hue - 1.0 / 3.0) }
    }
}

fn step(hash: u32) -> f64 {
    match hash % 3 {
        0 => STEPS[0],
        1 => STEPS[1],
        _ => STEPS[2],
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the value is clamped to the range of a byte first"
)]
fn round_to_byte(value: f64) -> u8 {
    // JavaScript's Math.round is floor(x + 0.5), which differs from Rust's on exact halves.
    (value + 0.5).floor().clamp(0.0, 255.0) as u8
}

impl fmt::Display for Colour {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_those_of_the_npm_package() {
        assert_eq!(Colour::of("abc").to_string(), "#e0d66c");
        assert_eq!(Colour::of("방").to_string(), "#6c6ee0");
    }

    #[test]
    fn two_hundred_sessions_have_the_colours_that_the_npm_package_computed() {
        let fixture = include_str!("../../tests/it/fixtures/color_hash.json");
        let pairs: Vec<(String, String)> = serde_json::from_str(fixture).unwrap();
        assert_eq!(pairs.len(), 200);
        for (session, colour) in pairs {
            assert_eq!(Colour::of(&session).to_string(), colour, "session {session}");
        }
    }

    #[test]
    fn contrast_is_that_of_wcag() {
        let black = Colour::parse("#000000").unwrap();
        let white = Colour::parse("#ffffff").unwrap();
        assert!((black.contrast(white) - 21.0).abs() < 1e-9);
        assert!((white.contrast(white) - 1.0).abs() < 1e-9);
        let grey = Colour::parse("#767676").unwrap();
        assert!((grey.contrast(white) - 4.54).abs() < 0.01);
    }

    #[test]
    fn only_six_hex_digits_after_a_hash_sign_are_a_colour() {
        for bad in ["", "#12345", "#1234567", "123456", "#gggggg", "#12345é"] {
            assert!(Colour::parse(bad).is_none(), "{bad} passed as a colour");
        }
    }
}
