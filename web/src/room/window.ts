// Which part of a long list is on the page. A room may have thousands of messages; the page draws a few
// hundred around the place where its reader is.

import type { Row } from "./rows.ts";

/** Lines on the page at most. */
export const ROWS_SHOWN_MAX = 300;
/** Lines while the list follows its end: fewer, so that a reader who stops has room for what comes. */
export const ROWS_AT_END = 200;
/** By so many lines the part moves when the reader nears its edge. */
const STEP = 100;

/** The part that starts at the line of this `seq`; without one, the end of the list. */
export function partOf(rows: readonly Row[], first: number | undefined): readonly Row[] {
  if (first === undefined) return rows.slice(-ROWS_AT_END);
  const index = indexOf(rows, first);
  return rows.slice(index, index + ROWS_SHOWN_MAX);
}

/** Whether there are lines before the part; they are only not drawn. */
export function hasBefore(rows: readonly Row[], part: readonly Row[]): boolean {
  return rows[0] !== part[0];
}

/** Whether there are lines behind the part. */
export function hasBehind(rows: readonly Row[], part: readonly Row[]): boolean {
  return rows.at(-1) !== part.at(-1);
}

/** Where the part starts when it moves up. */
export function stepUp(rows: readonly Row[], first: number): number {
  return rows[Math.max(0, indexOf(rows, first) - STEP)]?.seq ?? first;
}

/** Where the part starts when it moves down; never further than that it ends with the list. */
export function stepDown(rows: readonly Row[], first: number): number {
  const last = Math.max(0, rows.length - ROWS_SHOWN_MAX);
  return rows[Math.min(last, indexOf(rows, first) + STEP)]?.seq ?? first;
}

/** The line that starts at `seq` or, when that one is gone or folded into another, the next. */
function indexOf(rows: readonly Row[], seq: number): number {
  const index = rows.findIndex((row) => row.seq >= seq);
  return index === -1 ? Math.max(0, rows.length - ROWS_AT_END) : index;
}
