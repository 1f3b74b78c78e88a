// GIFs worth looking at, painted by arithmetic.

import { gif } from "../support/gif.ts";

/** Curtains of light over a dark hill. */
export function aurora(): Buffer {
  const paint = (x: number, y: number, frame: number): number => {
    const hill = 118 + 14 * Math.sin(x / 41) + 7 * Math.sin(x / 13);
    if (y > hill) return 2;
    const fold = 46 + 20 * Math.sin(x / 34 + frame / 4) + 9 * Math.sin(x / 11 - frame / 3);
    const glow = y < fold ? 1 - (fold - y) / 60 : 1 - (y - fold) / 78;
    const ray = 0.8 + 0.2 * Math.sin(x / 3 + frame);
    return Math.max(4, Math.round(120 * Math.max(0, glow) * ray));
  };
  return gif({ width: 240, height: 150, frames: 12, delay: 12, hue: 130, paint });
}

/** A ball that bounces, with its shadow. */
export function bouncingBall(): Buffer {
  const size = 140;
  const paint = (x: number, y: number, frame: number): number => {
    const height = Math.abs(Math.sin((frame / 12) * Math.PI));
    const centre = 104 - 68 * height;
    const across = (x - size / 2) / (26 + 10 * (1 - height));
    if (Math.hypot(x - size / 2, y - centre) < 24) {
      return Math.round(112 - 2.2 * Math.hypot(x - size / 2 + 9, y - centre + 10));
    }
    const shadow = across * across + ((y - 128) / 5) ** 2 < 1;
    return shadow ? 84 - Math.round(18 * (1 - height)) : 108 + Math.round((y / size) * 16);
  };
  return gif({ width: size, height: size, frames: 12, delay: 7, hue: 330, paint });
}

/** A sun over waves. */
export function sunrise(): Buffer {
  const paint = (x: number, y: number, frame: number): number => {
    const horizon = 92;
    const sun = Math.hypot(x - 100, y - (horizon - frame * 2));
    if (y < horizon) return sun < 26 ? 126 : Math.round(104 - Math.min(70, sun / 2.2));
    const wave = Math.sin(x / 9 + y / 3 + frame) * Math.cos(y / 5 - frame / 2);
    const shine = Math.max(0, 40 - Math.abs(x - 100)) * 0.9;
    return Math.round(34 + 14 * wave + shine);
  };
  return gif({ width: 200, height: 130, frames: 10, delay: 14, hue: 20, paint });
}
