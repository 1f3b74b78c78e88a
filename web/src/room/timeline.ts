// The room's log as far as this page holds it: every entry once, in the order of `seq`.

import type { Entry, Joined } from "../wire.ts";

/** More than this are never held: as many as a server keeps unless it is told otherwise. */
export const ENTRIES_MAX = 10_000;
/** More than this are let go while the reader is at the end; scrolling up fetches them again. */
export const ENTRIES_AT_END_MAX = 1_000;
/** More than this does not wait for an answer to a join: a later one brings what was let go. */
export const ENTRIES_HELD_MAX = 1_000;

/** Why a list starts over: the server is another one in memory, or has let go what lies between. */
export type StartedOver = "epoch" | "history";

export type Fresh = {
  /** Entries of the answer that were not in the list. */
  entries: Entry[];
  /** Set when there was a list before, and it is gone. */
  startedOver: StartedOver | undefined;
};

export class Timeline {
  #entries = new Map<number, Entry>();
  /** What arrived live while a join was under way, before it is known where it belongs. */
  #held: Entry[] | undefined;
  #epoch: string | undefined;
  #cursor = 0;
  #last = 0;
  #first = 1;

  /** Up to here nothing is missing: what a returning page says that it has. */
  get cursor(): number {
    return this.#cursor;
  }

  get epoch(): string | undefined {
    return this.#epoch;
  }

  /** Whether entries have come whose predecessors have not. */
  get gap(): boolean {
    return this.#last > this.#cursor;
  }

  /** The smallest `seq` in the list. */
  get oldest(): number | undefined {
    let oldest: number | undefined;
    for (const seq of this.#entries.keys()) {
      if (oldest === undefined || seq < oldest) oldest = seq;
    }
    return oldest;
  }

  /** Whether the server keeps entries older than those in the list. */
  get hasOlder(): boolean {
    return (this.oldest ?? this.#first) > this.#first;
  }

  /** What can be shown, in order: nothing behind a gap. A new array each time. */
  shown(): Entry[] {
    const upTo = [...this.#entries.values()].filter(({ seq }) => seq <= this.#cursor);
    return upTo.sort((a, b) => a.seq - b.seq);
  }

  /** From here until `release`, live entries wait: they may belong to another epoch than the list. */
  hold(): void {
    this.#held = [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const entry of held) this.live(entry);
  }

  /** Takes a live entry, in whatever order it comes, as often as it comes. */
  live(entry: Entry): void {
    if (this.#held) {
      if (this.#held.length < ENTRIES_HELD_MAX) this.#held.push(entry);
      return;
    }
    // Not in the list and before its end: it is older than the list, and has its place in the history.
    if (entry.seq <= this.#cursor) return;
    this.#put(entry);
    this.#advance();
  }

  /** Takes one answer to a join. */
  joined(answer: Joined): Fresh {
    const startedOver = this.#startsOver(answer);
    if (startedOver) this.#startOver(startedOver, answer.head);
    this.#epoch = answer.epoch;
    this.#first = answer.first;
    const fresh = answer.messages.filter((entry) => !this.#entries.has(entry.seq));
    for (const entry of answer.messages) this.#put(entry);
    // A complete answer is the whole truth up to its head.
    const last = answer.messages.at(-1)?.seq ?? 0;
    this.#cursor = Math.max(this.#cursor, last, answer.more ? 0 : answer.head);
    this.#advance();
    return { entries: fresh, startedOver };
  }

  /** Takes a page of history; an empty one means that there is nothing older. */
  older(messages: readonly Entry[]): void {
    if (messages.length === 0) this.#first = this.oldest ?? this.#first;
    for (const entry of messages) this.#put(entry);
  }

  /** Lets the oldest entries go when there are too many. */
  trim(max = ENTRIES_MAX): void {
    const surplus = this.#entries.size - max;
    if (surplus <= 0) return;
    for (const entry of this.shown().slice(0, surplus)) this.#entries.delete(entry.seq);
  }

  #startsOver(answer: Joined): StartedOver | undefined {
    if (this.#epoch === undefined) return undefined;
    if (answer.epoch !== this.#epoch) return "epoch";
    return answer.reset ? "history" : undefined;
  }

  /** In the same log what has come since the answer was written still holds. */
  #startOver(why: StartedOver, head: number): void {
    const sameLog = why === "history" && head >= this.#cursor;
    const newer = [...this.#entries.values()].filter(({ seq }) => sameLog && seq > head);
    this.#entries.clear();
    this.#cursor = 0;
    this.#last = 0;
    for (const entry of newer) this.#put(entry);
  }

  #put(entry: Entry): void {
    if (!this.#entries.has(entry.seq)) this.#entries.set(entry.seq, entry);
    this.#last = Math.max(this.#last, entry.seq);
  }

  /** One's own message may be known before an earlier one arrives: only what is contiguous counts. */
  #advance(): void {
    while (this.#entries.has(this.#cursor + 1)) this.#cursor += 1;
  }
}
