import { describe, expect, test } from "vitest";

import type { Entry, System } from "../wire.ts";
import { timesFor } from "../times.ts";
import { partOf, stepDown, stepUp } from "./window.ts";
import { MOVEMENTS_MIN, type Row, rowsOf } from "./rows.ts";
import { CREATED_AT, entry, FOX, WHALE, whisper } from "./testing/visit.ts";
import { placed } from "./whispers.ts";

const dayOf = timesFor("en", "Asia/Seoul").dayKey;

function moves(seq: number, kind: System["kind"], who = FOX): Entry {
  const { id: author, user, alias } = who;
  return { _id: `id-${seq}`, room: "room", seq, user: "system", createdAt: CREATED_AT, system: { kind, author, user, alias } };
}

function rows(entries: Entry[], unreadAfter?: number): Row[] {
  return rowsOf(entries, { dayOf, unreadAfter });
}

const kinds = (list: Row[]): string[] => list.map(({ kind }) => kind);
const continuations = (list: Row[]): boolean[] =>
  list.flatMap((row) => (row.kind === "message" ? [row.continued] : []));

describe("days", () => {
  test("each begins with its date, in the reader's own time zone", () => {
    const list = rows([
      entry(1, { createdAt: "2026-11-20T14:59:00.000Z" }),
      entry(2, { createdAt: "2026-11-20T15:00:00.000Z" }),
      entry(3, { createdAt: "2026-11-20T15:01:00.000Z" }),
    ]);
    expect(kinds(list)).toEqual(["day", "message", "day", "message", "message"]);
  });

  test("a message never goes on across midnight", () => {
    const list = rows([
      entry(1, { createdAt: "2026-11-20T14:59:30.000Z" }),
      entry(2, { createdAt: "2026-11-20T15:00:10.000Z" }),
      entry(3, { createdAt: "2026-11-20T15:00:20.000Z" }),
    ]);
    expect(continuations(list)).toEqual([false, false, true]);
  });
});

describe("what is unread", () => {
  test("is marked before its first message, and begins with a name", () => {
    const list = rows([entry(1), entry(2), entry(3)], 1);
    expect(kinds(list)).toEqual(["day", "message", "unread", "message", "message"]);
    expect(continuations(list)).toEqual([false, false, true]);
  });

  test("needs no mark when there is nothing behind it", () => {
    expect(kinds(rows([entry(1), entry(2)], 2))).not.toContain("unread");
  });

  test("is marked once, also where the last one read is no longer in the list", () => {
    expect(kinds(rows([entry(7), entry(8)], 3))).toEqual(["day", "unread", "message", "message"]);
  });
});

describe("who comes and goes", () => {
  test("has a line each while they are few", () => {
    const list = rows([moves(1, "join"), moves(2, "exit")]);
    expect(kinds(list)).toEqual(["day", "message", "message"]);
  });

  test("is one line from the third on, which counts people and not doors", () => {
    const list = rows([
      moves(1, "join"),
      moves(2, "join", WHALE),
      moves(3, "exit"),
      moves(4, "join"),
      entry(5),
    ]);
    expect(MOVEMENTS_MIN).toBe(3);
    expect(kinds(list)).toEqual(["day", "movements", "message"]);
    expect(list[1]).toMatchObject({ seq: 1, came: 2, left: 1 });
  });

  test("keeps its line while it grows, so that one can open it meanwhile", () => {
    const three = [moves(1, "join"), moves(2, "exit"), moves(3, "join")];
    const [before] = rows(three).slice(1);
    const [after] = rows([...three, moves(4, "exit")]).slice(1);
    expect(after?.key).toBe(before?.key);
  });

  test("stands apart from a change of the owner and from messages", () => {
    const list = rows([
      moves(1, "join"),
      moves(2, "join", WHALE),
      moves(3, "owner", WHALE),
      moves(4, "exit"),
      moves(5, "exit", WHALE),
    ]);
    expect(kinds(list)).toEqual(["day", ...Array<string>(5).fill("message")]);
  });

  test("hides nobody who was sent out", () => {
    const list = rows([moves(1, "exit"), moves(2, "kick"), moves(3, "exit"), moves(4, "join", WHALE)]);
    expect(kinds(list)).toEqual(["day", ...Array<string>(4).fill("message")]);
  });

  test("ends a series of messages of one person", () => {
    expect(continuations(rows([entry(1), moves(2, "join"), entry(3)]))).toEqual([
      false,
      false,
      false,
    ]);
  });
});

test("every line has a key of its own", () => {
  const entries = Array.from({ length: 40 }, (_, index) =>
    index % 3 === 0 ? entry(index + 1) : moves(index + 1, index % 2 === 0 ? "join" : "exit"),
  );
  const keys = rows(entries, 7).map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
});

describe("a whisper", () => {
  const told = (privateSeq: number, anchor: number) => placed(whisper(privateSeq, { anchor }));
  const listOf = (unreadAfter?: number) =>
    rowsOf([entry(1), told(1, 1), told(2, 1), entry(2)], { dayOf, unreadAfter });

  test("is a line of its own, and ends what somebody was saying", () => {
    const list = listOf();
    expect(kinds(list)).toEqual(["day", "message", "whisper", "whisper", "message"]);
    expect(continuations(list)).toEqual([false, false]);
    expect(new Set(list.map(({ key }) => key)).size).toBe(list.length);
  });

  test("stands behind the mark of what is unread when it came after it", () => {
    expect(kinds(listOf(1))).toEqual(["day", "message", "unread", "whisper", "whisper", "message"]);
    expect(kinds(listOf(told(1, 1).seq))).toEqual(["day", "message", "whisper", "unread", "whisper", "message"]);
  });

  test("lets the part on the page begin at it, however many stand behind one message", () => {
    const many = Array.from({ length: 700 }, (_, index) => told(index + 1, 1));
    const list = rowsOf([entry(1), ...many], { dayOf, unreadAfter: undefined });
    const [, , , fourth] = list;
    expect(partOf(list, fourth?.seq)[0]).toBe(fourth);
    const down = stepDown(list, fourth?.seq ?? 0);
    expect(down).toBeGreaterThan(fourth?.seq ?? 0);
    expect(stepUp(list, down)).toBeLessThan(down);
  });
});
