// Lets the page import the very files that the server reads its texts from.

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

/** What only the picker of emojis says: it is imported by itself, as `ko.toml?emoji`. */
const APART = "emoji";

export function locales(): Plugin {
  return {
    name: "locales",
    transform: {
      filter: { id: /\.toml(\?emoji)?$/ },
      handler(source, id) {
        const wanted = id.endsWith(`?${APART}`);
        const texts = Object.entries(flatten(source)).filter(
          ([key]) => key.startsWith(`${APART}.`) === wanted,
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
