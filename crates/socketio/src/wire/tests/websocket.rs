use std::borrow::Cow;

use super::client::{
    BINARY, CLOSE, CONTINUATION, LAST, MASK, PING, PONG, TEXT, WIDE, frame, header, read, refusal,
};
use crate::reason::Reason;
use crate::wire::websocket::{
    FrameError::{self, Protocol},
    FrameLimits, FrameReader, Received,
};

fn text(text: &str) -> Received<'static> {
    Received::Text(Cow::Owned(text.to_owned()))
}

fn binary(bytes: &[u8]) -> Received<'static> {
    Received::Binary(Cow::Owned(bytes.to_vec()))
}

fn limits(message_bytes_max: usize, fragments_max: usize) -> FrameLimits {
    FrameLimits { message_bytes_max, fragments_max }
}

#[test]
fn the_examples_of_the_rfc_are_read() {
    let hello = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];
    assert_eq!(read(&hello), (vec![text("Hello")], None));
    let ping = [0x89, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];
    assert_eq!(read(&ping), (vec![Received::Ping(Cow::Borrowed(b"Hello"))], None));
}

#[test]
fn each_kind_of_message_is_read_even_when_it_is_empty() {
    let stream = [
        frame(TEXT, b""),
        frame(BINARY, b""),
        frame(BINARY, &[0xff, 0]),
        frame(PING, b""),
        frame(PONG, b"whatever"),
        frame(CLOSE, b""),
        frame(CLOSE, b"\x03\xe8"),
        frame(CLOSE, b"\x0f\xa0bye"),
    ];
    let expected = vec![
        text(""),
        binary(b""),
        binary(&[0xff, 0]),
        Received::Ping(Cow::Borrowed(b"")),
        Received::Pong,
        Received::Close(None),
        Received::Close(Some(1000)),
        Received::Close(Some(4000)),
    ];
    assert_eq!(read(&stream.concat()), (expected, None));
}

#[test]
fn a_complete_message_is_borrowed_from_the_input() {
    let mut bytes = [frame(TEXT, b"here"), frame(BINARY, b"too"), frame(PING, b"?")].concat();
    let mut input = bytes.as_mut_slice();
    let mut reader = FrameReader::new();
    let first = reader.next(&mut input, &WIDE).unwrap();
    assert!(matches!(first, Some(Received::Text(Cow::Borrowed("here")))));
    let second = reader.next(&mut input, &WIDE).unwrap();
    assert!(matches!(second, Some(Received::Binary(Cow::Borrowed(b"too")))));
    let third = reader.next(&mut input, &WIDE).unwrap();
    assert!(matches!(third, Some(Received::Ping(Cow::Borrowed(b"?")))));
    assert_eq!(reader.next(&mut input, &WIDE), Ok(None));
    assert_eq!(reader.held_bytes(), 0);
}

#[test]
fn a_complete_payload_behind_a_header_that_came_alone_is_borrowed_too() {
    for opcode in [TEXT, PING] {
        let mut bytes = frame(opcode, b"here");
        let (mut head, mut payload) = bytes.split_at_mut(6);
        let mut reader = FrameReader::new();
        assert_eq!(reader.next(&mut head, &WIDE), Ok(None));
        let received = reader.next(&mut payload, &WIDE).unwrap();
        assert!(matches!(
            received,
            Some(Received::Text(Cow::Borrowed("here")) | Received::Ping(Cow::Borrowed(b"here")))
        ));
        assert_eq!(reader.held_bytes(), 0);
    }
}

#[test]
fn an_idle_reader_is_small_and_holds_nothing() {
    assert!(size_of::<FrameReader>() <= 80);
    assert_eq!(FrameReader::new().held_bytes(), 0);
}

#[test]
fn fragments_make_one_message_with_control_frames_in_between() {
    let stream = [
        frame(TEXT - LAST, "ä한".as_bytes().split_at(3).0),
        frame(PING, b"1"),
        frame(CONTINUATION - LAST, b""),
        frame(PONG, b""),
        frame(CONTINUATION, "ä한".as_bytes().split_at(3).1),
        frame(BINARY - LAST, b"a"),
        frame(CONTINUATION, b"b"),
        frame(TEXT, b"next"),
    ];
    let expected = vec![
        Received::Ping(Cow::Borrowed(b"1")),
        Received::Pong,
        text("ä한"),
        binary(b"ab"),
        text("next"),
    ];
    assert_eq!(read(&stream.concat()), (expected, None));
}

