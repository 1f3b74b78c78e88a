// What is checked before anything is sent. The server judges everything again; these only spare the way.

export const TEXT_GRAPHEMES_MAX = 4_000;
export const TEXT_BYTES_MAX = 16 * 1024;
export const GIF_MIB_MAX = 10;

/** Whether a text is longer than the server takes. */
export function isTooLong(text: string): boolean {
  if (text.length <= TEXT_GRAPHEMES_MAX && text.length * 3 <= TEXT_BYTES_MAX) return false;
  if (new TextEncoder().encode(text).length > TEXT_BYTES_MAX) return true;
  if (text.length <= TEXT_GRAPHEMES_MAX || typeof Intl.Segmenter !== "function") return false;
  return [...new Intl.Segmenter().segment(text)].length > TEXT_GRAPHEMES_MAX;
}
