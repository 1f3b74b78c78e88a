import { describe, expect, test } from "vitest";

import en from "#locales/en.toml";

import { textsFor } from "../texts.ts";
import { timesFor } from "../times.ts";
import { breakOf, endingOf, kickedEnding } from "./endings.ts";

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

describe("an ending", () => {
  const [texts, times] = [textsFor("en", en), timesFor("en", "UTC")];
  const until = "2030-05-06T07:08:00.000Z";

  test("by the owner says until when, and why", () => {
    const ending = kickedEnding({ room: "room", until, reason: "spam" }, texts, times);
    expect(ending).toMatchObject({ reason: "spam", remedy: "lobby" });
    expect(ending.message).toMatch(/sent you out.*May 6.*7:08/);
  });

  test("of one who comes back too early says from when it works again", () => {
    const failure = { ok: false as const, error: "banned", message: "banned", retryAfterMs: 86_400_000 * 400 };
    const { message, remedy } = endingOf(failure, texts, times);
    expect(message).toMatch(/cannot enter this room now.*come back from \w+ \d/);
    expect(remedy).toBe("lobby");
  });

  test("at a locked room is the server's sentence, and the lobby is the way on", () => {
    const failure = { ok: false as const, error: "locked", message: "This room is locked." };
    expect(endingOf(failure, texts, times)).toEqual({ message: "This room is locked.", remedy: "lobby" });
  });
});
