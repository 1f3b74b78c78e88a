// Where in the conversation the reader is: which part of it is on the page, and what is unread.

import type { LastRead } from "./keeping/last-read.ts";
import { NOTHING_READ, noted, type ReadMark } from "./read-mark.ts";
import { type Row, rowsOf } from "./rows.ts";
import type { RoomSession } from "./session.svelte.ts";
import type { Told } from "./whispers.ts";
import { hasBefore, hasBehind, partOf, stepDown, stepUp } from "./window.ts";

export class Reading {
  readonly #session: RoomSession;
  readonly #lastRead: LastRead;
  /** The log that the mark is of. */
  #epoch: string | undefined;
  #mark = $state.raw<ReadMark>(NOTHING_READ);
  /** Where the part on the page starts; nowhere while it follows the end of the list. */
  #first = $state<number | undefined>(undefined);

  readonly #rows: readonly Row[] = $derived.by(() =>
    rowsOf(this.#session.told, {
      dayOf: this.#session.times.dayKey,
      unreadAfter: this.#mark.after,
    }),
  );
  /** The lines on the page. */
  readonly rows: readonly Row[] = $derived(partOf(this.#rows, this.#first));
  /** Whether there is something before them, here or on the server. */
  readonly hasOlder: boolean = $derived.by(
    () => hasBefore(this.#rows, this.rows) || this.#session.hasOlder,
  );
  /** Whether the newest message is on the page. */
  readonly reachesEnd: boolean = $derived(!hasBehind(this.#rows, this.rows));

  constructor(session: RoomSession, lastRead: LastRead) {
    this.#session = session;
    this.#lastRead = lastRead;
  }

  /** Messages of others that the reader has not had before their eyes. */
  get unseen(): number {
    return this.#mark.unseen;
  }

  /** `present`: the end of the list is before the reader's eyes. */
  note(present: boolean): void {
    const { told, epoch, gone } = this.#session;
    if (epoch === undefined) return;
    const mine = (one: Told): boolean => this.#session.isQuiet(one);
    if (epoch !== this.#epoch) {
      this.#epoch = epoch;
      const seen = this.#lastRead.in(epoch);
      this.#mark =
        seen === undefined
          ? NOTHING_READ
          : noted({ ...NOTHING_READ, seen }, told, false, mine);
    }
    this.#mark = noted(this.#mark, told, present, mine);
    if (gone) this.#lastRead.forget();
    else if (present) this.#lastRead.keep(epoch, this.#mark.seen);
  }

  /** The mark has done its work once its reader goes on writing, or looks away. */
  forgetMark(): void {
    if (this.#mark.after !== undefined) this.#mark = { ...this.#mark, after: undefined };
  }

  /** Follows the end of the list from here on. */
  follow(): void {
    this.#first = undefined;
  }

  /** Makes the line of an entry that is in the list one of those on the page. */
  bring(seq: number): void {
    if (!this.rows.some((row) => row.seq === seq)) this.#first = stepUp(this.#rows, seq);
  }

  /** Leaves the part where it is, whatever comes behind it. */
  stay(): void {
    this.#first ??= this.rows[0]?.seq;
  }

  /** Brings what is before the part; the reader's place is the view's to keep. */
  async up(): Promise<void> {
    if (!hasBefore(this.#rows, this.rows)) await this.#session.loadOlder();
    this.stay();
    if (this.#first !== undefined) this.#first = stepUp(this.#rows, this.#first);
  }

  /** Brings what is behind the part. */
  down(): void {
    if (this.reachesEnd || this.#first === undefined) return;
    this.#first = stepDown(this.#rows, this.#first);
  }
}
