import { expect, test } from "vitest";

import { durationText } from "./durations.ts";

test("a length of time is told in its largest whole unit", () => {
  const lengths = [10, 60, 600, 3_600, 86_400, 604_800, 90];
  expect(lengths.map((seconds) => durationText(seconds, "ko"))).toEqual(
    ["10초", "1분", "10분", "1시간", "1일", "7일", "90초"],
  );
  expect(durationText(600, "en")).toBe("10 minutes");
  expect(durationText(1, "en")).toBe("1 second");
});
