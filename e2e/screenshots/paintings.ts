// GIFs worth looking at, painted by arithmetic.

import { gif } from "../support/gif.ts";

/** Curtains of light over a dark hill. */
export function aurora(): Buffer {
  const paint = (x: number, y: number, frame: number): number => {
    const hill = 84 + 8 * Math.sin(x / 37) + 4 * Math.sin(x / 11);
    if (y > hill) return 2;
    const fold = 30 + 13 * Math.sin(x / 34 + frame / 4) + 6 * Math.sin(x / 11 - frame / 3);
    const glow = y < fold ? 1 - (fold - y) / 42 : 1 - (y - fold) / 56;
    const ray = 0.8 + 0.2 * Math.sin(x / 3 + frame);
    return Math.max(4, Math.round(120 * Math.max(0, glow) * ray));
  };
  return gif({ width: 220, height: 104, frames: 12, delay: 12, hue: 130, paint });
}

/** A ball that bounces, with its shadow. */
export function bouncingBall(delay = 7): Buffer {
  const size = 104;
  const paint = (x: number, y: number, frame: number): number => {
    const height = Math.abs(Math.sin((frame / 12) * Math.PI));
    const centre = 76 - 48 * height;
    const across = (x - size / 2) / (18 + 8 * (1 - height));
    if (Math.hypot(x - size / 2, y - centre) < 18) {
      return Math.round(104 - 2.6 * Math.hypot(x - size / 2 + 7, y - centre + 8));
    }
    const shadow = across * across + ((y - 95) / 4) ** 2 < 1;
    return shadow ? 88 - Math.round(18 * (1 - height)) : 108 + Math.round((y / size) * 16);
  };
  return gif({ width: size, height: size, frames: 12, delay, hue: 330, paint });
}
