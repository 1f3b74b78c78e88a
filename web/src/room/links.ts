// Finds web addresses in what people write. Everything else stays the text that it is.
//
// The rules are those of GitHub's "autolinks (extended)", https://github.github.com/gfm/#autolinks-extension-,
// with one of our own: Korean puts its particles right behind a word, so behind a host of Latin letters
// a Korean letter is no longer part of the address.

export type Piece = { text: string; href?: string };

/** Longer ones are shown, but cannot be clicked: nobody can see where they lead, and to look at them takes long. */
const ADDRESS_LENGTH_MAX = 2_000;

/** Neither blanks nor anything that could hide or turn a part of the address. */
const CANDIDATE = /(?<![\p{L}\p{N}_/.@-])(?:https?:\/\/|www\.)[^\s\p{C}\p{Z}<>"“”「」『』《》]+/giu;
const LATIN_HOST = /^(?:https?:\/\/)?[a-z0-9.-]+(?::\d+)?(?=[^\p{ASCII}])/iu;
const TRAILING = /[?!.,:;*_~'"’”…。、，！？·]+$/u;
const CLOSING: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };

export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(CANDIDATE)) {
    if (match[0].length > ADDRESS_LENGTH_MAX) continue;
    const address = trimmed(match[0]);
    const href = addressOf(address);
    if (href === undefined) continue;
    if (match.index > end) pieces.push({ text: text.slice(end, match.index) });
    pieces.push({ text: address, href });
    end = match.index + address.length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end) });
  return pieces;
}

/** Without the signs that belong to the sentence around it. */
function trimmed(candidate: string): string {
  let address = LATIN_HOST.exec(candidate)?.[0] ?? candidate;
  for (;;) {
    const before = address;
    address = address.replace(TRAILING, "");
    const last = address.at(-1) ?? "";
    const opening = CLOSING[last];
    if (opening !== undefined && count(address, last) > count(address, opening)) {
      address = address.slice(0, -1);
    }
    if (address === before) return address;
  }
}

function count(text: string, sign: string): number {
  return text.split(sign).length - 1;
}

function addressOf(address: string): string | undefined {
  const whole = /^www\./i.test(address) ? `https://${address}` : address;
  if (!URL.canParse(whole)) return undefined;
  const url = new URL(whole);
  // A name before the host is only there to pass for one.
  if (url.username !== "" || url.password !== "") return undefined;
  const named = url.hostname === "localhost" || /[^.]\.[^.]/.test(url.hostname);
  return named ? url.href : undefined;
}
