import { beforeEach, afterEach, describe, expect, test, vi } from "vitest";

import { CREATED_AT, entry, joined, start, WHALE, FOX } from "../testing/visit.ts";
import { Suggester } from "./suggester.svelte.ts";

const OWL = { id: "owl", user: "#777777", alias: { ko: "하얀 올빼미", en: "White Owl" } };

/** What the suggester uses of the field. */
class Field {
  value = "";
  selectionStart = 0;
  selectionEnd = 0;
  focus = vi.fn();

  type(text: string): void {
    this.value += text;
    this.selectionStart = this.selectionEnd = this.value.length;
  }

  setRangeText(text: string, from: number, to: number): void {
    this.value = this.value.slice(0, from) + text + this.value.slice(to);
    this.selectionStart = this.selectionEnd = from + text.length;
  }
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

async function writing() {
  const { session, socket } = start();
  await socket.happens("connect");
  const seat = { owner: false, away: false, since: CREATED_AT };
  const participants = [WHALE, FOX, OWL].map((person) => ({ ...person, ...seat }));
  await socket.answers("join", joined([entry(1)], { participants }));
  const suggester = new Suggester(session);
  const field = new Field();
  const element = field as unknown as HTMLTextAreaElement;
  const changed = (): void => suggester.update(element, changed);
  const type = (text: string): void => {
    field.type(text);
    changed();
  };
  const offered = (): string[] => suggester.found.map(({ id }) => id);
  return { session, suggester, field, type, offered };
}

describe("whom a writer may mention", () => {
  test("is everybody else at first, and fewer with each letter, in either language", async () => {
    const { type, offered } = await writing();
    type("@");
    expect(offered()).toEqual(["fox", "owl"]);
    type("o");
    expect(offered()).toEqual(["fox", "owl"]);
    type("wl");
    expect(offered()).toEqual(["owl"]);
  });

  test("is found while a syllable is being composed, and by initial consonants", async () => {
    const composing = await writing();
    composing.type("@노라");
    expect(composing.offered()).toEqual(["fox"]);
    const initials = await writing();
    initials.type("@ㅎㅇ");
    expect(initials.offered()).toEqual(["owl"]);
  });

  test("is not somebody who is hidden", async () => {
    const { session, type, offered } = await writing();
    session.hidden.hide("fox");
    type("@");
    expect(offered()).toEqual(["owl"]);
  });

  test("is nobody in an ordinary sentence", async () => {
    const { suggester, type, offered } = await writing();
    type("@o ");
    expect(offered()).toEqual([]);
    expect(suggester.pick()).toBe(false);
    expect(suggester.key("ArrowDown")).toBe(false);
  });
});

describe("the list", () => {
  test("is gone through with the arrows, round and round", async () => {
    const { suggester, type } = await writing();
    type("@");
    for (const [key, active] of [["ArrowDown", 1], ["ArrowDown", 0], ["ArrowUp", 1]] as const) {
      expect(suggester.key(key)).toBe(true);
      expect(suggester.active).toBe(active);
    }
    expect(suggester.key("a")).toBe(false);
  });

  test("puts the name in the writer's language, and closes", async () => {
    const { suggester, field, type, offered } = await writing();
    type("hello @올");
    expect(suggester.key("Tab")).toBe(true);
    expect(field.value).toBe("hello @White Owl ");
    expect(offered()).toEqual([]);
  });

  test("stays away from an @ for which Escape has closed it, and comes for the next one", async () => {
    const { suggester, type, offered } = await writing();
    type("@");
    expect(suggester.key("Escape")).toBe(true);
    type("o");
    expect(offered()).toEqual([]);
    type("k @");
    expect(offered()).toEqual(["fox", "owl"]);
  });

  test("is not needed by another part of the room that asks for a mention", async () => {
    const { suggester, field, type } = await writing();
    type("hello");
    suggester.put("fox", field as unknown as HTMLTextAreaElement, () => undefined);
    expect(field.value).toBe("hello @Yellow Fox ");
  });
});
