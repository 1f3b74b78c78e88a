import { expect, test } from "vitest";

import type { Report } from "../wire.ts";
import { Reports } from "./reports.svelte.ts";
import { CREATED_AT, FOX, joined, WHALE } from "./testing/visit.ts";

const by = (person: typeof FOX, seq: number, reason?: string): Report => ({
  seq,
  by: person,
  createdAt: CREATED_AT,
  ...(reason === undefined ? {} : { reason }),
});

test("a person's second report about a message takes the place of the first", () => {
  const reports = new Reports();
  reports.joined(joined([], { reports: [by(FOX, 3, "spam"), by(WHALE, 3)] }));
  reports.heard(by(FOX, 3, "rude"));
  expect(reports.list).toEqual([by(WHALE, 3), by(FOX, 3, "rude")]);
});

test("what is dealt with is gone, and whoever is no owner any more has none", () => {
  const reports = new Reports();
  reports.joined(joined([], { reports: [by(FOX, 3), by(WHALE, 4), by(WHALE, 3)] }));
  reports.forget(3);
  expect(reports.list).toEqual([by(WHALE, 4)]);
  reports.joined(joined([]));
  expect(reports.list).toEqual([]);
});
