import { describe, expect, test } from "vitest";

import type { Row } from "./rows.ts";
import { entry } from "./testing/visit.ts";
import { hasBefore, hasBehind, partOf, ROWS_AT_END, ROWS_SHOWN_MAX, stepDown, stepUp } from "./window.ts";

/** Lines 1, 2, 3, … */
function lines(count: number, from = 1): Row[] {
  return Array.from({ length: count }, (_, index) => {
    const seq = from + index;
    return { kind: "message", key: `${seq}`, seq, entry: entry(seq), continued: false };
  });
}

const ends = (part: readonly Row[]): (number | undefined)[] => [part[0]?.seq, part.at(-1)?.seq];

describe("the part of a long list that is on the page", () => {
  test("is its end while nothing else is asked for", () => {
    const rows = lines(5_000);
    const part = partOf(rows, undefined);
    expect(ends(part)).toEqual([5_001 - ROWS_AT_END, 5_000]);
    expect([hasBefore(rows, part), hasBehind(rows, part)]).toEqual([true, false]);
  });

  test("is all of a short list", () => {
    const rows = lines(ROWS_AT_END);
    const part = partOf(rows, undefined);
    expect(part).toHaveLength(ROWS_AT_END);
    expect([hasBefore(rows, part), hasBehind(rows, part)]).toEqual([false, false]);
  });

  test("never has more lines than it may, wherever it starts", () => {
    const rows = lines(5_000);
    for (const first of [1, 2, 2_500, 4_701, 4_999, 5_000]) {
      expect(partOf(rows, first).length).toBeLessThanOrEqual(ROWS_SHOWN_MAX);
    }
  });

  test("stays where it is, whatever comes behind and before it", () => {
    const first = 4_000;
    const before = partOf(lines(1_000, 3_500), first);
    const after = partOf(lines(1_600, 3_000), first);
    expect(ends(after)).toEqual(ends(before));
  });

  test("moves up and down by steps that leave the reader's place on the page", () => {
    const rows = lines(5_000);
    const up = stepUp(rows, 4_801);
    expect(up).toBe(4_701);
    expect(ends(partOf(rows, up))).toEqual([4_701, 5_000]);
    expect(stepDown(rows, 4_500)).toBe(4_600);
  });

  test("ends with the list at the very bottom and begins with it at the top", () => {
    const rows = lines(5_000);
    expect(stepDown(rows, 4_690)).toBe(4_701);
    expect(stepUp(rows, 40)).toBe(1);
    expect(stepUp(lines(150), 1)).toBe(1);
    expect(stepDown(lines(150), 1)).toBe(1);
  });

  test("starts at the next line when its first one was folded into another", () => {
    const rows = lines(500).filter(({ seq }) => seq !== 250);
    expect(partOf(rows, 250)[0]?.seq).toBe(251);
  });

  test("is the end again when all that it showed is gone", () => {
    expect(ends(partOf(lines(50), 9_000))).toEqual([1, 50]);
  });
});
