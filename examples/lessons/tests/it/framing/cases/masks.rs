//! Masks (RFC 6455 §5.1 and §5.3).

use super::super::case::{Case, Course, sends};
use super::super::frames::{
    CLOSE, CONTINUATION, LAST, PING, PONG, TEXT, echo, masked, part, shortest, unmasked,
};
use super::broken;

/// Masks that a mistake would show with: none, all bits, one byte only, all different.
const MASKS: [[u8; 4]; 7] = [
    [0, 0, 0, 0],
    [0xff, 0xff, 0xff, 0xff],
    [0xff, 0, 0, 0],
    [0, 0, 0, 0xff],
    [0x80, 0, 0, 0x01],
    [1, 2, 3, 4],
    [0x37, 0xfa, 0x21, 0x3d],
];

pub(super) fn cases() -> Vec<Case> {
    let text = echo("mask");
    let with = |mask, text: &[u8]| masked(LAST | TEXT, &shortest(text.len()), mask, text);
    let mut cases: Vec<Case> = MASKS
        .iter()
        .map(|mask| {
            let course = sends(with(*mask, &text)).hears(TEXT, &text);
            Case::new(format!("a text with the mask {mask:x?} comes back"), course)
        })
        .collect();
    let changing = MASKS.iter().fold(sends([]), |course: Course, mask| {
        course.sends(with(*mask, &text)).hears(TEXT, &text)
    });
    cases.push(Case::new("each frame may have a mask of its own", changing));
    // Each piece begins at another byte of the mask.
    let lengths = (0..9).fold(sends([]), |course: Course, length| {
        let text = echo(&"방".repeat(length));
        course.sends_chopped(&with([1, 2, 3, 4], &text), 3).hears(TEXT, &text)
    });
    cases.push(Case::new("a mask goes on where a piece of the payload ended", lengths));
    let (start, rest) = text.split_at(13);
    let fragments = [
        masked(TEXT, &shortest(start.len()), [9, 8, 7, 6], start),
        masked(LAST | CONTINUATION, &shortest(rest.len()), [1, 0, 0, 1], rest),
    ];
    let course = sends(fragments.concat()).hears(TEXT, &text);
    cases.push(Case::new("each fragment may have a mask of its own", course));
    cases.extend([
        broken("a text without a mask is refused", sends(unmasked(LAST | TEXT, &text)), 1002),
        broken("an empty text without a mask is refused", sends(unmasked(LAST | TEXT, b"")), 1002),
        broken("a ping without a mask is refused", sends(unmasked(LAST | PING, b"?")), 1002),
        broken("a pong without a mask is refused", sends(unmasked(LAST | PONG, b"")), 1002),
        broken(
            "a close frame without a mask is refused",
            sends(unmasked(LAST | CLOSE, &[3, 232])),
            1002,
        ),
        broken(
            "a fragment without a mask is refused",
            sends([part(TEXT, start), unmasked(LAST, rest)].concat()),
            1002,
        ),
    ]);
    cases
}
