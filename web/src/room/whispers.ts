// What was whispered to this reader, and by this reader: a log of its own, which nobody else sees. Its
// numbers are without gaps, as those of the room are; where a whisper stands, its anchor says.

import type { Entry, Joined, Whisper } from "../wire.ts";
import { ENTRIES_HELD_MAX, ENTRIES_MAX, type StartedOver } from "./timeline.ts";

/** `seq` is no number of the room: it lies between those of the anchor and of the entry behind it. */
export type Placed = Whisper & { readonly seq: number; readonly system?: never };

/** Whatever stands in the list. */
export type Told = Entry | Placed;

/** Places of several whispers behind one anchor keep their order, and never change. */
export function placed(whisper: Whisper): Placed {
  const { anchor, privateSeq } = whisper;
  return { ...whisper, seq: anchor + privateSeq / (privateSeq + 1) };
}

export function isWhisper(told: Pick<Told, "seq">): told is Placed {
  return "privateSeq" in told;
}

export class Whispers {
  #log = new Map<number, Placed>();
  /** What came live while a join was under way, before it is known where it belongs. */
  #held: Whisper[] | undefined;
  #cursor = 0;
  #last = 0;

  /** Up to here nothing is missing: what a returning page says that it has. */
  get cursor(): number {
    return this.#cursor;
  }

  /** Whether there are whispers that have not come, or whose predecessors have not. */
  get gap(): boolean {
    return this.#last > this.#cursor;
  }

  /** Older ones are in the history, before this. */
  get oldest(): number {
    return Math.min(this.#cursor + 1, ...this.#log.keys());
  }

  /** What can be shown, in order: nothing behind a gap. */
  shown(): Placed[] {
    const upTo = [...this.#log.values()].filter(({ privateSeq }) => privateSeq <= this.#cursor);
    return upTo.sort((a, b) => a.privateSeq - b.privateSeq);
  }

  /** The room has one of this number; it comes by itself, or is missing. */
  expect(privateSeq: number): void {
    this.#last = Math.max(this.#last, privateSeq);
  }

  /** With the entries of the room, in order. */
  among(entries: readonly Entry[]): readonly Told[] {
    const here = this.shown();
    return here.length === 0 ? entries : [...entries, ...here].sort((a, b) => a.seq - b.seq);
  }

  hold(): void {
    this.#held = [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const whisper of held) this.live(whisper);
  }

  /** Takes one as it comes, in whatever order, as often as it comes. */
  live(whisper: Whisper): void {
    if (this.#held) {
      if (this.#held.length < ENTRIES_HELD_MAX) this.#held.push(whisper);
      return;
    }
    if (whisper.privateSeq > this.#cursor) this.#take([whisper]);
  }

  /**
   * Takes one answer to a join, and gives what was not here before. In the same log what has come since
   * the answer was written still holds.
   */
  joined({ private: whispers, privateHead, more }: Joined, why: StartedOver | undefined): Placed[] {
    if (why) {
      const sameLog = why === "history";
      this.#log = new Map([...this.#log].filter(([at]) => sameLog && at > privateHead));
      this.#cursor = 0;
      this.#last = Math.max(0, ...this.#log.keys());
    }
    const fresh = whispers.filter(({ privateSeq }) => !this.#log.has(privateSeq));
    // A complete answer is the whole truth up to its head.
    const last = whispers.at(-1)?.privateSeq ?? 0;
    this.#cursor = Math.max(this.#cursor, last, more ? 0 : privateHead);
    this.#take(whispers);
    return fresh.map(placed);
  }

  /** Takes what stands among a page of history. */
  older(whispers: readonly Whisper[]): void {
    this.#take(whispers);
  }

  /** Lets go of what stands before the first entry that is kept. */
  trim(first: number): void {
    for (const [privateSeq, { anchor }] of this.#log) {
      if (anchor < first) this.#log.delete(privateSeq);
    }
  }

  #take(whispers: readonly Whisper[]): void {
    for (const whisper of whispers) {
      this.#log.set(whisper.privateSeq, placed(whisper));
      this.expect(whisper.privateSeq);
    }
    while (this.#log.has(this.#cursor + 1)) this.#cursor += 1;
    for (const privateSeq of [...this.#log.keys()].sort((a, b) => a - b).slice(0, -ENTRIES_MAX)) {
      this.#log.delete(privateSeq);
    }
  }
}
