import { expect, test } from "vitest";

import { clockText, lastToldAt } from "./countdown.ts";

test("a countdown is written as on a clock", () => {
  expect([300, 60, 27, 9, 0].map(clockText)).toEqual(["5:00", "1:00", "0:27", "0:09", "0:00"]);
});

test("it is read out rarely", () => {
  const told = Array.from({ length: 301 }, (_, index) => lastToldAt(300 - index));
  expect([...new Set(told)]).toEqual([undefined, 60, 30, 10]);
});
