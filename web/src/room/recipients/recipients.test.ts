import { describe, expect, test } from "vitest";

import type { Participant } from "../../wire.ts";
import { COMMAND } from "../whispering.svelte.ts";
import { addressed, fitting, Recipients, SHOWN_MAX } from "./recipients.svelte.ts";

function person(id: string, ko: string, en: string): Participant {
  return { id, user: "#123456", alias: { ko, en }, owner: false, away: false, since: "" };
}

const WHALE = person("whale", "파란 고래", "Blue Whale");
const FOX = person("fox", "노란 여우", "Yellow Fox");
const SECOND = person("second", "파란 고래 2", "Blue Whale 2");
const ids = (people: Participant[]): string[] => people.map(({ id }) => id);

describe("a text that is a whisper", () => {
  test.each(["/w ", "/w", "  /W blue", "/ㅈ 파란", "/whisper fox", "/귓속말 여우", "/w\nfox"])("%j", (text) => {
    expect(COMMAND.test(text)).toBe(true);
  });

  test.each(["", "w", "/", "/wow", "/ㅈㅈ", "a /w fox", "//w fox"])("is not %j", (text) => {
    expect(COMMAND.test(text)).toBe(false);
  });
});

describe("the people to choose from", () => {
  test.each(["/w ", "/w bl", "/w whale", "/w BLUE", "/ㅈ 파", "/w 파라", "/w ㄱㄹ", "/w 고래"])("have the whale at %j", (typed) => {
    expect(ids(fitting(typed, [FOX, WHALE]))).toContain("whale");
  });

  test("are only those whom the letters fit", () => {
    expect(ids(fitting("/w 여", [FOX, WHALE]))).toEqual(["fox"]);
    expect(fitting("/w nobody", [FOX, WHALE])).toEqual([]);
  });

  test("are few", () => {
    const many = Array.from({ length: 30 }, (_, index) => person(`${index}`, `고래 ${index}`, `Whale ${index}`));
    expect(fitting("/w ", many)).toHaveLength(SHOWN_MAX);
  });
});

describe("a whole name", () => {
  test("is an address once a space follows, and the rest is the text", () => {
    expect(addressed("/w Blue Whale", [WHALE, FOX])).toBeUndefined();
    expect(addressed("/w blue whale hi  there", [WHALE, FOX])).toEqual({ person: WHALE, text: "hi  there" });
    expect(addressed("/ㅈ 파란 고래 안녕", [WHALE, FOX])).toEqual({ person: WHALE, text: "안녕" });
  });

  test("that could still become another one is none yet", () => {
    expect(addressed("/w Blue Whale ", [WHALE, SECOND])).toBeUndefined();
    expect(addressed("/w Blue Whale 2 hi", [WHALE, SECOND])).toEqual({ person: SECOND, text: "hi" });
    expect(addressed("/w Blue Whale hi", [WHALE, SECOND])).toEqual({ person: WHALE, text: "hi" });
  });
});

describe("the arrow keys", () => {
  test("go round, and stay at the person while the list gets shorter", () => {
    const list = new Recipients();
    list.show([WHALE, FOX, SECOND]);
    list.move(-1);
    expect(list.chosen).toBe(SECOND);
    list.show([FOX, SECOND]);
    expect(list.chosen).toBe(SECOND);
    list.move(1);
    expect(list.chosen).toBe(FOX);
  });

  test("reach nobody where nobody is", () => {
    const list = new Recipients();
    list.show([]);
    list.move(1);
    expect(list.chosen).toBeUndefined();
  });
});
