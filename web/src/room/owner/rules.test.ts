import { expect, test } from "vitest";

import { changesOf } from "./rules.ts";

const now = { title: "Tea", max: 10, slow: 0 };

test("only what differs is asked for", () => {
  expect(changesOf({ title: "Tea", max: " 10 ", slow: 0 }, now)).toEqual({});
  expect(changesOf({ title: "Tea", max: "4", slow: 0 }, now)).toEqual({ max: 4 });
  expect(changesOf({ title: "Coffee", max: "10", slow: 30 }, now)).toEqual({ title: "Coffee", slow: 30 });
});

test("what is no number of seats is left for the server to refuse", () => {
  for (const typed of ["", "ten", "2.5", "-3", "1e3"]) {
    expect(changesOf({ ...now, max: typed }, now), typed).toEqual({ max: 0 });
  }
});
