// The emojis that this device can draw, in their groups.

import type { Locale } from "../../texts.ts";
import { newestDrawn, isOneGlyph, type Drawn } from "./drawn.ts";

export type Emoji = {
  readonly char: string;
  readonly label: string;
  /** Other words for it, also in English. */
  readonly words: readonly string[];
  /** The same with each of the five skin tones, where there are such. */
  readonly tones?: readonly string[] | undefined;
};

/** In the order of the list. */
export const GROUPS = [
  { name: "emoji.smileys", sign: "😀" },
  { name: "emoji.people", sign: "👋" },
  { name: "emoji.animals", sign: "🐻" },
  { name: "emoji.food", sign: "🍎" },
  { name: "emoji.travel", sign: "✈️" },
  { name: "emoji.activities", sign: "⚽" },
  { name: "emoji.objects", sign: "💡" },
  { name: "emoji.symbols", sign: "💟" },
  { name: "emoji.flags", sign: "🏁" },
] as const;

const FLAG_OF_A_LAND = /^\p{RI}{2}$/u;
const JOINED = "\u200d";

export async function loadEmojis(locale: Locale): Promise<Emoji[][]> {
  const { default: groups } =
    locale === "en" ? await import("virtual:emoji/en") : await import("virtual:emoji/ko");
  const drawn = newestDrawn();
  return groups.map((rows) =>
    rows
      .filter(([char, , , version]) => version <= drawn.version && isDrawn(char, drawn))
      .map(([char, label, words, , tones]) => ({ char, label, words, tones })),
  );
}

function isDrawn(char: string, drawn: Drawn): boolean {
  if (FLAG_OF_A_LAND.test(char)) return drawn.flags;
  return !char.includes(JOINED) || isOneGlyph(char, drawn);
}

/** As its reader wants it. */
export function toned({ char, tones }: Emoji, tone: number): string {
  return tones?.[tone - 1] ?? char;
}
