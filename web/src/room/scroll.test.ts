import { describe, expect, test } from "vitest";

import { isAtEnd, isNearBeginning, isNearEnd, placeOf, returnTo } from "./scroll.ts";

/** A list whose lines are 50 pixels high, seen through a window of 500; it scrolls from its end upwards. */
class FakeList {
  scrollTop = 0;
  readonly clientHeight = 500;
  seqs: number[];

  constructor(count: number) {
    this.seqs = Array.from({ length: count }, (_, index) => index + 1);
  }

  get scrollHeight(): number {
    return this.seqs.length * 50;
  }

  getBoundingClientRect(): { top: number; bottom: number } {
    return { top: 0, bottom: this.clientHeight };
  }

  querySelectorAll(): unknown[] {
    return this.seqs.map((seq) => this.#line(seq));
  }

  querySelector(selector: string): unknown {
    const seq = Number(/"(\d+)"/.exec(selector)?.[1]);
    return this.seqs.includes(seq) ? this.#line(seq) : null;
  }

  topOf(seq: number): number {
    const fromEnd = (this.seqs.length - this.seqs.indexOf(seq)) * 50;
    return this.clientHeight - fromEnd - this.scrollTop;
  }

  #line(seq: number): unknown {
    const top = this.topOf(seq);
    return { dataset: { seq: `${seq}` }, getBoundingClientRect: () => ({ top, bottom: top + 50 }) };
  }
}

globalThis.CSS ??= { escape: (text: string) => text } as typeof CSS;

const seen = (list: FakeList): HTMLElement => list as unknown as HTMLElement;

describe("a list sticks to its end", () => {
  test.each([
    [0, true],
    [99, true],
    [100, true],
    [101, false],
  ])("%d px away from it: %s", (away, expected) => {
    const list = new FakeList(100);
    list.scrollTop = -away;
    expect(isAtEnd(seen(list))).toBe(expected);
  });
});

describe("more is fetched or drawn", () => {
  test("before the reader reaches the beginning, and not in the middle", () => {
    const list = new FakeList(100);
    list.scrollTop = -(list.scrollHeight - list.clientHeight - 599);
    expect([isNearBeginning(seen(list)), isNearEnd(seen(list))]).toEqual([true, false]);
    list.scrollTop = -2_000;
    expect([isNearBeginning(seen(list)), isNearEnd(seen(list))]).toEqual([false, false]);
    list.scrollTop = -599;
    expect([isNearBeginning(seen(list)), isNearEnd(seen(list))]).toEqual([false, true]);
  });
});

describe("the reader's place", () => {
  test("stays where it was when lines come above and below", () => {
    const list = new FakeList(100);
    list.scrollTop = -2_020;
    const place = placeOf(seen(list));
    const first = Number(place[0]?.seq);
    const top = list.topOf(first);
    list.seqs = [...Array.from({ length: 50 }, (_, index) => index - 50), ...list.seqs, 101, 102, 103];
    returnTo(seen(list), place);
    expect(list.topOf(first)).toBe(top);
  });

  test("is that of the next line when the first one is gone", () => {
    const list = new FakeList(100);
    list.scrollTop = -2_020;
    const place = placeOf(seen(list));
    const [first, second] = place.map(({ seq }) => Number(seq));
    const top = list.topOf(second ?? 0);
    list.seqs = list.seqs.filter((seq) => seq !== first && seq > 5);
    returnTo(seen(list), place);
    expect(list.topOf(second ?? 0)).toBe(top);
  });

  test("is nowhere, and nothing moves, when all its lines are gone", () => {
    const list = new FakeList(100);
    list.scrollTop = -2_000;
    const place = placeOf(seen(list));
    list.seqs = [200, 201];
    returnTo(seen(list), place);
    expect(list.scrollTop).toBe(-2_000);
  });
});
