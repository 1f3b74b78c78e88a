/// A GIF of two frames, 4 × 3 pixels, that loops for ever.
pub(crate) fn small_gif() -> Vec<u8> {
    small_gif_of(0)
}

/// The same with another colour for each number: other bytes, another file.
pub(crate) fn small_gif_of(number: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let palette = [number, 0x40, 0x80, 0xff, 0xff, 0xff];
    let mut encoder = gif::Encoder::new(&mut bytes, 4, 3, &palette).unwrap();
    encoder.set_repeat(gif::Repeat::Infinite).unwrap();
    for first in [0_u8, 1] {
        let pixels: Vec<u8> = (0..12).map(|place| (place + first) % 2).collect();
        let mut frame = gif::Frame::from_indexed_pixels(4, 3, pixels, None);
        frame.delay = 10;
        encoder.write_frame(&frame).unwrap();
    }
    drop(encoder);
    bytes
}
