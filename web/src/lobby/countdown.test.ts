import { expect, test } from "vitest";

import { secondsLeft } from "./countdown.ts";

const now = Date.parse("2026-11-20T12:00:00.000Z");

test("a closing room is there for the seconds until its deadline", () => {
  expect(secondsLeft("2026-11-20T12:00:20.000Z", now)).toBe(20);
});

test("a second that has begun still counts", () => {
  expect(secondsLeft("2026-11-20T12:00:00.001Z", now)).toBe(1);
});

test("a deadline that has passed leaves nothing, not less", () => {
  expect(secondsLeft("2026-11-20T11:59:00.000Z", now)).toBe(0);
});

test("without a time to count from, as without a deadline, nothing is said", () => {
  expect(secondsLeft("2026-11-20T12:00:00.000Z", Number.NEGATIVE_INFINITY)).toBeUndefined();
});

test("a deadline that cannot be read is none", () => {
  expect(secondsLeft("soon", now)).toBeUndefined();
});
