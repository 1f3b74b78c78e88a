// What is typed and not sent, one text for each room and for each whom one whispers to, in the browser's storage. Tabs of one room share
// it: who wrote last has it, and nobody takes away what another tab has left there.

import { FIELD_UNITS_MAX } from "../limits.ts";
import type { Reply } from "../outbox.ts";
import type { Shelf } from "./texts.ts";

/** What a room was left with longer ago is not expected any more. */
export const DRAFT_MS_MAX = 7 * 24 * 60 * 60_000;
/** The newest rooms' drafts; an older one goes. */
export const DRAFTS_KEPT_MAX = 30;

type Draft = { text: string; reply?: Reply | undefined; writtenAt: number };

const PREFIX = "gif-chat.draft/";

export class RoomDraft {
  readonly #shelf: Shelf | undefined;
  readonly #room: string;
  readonly #key: string;
  readonly #now: () => number;
  /** What this tab has read or written there. */
  #mine: Pick<Draft, "text" | "reply"> = { text: "" };

  /** `to` is the id of the one person whom it is for. */
  constructor(shelf: Shelf | undefined, room: string, now: () => number, to?: string) {
    this.#shelf = shelf;
    this.#room = PREFIX + room;
    this.#key = to === undefined ? this.#room : `${this.#room}/${to}`;
    this.#now = now;
  }

  /** What was typed here before; lets go of what is too old or too much. */
  load(): string {
    this.#sweep();
    this.#mine = this.#read(this.#key) ?? { text: "" };
    return this.#mine.text;
  }

  /** What it answers, as it was kept last. */
  get reply(): Reply | undefined {
    return this.#mine.reply;
  }

  /** The writer has this in the field now, and answers that. */
  keep(text: string, reply?: Reply): void {
    const { text: before, reply: answered } = this.#mine;
    if (text === before && reply?.quote.seq === answered?.quote.seq) return;
    if (text.trim() === "" || text.length > FIELD_UNITS_MAX) return this.drop();
    try {
      this.#shelf?.setItem(this.#key, JSON.stringify({ text, reply, writtenAt: this.#now() }));
      this.#mine = { text, reply };
    } catch {
      // Full or forbidden. An older text there would come back as if it were the last one.
      this.drop();
    }
  }

  /** It is sent, or emptied. What another tab has written since stays. */
  drop(): void {
    if (this.#read(this.#key)?.text === this.#mine.text) this.#remove(this.#key);
    this.#mine = { text: "" };
  }

  /** The room is gone. */
  forget(): void {
    const ofRoom = (key: string): boolean => key === this.#room || key.startsWith(`${this.#room}/`);
    for (const key of this.#keys().filter(ofRoom)) this.#remove(key);
  }

  #sweep(): void {
    const kept = this.#keys()
      .map((key) => ({ key, writtenAt: this.#read(key)?.writtenAt ?? 0 }))
      .sort((one, other) => other.writtenAt - one.writtenAt);
    for (const [index, { key, writtenAt }] of kept.entries()) {
      if (index >= DRAFTS_KEPT_MAX || this.#now() - writtenAt > DRAFT_MS_MAX) this.#remove(key);
    }
  }

  #keys(): string[] {
    try {
      const all = Array.from({ length: this.#shelf?.length ?? 0 }, (_, at) => this.#shelf?.key(at));
      return all.filter((key): key is string => key?.startsWith(PREFIX) ?? false);
    } catch {
      return [];
    }
  }

  #read(key: string): Draft | undefined {
    try {
      const draft: unknown = JSON.parse(this.#shelf?.getItem(key) ?? "");
      return isDraft(draft) ? draft : undefined;
    } catch {
      return undefined;
    }
  }

  #remove(key: string): void {
    try {
      this.#shelf?.removeItem(key);
    } catch {
      // Forbidden: then there is nothing either.
    }
  }
}

function isDraft(value: unknown): value is Draft {
  const { text, writtenAt } = (value ?? {}) as Partial<Record<keyof Draft, unknown>>;
  return typeof text === "string" && typeof writtenAt === "number";
}
