//! Each limit, one below it, on it and one above it; and files that want far more.

use std::time::{Duration, Instant};

use super::corpus::{ByHand, dots, encoded, plain_frame, seen};
use super::{sanitise, sanitise_within, verdict};
use crate::gifs::{GifError, GifLimits};

#[test]
fn bytes() {
    let upload = dots(1, 1, 3, 2);
    let length = u64::try_from(upload.len()).unwrap();
    let within = |bytes_max| {
        let limits = GifLimits { bytes_max, ..GifLimits::default() };
        sanitise_within(&upload, &limits)
    };
    assert!(within(length + 1).is_ok());
    assert!(within(length).is_ok());
    let refusal = within(length - 1).unwrap_err();
    assert!(matches!(refusal, GifError::TooManyBytes { limit } if limit == length - 1));
}

#[test]
fn bytes_of_the_clean_file() {
    // An end code that needs one more byte: the clean file would be longer than the upload.
    let upload =
        ByHand::canvas(3, 1).frame_header([0, 0, 2, 1], 0).data(2, &[0b01_001_100, 0b0]).end();
    let clean = sanitise(&upload).unwrap();
    let short = ByHand::canvas(1, 1).frame_header([0, 0, 1, 1], 0).data(2, &[0b001_100]).end();
    let longer = sanitise(&short).unwrap();
    assert_eq!(clean.bytes.len(), upload.len());
    assert_eq!(longer.bytes.len(), short.len() + 1);
    let bytes_max = u64::try_from(short.len()).unwrap();
    let limits = GifLimits { bytes_max, ..GifLimits::default() };
    assert_eq!(sanitise_within(&short, &limits).unwrap_err().code(), "gif_bytes");
}

#[test]
fn canvas() {
    for side in [2047, 2048] {
        assert_eq!(verdict(&dots(side, 1, 1, 2)), "ok");
        assert_eq!(verdict(&dots(1, side, 1, 2)), "ok");
    }
    for (width, height) in [(2049, 1), (1, 2049)] {
        let refusal = sanitise(&dots(width, height, 1, 2)).unwrap_err();
        assert!(matches!(refusal, GifError::Canvas { width_max: 2048, height_max: 2048, .. }));
    }
}

#[test]
fn frames() {
    for frames in [999, 1000] {
        assert_eq!(sanitise(&dots(1, 1, frames, 2)).unwrap().inspected.frames, frames);
    }
    let refusal = sanitise(&dots(1, 1, 1001, 2)).unwrap_err();
    assert!(matches!(refusal, GifError::Frames { limit: 1000 }));
}

#[test]
fn pixels() {
    for frames in [99, 100] {
        assert_eq!(verdict(&dots(2000, 1000, frames, 2)), "ok");
    }
    let refusal = sanitise(&dots(2000, 1000, 101, 2)).unwrap_err();
    assert!(matches!(refusal, GifError::Pixels { limit: 200_000_000 }));
}

#[test]
fn duration() {
    for (delay, duration_ms) in [(5999, 59_990), (6000, 60_000)] {
        let clean = sanitise(&dots(1, 1, 1, delay)).unwrap();
        assert_eq!(clean.inspected.duration_ms, duration_ms);
    }
    let refusal = sanitise(&dots(1, 1, 1, 6001)).unwrap_err();
    assert!(matches!(refusal, GifError::Duration { limit_ms: 60_000 }));
}

#[test]
fn duration_of_frames_without_delay() {
    assert_eq!(sanitise(&dots(1, 1, 600, 0)).unwrap().inspected.duration_ms, 60_000);
    assert_eq!(verdict(&dots(1, 1, 601, 0)), "gif_duration");
    assert_eq!(verdict(&dots(1, 1, 601, 1)), "gif_duration");
}

#[test]
fn time() {
    let past = Instant::now().checked_sub(Duration::from_millis(1)).unwrap();
    let late = |upload: &[u8]| crate::gifs::sanitise(upload, &GifLimits::default(), past);
    let upload = dots(1, 1, 1, 2);
    assert_eq!(late(&upload).unwrap_err().code(), "gif_slow");
    // Noticed at the first frame, not only at the end.
    assert_eq!(late(&upload[..upload.len() - 1]).unwrap_err().code(), "gif_slow");
}

#[test]
fn memory() {
    let upload = encoded(10, 10, &[plain_frame(10, 10)], None);
    let within = |memory_bytes_max| {
        let limits = GifLimits { memory_bytes_max, ..GifLimits::default() };
        sanitise_within(&upload, &limits)
    };
    assert!(within(100).is_ok());
    assert!(matches!(within(99).unwrap_err(), GifError::Pixels { limit: 99 }));
}

#[test]
fn a_giant_canvas_in_a_few_bytes() {
    assert_eq!(verdict(&dots(u16::MAX, u16::MAX, 1, 2)), "gif_canvas");
}

#[test]
fn a_million_frames() {
    let upload = dots(1, 1, 1_000_000, 2);
    assert_eq!(verdict(&upload), "gif_bytes");
    let limits = GifLimits { bytes_max: u64::MAX, ..GifLimits::default() };
    assert_eq!(sanitise_within(&upload, &limits).unwrap_err().code(), "gif_frames");
}

#[test]
fn a_bomb_that_stays_within_the_limits_is_merely_large() {
    let frame = plain_frame(2048, 2048);
    let file = |frames| encoded(2048, 2048, &vec![frame.clone(); frames], None);
    let bomb = file(4);
    assert!(bomb.len() < 80_000);
    assert_eq!(sanitise(&bomb).unwrap().inspected.frames, 4);
    assert_eq!(verdict(&file(48)), "gif_pixels");
}

#[test]
fn a_bomb_in_a_small_frame_is_defused() {
    let mut bomb = plain_frame(2048, 2048);
    bomb.make_lzw_pre_encoded();
    let (code_bits_min, codes) = bomb.buffer.split_first().unwrap();
    let file = ByHand::canvas(1, 1).frame_header([0, 0, 1, 1], 0).data(*code_bits_min, codes);
    let clean = sanitise(&file.end()).unwrap();
    assert!(clean.bytes.len() < 60);
    assert_eq!(seen(&clean.bytes).unwrap().frames[0].rgba.len(), 4);
}
