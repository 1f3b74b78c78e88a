import { expect, test } from "vitest";

import type { Entry } from "../wire.ts";
import { NOTHING_READ, noted, type ReadMark } from "./read-mark.ts";
import { entry, FOX, WHALE, whisper } from "./testing/visit.ts";
import { placed, type Told } from "./whispers.ts";

const mine = ({ author }: Told): boolean => author === WHALE.id;
const upTo = (last: number): Entry[] => Array.from({ length: last }, (_, index) => entry(index + 1));
const note = (mark: ReadMark, entries: Told[], present: boolean): ReadMark =>
  noted(mark, entries, present, mine);

const read = note(NOTHING_READ, upTo(5), true);

test("what is before the reader's eyes is read", () => {
  expect(read).toEqual({ seen: 5, unseen: 0, after: undefined });
});

test("what comes while the reader is elsewhere counts, behind one mark", () => {
  const first = note(read, upTo(6), false);
  expect(first).toEqual({ seen: 5, unseen: 1, after: 5 });
  expect(note(first, upTo(9), false)).toEqual({ seen: 5, unseen: 4, after: 5 });
});

test("the mark stays while its reader reads what is behind it", () => {
  const back = note(note(read, upTo(8), false), upTo(8), true);
  expect(back).toEqual({ seen: 8, unseen: 0, after: 5 });
  expect(note(back, upTo(9), true)).toEqual({ seen: 9, unseen: 0, after: 5 });
});

test("the next absence moves it to where that one began", () => {
  const back = note(note(read, upTo(8), false), upTo(8), true);
  expect(note(back, upTo(9), false)).toEqual({ seen: 8, unseen: 1, after: 8 });
});

test("neither one's own messages nor system lines are unread", () => {
  const { id: author, user, alias } = FOX;
  const system = entry(7, { system: { kind: "join", author, user, alias } });
  const mark = note(read, [...upTo(5), entry(6, { author: WHALE.id }), system], false);
  expect(mark).toBe(read);
});

test("nothing changes where there is nothing new", () => {
  expect(note(read, upTo(5), true)).toBe(read);
  expect(note(read, upTo(5), false)).toBe(read);
});

test("a whisper that came after what was read is unread, once", () => {
  const list = [...upTo(5), placed(whisper(1, { anchor: 5 })), placed(whisper(2, { anchor: 5, author: WHALE.id }))];
  const away = note(read, list, false);
  expect(away).toEqual({ seen: 5, unseen: 1, after: 5 });
  expect(note(note(away, list, true), list, false).unseen).toBe(0);
});
