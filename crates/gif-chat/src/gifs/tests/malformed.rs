//! Broken files are refused with the right word, wherever they are broken.

use super::corpus::{ByHand, ONE_PIXEL, animation, seen};
use super::{sanitise, verdict};

#[test]
fn other_files() {
    for upload in [
        &b"\x89PNG\r\n\x1a\n0000000000000000"[..],
        b"<!doctype html><script>alert(1)</script>",
        b"PK\x03\x04 archive",
        b"GIF88a",
        b"GIF88",
        b"PNG",
        b"\n",
        b"gif89a",
        b"\x00GIF89a",
        b"RIFF\x00\x00\x00\x00WEBPVP8 ",
    ] {
        assert_eq!(verdict(upload), "not_a_gif");
    }
}

#[test]
fn nothing_at_all() {
    assert_eq!(verdict(b""), "gif_truncated");
}

#[test]
fn a_file_cut_off_anywhere() {
    let upload = animation();
    for length in 0..upload.len() {
        assert_eq!(verdict(&upload[..length]), "gif_truncated", "cut at {length}");
    }
    assert_eq!(verdict(&upload), "ok");
}

#[test]
fn one_byte_changed_anywhere() {
    let upload = animation();
    let mut taken = 0;
    for at in 0..upload.len() {
        for change in 1..=255 {
            let mut broken = upload.clone();
            broken[at] ^= change;
            let Ok(clean) = sanitise(&broken) else {
                continue;
            };
            taken += 1;
            assert!(seen(&clean.bytes).is_ok(), "byte {at} ^ {change}");
            assert_eq!(sanitise(&clean.bytes).unwrap(), clean, "byte {at} ^ {change}");
        }
    }
    assert!(taken > 0, "changed colours and delays make other GIFs, not broken ones");
}

#[test]
fn no_image() {
    assert_eq!(verdict(&ByHand::canvas(1, 1).end()), "gif_empty");
    assert_eq!(verdict(&ByHand::canvas(1, 1).delay(5).loops(0).end()), "gif_empty");
}

#[test]
fn a_canvas_or_a_frame_without_pixels() {
    assert_eq!(verdict(&ByHand::canvas(0, 1).dot().end()), "gif_malformed");
    assert_eq!(verdict(&ByHand::canvas(1, 0).dot().end()), "gif_malformed");
    for rectangle in [[0, 0, 0, 1], [0, 0, 1, 0]] {
        let frame = ByHand::canvas(1, 1).frame_header(rectangle, 0).data(2, &ONE_PIXEL);
        assert_eq!(verdict(&frame.end()), "gif_malformed");
    }
}

#[test]
fn a_frame_over_the_edge_of_the_canvas() {
    for (rectangle, expected) in [
        ([3, 2, 1, 1], "ok"),
        ([4, 2, 1, 1], "gif_malformed"),
        ([3, 3, 1, 1], "gif_malformed"),
        ([u16::MAX, 0, 1, 1], "gif_malformed"),
        ([0, 0, u16::MAX, u16::MAX], "gif_malformed"),
        ([1, 0, u16::MAX, 1], "gif_malformed"),
    ] {
        let frame = ByHand::canvas(4, 3).frame_header(rectangle, 0).data(2, &ONE_PIXEL);
        assert_eq!(verdict(&frame.end()), expected, "{rectangle:?}");
    }
}

#[test]
fn a_wrong_code_size() {
    for code_bits_min in [0, 1, 9, 11, 12, 255] {
        let frame = ByHand::canvas(1, 1).frame_header([0, 0, 1, 1], 0);
        assert_eq!(verdict(&frame.data(code_bits_min, &ONE_PIXEL).end()), "gif_malformed");
    }
}

#[test]
fn codes_that_do_not_fill_their_rectangle() {
    for (codes, why) in [
        (&[][..], "no codes"),
        (&[0b0000_0100][..], "clear only, then a code cut off"),
        (&[0b101_100][..], "clear, end"),
        (&[0b01_001_100, 0b1][..], "clear, one pixel, end"),
        (&[0b00_110_100][..], "clear, a code without meaning"),
        (&[0b11_001_100, 0b1][..], "clear, one pixel, a code without meaning"),
    ] {
        let frame = ByHand::canvas(2, 1).frame_header([0, 0, 2, 1], 0).data(2, codes);
        assert_eq!(verdict(&frame.end()), "gif_malformed", "{why}");
    }
}

#[test]
fn a_run_that_reaches_over_the_last_pixel() {
    // Clear, colour 1, and the code for "the same twice": three pixels.
    let codes = [0b10_001_100, 0b1011];
    let three = ByHand::canvas(3, 1).frame_header([0, 0, 3, 1], 0).data(2, &codes).end();
    assert_eq!(verdict(&three), "ok");
    let two = ByHand::canvas(2, 1).frame_header([0, 0, 2, 1], 0).data(2, &codes).end();
    assert_eq!(verdict(&two), "gif_malformed");
}

#[test]
fn no_colours() {
    let file = ByHand::canvas_without_colours(1, 1);
    assert_eq!(verdict(&file.dot().end()), "gif_malformed");
    let own_colours = ByHand::canvas_without_colours(1, 1)
        .frame_header([0, 0, 1, 1], 0x80)
        .and(&[1, 2, 3, 4, 5, 6])
        .data(2, &ONE_PIXEL);
    assert_eq!(verdict(&own_colours.end()), "ok");
}

#[test]
fn an_unknown_block() {
    assert_eq!(verdict(&ByHand::canvas(1, 1).dot().and(&[0]).end()), "gif_malformed");
    assert_eq!(verdict(&ByHand::canvas(1, 1).and(b"?").dot().end()), "gif_malformed");
}

#[test]
fn a_control_block_of_a_wrong_length() {
    for sub_blocks in
        [&[][..], &[&[0_u8, 1, 2][..]][..], &[&[0, 1, 2, 3, 4][..]], &[&[0, 1, 2, 3], &[0]]]
    {
        let file = ByHand::canvas(1, 1).extension(0xF9, sub_blocks).dot();
        assert_eq!(verdict(&file.end()), "gif_malformed");
    }
}
