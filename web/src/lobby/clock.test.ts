import { expect, test } from "vitest";

import { jumpDetector, ServerClock } from "./clock.ts";

const noon = "2026-11-20T12:00:00.000Z";

test("the server's time goes on from what was told, whatever the visitor's clock says", () => {
  let monotonic = 700;
  const clock = new ServerClock(noon, 500, () => monotonic);
  expect(clock.now()).toBe(Date.parse(noon) + 200);
  monotonic += 30_000;
  expect(clock.now()).toBe(Date.parse(noon) + 30_200);
});

test("a later word of the server counts from when it came", () => {
  let monotonic = 0;
  const clock = new ServerClock(noon, 0, () => monotonic);
  monotonic = 1_000;
  clock.set("2026-11-20T12:00:09.000Z");
  monotonic = 2_000;
  expect(clock.now()).toBe(Date.parse("2026-11-20T12:00:10.000Z"));
});

test("a word that was longer on its way does not set the time back, another clock does", () => {
  const clock = new ServerClock(noon, 0, () => 0);
  clock.set("2026-11-20T11:59:57.000Z");
  expect(clock.now()).toBe(Date.parse(noon));
  clock.set("2026-11-20T11:00:00.000Z");
  expect(clock.now()).toBe(Date.parse("2026-11-20T11:00:00.000Z"));
});

test("a time that cannot be read changes nothing", () => {
  const clock = new ServerClock(noon, 0, () => 0);
  clock.set("soon");
  expect(clock.now()).toBe(Date.parse(noon));
});

test("a sleep and a clock that was set are seen once, a late timer is not", () => {
  let [wall, monotonic] = [1_000_000, 0];
  const hasJumped = jumpDetector(
    () => wall,
    () => monotonic,
  );
  wall += 5_000;
  monotonic += 5_000;
  expect(hasJumped()).toBe(false);
  wall += 60_000;
  monotonic += 1_000;
  expect(hasJumped()).toBe(true);
  expect(hasJumped()).toBe(false);
  wall -= 3_600_000;
  expect(hasJumped()).toBe(true);
});
