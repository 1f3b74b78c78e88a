import decodeQR from "qr/decode.js";
import { expect, test } from "vitest";

import { invitationLink } from "../../invitation.ts";
import { QUIET, qrPath } from "./qr-path.ts";

const PIXELS = 4;

/** The picture that a camera would take of the drawn path. */
function picture({ path, size }: ReturnType<typeof qrPath>) {
  const side = size * PIXELS;
  const data = new Uint8Array(side * side * 4).fill(255);
  for (const [, x, y, length] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)) {
    const [left, top, right] = [Number(x), Number(y), Number(x) + Number(length)];
    for (let row = top * PIXELS; row < (top + 1) * PIXELS; row += 1) {
      for (let column = left * PIXELS; column < right * PIXELS; column += 1) {
        data.fill(0, (row * side + column) * 4, (row * side + column) * 4 + 3);
      }
    }
  }
  return { width: side, height: side, data };
}

test("a camera reads the link from the drawn code", () => {
  const link = invitationLink("https://chat.example.org", "f".repeat(32), "A-b_".repeat(11));
  expect(decodeQR(picture(qrPath(link)))).toBe(link);
});

test("the code has its quiet zone on every side", () => {
  const { path, size } = qrPath("https://chat.example.org");
  const runs = [...path.matchAll(/M(\d+) (\d+)h(\d+)/g)];
  const xs = runs.flatMap(([, x, , length]) => [Number(x), Number(x) + Number(length)]);
  const ys = runs.map(([, , y]) => Number(y));
  expect([Math.min(...xs), Math.max(...xs)]).toEqual([QUIET, size - QUIET]);
  expect([Math.min(...ys), Math.max(...ys) + 1]).toEqual([QUIET, size - QUIET]);
});
