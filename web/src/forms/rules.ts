// What is said before a form is sent. The server judges everything again; these only spare the way.

/** What the server takes out of a title before it counts. */
const UNPRINTABLE = /[\p{Cc}\u202a-\u202e\u2066-\u2069\u2028\u2029]/gu;

/** How long a room's title is, in what a reader takes for characters. */
export function titleLength(title: string): number {
  const counted = title.replace(UNPRINTABLE, "").normalize("NFC").trim();
  if (typeof Intl.Segmenter !== "function") return [...counted].length;
  return [...new Intl.Segmenter().segment(counted)].length;
}

/** Whether a number of seats is a whole one between the two. */
export function isSeatCount(text: string, min: number, max: number): boolean {
  const digits = text.trim();
  return /^\d+$/.test(digits) && Number(digits) >= min && Number(digits) <= max;
}

export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** How much of a limit is left before a reader is told. */
const NEAR = 20;

export function isNear(length: number, limit: number): boolean {
  return length > limit - NEAR;
}
