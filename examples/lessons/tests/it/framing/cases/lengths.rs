//! How lengths are told, and how bytes come (RFC 6455 §5.2; Autobahn 1).

use super::super::case::{Case, sends};
use super::super::frames::{
    BINARY, LAST, MASK, PING, PONG, TEXT, echo, echo_of_length, frame, long, masked, medium,
    shortest,
};
use super::{MESSAGE_BYTES_MAX, broken};

/// Why the engine does not send everything back.
const ENGINE_IO: &str = "(a message is a packet of Engine.IO)";

pub(super) fn cases() -> Vec<Case> {
    [smallest(), texts(), binaries(), wrong_lengths(), pieces()].concat()
}

fn smallest() -> Vec<Case> {
    let (empty, one) = (frame(TEXT, b""), frame(TEXT, b"3"));
    vec![
        // No packet is empty: the engine closes with a code of its own.
        Case::new("an empty text comes back", sends(&empty).hears(TEXT, b""))
            .engine(ENGINE_IO, sends(&empty).closes(&[4006])),
        // A 3 answers a ping of Engine.IO, also one that nobody sent.
        Case::new("a text of one byte comes back", sends(&one).hears(TEXT, b"3"))
            .engine(ENGINE_IO, sends(&one)),
    ]
}

fn texts() -> Vec<Case> {
    let limit = MESSAGE_BYTES_MAX;
    let lengths = [13, 124, 125, 126, 127, 128, 255, 256, 1_000, 32_768, limit - 1, limit];
    let mut cases: Vec<Case> = lengths
        .iter()
        .map(|length| {
            let text = echo_of_length(*length);
            let course = sends(frame(TEXT, &text)).hears(TEXT, &text);
            Case::new(format!("a text of {length} bytes comes back"), course)
        })
        .collect();
    let over = frame(TEXT, &echo_of_length(limit + 1));
    cases.push(broken("a text of one byte over the limit is refused", sends(over), 1009));
    cases
}

fn binaries() -> Vec<Case> {
    let event = br#"451-["bytes",{"_placeholder":true,"num":0}]"#;
    // Behind its event, which the lesson sends back too. Together they keep to the limit.
    let lengths = [0, 1, 125, 126, 127, 128, 65_000];
    let both = lengths.iter().map(|length| {
        let bytes: Vec<u8> = (0..=255).cycle().take(*length).collect();
        let course = sends([frame(TEXT, event), frame(BINARY, &bytes)].concat())
            .hears(TEXT, event)
            .hears(BINARY, &bytes);
        Case::new(format!("{length} bytes of any value come back"), course)
    });
    both.collect()
}

fn wrong_lengths() -> Vec<Case> {
    let (text, large) = (echo("short"), echo_of_length(65_535));
    let short = u16::try_from(text.len()).unwrap();
    // RFC 6455 wants the fewest bytes that do. tungstenite does not look.
    let longer = [
        ("a text's length in sixteen bits where seven do", TEXT, medium(short), &text),
        ("a text's length in sixty-four bits where seven do", TEXT, long(short.into()), &text),
        ("a text's length in sixty-four bits where sixteen do", TEXT, long(65_535), &large),
        ("a ping's length in sixteen bits where seven do", PING, medium(short), &text),
    ];
    let mut cases = Vec::new();
    for (what, opcode, length, payload) in longer {
        let course = sends(masked(LAST | opcode, &length, MASK, payload));
        let answer = if opcode == PING { PONG } else { TEXT };
        cases.push(
            broken(format!("{what} is refused"), course.clone(), 1002)
                .lesson("(tungstenite takes it)", course.hears(answer, payload)),
        );
    }
    // Nothing of them comes: the length alone decides.
    let header = |length: u64| sends(masked(LAST | TEXT, &long(length), MASK, b""));
    for (what, length) in
        [("a length with the highest bit", 1 << 63), ("the highest length", u64::MAX)]
    {
        cases.push(
            broken(format!("{what} is refused"), header(length), 1002)
                .lesson("(to tungstenite it is only too much)", header(length).closes(&[1009])),
        );
    }
    cases.extend([
        broken("a terabyte is refused before it comes", header(1 << 40), 1009),
        broken(
            "four gigabytes and a bit are refused before they come",
            header((1 << 32) + 5),
            1009,
        ),
    ]);
    cases
}

fn pieces() -> Vec<Case> {
    let (short, middle, large) = (echo("방"), echo_of_length(300), echo_of_length(65_536));
    let two = [frame(TEXT, &short), frame(TEXT, &middle)].concat();
    let chopped = |text: &[u8], length| {
        let frame = frame(TEXT, text);
        sends([]).sends_chopped(&frame, length).hears(TEXT, text)
    };
    let head = 2 + shortest(middle.len()).len() - 1 + MASK.len();
    let headed = frame(TEXT, &middle);
    vec![
        Case::new("a short text comes back that came byte by byte", chopped(&short, 1)),
        Case::new("a middling text comes back that came byte by byte", chopped(&middle, 1)),
        Case::new("a large text comes back that came in pieces", chopped(&large, 997)),
        Case::new(
            "a text comes back whose header came alone",
            sends(&headed[..head]).sends(&headed[head..]).hears(TEXT, &middle),
        ),
        Case::new(
            "two texts in one write come back one after the other",
            sends(&two).hears(TEXT, &short).hears(TEXT, &middle),
        ),
        Case::new(
            "a text and the beginning of the next come back when the next is complete",
            sends(&two[..two.len() - 5])
                .hears(TEXT, &short)
                .sends(&two[two.len() - 5..])
                .hears(TEXT, &middle),
        ),
        Case::new("who leaves inside a header disturbs nobody", sends(&headed[..3]).leaves()),
        Case::new("who leaves inside a payload disturbs nobody", sends(&headed[..99]).leaves()),
    ]
}
