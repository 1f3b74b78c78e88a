//! One line of the log: a whole call, or one of the two halves of a call that waited.

use anyhow::{Context as _, Result};

/// A call as far as it is known.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Pending {
    /// The line on which it began.
    pub(super) begun: usize,
    /// The name of the system call.
    pub(super) name: String,
    /// Its arguments, as they stand in the log, and behind them its result.
    pub(super) rest: String,
}

impl Pending {
    /// The call, now that its second half is known.
    pub(super) fn resumed(mut self, rest: &str) -> Self {
        self.rest.push_str(rest);
        self
    }
}

/// What a line says.
pub(super) enum Line<'text> {
    /// A call that began and ended.
    Whole(Pending),
    /// A call of this process began.
    Begun(u32, Pending),
    /// The rest of the call that this process had begun.
    Resumed(u32, &'text str),
    /// A signal, or the end of a process.
    Other,
}

const UNFINISHED: &str = "<unfinished ...>";

/// Reads one line: `PID name(arguments) = result`, or a half of it.
pub(super) fn read(text: &str, number: usize) -> Result<Line<'_>> {
    let (process, call) = text.split_once(' ').context("a process id comes first")?;
    let process = process.parse().context("a process id is a number")?;
    let call = call.trim_start();
    if call.starts_with("---") || call.starts_with("+++") {
        return Ok(Line::Other);
    }
    if let Some(resumed) = call.strip_prefix("<... ") {
        let (_name, rest) = resumed.split_once(" resumed>").context("a call is resumed")?;
        return Ok(Line::Resumed(process, rest));
    }
    let (name, rest) = call.split_once('(').context("a call has arguments")?;
    let pending =
        |rest: &str| Pending { begun: number, name: name.to_owned(), rest: rest.to_owned() };
    Ok(match rest.strip_suffix(UNFINISHED) {
        Some(begun) => Line::Begun(process, pending(begun.trim_end())),
        None => Line::Whole(pending(rest)),
    })
}
