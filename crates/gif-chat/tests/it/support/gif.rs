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

/// A GIF of exactly so many bytes: the small one with a comment of the right length in it.
pub(crate) fn gif_of_bytes(bytes: usize) -> Vec<u8> {
    let gif = small_gif();
    // Introducer, label and terminator; the rest is sub-blocks of a length byte and its bytes.
    let mut left = bytes.checked_sub(gif.len() + 3).expect("room for a comment");
    let mut comment = vec![0x21, 0xfe];
    while left > 0 {
        let block = if left == 257 { 255 } else { left.min(256) };
        assert!(block > 1, "no comment fits into exactly {bytes} bytes");
        comment.push(u8::try_from(block - 1).unwrap());
        comment.resize(comment.len() + block - 1, b'x');
        left -= block;
    }
    comment.push(0);
    with_block(&gif, &comment)
}

/// The small GIF with a comment that says this.
pub(crate) fn gif_with_comment(text: &str) -> Vec<u8> {
    let mut comment = vec![0x21, 0xfe, u8::try_from(text.len()).unwrap()];
    comment.extend_from_slice(text.as_bytes());
    comment.push(0);
    with_block(&small_gif(), &comment)
}

fn with_block(gif: &[u8], block: &[u8]) -> Vec<u8> {
    let (trailer, before) = gif.split_last().unwrap();
    [before, block, &[*trailer]].concat()
}

/// A GIF of one-colour frames, each shown for a delay in hundredths of a second.
pub(crate) fn gif_of_frames((width, height): (u16, u16), frames: usize, delay: u16) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = gif::Encoder::new(&mut bytes, width, height, &[0, 0, 0, 9, 9, 9]).unwrap();
    let pixels = vec![0; usize::from(width) * usize::from(height)];
    for _ in 0..frames {
        let mut frame = gif::Frame::from_indexed_pixels(width, height, pixels.clone(), None);
        frame.delay = delay;
        encoder.write_frame(&frame).unwrap();
    }
    drop(encoder);
    bytes
}
