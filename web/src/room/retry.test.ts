import { afterEach, describe, expect, test, vi } from "vitest";

import { jittered, PACE_MS_MAX, pauseAfter, RETRIES_MAX } from "./retry.ts";

const refused = (error: string, retryAfterMs?: number) => ({
  kind: "refused" as const,
  refusal: { error, message: "", ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe("the pause before another try", () => {
  test("grows, and there is none after the last one", () => {
    vi.spyOn(Math, "random").mockReturnValue(0);
    const pauses = [1, 2, 3, 4, 5].map((tries) => pauseAfter({ kind: "unanswered" }, tries)?.ms);
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, undefined]);
    expect(pauseAfter(refused("unavailable"), RETRIES_MAX + 1)).toBeUndefined();
  });

  test("is another one for each page", () => {
    vi.spyOn(Math, "random").mockReturnValueOnce(0).mockReturnValueOnce(0.999);
    expect([jittered(1_000), jittered(1_000)].map(Math.round)).toEqual([1_000, 1_500]);
  });

  test("is the server's own when it asks for time, however often, but neither none nor for ever", () => {
    expect(pauseAfter(refused("too_fast", 700), 99)).toEqual({ ms: 700, why: "slowed" });
    expect(pauseAfter(refused("too_fast", 0), 1)?.ms).toBe(250);
    expect(pauseAfter(refused("too_fast", PACE_MS_MAX), 1)?.ms).toBe(PACE_MS_MAX);
    expect(pauseAfter(refused("too_fast", 2 ** 40), 1)).toBeUndefined();
  });

  test("does not exist after what time does not mend", () => {
    for (const error of ["invalid", "conflict", "not_admitted", "not_in_room", "banned", ""]) {
      expect(pauseAfter(refused(error), 1), error).toBeUndefined();
    }
  });

  test("is none for somebody who may not write: that would knock at a closed door", () => {
    expect(pauseAfter(refused("muted", 60_000), 1)).toBeUndefined();
  });
});
