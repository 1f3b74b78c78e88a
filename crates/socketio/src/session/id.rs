//! Ids that cannot be guessed, for sessions and for sockets.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Letters of an id.
const LETTERS: usize = 22;

/// 128 random bits from a generator fit for secrets.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Id(u128);

impl Id {
    pub(crate) fn random() -> Self {
        Self(rand::random())
    }

    /// As it goes over the wire.
    pub(crate) fn text(self) -> IdText {
        let mut letters = [0; LETTERS];
        let bytes = self.0.to_be_bytes();
        // Sixteen bytes always fill twenty-two letters: there is no error to handle.
        let written = URL_SAFE_NO_PAD.encode_slice(bytes, &mut letters);
        debug_assert_eq!(written, Ok(LETTERS));
        IdText(letters)
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.text().as_str())
    }
}

/// An id of the wrong form.
#[derive(Debug)]
pub(crate) struct NoId;

impl FromStr for Id {
    type Err = NoId;

    fn from_str(text: &str) -> Result<Self, NoId> {
        let mut bytes = [0; 16];
        match URL_SAFE_NO_PAD.decode_slice(text, &mut bytes) {
            Ok(16) => Ok(Self(u128::from_be_bytes(bytes))),
            _ => Err(NoId),
        }
    }
}

/// An id in letters.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct IdText([u8; LETTERS]);

impl IdText {
    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_comes_back_from_its_letters() {
        for id in [Id(0), Id(1), Id(u128::MAX), Id::random()] {
            let text = id.text();
            assert_eq!(text.as_str().len(), LETTERS);
            assert_eq!(text.as_str().parse::<Id>().ok(), Some(id));
        }
    }

    #[test]
    fn anything_else_is_no_id() {
        let letters = Id(5).text();
        let short = &letters.as_str()[1..];
        let long = format!("{}A", letters.as_str());
        for text in ["", "abc", "../../../../../../etc/p", "방", short, &long] {
            assert!(text.parse::<Id>().is_err(), "{text}");
        }
    }
}
