import { describe, expect, test } from "vitest";

import type { Entry, Joined } from "../wire.ts";
import { ENTRIES_HELD_MAX, Timeline } from "./timeline.ts";

function entry(seq: number, chat = `message ${seq}`): Entry {
  const createdAt = "2026-11-20T12:00:00.000Z";
  return { _id: `id-${seq}`, room: "room", seq, user: "#3a7867", createdAt, author: "a", chat };
}

function entries(from: number, to: number): Entry[] {
  return Array.from({ length: to - from + 1 }, (_, index) => entry(from + index));
}

function answer(messages: Entry[], rest: Partial<Joined> = {}): Joined {
  const you = { id: "a", user: "#3a7867", alias: { ko: "파란 고래", en: "Blue Whale" } };
  return {
    ok: true,
    epoch: "one",
    head: messages.at(-1)?.seq ?? 0,
    first: 1,
    reset: false,
    more: false,
    messages,
    private: [],
    privateHead: 0,
    room: { title: "Room", max: 10, secret: false, locked: false, slow: 0 },
    blocked: [],
    you,
    owner: "a",
    participants: [],
    ...rest,
  };
}

function joinedWith(messages: Entry[], rest: Partial<Joined> = {}): Timeline {
  const timeline = new Timeline();
  timeline.hold();
  timeline.joined(answer(messages, rest));
  timeline.release();
  return timeline;
}

const seqs = (timeline: Timeline): number[] => timeline.shown().map(({ seq }) => seq);

describe("live entries", () => {
  test("are shown in the order of seq, however they arrive", () => {
    const timeline = joinedWith(entries(1, 2));
    for (const seq of [5, 3, 4]) timeline.live(entry(seq));
    expect(seqs(timeline)).toEqual([1, 2, 3, 4, 5]);
  });

  test("are shown once, however often they arrive", () => {
    const timeline = joinedWith(entries(1, 2));
    timeline.live(entry(3, "first"));
    timeline.live(entry(3, "again"));
    expect(timeline.shown().at(-1)?.chat).toBe("first");
    expect(seqs(timeline)).toEqual([1, 2, 3]);
  });

  test("that come before the answer to the join are kept and put in their place", () => {
    const timeline = new Timeline();
    timeline.hold();
    timeline.live(entry(4));
    timeline.joined(answer(entries(1, 3)));
    timeline.release();
    expect(seqs(timeline)).toEqual([1, 2, 3, 4]);
    expect(timeline.cursor).toBe(4);
  });

  test("of a new epoch outlive the list of the old one", () => {
    const timeline = joinedWith(entries(1, 9));
    timeline.hold();
    timeline.live(entry(3, "new world"));
    timeline.joined(answer(entries(1, 2), { epoch: "two", reset: true }));
    timeline.release();
    expect(seqs(timeline)).toEqual([1, 2, 3]);
    expect(timeline.shown()[2]?.chat).toBe("new world");
  });
});

