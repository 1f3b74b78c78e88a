import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Pace } from "./pace.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test("what is asked for once is done at once, and once", () => {
  const run = vi.fn();
  new Pace(run, 50).ask();
  expect(run).toHaveBeenCalledOnce();
  vi.advanceTimersByTime(1_000);
  expect(run).toHaveBeenCalledOnce();
});

test("what is asked for again and again is done first, now and then, and last", () => {
  const run = vi.fn();
  const pace = new Pace(run, 50);
  for (let time = 0; time < 100; time += 1) {
    pace.ask();
    vi.advanceTimersByTime(1);
  }
  expect(run).toHaveBeenCalledTimes(3);
  vi.advanceTimersByTime(1_000);
  expect(run).toHaveBeenCalledTimes(3);
});
