//! Messages of several frames (RFC 6455 §5.4; Autobahn 5).

use super::super::case::{Case, Course, sends};
use super::super::frames::{
    BINARY, CONTINUATION, PING, PONG, TEXT, close, echo, echo_of_length, frame, part, parts,
};
use super::{MESSAGE_BYTES_MAX, broken};

/// How many fragments the engine takes of one message (`Config::fragments_max`).
const FRAGMENTS_MAX: usize = 256;

pub(super) fn cases() -> Vec<Case> {
    [whole(), limits(), with_controls_between(), out_of_order()].concat()
}

fn whole() -> Vec<Case> {
    let text = echo("fragments");
    let cut = |cuts: &[usize]| sends(parts(TEXT, &text, cuts).concat()).hears(TEXT, &text);
    let end = text.len();
    let every: Vec<usize> = (1..end).collect();
    let slowly = |length| {
        let frames = parts(TEXT, &text, &every).concat();
        sends([]).sends_chopped(&frames, length).hears(TEXT, &text)
    };
    let one_by_one =
        parts(TEXT, &text, &every).into_iter().fold(sends([]), Course::sends).hears(TEXT, &text);
    let event = br#"451-["bytes",{"_placeholder":true,"num":0}]"#;
    let bytes = [0xff, 0x00, 0xc0, 0x80];
    let binary = [vec![frame(TEXT, event)], parts(BINARY, &bytes, &[1, 1, 3])].concat().concat();
    let empty = [part(TEXT, b""), part(CONTINUATION, b""), frame(CONTINUATION, b"")].concat();
    vec![
        Case::new("a text in two fragments comes back", cut(&[5])),
        Case::new("a text in three fragments comes back", cut(&[5, 12])),
        Case::new("the first fragment may be empty", cut(&[0])),
        Case::new("a fragment in the middle may be empty", cut(&[9, 9])),
        Case::new("the last fragment may be empty", cut(&[end])),
        Case::new("all but one may be empty", cut(&[0, 0, 0, end, end, end])),
        // No packet of Engine.IO is empty: the engine closes with a code of its own.
        Case::new("all fragments may be empty", sends(&empty).hears(TEXT, b""))
            .engine("(a message is a packet of Engine.IO)", sends(&empty).closes(&[4006])),
        Case::new("a text in fragments of one byte comes back", cut(&every)),
        Case::new("fragments may come in a write each", one_by_one),
        Case::new("fragments may come byte by byte", slowly(1)),
        Case::new("fragments may come in pieces that fit none of them", slowly(11)),
        Case::new(
            "a binary message in fragments comes back",
            sends(binary).hears(TEXT, event).hears(BINARY, bytes),
        ),
        Case::new(
            "two messages in fragments come back one after the other",
            cut(&[7]).sends(parts(TEXT, &echo("next"), &[3, 4]).concat()).hears(TEXT, echo("next")),
        ),
        Case::new("who leaves between fragments disturbs nobody", {
            sends(part(TEXT, &text)).leaves()
        }),
    ]
}

fn limits() -> Vec<Case> {
    let largest = echo_of_length(MESSAGE_BYTES_MAX);
    let over = echo_of_length(MESSAGE_BYTES_MAX + 1);
    let cuts = [16_384, 32_768, 49_152];
    let count = |count: usize| {
        let text = echo_of_length(1_000);
        let cuts: Vec<usize> = (1..count).collect();
        (parts(TEXT, &text, &cuts).concat(), text)
    };
    let (most, text) = count(FRAGMENTS_MAX);
    let (more, _) = count(FRAGMENTS_MAX + 1);
    vec![
        Case::new(
            "a text at the limit comes back that came in fragments",
            sends(parts(TEXT, &largest, &cuts).concat()).hears(TEXT, &largest),
        ),
        broken(
            "fragments that come to one byte over the limit are refused",
            sends(parts(TEXT, &over, &cuts).concat()),
            1009,
        ),
        Case::new("a text in 256 fragments comes back", sends(most).hears(TEXT, &text)),
        // RFC 6455 knows no limit; a flood of empty ones would cost much and say nothing.
        Case::new("a text in 257 fragments comes back", sends(&more).hears(TEXT, &text))
            .engine("(fragments are limited)", sends(&more).closes(&[1002])),
    ]
}

fn with_controls_between() -> Vec<Case> {
    let text = echo("between");
    let (start, rest) = text.split_at(9);
    let (first, last) = (part(TEXT, start), frame(CONTINUATION, rest));
    let together = [first.clone(), frame(PING, b"now"), last.clone()].concat();
    let frames = parts(TEXT, &text, &(1..text.len()).collect::<Vec<_>>());
    let pinged =
        frames.iter().take(frames.len() - 1).fold(sends([]), |course: Course, frame_of| {
            course.sends(frame_of).sends(frame(PING, b"?")).hears(PONG, b"?")
        });
    vec![
        Case::new(
            "a ping between fragments is answered at once",
            sends(&first)
                .sends(frame(PING, b"now"))
                .hears(PONG, b"now")
                .sends(&last)
                .hears(TEXT, &text),
        ),
        Case::new(
            "a ping between fragments is answered before their message, also in one write",
            sends(&together).hears(PONG, b"now").hears(TEXT, &text),
        ),
        Case::new(
            "a ping between fragments that come byte by byte is answered before their message",
            sends([]).sends_chopped(&together, 1).hears(PONG, b"now").hears(TEXT, &text),
        ),
        Case::new(
            "pings between all fragments are answered in turn",
            pinged.sends(&frames[frames.len() - 1]).hears(TEXT, &text),
        ),
        Case::new(
            "a pong between fragments is ignored",
            sends([first.clone(), frame(PONG, b""), last].concat()).hears(TEXT, &text),
        ),
        Case::new(
            "a close frame between fragments is answered, and their message never",
            sends([first, close(1000, b"")].concat()).closes(&[1000]),
        ),
    ]
}

fn out_of_order() -> Vec<Case> {
    let text = echo("order");
    let (start, rest) = text.split_at(9);
    let came_back = || sends(parts(TEXT, &text, &[9]).concat()).hears(TEXT, &text);
    let both = |second: Vec<u8>| sends([part(TEXT, start), second].concat());
    vec![
        broken("the end of nothing is refused", sends(frame(CONTINUATION, rest)), 1002),
        broken("the middle of nothing is refused", sends(part(CONTINUATION, rest)), 1002),
        broken("the empty end of nothing is refused", sends(frame(CONTINUATION, b"")), 1002),
        broken(
            "the end of a message that has ended is refused",
            came_back().sends(frame(CONTINUATION, rest)),
            1002,
        ),
        broken(
            "the end of nothing is refused behind a whole text",
            sends(frame(TEXT, &text)).hears(TEXT, &text).sends(frame(CONTINUATION, rest)),
            1002,
        ),
        broken("a whole text inside of a text is refused", both(frame(TEXT, rest)), 1002),
        broken("a fragment of a text inside of a text is refused", both(part(TEXT, rest)), 1002),
        broken("bytes inside of a text are refused", both(frame(BINARY, rest)), 1002),
        broken(
            "a text inside of a text is refused behind a ping",
            sends([part(TEXT, start), frame(PING, b"?")].concat())
                .hears(PONG, b"?")
                .sends(frame(TEXT, rest)),
            1002,
        ),
    ]
}
