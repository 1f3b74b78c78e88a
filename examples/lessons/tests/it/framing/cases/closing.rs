//! How a connection is closed (RFC 6455 §5.5.1 and §7; Autobahn 7).

use super::super::case::{Case, sends};
use super::super::client::NO_CODE;
use super::super::frames::{CLOSE, PING, PONG, TEXT, close, echo, frame, part};
use super::broken;

/// Codes that a client may close with (RFC 6455 §7.4.1, and the registry of IANA for the others).
const CODES: [u16; 15] =
    [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 3000, 3999, 4000, 4999];
/// Codes that must not be sent: those of nobody, and those that mean that none was.
const NO_CODES: [u16; 18] = [
    0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1099, 1100, 2000, 2999, 5000, 5001, 9999, 10_000,
    32_768, 65_535,
];

pub(super) fn cases() -> Vec<Case> {
    [codes(), payloads(), afterwards()].concat()
}

fn codes() -> Vec<Case> {
    let mut cases = Vec::new();
    for code in CODES {
        // The same, or simply that it was well.
        let answers = [code, 1000];
        let course = sends(close(code, b"")).closes(&answers);
        cases.push(Case::new(format!("who closes with {code} is answered"), course));
        let course = sends(close(code, "안녕".as_bytes())).closes(&answers);
        cases.push(Case::new(format!("who closes with {code} and a reason is answered"), course));
    }
    // Registered by IANA, as a gateway's word of a server behind it; tungstenite does not know it.
    let course = sends(close(1014, b""));
    cases.push(
        Case::new("who closes with 1014 is answered", course.clone().closes(&[1014, 1000]))
            .lesson("(tungstenite refuses it)", course.closes(&[1002])),
    );
    for code in NO_CODES {
        let course = sends(close(code, b""));
        cases.push(broken(format!("closing with {code} is refused"), course, 1002));
        let course = sends(close(code, b"bye"));
        cases.push(broken(format!("closing with {code} and a reason is refused"), course, 1002));
    }
    cases
}

fn payloads() -> Vec<Case> {
    let longest = "가".repeat(41);
    vec![
        Case::new(
            "a close frame without a code is answered",
            sends(frame(CLOSE, b"")).closes(&[NO_CODE, 1000]),
        ),
        Case::new(
            "a reason of 123 bytes is taken",
            sends(close(1000, longest.as_bytes())).closes(&[1000]),
        ),
        Case::new(
            "a close frame that comes byte by byte is answered",
            sends([]).sends_chopped(&close(1000, b"bye"), 1).closes(&[1000]),
        ),
        broken("a reason of 124 bytes is refused", sends(close(1000, &[b'a'; 124])), 1002),
        broken("a close frame of one byte is refused", sends(frame(CLOSE, &[3])), 1002),
        broken("a reason that is not UTF-8 is refused", sends(close(1000, b"bye\xff")), 1007),
        broken("a reason with a surrogate is refused", sends(close(1000, b"\xed\xa0\x80")), 1007),
        broken(
            "a reason that ends within a letter is refused",
            sends(close(1000, b"\xeb\xb0")),
            1007,
        ),
    ]
}

fn afterwards() -> Vec<Case> {
    let text = echo("afterwards");
    let behind = |frames: &[Vec<u8>]| {
        let all = [&[close(1000, b"")], frames].concat().concat();
        sends(all).closes(&[1000])
    };
    vec![
        Case::new("a text behind a close frame is not answered", behind(&[frame(TEXT, &text)])),
        Case::new("a ping behind a close frame is not answered", behind(&[frame(PING, b"?")])),
        Case::new("a second close frame is not answered", behind(&[close(1001, b"")])),
        Case::new(
            "what is broken behind a close frame changes nothing",
            behind(&[frame(0x3, b""), frame(TEXT, b"\xff")]),
        ),
        Case::new(
            "half a frame behind a close frame changes nothing",
            behind(&[frame(TEXT, &text)[..9].to_vec()]),
        ),
        Case::new(
            "much behind a close frame changes nothing",
            behind(&vec![frame(TEXT, &text); 500]),
        ),
        Case::new(
            "who closes is answered after what was said before",
            sends(frame(TEXT, &text))
                .hears(TEXT, &text)
                .sends(frame(PING, b"?"))
                .hears(PONG, b"?")
                .sends(close(1001, b""))
                .closes(&[1001, 1000]),
        ),
        Case::new(
            "who closes inside of a message is answered",
            sends(part(TEXT, &text)).sends(close(1000, b"")).closes(&[1000]),
        ),
    ]
}
