// The emojis and their words for one language, as the picker loads them: `virtual:emoji/ko` and `/en`.

import { createRequire } from "node:module";
import type { Plugin } from "vite";

type Skin = { hexcode: string; tone?: number | number[] };
type Source = {
  hexcode: string;
  emoji: string;
  label: string;
  tags?: string[];
  type: 0 | 1;
  version: number;
  group?: number;
  skins?: Skin[];
};

/** An emoji, its name, other words for it, the version of Unicode's list, and its five skin tones. */
type Row = [emoji: string, label: string, words: string[], version: number, tones?: string[]];

/** The groups of the list in their order, without the one of skin tones and hair. */
const GROUPS = [0, 1, 3, 4, 5, 6, 7, 8, 9];
const TONES = [1, 2, 3, 4, 5];

const read = createRequire(import.meta.url);

export function emojis(): Plugin {
  return {
    name: "emojis",
    resolveId: {
      filter: { id: /^virtual:emoji\/(ko|en)$/ },
      handler: (id) => `\0${id}`,
    },
    load: {
      filter: { id: /^\0virtual:emoji\// },
      handler(id) {
        const rows = rowsFor(id.endsWith("ko") ? "ko" : "en");
        // A browser reads a text like this much faster than a program.
        return `export default JSON.parse(${JSON.stringify(JSON.stringify(rows))});`;
      },
    },
  };
}

/** One list of rows for each group. */
export function rowsFor(locale: "ko" | "en"): Row[][] {
  const native = read(`emojibase-data/${locale}/data.json`) as Source[];
  const english = read("emojibase-data/en/data.json") as Source[];
  const codes = read("emojibase-data/en/shortcodes/emojibase.json") as Record<string, string | string[]>;
  const inEnglish = new Map(english.map((emoji) => [emoji.hexcode, emoji]));
  return GROUPS.map((group) =>
    native
      .filter((emoji) => emoji.group === group)
      .map((emoji) => {
        const other = locale === "en" ? undefined : inEnglish.get(emoji.hexcode);
        const shortcodes = [codes[emoji.hexcode] ?? []].flat().map((code) => code.replaceAll("_", " "));
        const words = [...(emoji.tags ?? []), other?.label ?? [], shortcodes, other?.tags ?? []].flat();
        return rowOf(emoji, words);
      }),
  );
}

function rowOf(emoji: Source, words: string[]): Row {
  const others = new Set(words.map((word) => word.toLowerCase()));
  others.delete(emoji.label.toLowerCase());
  const row: Row = [written(emoji), emoji.label, [...others], emoji.version];
  const tones = TONES.map((tone) => emoji.skins?.find((skin) => skin.tone === tone)?.hexcode);
  if (tones.every((tone) => tone !== undefined)) row.push(tones.map(fromHex));
  return row;
}

/** What would be shown as plain text says by itself that it is an emoji; anything else need not. */
function written({ emoji, type, hexcode }: Source): string {
  return type === 1 ? fromHex(hexcode) : emoji;
}

function fromHex(hexcode: string): string {
  return String.fromCodePoint(...hexcode.split("-").map((code) => Number.parseInt(code, 16)));
}
