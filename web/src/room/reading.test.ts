import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { LastRead } from "./keeping/last-read.ts";
import { Reading } from "./reading.svelte.ts";
import { breakAndReturn, entry, joined, MemoryShelf, startJoined } from "./testing/visit.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test("in another log what was read of the first one says nothing", async () => {
  const last = new LastRead(new MemoryShelf(), "room");
  const { session, socket } = await startJoined([1, 2, 3, 4, 5].map((seq) => entry(seq)));
  const reading = new Reading(session, last);
  reading.note(true);
  expect(last.in("one")).toBe(5);
  await breakAndReturn(socket);
  await socket.answers("join", joined([entry(1), entry(2)], { epoch: "two", reset: true }));
  reading.note(true);
  expect(last.in("two")).toBe(2);
  await socket.happens("chat", entry(3));
  reading.note(false);
  expect(reading.unseen).toBe(1);
  expect(reading.rows.map(({ kind }) => kind)).toContain("unread");
});

test("a visit begins where the last one stopped", async () => {
  const last = new LastRead(new MemoryShelf(), "room");
  last.keep("one", 2);
  const { session } = await startJoined([1, 2, 3].map((seq) => entry(seq)));
  const reading = new Reading(session, last);
  reading.note(true);
  expect(reading.rows.map(({ kind }) => kind)).toEqual(["day", "message", "message", "unread", "message"]);
  expect([reading.unseen, last.in("one")]).toEqual([0, 3]);
});
