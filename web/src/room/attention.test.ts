import { describe, expect, test } from "vitest";

import type { Entry } from "../wire.ts";
import { Attention, titleWith } from "./attention.ts";
import { whisper } from "./testing/visit.ts";
import { placed } from "./whispers.ts";

function entry(seq: number, more: Partial<Entry> = {}): Entry {
  const createdAt = "2026-01-01T00:00:00.000Z";
  return { _id: `${seq}`, room: "r", seq, user: "#123456", author: "other", createdAt, chat: "말", ...more };
}

const system = { kind: "join", author: "other", user: "#123456", alias: { ko: "", en: "" } } as const;

function attention(...history: Entry[]): Attention {
  const watching = new Attention(({ author }) => author === "me");
  watching.begin(history);
  return watching;
}

describe("a reader who is away", () => {
  test("finds counted what others have said since, texts and GIFs", () => {
    const watching = attention(entry(1), entry(2));
    const list = [entry(1), entry(2), entry(3), entry(4, { chat: undefined, gif: "a.gif" } as object)];
    expect(watching.take(list, true).map(({ seq }) => seq)).toEqual([3, 4]);
    expect(watching.unread).toBe(2);
  });

  test("is not told of system lines, nor of what they said in another tab", () => {
    const watching = attention();
    watching.take([entry(1, { system }), entry(2, { author: "me" }), entry(3)], true);
    expect(watching.unread).toBe(1);
  });

  test("finds each message counted once, also when older ones join the list", () => {
    const watching = attention(entry(5));
    watching.take([entry(5), entry(6)], true);
    watching.take([entry(4), entry(5), entry(6)], true);
    watching.take([entry(6), entry(7)], true);
    expect(watching.unread).toBe(2);
  });

  test("finds nothing counted once they have been back", () => {
    const watching = attention();
    watching.take([entry(1)], true);
    watching.see();
    expect(watching.unread).toBe(0);
    watching.take([entry(1), entry(2)], true);
    expect(watching.unread).toBe(1);
  });

  test("finds counted what was recovered after a sleep", () => {
    const watching = attention(entry(1));
    watching.take([entry(1), ...[2, 3, 4].map((seq) => entry(seq))], true);
    expect(watching.unread).toBe(3);
  });

  test("finds a list that has started over with lower numbers, and counts on from there", () => {
    const watching = attention(...[1, 2, 3].map((seq) => entry(seq)));
    watching.begin([entry(1)]);
    watching.take([entry(1), entry(2)], true);
    expect(watching.unread).toBe(1);
  });
});

test("a reader who is there has nothing unread", () => {
  const watching = attention();
  expect(watching.take([entry(1)], false)).toHaveLength(1);
  expect(watching.unread).toBe(0);
});

test("the title tells how many, up to a number that still says something", () => {
  expect(titleWith(0, "방")).toBe("방");
  expect(titleWith(3, "방 · GIF Chat")).toBe("(3) 방 · GIF Chat");
  expect(titleWith(99, "방")).toBe("(99) 방");
  expect(titleWith(100, "방")).toBe("(99+) 방");
});

describe("a whisper", () => {
  test("is counted like a message, though it has no number of the room", () => {
    const watching = attention(entry(1), entry(2));
    const late = placed(whisper(1, { anchor: 1, author: "other" }));
    expect(watching.take([entry(1), late, entry(2)], true)).toEqual([late]);
    expect(watching.take([entry(1), late, entry(2)], true)).toEqual([]);
    expect(watching.unread).toBe(1);
  });
});
