use crate::wire::websocket::{Opcode, accept_key, close_frame, pong_frame, write_header};

#[test]
fn headers_have_the_shortest_form() {
    let cases: [(usize, &[u8]); 7] = [
        (0, &[0x81, 0]),
        (125, &[0x81, 125]),
        (126, &[0x81, 126, 0, 126]),
        (256, &[0x81, 126, 1, 0]),
        (65535, &[0x81, 126, 0xff, 0xff]),
        (65536, &[0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
        (1 << 40, &[0x81, 127, 0, 0, 1, 0, 0, 0, 0, 0]),
    ];
    for (length, expected) in cases {
        let mut header = [0xaa; 10];
        let written = write_header(&mut header, Opcode::Text, length);
        assert_eq!(&header[..written], expected);
    }
}

#[test]
fn a_close_frame_has_its_code_and_as_much_of_its_reason_as_fits() {
    assert_eq!(close_frame(1000, ""), b"\x88\x02\x03\xe8");
    assert_eq!(close_frame(1008, "no"), b"\x88\x04\x03\xf0no");
    for (length, kept) in [(122, 122), (123, 123), (124, 123)] {
        let frame = close_frame(1001, &"a".repeat(length));
        assert_eq!(frame.len(), 4 + kept);
        assert_eq!(usize::from(frame[1]), 2 + kept);
    }
    let frame = close_frame(1001, &"한".repeat(42));
    assert_eq!(&frame[4..], "한".repeat(41).as_bytes());
    let frame = close_frame(1001, &format!("a{}", "한".repeat(42)));
    assert_eq!(&frame[4..], format!("a{}", "한".repeat(40)).as_bytes());
}

#[test]
fn a_pong_repeats_the_ping() {
    assert_eq!(pong_frame(b""), b"\x8a\0");
    assert_eq!(pong_frame(b"abc"), b"\x8a\x03abc");
    assert_eq!(pong_frame(&[7; 125]).len(), 127);
    assert_eq!(pong_frame(&[7; 126]).len(), 127);
}

#[test]
fn the_key_of_the_rfc_is_accepted_as_it_says() {
    assert_eq!(accept_key("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}
