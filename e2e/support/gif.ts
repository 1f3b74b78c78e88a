// Small real GIFs, made here so that no pictures need to be kept.
//
// With seven bits per pixel a code has eight bits until the table of the compression has grown by 126
// entries. A clear code before that keeps every code one byte long, so that no packing is needed.

const BITS = 7;
const COLOURS = 1 << BITS;
const CLEAR = COLOURS;
const END = COLOURS + 1;
const PIXELS_BETWEEN_CLEARS = 120;
const SUB_BLOCK_MAX = 255;

export type Picture = {
  width: number;
  height: number;
  frames?: number;
  /** Hundredths of a second. */
  delay?: number;
  /** Hue of the palette in degrees; other hues are other files. */
  hue?: number;
  /** A colour number from 0 to 127 for each point. */
  paint?: (x: number, y: number, frame: number) => number;
};

export function gif(picture: Picture): Buffer {
  const { width, height, frames = 1, delay = 10, hue = 160, paint = stripes } = picture;
  const header = [...Buffer.from("GIF89a"), ...word(width), ...word(height), 0xf0 | (BITS - 1), 0, 0];
  const loop = [0x21, 0xff, 11, ...Buffer.from("NETSCAPE2.0"), 3, 1, 0, 0, 0];
  const chunks: Buffer[] = [Buffer.from([...header, ...palette(hue), ...loop])];
  for (let frame = 0; frame < frames; frame += 1) {
    const control = [0x21, 0xf9, 4, 0, ...word(delay), 0, 0];
    const descriptor = [0x2c, 0, 0, 0, 0, ...word(width), ...word(height), 0, BITS];
    const codes = encode(width, height, (x, y) => paint(x, y, frame));
    chunks.push(Buffer.from([...control, ...descriptor]), subBlocks(codes));
  }
  return Buffer.concat([...chunks, Buffer.from([0x3b])]);
}

/** A GIF that does not shrink on the way: `kilobytes` of noise. */
export function noise(kilobytes: number): Buffer {
  const width = 512;
  let state = 1;
  const paint = (): number => {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    return state >> 16;
  };
  return gif({ width, height: kilobytes * 2, paint });
}

function stripes(x: number, y: number, frame: number): number {
  return x + y + frame * 16;
}

function word(value: number): number[] {
  return [value & 0xff, value >> 8];
}

/** From dark to light in one hue. */
function palette(hue: number): number[] {
  const bytes: number[] = [];
  for (let index = 0; index < COLOURS; index += 1) {
    const lightness = 0.1 + (0.85 * index) / COLOURS;
    const chroma = 0.6 * Math.min(lightness, 1 - lightness);
    for (const turn of [0, 8, 4]) {
      const place = (turn + (hue + index / 3) / 30) % 12;
      const share = lightness - chroma * Math.max(-1, Math.min(place - 3, 9 - place, 1));
      bytes.push(Math.round(share * 255));
    }
  }
  return bytes;
}

function encode(width: number, height: number, paint: (x: number, y: number) => number): Buffer {
  const codes: number[] = [];
  for (let index = 0; index < width * height; index += 1) {
    if (index % PIXELS_BETWEEN_CLEARS === 0) codes.push(CLEAR);
    codes.push(paint(index % width, Math.floor(index / width)) & (COLOURS - 1));
  }
  codes.push(END);
  return Buffer.from(codes);
}

function subBlocks(codes: Buffer): Buffer {
  const blocks: Buffer[] = [];
  for (let start = 0; start < codes.length; start += SUB_BLOCK_MAX) {
    const block = codes.subarray(start, start + SUB_BLOCK_MAX);
    blocks.push(Buffer.from([block.length]), block);
  }
  return Buffer.concat([...blocks, Buffer.from([0])]);
}
