//! A picture carries a picture, and nothing beside it.

use super::corpus::{ByHand, ONE_PIXEL, seen};
use super::{sanitise, verdict};

/// What someone would like to smuggle: a script, and a mark to find it by.
const CANARY: &[u8] = b"*/=1;alert(1)//CANARY";

fn assert_hides_nothing(upload: &[u8]) {
    let holds = |file: &[u8], mark: &[u8]| file.windows(mark.len()).any(|part| part == mark);
    assert!(holds(upload, CANARY), "the test must hide something");
    let clean = sanitise(upload).unwrap();
    for mark in [CANARY, b"alert", b"CANARY"] {
        assert!(!holds(&clean.bytes, mark));
    }
    assert_eq!(seen(&clean.bytes).unwrap(), seen(upload).unwrap());
    assert_eq!(sanitise(&clean.bytes).unwrap(), clean);
}

#[test]
fn in_a_comment() {
    assert_hides_nothing(&ByHand::canvas(1, 1).extension(0xFE, &[CANARY]).dot().end());
    assert_hides_nothing(&ByHand::canvas(1, 1).dot().extension(0xFE, &[CANARY, CANARY]).end());
}

#[test]
fn in_plain_text() {
    let header = [0, 0, 0, 0, 1, 0, 1, 0, 8, 8, 1, 0];
    let text = ByHand::canvas(1, 1).extension(0x01, &[&header, CANARY]);
    assert_hides_nothing(&text.dot().end());
}

#[test]
fn in_an_application_extension() {
    for name in [b"XMP DataXMP", b"ICCRGBG1012", b"MGK8BIM0000", b"SOMETHING12"] {
        let file = ByHand::canvas(1, 1).extension(0xFF, &[name, CANARY]);
        assert_hides_nothing(&file.dot().end());
    }
    // As XMP is really written: not in sub-blocks, but readable as if it were.
    let mut ramp = vec![0x01];
    ramp.extend((0..=255).rev());
    let file = ByHand::canvas(1, 1).and(b"\x21\xFF\x0BXMP DataXMP").and(CANARY).and(&ramp);
    assert_hides_nothing(&file.and(&[0]).dot().end());
}

#[test]
fn in_the_loop_extension() {
    let file = ByHand::canvas(1, 1).extension(0xFF, &[b"NETSCAPE2.0", &[1, 5, 0], CANARY]);
    assert_hides_nothing(&file.dot().end());
}

#[test]
fn in_an_unknown_extension() {
    assert_hides_nothing(&ByHand::canvas(1, 1).extension(0x77, &[CANARY]).dot().end());
}

#[test]
fn behind_the_trailer() {
    let mut upload = ByHand::canvas(1, 1).dot().end();
    upload.extend(CANARY);
    assert_hides_nothing(&upload);
}

#[test]
fn behind_the_end_code() {
    let mut codes = ONE_PIXEL.to_vec();
    codes.extend(CANARY);
    let same_block = ByHand::canvas(1, 1).frame_header([0, 0, 1, 1], 0).data(2, &codes);
    assert_hides_nothing(&same_block.end());

    let length = u8::try_from(CANARY.len()).unwrap();
    let next_block = ByHand::canvas(1, 1)
        .frame_header([0, 0, 1, 1], 0)
        .and(&[2, 2])
        .and(&ONE_PIXEL)
        .and(&[length])
        .and(CANARY)
        .and(&[0]);
    assert_hides_nothing(&next_block.end());
}

#[test]
fn in_colours_that_no_pixel_shows() {
    // A table of 16 colours; the only pixel shows the second of them.
    let mut colours = [0; 48];
    colours[6..6 + CANARY.len()].copy_from_slice(CANARY);
    let local =
        ByHand::canvas(1, 1).frame_header([0, 0, 1, 1], 0x83).and(&colours).data(2, &ONE_PIXEL);
    assert_hides_nothing(&local.end());

    let mut upload = ByHand::canvas_without_colours(1, 1).and(&colours).dot().end();
    upload[10] = 0x83;
    assert_hides_nothing(&upload);
}

#[test]
fn in_reserved_and_unused_bits() {
    let tidy = ByHand::canvas(1, 1).extension(0xF9, &[&[0x04, 5, 0, 0]]).dot().end();
    let expected = sanitise(&tidy).unwrap().bytes;

    // The last code's unused bits, the frame's reserved bits, the control block's reserved bits,
    // its flag for waiting and its colour that is not transparent.
    let mut untidy = ByHand::canvas(1, 1)
        .extension(0xF9, &[&[0xE6, 5, 0, 0x2A]])
        .frame_header([0, 0, 1, 1], 0x3F)
        .data(2, &[ONE_PIXEL[0], ONE_PIXEL[1] | 0xFE])
        .end();
    // The depth of the original, the flag for sorted colours, the background colour and the
    // aspect ratio.
    untidy[10] = 0x89;
    untidy[11] = b'a';
    untidy[12] = b'l';
    assert_eq!(sanitise(&untidy).unwrap().bytes, expected);
}

#[test]
fn as_a_script_that_begins_like_a_picture() {
    let mut script = b"GIF89a/*".to_vec();
    script.extend(ByHand::canvas(1, 1).dot().end());
    script.extend(b"*/=1;alert(1)");
    assert_eq!(verdict(b"GIF89a/*\x00\x00\x00\x00\x00*/=1;alert(1)//;"), "gif_canvas");
    assert_eq!(verdict(&script), "gif_canvas");
    assert_eq!(verdict(b"GIF89a=1;alert(1)//\x00\x00\x00\x00;"), "gif_canvas");
}

#[test]
fn as_an_archive_or_a_page_behind_the_picture() {
    for tail in [&b"PK\x05\x06CANARY"[..], b"<script>alert('CANARY')</script>"] {
        let picture = ByHand::canvas(1, 1).dot().end();
        let upload = [&picture[..], tail].concat();
        assert_eq!(sanitise(&upload).unwrap(), sanitise(&picture).unwrap());
    }
}
