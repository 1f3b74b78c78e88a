// The room's log as far as this page holds it: every entry once, in the order of `seq`.

import type { Entry, Joined } from "../wire.ts";
import { changed, type ChangeEntry, isChange } from "./changes.ts";

/** More than this are never held: as many as a server keeps unless it is told otherwise. */
export const ENTRIES_MAX = 10_000;
/** More than this are let go while the reader is at the end; scrolling up fetches them again. */
export const ENTRIES_AT_END_MAX = 1_000;
/** More than this does not wait for an answer to a join: a later one brings what was let go. */
export const ENTRIES_HELD_MAX = 1_000;
/** Changes that are remembered for older pages which were written before them. */
export const CHANGES_MAX = 1_000;

/** Why a list starts over: the server is another one in memory, or has let go what lies between. */
export type StartedOver = "epoch" | "history";

export type Fresh = {
  /** Messages of the answer that were not in the list. */
  entries: Entry[];
  /** Set when there was a list before, and it is gone. */
  startedOver: StartedOver | undefined;
};

export class Timeline {
  /** The messages, each as the changes up to the cursor have made it. */
  #entries = new Map<number, Entry>();
  #changes = new Map<number, ChangeEntry>();
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

  /** The smallest `seq` of a message in the list. */
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
    this.#advance(this.#cursor);
  }

  /** Takes one answer to a join. */
  joined(answer: Joined): Fresh {
    const startedOver = this.#startsOver(answer);
    if (startedOver) this.#startOver(startedOver, answer.head);
    this.#epoch = answer.epoch;
    this.#first = answer.first;
    // What lies before the cursor is in the list, or was let go at its beginning.
    const missed = answer.messages.filter(({ seq }) => seq > this.#cursor);
    const fresh = missed.filter(({ seq, change }) => !change && !this.#entries.has(seq));
    for (const entry of missed) this.#put(entry);
    // A complete answer is the whole truth up to its head.
    const last = answer.messages.at(-1)?.seq ?? 0;
    this.#advance(Math.max(this.#cursor, last, answer.more ? 0 : answer.head));
    return { entries: fresh, startedOver };
  }

  /** Takes a page of history; an empty one means that there is nothing older. */
  older(messages: readonly Entry[]): void {
    if (messages.length === 0) this.#first = this.oldest ?? this.#first;
    for (const entry of messages) this.#put(entry);
    // The page may have been written before the newest changes; those that it knows change nothing.
    this.#apply(0, messages.map(({ seq }) => seq));
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
    for (const known of [this.#entries, this.#changes]) {
      for (const seq of known.keys()) if (!sameLog || seq <= head) known.delete(seq);
    }
    this.#cursor = 0;
    if (!sameLog) this.#last = 0;
  }

  #put(entry: Entry): void {
    const { seq } = entry;
    if (isChange(entry)) this.#changes.set(seq, entry);
    else if (!this.#entries.has(seq)) this.#entries.set(seq, entry);
    this.#last = Math.max(this.#last, seq);
  }

  /**
   * Moves the cursor there, and on as far as nothing is missing: one's own message may be known before
   * an earlier one arrives. Changes are made when the cursor passes them, so each in its turn.
   */
  #advance(to: number): void {
    const from = this.#cursor;
    this.#cursor = to;
    while (this.#entries.has(this.#cursor + 1) || this.#changes.has(this.#cursor + 1)) {
      this.#cursor += 1;
    }
    if (this.#changes.size > 0) this.#apply(from);
  }

  /** Makes the changes behind `from` up to the cursor, only those of some messages if these are named. */
  #apply(from: number, seqs?: readonly number[]): void {
    const due = [...this.#changes.values()]
      .filter(({ seq }) => seq > from && seq <= this.#cursor)
      .sort((a, b) => a.seq - b.seq);
    for (const change of due) {
      for (const seq of seqs ?? this.#entries.keys()) {
        const before = this.#entries.get(seq);
        const after = before && changed(before, change);
        if (after && after !== before) this.#entries.set(seq, after);
      }
    }
    for (const seq of this.#changes.keys()) {
      if (this.#changes.size <= CHANGES_MAX) break;
      if (seq <= this.#cursor) this.#changes.delete(seq);
    }
  }
}
