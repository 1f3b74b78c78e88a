//! The arguments of a call, as `strace -y -xx` writes them.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail, ensure};

/// The arguments and the result of a call.
#[derive(Debug)]
pub(super) struct Arguments<'text> {
    arguments: Vec<&'text str>,
    /// What the call returned, with what is said about it.
    result: &'text str,
}

impl<'text> Arguments<'text> {
    /// Splits `arguments) = result`.
    pub(super) fn read(text: &'text str) -> Result<Self> {
        let (arguments, result) = text.rsplit_once(" = ").context("a call has a result")?;
        let arguments = arguments.trim_end().strip_suffix(')').context("arguments end with )")?;
        Ok(Self { arguments: split(arguments), result })
    }

    /// The number that the call returned; negative after an error, and nothing when it has none.
    pub(super) fn result(&self) -> Option<i64> {
        let digits = self.result.split([' ', '<']).next()?;
        digits.parse().ok()
    }

    pub(super) fn text(&self, index: usize) -> Result<&'text str> {
        self.arguments.get(index).copied().with_context(|| format!("argument {index} is missing"))
    }

    pub(super) fn number(&self, index: usize) -> Result<u64> {
        let text = self.text(index)?;
        text.parse().with_context(|| format!("{text} is no number"))
    }

    /// A file descriptor and the path behind it.
    pub(super) fn descriptor(&self, index: usize) -> Result<(u64, PathBuf)> {
        descriptor(self.text(index)?)
    }

    /// The descriptor that the call returned.
    pub(super) fn returned_descriptor(&self) -> Result<(u64, PathBuf)> {
        descriptor(self.result)
    }

    pub(super) fn path(&self, index: usize) -> Result<PathBuf> {
        Ok(PathBuf::from(OsString::from_vec(self.bytes(index)?)))
    }

    /// The bytes of all strings in an argument, one after the other: of one string, or of a list of
    /// buffers.
    pub(super) fn bytes(&self, index: usize) -> Result<Vec<u8>> {
        let text = self.text(index)?;
        ensure!(!text.contains("\"..."), "a string was cut: strace needs a larger -s");
        let mut bytes = Vec::with_capacity(text.len() / 4);
        for string in text.split('"').skip(1).step_by(2) {
            unescape(string, &mut bytes)?;
        }
        Ok(bytes)
    }
}

fn descriptor(text: &str) -> Result<(u64, PathBuf)> {
    let (number, path) = text.split_once('<').context("a descriptor has a path")?;
    let path = path.split('>').next().unwrap_or_default();
    let number = if number == "AT_FDCWD" { u64::MAX } else { number.parse()? };
    let mut bytes = Vec::new();
    unescape(path, &mut bytes)?;
    Ok((number, PathBuf::from(OsString::from_vec(bytes))))
}

/// `\x0a\x42…`; what is not written so stands for itself.
fn unescape(text: &str, bytes: &mut Vec<u8>) -> Result<()> {
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        rest = match (first, tail) {
            (b'\\', [b'x', high, low, tail @ ..]) => {
                bytes.push(digit(*high)? << 4 | digit(*low)?);
                tail
            }
            (other, tail) => {
                bytes.push(*other);
                tail
            }
        };
    }
    Ok(())
}

fn digit(byte: u8) -> Result<u8> {
    Ok(match byte {
        b'0'..=b'9' => byte - b'0',
        b'a'..=b'f' => byte - b'a' + 10,
        _ => bail!("{byte} is no hexadecimal digit"),
    })
}

/// At the commas that are in no string, list or structure.
fn split(text: &str) -> Vec<&str> {
    let (mut parts, mut begin, mut depth, mut quoted) = (Vec::new(), 0, 0_u32, false);
    for (index, letter) in text.bytes().enumerate() {
        match letter {
            b'"' => quoted = !quoted,
            b'[' | b'{' | b'<' if !quoted => depth += 1,
            b']' | b'}' | b'>' if !quoted => depth = depth.saturating_sub(1),
            b',' if !quoted && depth == 0 => {
                parts.extend(text.get(begin..index).map(str::trim));
                begin = index + 1;
            }
            _ => {}
        }
    }
    parts.extend(text.get(begin..).map(str::trim).filter(|part| !part.is_empty()));
    parts
}
