// A QR code as one path: each run of dark modules in a line is a rectangle.

import { encode } from "uqr";

/** Light around the code, in modules: without so much a camera may not find it. */
export const QUIET = 4;

export type QrPath = { path: string; size: number };

export function qrPath(text: string): QrPath {
  const { data } = encode(text, { ecc: "M", border: QUIET });
  return { path: data.map(runsOf).join(""), size: data.length };
}

function runsOf(line: readonly boolean[], y: number): string {
  let runs = "";
  for (let x = 0; x < line.length; x += 1) {
    if (!line[x]) continue;
    const start = x;
    while (line[x + 1]) x += 1;
    const length = x + 1 - start;
    runs += `M${start} ${y}h${length}v1h-${length}z`;
  }
  return runs;
}
