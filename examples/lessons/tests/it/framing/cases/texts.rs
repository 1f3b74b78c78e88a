//! Texts are UTF-8, and nothing else is (RFC 6455 §8.1; Autobahn 6).

use super::super::case::{Case, Course, sends};
use super::super::frames::{CONTINUATION, PING, PONG, TEXT, echo, echo_of, frame, part, parts};
use super::broken;

/// Where the echoed text begins in a message.
const TEXT_AT: usize = br#"42["echo",""#.len();

/// The first and the last code points of each length, those around the surrogates, and some that are
/// no characters and still may be sent.
const VALID: [(&str, &str); 9] = [
    ("code points of one byte", " az~\u{7f}"),
    ("code points of two bytes", "\u{80}é\u{7ff}"),
    ("code points of three bytes", "\u{800}방\u{ffff}"),
    ("code points of four bytes", "\u{10000}😀\u{10ffff}"),
    ("the neighbours of surrogates", "\u{d7ff}\u{e000}"),
    ("what is no character", "\u{fffe}\u{fdd0}\u{1fffe}\u{10fffe}"),
    ("signs that combine", "ko\u{301}smos 👩\u{200d}👩\u{200d}👧 각\u{11ab}"),
    ("a mark of byte order", "\u{feff}a"),
    ("code points of all lengths", "aé방😀방éa"),
];

/// What no text holds, wherever its frames end.
const INVALID: [(&str, &[u8]); 17] = [
    ("a continuation byte alone", b"\x80"),
    ("the last continuation byte alone", b"\xbf"),
    ("two continuation bytes", b"\x80\xbf"),
    ("two bytes for a slash", b"\xc0\xaf"),
    ("two bytes for a zero", b"\xc0\x80"),
    ("two bytes for U+007F", b"\xc1\xbf"),
    ("three bytes for U+07FF", b"\xe0\x9f\xbf"),
    ("four bytes for U+FFFF", b"\xf0\x8f\xbf\xbf"),
    ("the first surrogate", b"\xed\xa0\x80"),
    ("the last surrogate", b"\xed\xbf\xbf"),
    ("a pair of surrogates", b"\xed\xa0\x80\xed\xb0\x80"),
    ("U+110000", b"\xf4\x90\x80\x80"),
    ("five bytes", b"\xf8\x88\x80\x80\x80"),
    ("six bytes", b"\xfc\x84\x80\x80\x80\x80"),
    ("byte FE", b"\xfe"),
    ("byte FF", b"\xff"),
    ("a first byte before a letter", b"\xeb\xb0a"),
];

/// What may be the beginning of a code point, and is not a whole one.
const BEGUN: [&[u8]; 6] = [b"\xc3", b"\xeb", b"\xeb\xb0", b"\xf0", b"\xf0\x9f", b"\xf0\x9f\x98"];

pub(super) fn cases() -> Vec<Case> {
    [valid(), invalid(), unfinished(), early()].concat()
}

fn valid() -> Vec<Case> {
    let mut cases = Vec::new();
    for (what, text) in VALID {
        let text = echo(text);
        let every: Vec<usize> = (1..text.len()).collect();
        let course = sends(frame(TEXT, &text)).hears(TEXT, &text);
        cases.push(Case::new(format!("a text with {what} comes back"), course));
        let course = sends(parts(TEXT, &text, &every).concat()).hears(TEXT, &text);
        cases.push(Case::new(format!("a text with {what} comes back from single bytes"), course));
        let cut_anywhere = every.iter().fold(sends([]), |course: Course, cut| {
            course.sends(parts(TEXT, &text, &[*cut]).concat()).hears(TEXT, &text)
        });
        let sentence = format!("a text with {what} may be cut anywhere");
        cases.push(Case::new(sentence, cut_anywhere));
    }
    let text = echo("방");
    let (start, rest) = text.split_at(TEXT_AT + 1);
    let pinged = sends([part(TEXT, start), frame(PING, b"\xff")].concat())
        .hears(PONG, b"\xff")
        .sends(frame(CONTINUATION, rest))
        .hears(TEXT, &text);
    cases.push(Case::new("a ping inside of a code point is answered and does no harm", pinged));
    cases
}

fn invalid() -> Vec<Case> {
    let mut cases = Vec::new();
    for (what, bytes) in INVALID {
        let text = echo_of(bytes);
        let every: Vec<usize> = (1..text.len()).collect();
        let course = sends(frame(TEXT, &text));
        cases.push(broken(format!("a text with {what} is refused"), course, 1007));
        let course = sends(parts(TEXT, &text, &every).concat());
        cases.push(broken(format!("{what} is refused in single bytes"), course, 1007));
        let within = sends(frame(TEXT, &echo("fine"))).hears(TEXT, echo("fine"));
        let course = within.sends(frame(TEXT, &text));
        cases.push(broken(format!("{what} is refused behind a fine text"), course, 1007));
    }
    cases
}

/// Nothing is wrong with these but that they end.
fn unfinished() -> Vec<Case> {
    let mut cases = Vec::new();
    for begun in BEGUN {
        let text = [&echo("방")[..TEXT_AT + 3], begun].concat();
        let course = sends(frame(TEXT, &text));
        cases.push(broken(format!("a text that ends with {begun:x?} is refused"), course, 1007));
        let course = sends(parts(TEXT, &text, &[TEXT_AT, text.len() - 1]).concat());
        let sentence = format!("fragments that end with {begun:x?} are refused");
        cases.push(broken(sentence, course, 1007));
        let course = sends([part(TEXT, &text), frame(CONTINUATION, b"")].concat());
        let sentence = format!("{begun:x?} is refused when the fragment behind it is empty");
        cases.push(broken(sentence, course, 1007));
    }
    cases
}

/// What cannot become valid is refused before the message is complete.
fn early() -> Vec<Case> {
    let mut cases: Vec<Case> = INVALID
        .iter()
        .map(|(what, bytes)| {
            let start = [b"42[\"echo\",\"", *bytes].concat();
            let sentence = format!("{what} is refused before the next fragment");
            broken(sentence, sends(part(TEXT, &start)), 1007)
        })
        .collect();
    let text = echo_of(b"first\xff and more");
    let (start, rest) = text.split_at(TEXT_AT + 6);
    let whole = frame(TEXT, &text);
    let (come, missing) = whole.split_at(whole.len() - 4);
    let second = sends([part(TEXT, &start[..12]), part(CONTINUATION, &start[12..])].concat());
    cases.push(broken("an invalid byte is refused in the fragment that has it", second, 1007));
    let pinged = sends([part(TEXT, &start[..12]), frame(PING, b"")].concat()).hears(PONG, b"");
    let after = pinged.sends(part(CONTINUATION, &[&start[12..], rest].concat()));
    cases.push(broken("an invalid byte is refused behind a ping", after, 1007));
    cases.push(
        Case::new("an invalid byte is refused before its frame ends", {
            sends(come).closes(&[1007])
        })
        // RFC 6455 asks for no more than the first: tungstenite looks at whole frames.
        .lesson("(tungstenite looks at whole frames)", sends(come).sends(missing).closes(&[1007])),
    );
    cases
}
