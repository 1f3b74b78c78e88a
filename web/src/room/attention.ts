// What has come while the reader was elsewhere: counted for the title of the tab.

import type { Entry } from "../wire.ts";

/** More is not worth counting. */
const COUNT_SHOWN_MAX = 99;

export class Attention {
  readonly #isMine: (entry: Entry) => boolean;
  /** Up to here everything has been looked at. */
  #upTo = 0;
  #unread = 0;

  constructor(isMine: (entry: Entry) => boolean) {
    this.#isMine = isMine;
  }

  get unread(): number {
    return this.#unread;
  }

  /** The list as the reader finds it, or as it starts over: nothing in it is news. */
  begin(entries: readonly Entry[]): void {
    this.#upTo = entries.at(-1)?.seq ?? 0;
  }

  /** The list as it is now; gives what others have said since, and counts it for one who is away. */
  take(entries: readonly Entry[], away: boolean): Entry[] {
    const upTo = this.#upTo;
    this.#upTo = Math.max(upTo, entries.at(-1)?.seq ?? 0);
    const said = entries.filter(
      (entry) => entry.seq > upTo && !entry.system && !this.#isMine(entry),
    );
    if (away) this.#unread += said.length;
    return said;
  }

  /** The reader is back. */
  see(): void {
    this.#unread = 0;
  }
}

/** The title of a tab that waits for its reader. */
export function titleWith(unread: number, title: string): string {
  if (unread === 0) return title;
  return `(${unread > COUNT_SHOWN_MAX ? `${COUNT_SHOWN_MAX}+` : unread}) ${title}`;
}
