// Lets the page import the very files that the server reads its texts from.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { parse, type TomlTable } from "smol-toml";
import type { Plugin } from "vite";

/** Turns tables of texts into one flat record: `[room] send = "…"` becomes `"room.send"`. */
export function flatten(source: string): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [area, table] of Object.entries(parse(source))) {
    for (const [name, text] of Object.entries(table as TomlTable)) {
      if (typeof text !== "string") throw new Error(`${area}.${name} is not a text`);
      texts[`${area}.${name}`] = text;
    }
  }
  return texts;
}

/** Areas of what is loaded later: each is imported by itself, as `ko.toml?emoji`. */
const APART: ReadonlySet<string> = new Set([
  "emoji",
  "talk",
  "people",
  "owner",
  "closing",
  "recipients",
  "keepsake",
  "password",
  "system",
]);

/** What many say at once, though the rest of its area is loaded later. */
const AT_ONCE: ReadonlySet<string> = new Set(["system.join", "system.exit"]);

/** The scripts: pages load what these name, and the rest is said by the server alone. */
const SCRIPTS = join(import.meta.dirname, "../src");
const NAMED = /["`]([a-z]+\.[a-z_]*)(["`]|\$\{)/g;

export function locales(): Plugin {
  return {
    name: "locales",
    transform: {
      filter: { id: /\.toml(\?(?!raw)\w+)?$/ },
      handler(source, id) {
        const [, wanted] = id.split("?");
        const isNamed = namedBy(scripts());
        const texts = Object.entries(flatten(source)).filter(
          ([key]) => isAsked(key, wanted) && isNamed(key),
        );
        return {
          code: `export default ${JSON.stringify(Object.fromEntries(texts))};`,
          map: null,
          moduleType: "js",
        };
      },
    },
  };
}

function isAsked(key: string, wanted: string | undefined): boolean {
  const [area = ""] = key.split(".");
  return wanted === undefined ? !APART.has(area) || AT_ONCE.has(key) : area === wanted;
}

function scripts(): string[] {
  const files = readdirSync(SCRIPTS, { recursive: true, encoding: "utf8" });
  return files
    .filter((file) => /\.(ts|svelte)$/.test(file) && !file.endsWith(".test.ts"))
    .map((file) => readFileSync(join(SCRIPTS, file), "utf8"));
}

/** Whether one of these programs names a key, as a whole or by its beginning. */
function namedBy(programs: readonly string[]): (key: string) => boolean {
  const whole = new Set<string>();
  const beginnings = new Set<string>();
  for (const [, name = "", end] of programs.flatMap((text) => [...text.matchAll(NAMED)])) {
    (end === "${" ? beginnings : whole).add(name);
  }
  return (key) => whole.has(key) || [...beginnings].some((beginning) => key.startsWith(beginning));
}
