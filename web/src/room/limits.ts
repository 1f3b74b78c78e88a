// What is checked before anything is sent. The server judges everything again; these only spare the way.

export const TEXT_GRAPHEMES_MAX = 4_000;
export const TEXT_BYTES_MAX = 16 * 1024;
export const GIF_MIB_MAX = 10;

/** What the field takes at once, in UTF-16 units: with more in it a browser is busy for minutes. */
export const FIELD_UNITS_MAX = 20_000;

/** So close to the limit it is worth knowing how much is left. */
const LEFT_TOLD_MAX = 200;

/** What a text has of what it may have; `left` is negative when so many characters must go. */
export type Length = { left: number; told: boolean };

const ROOMY: Length = { left: TEXT_GRAPHEMES_MAX, told: false };

/**
 * How many more characters a text may have, as people count them. A text that is near the limit of
 * bytes has room for as many more as are like those that it has.
 */
export function lengthOf(text: string): Length {
  // A unit of UTF-16 is at most one character, and at most three bytes.
  if (text.length <= TEXT_GRAPHEMES_MAX - LEFT_TOLD_MAX) return ROOMY;
  let [count, bytes, fitting] = [0, 0, 0];
  for (const character of charactersOf(text)) {
    count += 1;
    bytes += bytesOf(character);
    if (count <= TEXT_GRAPHEMES_MAX && bytes <= TEXT_BYTES_MAX) fitting = count;
  }
  if (fitting < count) return { left: fitting - count, told: true };
  const alike = Math.floor((TEXT_BYTES_MAX - bytes) / (bytes / count));
  const left = Math.min(TEXT_GRAPHEMES_MAX - count, alike);
  return { left, told: left <= LEFT_TOLD_MAX };
}

/** Whether a text is longer than the server takes. */
export function isTooLong(text: string): boolean {
  return lengthOf(text).left < 0;
}

/** The first characters of a text, as people count them. */
export function beginningOf(text: string, max: number): string {
  if (text.length <= max) return text;
  let beginning = "";
  let count = 0;
  for (const character of charactersOf(text)) {
    if (count === max) break;
    beginning += character;
    count += 1;
  }
  return beginning;
}

function* charactersOf(text: string): Generator<string> {
  if (typeof Intl.Segmenter === "function") {
    for (const { segment } of new Intl.Segmenter().segment(text)) yield segment;
    return;
  }
  // An old browser cannot tell: then only the bytes are judged here.
  yield* text.match(/[^]{1,8}/gu) ?? [];
}

const encoder = new TextEncoder();

function bytesOf(character: string): number {
  return character.length === 1 && character < "\u0080" ? 1 : encoder.encode(character).length;
}
