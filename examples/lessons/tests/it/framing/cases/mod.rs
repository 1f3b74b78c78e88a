//! The table.

mod closing;
mod controls;
mod fragments;
mod lengths;
mod masks;
mod reserved;
mod texts;

use super::case::{Case, Course};

/// What both servers take in one message, in bytes.
const MESSAGE_BYTES_MAX: usize = 64 * 1024;

/// All cases.
pub(super) fn all() -> Vec<Case> {
    [
        lengths::cases(),
        controls::cases(),
        reserved::cases(),
        masks::cases(),
        fragments::cases(),
        texts::cases(),
        closing::cases(),
    ]
    .concat()
}

/// A course that the server has to end with this code.
fn broken(sentence: impl Into<String>, course: Course, code: u16) -> Case {
    Case::new(sentence, course.closes(&[code]))
}
