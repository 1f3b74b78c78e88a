// The room's log as far as this page holds it: every entry once, in the order of `seq`.

import type { Entry, Joined } from "../wire.ts";

/** More than this in the list and the oldest leave it; scrolling up fetches them again. */
export const ENTRIES_SHOWN_MAX = 1_000;

export class Timeline {
  #entries = new Map<number, Entry>();
  /** What arrived live while a join was under way, before it is known where it belongs. */
  #held: Entry[] | undefined;
  #epoch: string | undefined;
  #cursor = 0;
  #first = 1;

  /** Up to here nothing is missing: what a returning page says that it has. */
  get cursor(): number {
    return this.#cursor;
  }

  get epoch(): string | undefined {
    return this.#epoch;
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

  /** The entries in order; a new array each time. */
  sorted(): Entry[] {
    return [...this.#entries.values()].sort((a, b) => a.seq - b.seq);
  }

  /** From here until `release`, live entries wait: they may belong to another epoch than the list. */
  hold(): void {
    this.#held = [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const entry of held) this.#put(entry);
    this.#advance();
  }

  /** Takes a live entry, in whatever order it comes, as often as it comes. */
  live(entry: Entry): void {
    if (this.#held) {
      this.#held.push(entry);
      return;
    }
    this.#put(entry);
    this.#advance();
  }

  /** Takes one answer to a join and says which of its entries are new to the list. */
  joined(answer: Joined): Entry[] {
    const startOver = answer.reset || answer.epoch !== this.#epoch;
    if (startOver) {
      this.#entries.clear();
      this.#cursor = 0;
    }
    this.#epoch = answer.epoch;
    this.#first = answer.first;
    const fresh = answer.messages.filter((entry) => !this.#entries.has(entry.seq));
    for (const entry of answer.messages) this.#put(entry);
    const last = answer.messages.at(-1)?.seq ?? (startOver ? answer.head : 0);
    this.#cursor = Math.max(this.#cursor, last);
    this.#advance();
    return fresh;
  }

  /** Takes a page of history; an empty one means that there is nothing older. */
  older(messages: readonly Entry[]): void {
    if (messages.length === 0) this.#first = this.oldest ?? this.#first;
    for (const entry of messages) this.#put(entry);
  }

  /** Lets the oldest entries go when there are too many. */
  trim(max = ENTRIES_SHOWN_MAX): void {
    const surplus = this.#entries.size - max;
    if (surplus <= 0) return;
    for (const entry of this.sorted().slice(0, surplus)) this.#entries.delete(entry.seq);
  }

  #put(entry: Entry): void {
    if (!this.#entries.has(entry.seq)) this.#entries.set(entry.seq, entry);
  }

  /** One's own message may be known before an earlier one arrives: only what is contiguous counts. */
  #advance(): void {
    while (this.#entries.has(this.#cursor + 1)) this.#cursor += 1;
  }
}
