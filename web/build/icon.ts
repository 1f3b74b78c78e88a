// Puts the site's icon among the hashed assets, in every form that a system asks for, all made of the
// one drawing; the server finds them by their manifest entries.

import { readFileSync } from "node:fs";
import { basename } from "node:path";

import { Resvg } from "@resvg/resvg-js";
import type { Plugin } from "vite";

/** Behind the drawing where the system cuts out its own shape: pale celadon. */
const GROUND = "#e3f0eb";

/** The share of the side that every shape leaves whole is 80 % (W3C, Web Application Manifest). */
const MASKABLE_SHARE = 0.62;
const TOUCH_SHARE = 0.72;

const DOT = '<circle cx="26" cy="6" r="5" fill="#e0435c" stroke="#ffffff" stroke-width="1.5"/>';

export function icon(path: string): Plugin {
  return {
    name: "icon",
    apply: "build",
    buildStart() {
      this.addWatchFile(path);
      const drawing = readFileSync(path, "utf8");
      for (const [ending, source] of Object.entries(formsOf(drawing))) {
        const originalFileName = path.replace(/\.svg$/, ending);
        const name = basename(originalFileName);
        this.emitFile({ type: "asset", name, originalFileName, source });
      }
    },
  };
}

function formsOf(drawing: string): Record<string, string | Uint8Array> {
  return {
    ".svg": drawing,
    "-unread.svg": drawing.replace("</svg>", `${DOT}</svg>`),
    "-192.png": png(drawing, 192),
    "-512.png": png(drawing, 512),
    "-maskable-512.png": png(onGround(drawing, MASKABLE_SHARE), 512),
    "-touch-180.png": png(onGround(drawing, TOUCH_SHARE), 180),
  };
}

function onGround(drawing: string, share: number): string {
  const [side, margin] = [share * 100, (1 - share) * 50];
  const place = `x="${margin}" y="${margin}" width="${side}" height="${side}"`;
  const inner = drawing.replace("<svg ", `<svg ${place} `);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">
    <rect width="100" height="100" fill="${GROUND}"/>${inner}</svg>`;
}

function png(drawing: string, side: number): Uint8Array {
  return new Resvg(drawing, { fitTo: { mode: "width", value: side } }).render().asPng();
}
