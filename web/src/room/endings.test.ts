import { describe, expect, test } from "vitest";

import { breakOf } from "./endings.ts";

describe("what the official client says about a break", () => {
  test("is read from the close code of the WebSocket", () => {
    const closed = (code: number) =>
      breakOf({ description: "websocket connection closed", context: { code } });
    expect([4000, 4001, 4002, 1009].map(closed)).toEqual([
      "restart",
      "slow",
      "slow",
      "message_too_large",
    ]);
    for (const code of [1001, 1006, 4003, 4004, 4006, 4999]) expect(closed(code)).toBe("loss");
  });

  test("may say nothing at all", () => {
    for (const details of [undefined, null, {}, new Error("xhr poll error"), { context: null }]) {
      expect(breakOf(details)).toBe("loss");
    }
  });
});
