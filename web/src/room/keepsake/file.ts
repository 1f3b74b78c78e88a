// The keepsake as one file: no scripts, nothing that it asks of any other place, readable in any browser.

import type { Times } from "../../times.ts";
import type { Told } from "../whispers.ts";
import type { Album, Picture } from "./gifs.ts";
import { lineOf, type Parts, type Words } from "./lines.ts";
import { escape, isolated } from "./markup.ts";
import { STYLE } from "./style.ts";

export type Facts = {
  title: string;
  savedAt: string;
  /** Not everything could be fetched. */
  partial: boolean;
};

/** A part of the conversation; the heading of its first day waits for the part before it. */
type Chapter = { firstDay: string; lastDay: string; heading: string; blob: Blob };

/** Takes the pages, the newest first, and keeps of each only its part of the file. */
export class KeepsakeFile {
  readonly #words: Words;
  readonly #album: Album;
  /** The oldest first. */
  #chapters: Chapter[] = [];
  #count = 0;
  #oldest = "";
  #newest = "";

  constructor(words: Words, album: Album) {
    this.#words = words;
    this.#album = album;
  }

  get isEmpty(): boolean {
    return this.#chapters.length === 0;
  }

  /** Takes what was said before all that it has; `list` is in its own order. */
  async before(list: readonly Told[], signal: AbortSignal): Promise<void> {
    const [first, last] = [list[0], list.at(-1)];
    if (!first || !last) return;
    const { times } = this.#words;
    const parts: Parts = [];
    let day = times.dayKey(first.createdAt);
    const firstDay = day;
    // The newest first: when not all GIFs have room, it is the oldest that stay out.
    const pictures = await this.#pictures(list, signal);
    for (const told of list) {
      const today = times.dayKey(told.createdAt);
      if (today !== day) parts.push(heading(told.createdAt, times));
      day = today;
      parts.push(...lineOf(told, this.#words, pictures.get(told)));
      if (!told.system) this.#count += 1;
    }
    this.#oldest = first.createdAt;
    this.#newest ||= last.createdAt;
    const blob = new Blob(parts);
    this.#chapters.unshift({ firstDay, lastDay: day, heading: heading(first.createdAt, times), blob });
  }

  finish(facts: Facts): Blob {
    const parts: Parts = [this.#head(facts)];
    let day: string | undefined;
    for (const chapter of this.#chapters) {
      if (chapter.firstDay !== day) parts.push(chapter.heading);
      parts.push(chapter.blob);
      day = chapter.lastDay;
    }
    parts.push("</ol></main>\n</body></html>\n");
    return new Blob(parts, { type: "text/html;charset=utf-8" });
  }

  async #pictures(list: readonly Told[], signal: AbortSignal): Promise<Map<Told, Picture>> {
    const pictures = new Map<Told, Picture>();
    for (const told of [...list].reverse()) {
      if (!("gif" in told) || told.gif === undefined || told.deleted) continue;
      pictures.set(told, await this.#album.picture(told.gif, signal));
    }
    return pictures;
  }

  #head({ title, savedAt, partial }: Facts): string {
    const { own, times } = this.#words;
    const say = (key: string, values = {}): string => escape(own.fill(key, values));
    const nonce = newNonce();
    const policy = `default-src 'none'; img-src data:; style-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'`;
    const span = { from: times.long(this.#oldest), to: times.long(this.#newest) };
    return `<!doctype html>
<html lang="${own.locale}"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer"><meta name="robots" content="noindex">
<title>${escape(title)}</title><style nonce="${nonce}">${STYLE}</style></head>
<body><header><h1>${isolated(title)}</h1>
<p>${say("keepsake.span", span)}</p>
<p>${say("keepsake.counted", { count: this.#count.toLocaleString(own.locale) })}</p>
<p>${say("keepsake.saved_at", { time: times.long(savedAt) })}</p>
<p>${say("keepsake.only_yours")}</p>
${partial ? `<p><strong>${say("keepsake.partial")}</strong></p>` : ""}</header>
<main><ol>
`;
  }
}

function heading(iso: string, times: Times): string {
  // The year too: nobody knows when the file is read. A date that was never now has one.
  return `<li class="day"><h2>${escape(times.day(iso, new Date(0)))}</h2></li>\n`;
}

/** Only the style of the file itself counts; a text cannot know this. */
function newNonce(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const NAME_LETTERS_MAX = 60;

/** The name of the file: any system can keep it, and nobody can hide its ending. */
export function fileName(title: string, savedAt: Date, fallback: string): string {
  const safe = [...title.normalize("NFC").replace(/[^\p{L}\p{M}\p{N} _-]/gu, " ").replace(/\s+/g, " ").trim()];
  const day = [savedAt.getFullYear(), savedAt.getMonth() + 1, savedAt.getDate()];
  const date = day.map((part) => String(part).padStart(2, "0")).join("-");
  return `${safe.slice(0, NAME_LETTERS_MAX).join("").trim() || fallback} ${date}.html`;
}
