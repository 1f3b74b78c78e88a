import { expect, test } from "vitest";

import { MemoryShelf } from "../testing/visit.ts";
import { LastRead, ROOMS_KEPT_MAX } from "./last-read.ts";
import type { Shelf } from "./texts.ts";

const shelf = new MemoryShelf();
const read = (room = "room", on: Shelf | undefined = shelf): LastRead => new LastRead(on, room);

test("the next visit knows how far the last one has read, in the same log only", () => {
  read().keep("one", 7);
  expect(read().in("one")).toBe(7);
  expect(read().in("another")).toBeUndefined();
  expect(read("other").in("one")).toBeUndefined();
});

test("a tab that is behind does not take back what another has read", () => {
  read().keep("one", 9);
  read().keep("one", 8);
  expect(read().in("one")).toBe(9);
  read().keep("two", 1);
  expect([read().in("one"), read().in("two")]).toEqual([undefined, 1]);
});

test("a room that is gone is forgotten, and the others are not", () => {
  read("other").keep("one", 3);
  read().forget();
  expect(read().in("two")).toBeUndefined();
  expect(read("other").in("one")).toBe(3);
});

test("only so many rooms are kept, those that were read last", () => {
  for (let room = 0; room <= ROOMS_KEPT_MAX; room += 1) read(`${room}`).keep("one", room);
  expect(read("0").in("one")).toBeUndefined();
  expect(read("1").in("one")).toBe(1);
  read("1").keep("one", 99);
  read("more").keep("one", 1);
  expect(read("1").in("one")).toBe(99);
  expect(read("2").in("one")).toBeUndefined();
  expect(shelf.length).toBe(1);
});

test("what somebody else has written there is not believed, and a full or forbidden storage breaks nothing", () => {
  for (const written of ["", "null", "{}", "[1]", '[["room"]]', '[["room","one","7"]]']) {
    shelf.setItem("gif-chat.read", written);
    expect(read().in("one")).toBeUndefined();
  }
  const full = new MemoryShelf();
  full.full = true;
  for (const on of [full, undefined]) {
    const last = new LastRead(on, "room");
    last.keep("one", 1);
    last.forget();
    expect(last.in("one")).toBeUndefined();
  }
});
