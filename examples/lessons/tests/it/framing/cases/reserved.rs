//! Bits and opcodes that mean nothing yet (RFC 6455 §5.2; Autobahn 3 and 4).

use super::super::case::{Case, sends};
use super::super::frames::{CLOSE, LAST, MASK, PING, TEXT, echo, frame, masked, part, shortest};
use super::broken;

pub(super) fn cases() -> Vec<Case> {
    [bits(), opcodes()].concat()
}

fn bits() -> Vec<Case> {
    let text = echo("reserved");
    let with = |bits: u8, opcode: u8, payload: &[u8]| {
        masked(LAST | (bits << 4) | opcode, &shortest(payload.len()), MASK, payload)
    };
    let mut cases = Vec::new();
    for bits in 1..=7 {
        let course = sends(with(bits, TEXT, &text));
        cases.push(broken(
            format!("a text with reserved bits {bits:03b} is refused"),
            course,
            1002,
        ));
        let course = sends(with(bits, PING, b"?"));
        cases.push(broken(
            format!("a ping with reserved bits {bits:03b} is refused"),
            course,
            1002,
        ));
        let course = sends(with(bits, CLOSE, &[3, 232]));
        let sentence = format!("a close frame with reserved bits {bits:03b} is refused");
        cases.push(broken(sentence, course, 1002));
    }
    let first = sends(frame(TEXT, &text)).hears(TEXT, &text);
    cases.push(broken(
        "reserved bits are refused behind a text that came back",
        first.sends(with(4, TEXT, &text)),
        1002,
    ));
    let (start, rest) = text.split_at(20);
    cases.push(broken(
        "a fragment with a reserved bit is refused",
        sends([part(TEXT, start), with(4, 0, rest)].concat()),
        1002,
    ));
    cases
}

fn opcodes() -> Vec<Case> {
    let text = echo("before");
    let mut cases = Vec::new();
    for opcode in (0x3..=0x7).chain(0xb..=0xf) {
        for (what, payload) in [("empty", &b""[..]), ("with a payload", b"reserved")] {
            let course = sends(frame(opcode, payload));
            let sentence = format!("a frame of opcode {opcode:#x}, {what}, is refused");
            cases.push(broken(sentence, course, 1002));
        }
        let first = sends(frame(TEXT, &text)).hears(TEXT, &text);
        cases.push(broken(
            format!("opcode {opcode:#x} is refused behind a text that came back"),
            first.sends([frame(opcode, b"?"), frame(PING, b"?")].concat()),
            1002,
        ));
    }
    cases
}