#[test]
fn memory_is_given_back_when_nothing_is_incomplete() {
    let streams = [
        frame(TEXT, b"hello"),
        frame(CLOSE, b"\x03\xe8bye"),
        frame(BINARY, &[7; 300]),
        [frame(TEXT - LAST, b"a"), frame(PING, b"ping"), frame(CONTINUATION, b"b")].concat(),
    ];
    for mut stream in streams {
        let mut reader = FrameReader::new();
        for byte in &mut stream {
            let _ = reader.next(&mut std::slice::from_mut(byte), &WIDE).unwrap();
        }
        assert_eq!(reader.held_bytes(), 0);
    }
}

#[test]
fn memory_grows_with_what_comes_and_not_with_what_is_declared() {
    let mut reader = FrameReader::new();
    let head = header(BINARY, 127, &(1_u64 << 20).to_be_bytes());
    let mut bytes = [head, MASK.to_vec(), vec![0; 100]].concat();
    assert_eq!(reader.next(&mut bytes.as_mut_slice(), &WIDE), Ok(None));
    assert!(reader.held_bytes() < 500, "{}", reader.held_bytes());
    let mut more = vec![0; 10_000];
    assert_eq!(reader.next(&mut more.as_mut_slice(), &WIDE), Ok(None));
    assert!(reader.held_bytes() < 2 * 10_100 + 500, "{}", reader.held_bytes());
}

#[test]
fn memory_is_given_back_after_an_error() {
    let mut reader = FrameReader::new();
    let mut bytes = [frame(TEXT - LAST, &[b'a'; 1000]), frame(TEXT, b"b")].concat();
    assert!(reader.next(&mut bytes.as_mut_slice(), &WIDE).is_err());
    assert_eq!(reader.held_bytes(), 0);
}

#[test]
fn a_message_may_be_as_large_as_the_limit_and_no_larger() {
    for (length, refused) in [(99, false), (100, false), (101, true)] {
        let error = refused.then_some(FrameError::TooLarge);
        for opcode in [TEXT, BINARY] {
            let mut whole = frame(opcode, &vec![b'a'; length]);
            let mut reader = FrameReader::new();
            let result = reader.next(&mut whole.as_mut_slice(), &limits(100, 1));
            assert_eq!(result.err(), error);
            let half = [
                frame(opcode - LAST, &[b'a'; 60]),
                frame(CONTINUATION - LAST, &vec![b'a'; length - 60]),
            ];
            assert_eq!(refusal(&half.concat(), &limits(100, 9)), error);
        }
    }
}

#[test]
fn too_large_is_known_from_the_header_alone() {
    let huge = [header(BINARY, 127, &(1_u64 << 62).to_be_bytes()), MASK.to_vec()].concat();
    assert_eq!(refusal(&huge, &WIDE), Some(FrameError::TooLarge));
    let large = [header(TEXT, 126, &131_u16.to_be_bytes()), MASK.to_vec()].concat();
    assert_eq!(refusal(&large, &limits(130, 1)), Some(FrameError::TooLarge));
    let second = [frame(TEXT - LAST, &[b'a'; 60]), header(CONTINUATION, 41, &MASK)].concat();
    assert_eq!(refusal(&second, &limits(100, 2)), Some(FrameError::TooLarge));
    let overflow = [frame(TEXT - LAST, b"a"), header(0, 127, &u64::MAX.to_be_bytes())].concat();
    assert!(refusal(&[overflow, MASK.to_vec()].concat(), &WIDE).is_some());
}

#[test]
fn control_frames_do_not_count_towards_the_size_of_a_message() {
    let mut bytes = frame(PING, &[b'a'; 125]);
    assert_eq!(refusal(&frame(BINARY, &[0; 11]), &limits(10, 1)), Some(FrameError::TooLarge));
    let mut reader = FrameReader::new();
    let received = reader.next(&mut bytes.as_mut_slice(), &limits(10, 1)).unwrap();
    assert!(matches!(received, Some(Received::Ping(payload)) if payload.len() == 125));
}

