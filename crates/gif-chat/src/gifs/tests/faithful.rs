//! What the sender drew is what the viewers see.

use gif::{DisposalMethod, Repeat};

use super::corpus::{ByHand, ONE_PIXEL, animation, encoded, plain_frame, seen};
use super::sanitise;
use crate::gifs::Inspected;

#[test]
fn an_animation_looks_the_same() {
    let upload = animation();
    let clean = sanitise(&upload).unwrap();
    assert_eq!(seen(&clean.bytes).unwrap(), seen(&upload).unwrap());
    let expected = Inspected {
        width: 7,
        height: 5,
        frames: 3,
        duration_ms: 120 + 100 + 3000,
        loop_count: Some(5),
        bytes: u64::try_from(clean.bytes.len()).unwrap(),
    };
    assert_eq!(clean.inspected, expected);
}

#[test]
fn the_corpus_really_has_what_it_promises() {
    let frames = seen(&animation()).unwrap().frames;
    assert_eq!(frames[0].dispose, DisposalMethod::Keep);
    assert_eq!(frames[1].dispose, DisposalMethod::Background);
    assert_eq!(frames[1].transparent, Some(2));
    assert_eq!(frames[2].dispose, DisposalMethod::Previous);
    assert_eq!(frames[2].rectangle, [2, 1, 4, 3]);
    assert!(frames.iter().all(|frame| !frame.rgba.is_empty()));
}

#[test]
fn cleaning_twice_changes_nothing() {
    let clean = sanitise(&animation()).unwrap();
    assert_eq!(sanitise(&clean.bytes).unwrap(), clean);
}

#[test]
fn the_loop_count_stays() {
    for (repeat, expected) in [
        (None, None),
        (Some(Repeat::Infinite), Some(0)),
        (Some(Repeat::Finite(1)), Some(1)),
        (Some(Repeat::Finite(5)), Some(5)),
        (Some(Repeat::Finite(u16::MAX)), Some(u16::MAX)),
    ] {
        let upload = encoded(2, 2, &[plain_frame(2, 2)], repeat);
        let clean = sanitise(&upload).unwrap();
        assert_eq!(clean.inspected.loop_count, expected);
        assert_eq!(seen(&clean.bytes).unwrap(), seen(&upload).unwrap());
    }
}

#[test]
fn the_other_loop_extension_counts_as_well() {
    let upload = ByHand::canvas(1, 1).extension(0xFF, &[b"ANIMEXTS1.0", &[1, 7, 0]]).dot().end();
    let clean = sanitise(&upload).unwrap();
    assert_eq!(clean.inspected.loop_count, Some(7));
    assert_eq!(seen(&clean.bytes).unwrap().repeat, Repeat::Finite(7));
}

#[test]
fn a_loop_count_behind_the_images_moves_to_the_front() {
    let clean = sanitise(&ByHand::canvas(1, 1).dot().loops(3).end()).unwrap();
    assert_eq!(clean.bytes, ByHand::canvas_of_clean_dot().loops(3).dot().end());
}

#[test]
fn every_delay_is_kept_but_counted_as_browsers_play_it() {
    for (delay, counted_ms) in [(0, 100), (1, 100), (2, 20), (3, 30), (10, 100)] {
        let clean = sanitise(&ByHand::canvas(1, 1).delay(delay).dot().end()).unwrap();
        assert_eq!(clean.inspected.duration_ms, counted_ms);
        assert_eq!(seen(&clean.bytes).unwrap().frames[0].delay, delay);
    }
    let without_control = sanitise(&ByHand::canvas(1, 1).dot().end()).unwrap();
    assert_eq!(without_control.inspected.duration_ms, 100);
}

#[test]
fn every_disposal_is_kept_even_those_without_a_name() {
    for disposal in 0..8_u8 {
        let control = [disposal << 2, 5, 0, 0];
        let with = |header: ByHand| header.extension(0xF9, &[&control]).dot().end();
        let clean = sanitise(&with(ByHand::canvas(1, 1))).unwrap();
        assert_eq!(clean.bytes, with(ByHand::canvas_of_clean_dot()));
    }
}

#[test]
fn a_control_block_is_for_one_image() {
    let two = |header: ByHand| header.delay(5).dot().dot().end();
    let clean = sanitise(&two(ByHand::canvas(1, 1))).unwrap();
    assert_eq!(clean.bytes, two(ByHand::canvas_of_clean_dot()));
    assert_eq!(clean.inspected.duration_ms, 50 + 100);
}

#[test]
fn the_old_version_of_the_format_is_taken() {
    let mut upload = ByHand::canvas(1, 1).dot().end();
    upload[4] = b'7';
    let clean = sanitise(&upload).unwrap();
    assert_eq!(seen(&clean.bytes).unwrap(), seen(&upload).unwrap());
}

#[test]
fn a_forgotten_end_code_is_written() {
    // Clear and colour 1, and nothing behind them.
    let upload = ByHand::canvas(1, 1).frame_header([0, 0, 1, 1], 0).data(2, &[0b001_100]).end();
    let clean = sanitise(&upload).unwrap();
    assert_eq!(clean.bytes, ByHand::canvas_of_clean_dot().dot().end());
}

#[test]
fn codes_may_begin_without_a_clear_code() {
    let upload = ByHand::canvas(1, 1).frame_header([0, 0, 1, 1], 0).data(2, &[0b101_001]).end();
    let clean = sanitise(&upload).unwrap();
    assert_eq!(seen(&clean.bytes).unwrap(), seen(&upload).unwrap());
}

#[test]
fn clear_codes_may_be_repeated() {
    // Eight clear codes of three bits each.
    let clears = [0x24, 0x49, 0x92];
    for repeats in [0, 1, 2, 30, 1000] {
        let codes = [clears.repeat(repeats), ONE_PIXEL.to_vec()].concat();
        let upload = ByHand::canvas(1, 1).frame_header([0, 0, 1, 1], 0).data(2, &codes).end();
        let clean = sanitise(&upload).unwrap();
        assert_eq!(seen(&clean.bytes).unwrap(), seen(&upload).unwrap());
    }
}

#[test]
fn codes_of_every_width_are_followed() {
    for code_bits_min in 2..=8_u8 {
        let colours = 1_usize << code_bits_min;
        let pixels = (0..300 * 300_usize)
            .map(|at| u8::try_from(at.wrapping_mul(at).wrapping_mul(2_654_435_761) / 7 % colours))
            .collect::<Result<Vec<_>, _>>()
            .unwrap();
        let palette = vec![0x5A; colours * 3];
        let frame = gif::Frame::from_palette_pixels(300, 300, pixels, palette, None);
        let upload = encoded(300, 300, &[frame], None);
        let clean = sanitise(&upload).unwrap();
        assert_eq!(seen(&clean.bytes).unwrap(), seen(&upload).unwrap());
        assert_eq!(sanitise(&clean.bytes).unwrap(), clean);
        assert!(clean.bytes.len() <= upload.len());
    }
}

#[test]
fn small_sub_blocks_are_joined() {
    let [first, second] = ONE_PIXEL;
    let scattered = [2, 1, first, 1, second, 0];
    let upload = ByHand::canvas(1, 1).frame_header([0, 0, 1, 1], 0).and(&scattered).end();
    assert_eq!(sanitise(&upload).unwrap().bytes, ByHand::canvas_of_clean_dot().dot().end());
}
