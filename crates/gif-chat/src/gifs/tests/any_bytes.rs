//! Whatever arrives: no panic, and what is taken is clean, stays clean and looks the same.

use std::borrow::Cow;

use gif::{DisposalMethod, Frame, Repeat};
use proptest::collection::vec;
use proptest::prelude::*;

use super::corpus::{ByHand, animation, encoded, seen};
use super::sanitise;

fn assert_harmless(upload: &[u8]) {
    let Ok(clean) = sanitise(upload) else { return };
    assert_eq!(sanitise(&clean.bytes).unwrap(), clean);
    let shown = seen(&clean.bytes).unwrap();
    if let Ok(original) = seen(upload) {
        assert_eq!(shown.canvas, original.canvas);
        assert_eq!(shown.frames, original.frames);
    }
}

/// A frame somewhere on a canvas of 40 × 40.
fn frame() -> impl Strategy<Value = Frame<'static>> {
    let place = (0..20_u16, 0..20_u16, 1..=20_u16, 1..=20_u16);
    let timing = (0..100_u16, 0..4_u8, any::<Option<u8>>());
    let look = (any::<bool>(), proptest::option::of(vec(any::<u8>(), 48)));
    (place, timing, look).prop_flat_map(|(place, timing, (interlaced, palette))| {
        let (left, top, width, height) = place;
        let (delay, dispose, transparent) = timing;
        let colours = if palette.is_some() { 16 } else { 4_u8 };
        let area = usize::from(width) * usize::from(height);
        vec(0..colours, area).prop_map(move |pixels| Frame {
            left,
            top,
            width,
            height,
            delay,
            dispose: DisposalMethod::from_u8(dispose).unwrap(),
            transparent,
            interlaced,
            palette: palette.clone(),
            buffer: Cow::Owned(pixels),
            ..Frame::default()
        })
    })
}

proptest! {
    #[test]
    fn noise(upload in vec(any::<u8>(), 0..2000)) {
        assert_harmless(&upload);
    }

    #[test]
    fn noise_behind_a_header(noise in vec(any::<u8>(), 0..2000)) {
        assert_harmless(&ByHand::canvas(40, 40).and(&noise).end());
    }

    #[test]
    fn noise_as_pixels(side in 1..6_u16, bits in 2..=8_u8, noise in vec(any::<u8>(), 0..255)) {
        let frame = ByHand::canvas(40, 40).frame_header([0, 0, side, side], 0);
        assert_harmless(&frame.data(bits, &noise).end());
    }

    #[test]
    fn damage(changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        let mut upload = animation();
        for (at, byte) in changes {
            *at.get_mut(&mut upload) = byte;
        }
        assert_harmless(&upload);
    }

    #[test]
    fn animations(frames in vec(frame(), 1..6), repeat in any::<Option<u16>>()) {
        let repeat = repeat.map(|count| match count {
            0 => Repeat::Infinite,
            count => Repeat::Finite(count),
        });
        let upload = encoded(40, 40, &frames, repeat);
        let clean = sanitise(&upload).unwrap();
        prop_assert_eq!(seen(&clean.bytes).unwrap(), seen(&upload).unwrap());
        prop_assert_eq!(&sanitise(&clean.bytes).unwrap(), &clean);
        prop_assert!(clean.bytes.len() <= upload.len());
    }
}