#[test]
fn a_message_may_have_as_many_fragments_as_the_limit_and_no_more() {
    for (fragments, refused) in [(2, false), (3, false), (4, true)] {
        let mut bytes = frame(TEXT - LAST, b"");
        for _ in 2..fragments {
            bytes.extend(frame(CONTINUATION - LAST, b""));
        }
        let error = refused.then_some(Protocol("too many fragments"));
        let mut ended = [bytes.clone(), frame(CONTINUATION, b"")].concat();
        let mut reader = FrameReader::new();
        let result = reader.next(&mut ended.as_mut_slice(), &limits(100, 3));
        assert_eq!(result.as_ref().err(), error.as_ref());
        assert!(refused || result == Ok(Some(text(""))));
        let open = [bytes, frame(CONTINUATION - LAST, b"")].concat();
        assert_eq!(refusal(&open, &limits(100, 3)), error);
    }
    assert_eq!(
        refusal(&frame(TEXT - LAST, b""), &limits(9, 0)),
        Some(Protocol("too many fragments"))
    );
}

#[test]
fn fragments_are_counted_for_each_message_anew() {
    let message = [frame(TEXT - LAST, b"a"), frame(CONTINUATION, b"b")].concat();
    let mut stream = message.repeat(3);
    let mut input = stream.as_mut_slice();
    let mut reader = FrameReader::new();
    for _ in 0..3 {
        assert_eq!(reader.next(&mut input, &limits(2, 2)), Ok(Some(text("ab"))));
    }
}

#[test]
fn frames_that_break_the_protocol_are_refused() {
    let unmasked = [vec![TEXT, 5], b"Hello".to_vec()].concat();
    assert_eq!(refusal(&unmasked, &WIDE), Some(Protocol("frame without a mask")));
    for bit in [0x40, 0x20, 0x10] {
        for opcode in [TEXT, BINARY, PING, CLOSE] {
            assert_eq!(refusal(&frame(opcode | bit, b""), &WIDE), Some(Protocol("reserved bits")));
        }
    }
    for opcode in [3, 4, 5, 6, 7, 11, 12, 13, 14, 15] {
        assert_eq!(refusal(&frame(LAST | opcode, b""), &WIDE), Some(Protocol("reserved opcode")));
        assert_eq!(refusal(&frame(opcode, b""), &WIDE), Some(Protocol("reserved opcode")));
    }
    for opcode in [CONTINUATION, CONTINUATION - LAST] {
        let error = Some(Protocol("continuation of no message"));
        assert_eq!(refusal(&frame(opcode, b"x"), &WIDE), error);
    }
    for opcode in [TEXT, TEXT - LAST, BINARY, BINARY - LAST] {
        let inside = [frame(TEXT - LAST, b"a"), frame(opcode, b"b")].concat();
        assert_eq!(refusal(&inside, &WIDE), Some(Protocol("message inside a message")));
    }
}

#[test]
fn a_finished_message_is_not_continued() {
    let (received, error) = read(&[frame(TEXT, b"a"), frame(CONTINUATION, b"b")].concat());
    assert_eq!(received, [text("a")]);
    assert_eq!(error, Some(Protocol("continuation of no message")));
}

#[test]
fn control_frames_are_short_and_whole() {
    for opcode in [CLOSE, PING, PONG] {
        let (received, error) = read(&frame(opcode, &[0x0f; 125]));
        assert_eq!((received.len(), error), (1, None), "{opcode:x}");
        for long in [126, 127] {
            let bytes = [header(opcode, long, &[0, 0, 0, 0, 0, 1, 0, 0]), MASK.to_vec()].concat();
            assert_eq!(refusal(&bytes, &WIDE), Some(Protocol("long control frame")));
        }
        let part = frame(opcode - LAST, b"");
        assert_eq!(refusal(&part, &WIDE), Some(Protocol("fragmented control frame")));
    }
}

