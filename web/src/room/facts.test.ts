import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Entry, System } from "../wire.ts";
import { Facts } from "./facts.svelte.ts";
import { CREATED_AT, entry, FOX, joined, WHALE } from "./testing/visit.ts";

beforeEach(() => vi.useFakeTimers({ now: Date.parse(CREATED_AT) }));
afterEach(() => vi.useRealTimers());

const ROOM = { title: "Room", max: 10, secret: false };
const later = (ms: number): string => new Date(Date.parse(CREATED_AT) + ms).toISOString();

function line(kind: System["kind"], rest: Partial<System> = {}): Entry {
  const { id: author, user, alias } = FOX;
  return entry(9, { system: { kind, author, user, alias, ...rest } });
}

function after(...lines: Entry[]): Facts {
  const facts = new Facts(ROOM);
  for (const one of lines) facts.live(one, WHALE.id);
  return facts;
}

test("what the owner changes holds at once", () => {
  const facts = after(
    line("title", { title: "Tea" }),
    line("max", { max: 4 }),
    line("password", { secret: true }),
    line("slow", { seconds: 30 }),
    line("lock"),
  );
  expect(facts).toMatchObject({ title: "Tea", max: 4, secret: true, slow: 30, locked: true });
  facts.live(line("unlock"), WHALE.id);
  facts.live(line("slow", { seconds: 0 }), WHALE.id);
  facts.live(line("password", { secret: false }), WHALE.id);
  expect(facts).toMatchObject({ secret: false, slow: 0, locked: false });
});

test("a join says it all anew, also that a countdown was stopped meanwhile", () => {
  const facts = after(line("closing", { until: later(60_000) }));
  expect(facts.closesAt).toBe(later(60_000));
  const room = { title: "Tea", max: 4, secret: true, locked: true, slow: 5 };
  facts.joined(joined([], { room }));
  expect(facts).toMatchObject(room);
  expect(facts.closesAt).toBeUndefined();
});

test("a countdown ends when the owner keeps the room", () => {
  const facts = after(line("closing", { until: later(60_000) }), line("staying"));
  expect(facts.closesAt).toBeUndefined();
});

test("being muted ends by itself at the time", () => {
  const facts = after(line("mute", { ...about(), until: later(60_000) }));
  expect(facts.mutedUntil).toBe(later(60_000));
  vi.advanceTimersByTime(59_000);
  expect(facts.mutedUntil).toBe(later(60_000));
  vi.advanceTimersByTime(1_000);
  expect(facts.mutedUntil).toBeUndefined();
});

test("being muted ends when the owner says so, and a longer one takes the place of a shorter one", () => {
  const facts = after(
    line("mute", { ...about(), until: later(60_000) }),
    line("mute", { ...about(), until: later(120_000) }),
  );
  vi.advanceTimersByTime(60_000);
  expect(facts.mutedUntil).toBe(later(120_000));
  facts.live(line("unmute", about()), WHALE.id);
  expect(facts.mutedUntil).toBeUndefined();
});

test("somebody else's being muted is not one's own", () => {
  expect(after(line("mute", { until: later(60_000) })).mutedUntil).toBeUndefined();
});

test("who comes back muted is muted still", () => {
  const facts = new Facts(ROOM);
  facts.joined(joined([], { you: { ...WHALE, mutedUntil: later(5_000) } }));
  expect(facts.mutedUntil).toBe(later(5_000));
  vi.advanceTimersByTime(5_000);
  expect(facts.mutedUntil).toBeUndefined();
});

test("times are told by the server's clock where this device's is wrong", () => {
  const facts = new Facts(ROOM);
  vi.setSystemTime(Date.parse(later(3_600_000)));
  facts.live(line("closing", { until: later(60_000) }), WHALE.id);
  expect(facts.msUntil(later(60_000))).toBe(60_000);
});

function about(): Partial<System> {
  return { author: WHALE.id, user: WHALE.user, alias: WHALE.alias };
}