describe("a gap", () => {
  test("hides what comes behind it until it is closed", () => {
    const timeline = joinedWith(entries(1, 2));
    timeline.live(entry(4));
    expect(timeline.gap).toBe(true);
    expect(seqs(timeline)).toEqual([1, 2]);
    timeline.live(entry(3));
    expect(timeline.gap).toBe(false);
    expect(seqs(timeline)).toEqual([1, 2, 3, 4]);
  });

  test("is closed by an answer, on a standing connection without holding anything back", () => {
    const timeline = joinedWith(entries(1, 2));
    timeline.live(entry(6));
    expect(timeline.joined(answer(entries(3, 5))).entries).toHaveLength(3);
    expect(seqs(timeline)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test("that the whole answer does not fill is none: the server has nothing there", () => {
    const timeline = joinedWith(entries(1, 2));
    timeline.live(entry(5));
    timeline.joined(answer([entry(4)], { head: 5 }));
    expect(timeline.gap).toBe(false);
    expect(seqs(timeline)).toEqual([1, 2, 4, 5]);
  });

  test("does not arise from what is older than the list, and that is not put into it", () => {
    const timeline = joinedWith(entries(51, 60));
    timeline.live(entry(7));
    expect(timeline.gap).toBe(false);
    expect(seqs(timeline)[0]).toBe(51);
  });

  test("is left by more live entries than may wait, so that they are asked for", () => {
    const timeline = joinedWith(entries(1, 2));
    timeline.hold();
    for (const late of entries(4, ENTRIES_HELD_MAX + 10)) timeline.live(late);
    timeline.joined(answer([entry(3)]));
    timeline.release();
    expect(timeline.cursor).toBe(ENTRIES_HELD_MAX + 3);
  });
});

describe("starting over", () => {
  test("is said with its reason, and not at the first join", () => {
    const timeline = new Timeline();
    expect(timeline.joined(answer(entries(1, 2))).startedOver).toBeUndefined();
    const pruned = answer(entries(50, 60), { reset: true, first: 40 });
    expect(timeline.joined(pruned).startedOver).toBe("history");
    const restored = answer(entries(1, 1), { reset: true, epoch: "two" });
    expect(timeline.joined(restored).startedOver).toBe("epoch");
    expect(seqs(timeline)).toEqual([1]);
  });

  test("because old entries are gone keeps what came while the answer was on its way", () => {
    const timeline = joinedWith(entries(1, 2));
    timeline.live(entry(61));
    timeline.joined(answer(entries(50, 60), { reset: true, first: 40 }));
    expect(seqs(timeline).at(-1)).toBe(61);
    expect(timeline.gap).toBe(false);
  });
});

describe("the position that a returning page names", () => {
  test("stops before the first gap, so that what is missing is sent", () => {
    const timeline = joinedWith(entries(1, 2));
    timeline.live(entry(4));
    expect(timeline.cursor).toBe(2);
    timeline.live(entry(3));
    expect(timeline.cursor).toBe(4);
  });

  test("is the head of a room whose log is empty", () => {
    expect(joinedWith([], { head: 7 }).cursor).toBe(7);
  });

  test("never goes back when nothing was missed", () => {
    const timeline = joinedWith(entries(1, 5));
    timeline.joined(answer([]));
    expect(timeline.cursor).toBe(5);
    expect(seqs(timeline)).toEqual([1, 2, 3, 4, 5]);
  });

  test("starts anew with a reset", () => {
    const timeline = joinedWith(entries(1, 500));
    timeline.joined(answer(entries(2, 3), { reset: true }));
    expect(timeline.cursor).toBe(3);
    expect(seqs(timeline)).toEqual([2, 3]);
  });
});

describe("coming back", () => {
  test("says which entries are new to the list", () => {
    const timeline = joinedWith(entries(1, 3));
    timeline.live(entry(5));
    const fresh = timeline.joined(answer(entries(4, 6))).entries;
    expect(fresh.map(({ seq }) => seq)).toEqual([4, 6]);
  });

  test("takes a long gap in several answers", () => {
    const timeline = joinedWith(entries(1, 3));
    timeline.hold();
    timeline.joined(answer(entries(4, 6), { more: true, head: 9 }));
    expect(timeline.cursor).toBe(6);
    timeline.live(entry(10));
    timeline.joined(answer(entries(7, 9)));
    timeline.release();
    expect(timeline.cursor).toBe(10);
  });
});

describe("history", () => {
  test("is offered while the server keeps older entries", () => {
    const timeline = joinedWith(entries(51, 60), { first: 41 });
    expect(timeline.hasOlder).toBe(true);
    timeline.older(entries(41, 50));
    expect(timeline.hasOlder).toBe(false);
    expect(seqs(timeline)[0]).toBe(41);
  });

  test("ends with an empty page, also when the server has let entries go meanwhile", () => {
    const timeline = joinedWith(entries(51, 60));
    timeline.older([]);
    expect(timeline.hasOlder).toBe(false);
  });

  test("does not move the position", () => {
    const timeline = joinedWith(entries(51, 60));
    timeline.older(entries(1, 50));
    expect(timeline.cursor).toBe(60);
  });

  test("can be fetched again after the list was shortened", () => {
    const timeline = joinedWith(entries(1, 10));
    timeline.trim(4);
    expect(seqs(timeline)).toEqual([7, 8, 9, 10]);
    expect(timeline.hasOlder).toBe(true);
    expect(timeline.cursor).toBe(10);
  });
});
