// Unsent texts in the browser's storage. Each page writes its own queue, so that tabs never meet.

import type { Person } from "../../wire.ts";
import type { Reply } from "../outbox.ts";

/** A text as it is kept. */
export type KeptText = {
  clientId: string;
  text: string;
  writtenAt: number;
  author?: string | undefined;
  reply?: Reply | undefined;
  failed?: boolean;
  problem?: string | undefined;
  to?: Person | undefined;
};

/** The part of the browser's `Storage` that is used. Each call may throw: full, or forbidden. */
export type Shelf = Pick<Storage, "length" | "key" | "getItem" | "setItem" | "removeItem">;

/** What does not fit is sent all the same; it only does not outlive the page. */
export const TEXTS_KEPT_MAX = 200;
/** Of one queue, as browsers count: two bytes for each unit. */
export const TEXTS_BYTES_KEPT_MAX = 512 * 1024;

const PREFIX = "gif-chat.outbox/";

export class KeptTexts {
  readonly #shelf: Shelf | undefined;
  readonly #prefix: string;

  constructor(shelf: Shelf | undefined, room: string) {
    this.#shelf = shelf;
    this.#prefix = `${PREFIX}${room}/`;
  }

  /** Keeps the first texts, as many as may be, and says which. */
  save(queue: string, texts: readonly KeptText[]): Set<string> {
    const written: string[] = [];
    const kept = new Set<string>();
    let bytes = 0;
    for (const text of texts) {
      const line = JSON.stringify(text);
      bytes += 2 * (line.length + 1);
      if (kept.size >= TEXTS_KEPT_MAX || bytes > TEXTS_BYTES_KEPT_MAX) break;
      written.push(line);
      kept.add(text.clientId);
    }
    if (kept.size === 0) this.remove(queue);
    else if (!this.#write(this.#prefix + queue, `[${written.join(",")}]`)) kept.clear();
    return kept;
  }

  load(queue: string): KeptText[] {
    return parse(this.#read(this.#prefix + queue));
  }

  /** All queues of this room, whoever wrote them. */
  queues(): string[] {
    return this.#keys(this.#prefix).map((key) => key.slice(this.#prefix.length));
  }

  remove(queue: string): void {
    this.#forget(this.#prefix + queue);
  }

  /** Lets go of every room's queue in which nothing is younger than that. */
  sweep(writtenBefore: number): void {
    for (const key of this.#keys(PREFIX)) {
      const texts = parse(this.#read(key));
      if (texts.every(({ writtenAt }) => writtenAt < writtenBefore)) this.#forget(key);
    }
  }

  #keys(prefix: string): string[] {
    const keys: string[] = [];
    try {
      for (let index = 0; index < (this.#shelf?.length ?? 0); index += 1) {
        const key = this.#shelf?.key(index);
        if (key?.startsWith(prefix)) keys.push(key);
      }
    } catch {
      // Forbidden: then nothing is kept.
    }
    return keys;
  }

  #read(key: string): string {
    try {
      return this.#shelf?.getItem(key) ?? "";
    } catch {
      return "";
    }
  }

  #write(key: string, value: string): boolean {
    try {
      this.#shelf?.setItem(key, value);
      return this.#shelf !== undefined;
    } catch {
      // What stands there is an older list, and would bring back what has been sent.
      this.#forget(key);
      return false;
    }
  }

  #forget(key: string): void {
    try {
      this.#shelf?.removeItem(key);
    } catch {
      // Forbidden: then there is nothing either.
    }
  }
}

function parse(written: string): KeptText[] {
  try {
    const texts: unknown = JSON.parse(written);
    return Array.isArray(texts) ? texts.filter(isKeptText) : [];
  } catch {
    return [];
  }
}

function isKeptText(value: unknown): value is KeptText {
  const { clientId, text, writtenAt, to } = (value ?? {}) as Partial<Record<keyof KeptText, unknown>>;
  const isText = typeof clientId === "string" && typeof text === "string" && typeof writtenAt === "number";
  // A whisper without its recipient would be told to everybody.
  return isText && (to === undefined || isPerson(to));
}

export function isPerson(value: unknown): value is Person {
  const { id, user, alias } = (value ?? {}) as Partial<Record<keyof Person, unknown>>;
  const { ko, en } = (alias ?? {}) as Partial<Record<keyof Person["alias"], unknown>>;
  return [id, user, ko, en].every((part) => typeof part === "string");
}
