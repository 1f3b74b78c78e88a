import { expect, test } from "vitest";

import type { Entry } from "../wire.ts";
import type { PendingText } from "./outbox.ts";
import { lastOwnText } from "./recall.ts";
import { entry, FOX, whisper } from "./testing/visit.ts";
import { placed, type Told } from "./whispers.ts";

const mine = (candidate: Told): boolean => candidate.author === "me";
const own = (seq: number, chat: string): Entry => entry(seq, { author: "me", chat });
const pending = (text: string, state: PendingText["state"]): PendingText => ({
  clientId: text,
  text,
  writtenAt: 1,
  state,
});

test("the last own text of the room is recalled, past others' and past GIFs", () => {
  const gif = { ...own(3, ""), gif: "wave.gif" };
  delete (gif as Partial<Entry>).chat;
  expect(lastOwnText([own(1, "하나"), own(2, "둘"), gif, entry(4)], [], mine)).toEqual({ text: "둘" });
});

test("what is still on its way is the last one", () => {
  const texts = [pending("셋", "waiting")];
  expect(lastOwnText([own(1, "하나")], texts, mine)).toEqual({ text: "셋" });
});

test("what failed is recalled with its line, which it replaces", () => {
  const texts = [pending("셋", "failed")];
  expect(lastOwnText([own(1, "하나")], texts, mine)).toEqual({ text: "셋", failed: "셋" });
});

test("nobody's text is recalled where nothing was said", () => {
  expect(lastOwnText([], [], mine)).toBeUndefined();
  expect(lastOwnText([entry(1)], [], mine)).toBeUndefined();
});

test("a whisper is recalled only where one whispers to the same person", () => {
  const told = placed(whisper(1, { author: "me", to: FOX, chat: "psst" }));
  const list = [own(1, "하나"), told];
  expect(lastOwnText(list, [], mine)).toEqual({ text: "하나" });
  expect(lastOwnText(list, [], mine, FOX.id)).toEqual({ text: "psst" });
  expect(lastOwnText(list, [], mine, "bear")).toBeUndefined();
  const failed = { ...pending("secret", "failed"), to: FOX };
  expect(lastOwnText(list, [failed], mine)).toEqual({ text: "하나" });
  expect(lastOwnText(list, [failed], mine, FOX.id)).toEqual({ text: "secret", failed: "secret" });
});
