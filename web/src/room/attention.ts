// What has come while the reader was elsewhere: counted for the title of the tab.

import { isWhisper, type Told } from "./whispers.ts";

/** More is not worth counting. */
const COUNT_SHOWN_MAX = 99;

export class Attention {
  readonly #isMine: (told: Told) => boolean;
  /** Up to here everything has been looked at, in the room and among the whispers. */
  #upTo = 0;
  #upToPrivate = 0;
  #unread = 0;

  constructor(isMine: (told: Told) => boolean) {
    this.#isMine = isMine;
  }

  get unread(): number {
    return this.#unread;
  }

  /** The list as the reader finds it, or as it starts over: nothing in it is news. */
  begin(list: readonly Told[]): void {
    this.#upTo = 0;
    this.#upToPrivate = 0;
    this.#pass(list);
  }

  /** The list as it is now; gives what others have said since, and counts it for one who is away. */
  take(list: readonly Told[], away: boolean): Told[] {
    const said = list.filter(
      (told) => this.#isAhead(told) && !told.system && !this.#isMine(told),
    );
    this.#pass(list);
    if (away) this.#unread += said.length;
    return said;
  }

  /** The reader is back. */
  see(): void {
    this.#unread = 0;
  }

  #isAhead(told: Told): boolean {
    return isWhisper(told) ? told.privateSeq > this.#upToPrivate : told.seq > this.#upTo;
  }

  #pass(list: readonly Told[]): void {
    for (const told of list) {
      if (isWhisper(told)) this.#upToPrivate = Math.max(this.#upToPrivate, told.privateSeq);
      else this.#upTo = Math.max(this.#upTo, told.seq);
    }
  }
}

/** The title of a tab that waits for its reader. */
export function titleWith(unread: number, title: string): string {
  if (unread === 0) return title;
  return `(${unread > COUNT_SHOWN_MAX ? `${COUNT_SHOWN_MAX}+` : unread}) ${title}`;
}
