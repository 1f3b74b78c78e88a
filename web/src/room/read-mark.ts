// What the reader has seen, and where what came meanwhile begins.

import type { Told } from "./whispers.ts";

export type ReadMark = {
  /** The newest entry that the reader has had before their eyes; all that came before it counts too. */
  seen: number;
  /** Messages of others that came after it. */
  unseen: number;
  /** The entry after which the mark stands; it stays there while its reader reads. */
  after: number | undefined;
};

export const NOTHING_READ: ReadMark = { seen: 0, unseen: 0, after: undefined };

/**
 * The mark after a change: `present` says that the reader has the end of the list before their eyes,
 * `mine` whose messages are the reader's own.
 */
export function noted(
  mark: ReadMark,
  list: readonly Told[],
  present: boolean,
  mine: (told: Told) => boolean,
): ReadMark {
  const last = list.at(-1)?.seq ?? 0;
  if (present) {
    const seen = Math.max(mark.seen, last);
    return seen === mark.seen && mark.unseen === 0 ? mark : { ...mark, seen, unseen: 0 };
  }
  let unseen = 0;
  for (let index = list.length - 1; index >= 0; index -= 1) {
    const told = list[index];
    if (told === undefined || told.seq <= mark.seen) break;
    if (!told.system && !mine(told)) unseen += 1;
  }
  if (unseen === mark.unseen) return mark;
  // The first one that waits says where; those that follow it wait behind the same mark.
  const after = mark.unseen === 0 ? mark.seen : mark.after;
  return { ...mark, unseen, after };
}