#[test]
fn lengths_have_their_shortest_form() {
    let error = Some(Protocol("length not in its shortest form"));
    for length in [0, 1, 125] {
        let bytes = header(TEXT, 126, &u16::to_be_bytes(length));
        assert_eq!(refusal(&[bytes, MASK.to_vec()].concat(), &WIDE), error);
    }
    for length in [0, 125, 126, 65535] {
        let bytes = header(TEXT, 127, &u64::to_be_bytes(length));
        assert_eq!(refusal(&[bytes, MASK.to_vec()].concat(), &WIDE), error);
    }
    for length in [125, 126, 127, 65535, 65536, 65537] {
        let (received, error) = read(&frame(TEXT, &vec![b'a'; length]));
        assert_eq!((received, error), (vec![text(&"a".repeat(length))], None));
    }
}

#[test]
fn a_length_has_no_highest_bit() {
    let error = Some(Protocol("length with the highest bit set"));
    for length in [1 << 63, u64::MAX] {
        let bytes = [header(BINARY, 127, &u64::to_be_bytes(length)), MASK.to_vec()].concat();
        assert_eq!(refusal(&bytes, &WIDE), error);
        let unlimited = limits(usize::MAX, 1);
        assert_eq!(refusal(&bytes, &unlimited), error);
    }
}

#[test]
fn only_codes_of_the_registry_close() {
    let allowed = |code: u16| matches!(code, 1000..=1003 | 1007..=1011 | 1012..=1014 | 3000..=3999 | 4000..=4999);
    for code in 0..=u16::MAX {
        let (received, error) = read(&frame(CLOSE, &code.to_be_bytes()));
        if allowed(code) {
            assert_eq!((received, error), (vec![Received::Close(Some(code))], None));
        } else {
            assert_eq!((received, error), (vec![], Some(Protocol("invalid close code"))), "{code}");
        }
    }
}

#[test]
fn a_close_frame_has_a_whole_code_and_a_readable_reason() {
    for half in [b"\x03", b"\0"] {
        assert_eq!(
            refusal(&frame(CLOSE, half), &WIDE),
            Some(Protocol("close frame with half a code"))
        );
    }
    let reason = frame(CLOSE, b"\x03\xe8\xff");
    assert_eq!(refusal(&reason, &WIDE), Some(FrameError::InvalidUtf8));
    let reason = frame(CLOSE, "\u{3}\0안녕".as_bytes());
    assert_eq!(refusal(&reason, &WIDE), Some(Protocol("invalid close code")));
}

#[test]
fn text_is_utf_8_as_a_whole() {
    let invalid: [&[u8]; 7] = [
        b"\xff",
        b"ok\xc0\xaf",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"\xe2\x82",
        b"\xe2\x82a",
        b"a\x80",
    ];
    for payload in invalid {
        assert_eq!(refusal(&frame(TEXT, payload), &WIDE), Some(FrameError::InvalidUtf8));
        for cut in 0..payload.len() {
            let (start, end) = payload.split_at(cut);
            let fragments = [frame(TEXT - LAST, start), frame(CONTINUATION, end)].concat();
            assert_eq!(refusal(&fragments, &WIDE), Some(FrameError::InvalidUtf8), "{payload:x?}");
        }
        assert_eq!(read(&frame(BINARY, payload)), (vec![binary(payload)], None));
    }
}

#[test]
fn invalid_text_is_refused_before_its_message_is_over() {
    for payload in [b"\xff".as_slice(), b"ok\xc0\xaf", b"a\x80", b"\xf4\x90"] {
        let fragment = frame(TEXT - LAST, payload);
        assert_eq!(refusal(&fragment, &WIDE), Some(FrameError::InvalidUtf8));
        let padded = [payload, b" and more"].concat();
        let mut unfinished = frame(TEXT, &padded);
        unfinished.truncate(6 + payload.len());
        assert_eq!(refusal(&unfinished, &WIDE), Some(FrameError::InvalidUtf8));
    }
    assert_eq!(refusal(&frame(TEXT - LAST, b"\xe2\x82"), &WIDE), None);
}

#[test]
fn errors_have_the_codes_of_the_rfc() {
    assert_eq!(Reason::from(FrameError::TooLarge).close_code(), 1009);
    assert_eq!(Reason::from(FrameError::InvalidUtf8).close_code(), 1007);
    assert_eq!(Reason::from(Protocol("")).close_code(), 1002);
}
