import { expect, test } from "vitest";

import type { PendingText } from "./outbox.ts";
import { lastSaid, lastUnsent, lastWhispered } from "./recall.ts";
import { entry, FOX, whisper } from "./testing/visit.ts";
import { placed, type Told } from "./whispers.ts";

const mine = (candidate: Told): boolean => candidate.author === "me";
const pending = (text: string, state: PendingText["state"]): PendingText => ({
  clientId: text,
  text,
  writtenAt: 1,
  state,
});

test("the last text that is still on its way is recalled", () => {
  expect(lastUnsent([pending("둘", "sending"), pending("셋", "waiting")])?.text).toBe("셋");
});

test("what failed is recalled with its line, which it replaces", () => {
  expect(lastUnsent([pending("셋", "failed")])).toMatchObject({ text: "셋", failed: "셋" });
});

test("what is recalled still answers what it answered", () => {
  const alias = { ko: "파란 고래", en: "Blue Whale" };
  const quote = { seq: 4, author: "whale", user: "#3a7867", alias, chat: "넷" };
  const reply = { quote, epoch: "one" };
  expect(lastUnsent([{ ...pending("셋", "failed"), reply }])?.reply).toEqual(reply);
});

test("nothing is recalled where all has arrived", () => {
  expect(lastUnsent([])).toBeUndefined();
});

test("a whisper is recalled only where one whispers to the same person", () => {
  const told = placed(whisper(1, { author: "me", to: FOX, chat: "psst" }));
  const list = [entry(1, { author: "me", chat: "하나" }), told];
  expect(lastWhispered(list, mine, FOX.id)?.text).toBe("psst");
  expect(lastWhispered(list, mine, "bear")).toBeUndefined();
  const failed = { ...pending("secret", "failed"), to: FOX };
  expect(lastUnsent([failed])).toBeUndefined();
  expect(lastUnsent([failed], FOX.id)).toMatchObject({ text: "secret", failed: "secret" });
});

test("what was said last and still stands there can be edited", () => {
  const list = [
    entry(1, { author: "me", chat: "하나" }),
    entry(2, { author: "me", chat: "지운 말", deleted: true }),
    entry(3, { author: "bear", chat: "둘" }),
  ];
  expect(lastSaid(list, mine)?.seq).toBe(1);
  expect(lastSaid(list.slice(1), mine)).toBeUndefined();
});
