import { describe, expect, test } from "vitest";
import en from "virtual:emoji/en";
import ko from "virtual:emoji/ko";

import { MemoryShelf } from "../testing/visit.ts";
import { type Emoji, GROUPS, toned } from "./emojis.ts";
import { leadsTo } from "./grid.ts";
import { KeptHabits, RECENT_MAX } from "./recent.ts";
import { EmojiSearch, RESULTS_MAX } from "./search.ts";

const emojisOf = (groups: typeof ko): Emoji[] =>
  groups.flat().map(([char, label, words, , tones]) => ({ char, label, words, tones }));

describe("the list", () => {
  test("has each group in both languages, and a name for each emoji", () => {
    for (const groups of [ko, en]) {
      expect(groups).toHaveLength(GROUPS.length);
      for (const group of groups) expect(group.length).toBeGreaterThan(50);
      for (const { label } of emojisOf(groups)) expect(label).not.toBe("");
    }
    expect(emojisOf(ko).map(({ char }) => char)).toEqual(emojisOf(en).map(({ char }) => char));
  });

  test("has each emoji once, and its skin tones where all five are there", () => {
    const all = emojisOf(ko);
    expect(new Set(all.map(({ char }) => char)).size).toBe(all.length);
    const wave = all.find(({ char }) => char === "👋") ?? all[0];
    expect(wave && [0, 1, 5].map((tone) => toned(wave, tone))).toEqual(["👋", "👋🏻", "👋🏿"]);
    const heart = all.find(({ char }) => char === "❤️");
    expect(heart && toned(heart, 5)).toBe("❤️");
  });
});

describe("a search", () => {
  const korean = new EmojiSearch(emojisOf(ko));
  const english = new EmojiSearch(emojisOf(en));
  const found = (query: string, search = korean): string[] => search.find(query).map(({ char }) => char);

  test("finds by Korean names and words, the nearest first", () => {
    expect(found("하트")[0]).toBe("♥️");
    expect(found("하트")).toContain("❤️");
    expect(found("웃음")).toContain("😂");
    expect(found("따봉")).toContain("👍");
    expect(found("대한민국")[0]).toBe("🇰🇷");
  });

  test("finds while a word is being composed", () => {
    const steps = ["ㅎ", "하", "핱", "하트"].map((query) => found(query));
    expect(steps[0]?.length).toBeGreaterThan(0);
    for (const step of steps.slice(1)) expect(step).toContain("♥️");
    for (const query of ["ㄱ", "고", "고야", "고양", "고양ㅇ", "고양이"]) {
      expect(found(query).length, query).toBeGreaterThan(0);
    }
    expect(found("닭")).toContain("🐔");
    expect(found("달")).toContain("🌙");
  });

  test("finds by the consonants that syllables begin with", () => {
    expect(found("ㅎㅌ")).toContain("♥️");
    expect(found("ㄱㅇㅇ")).toContain("🐱");
  });

  test("finds by English words and shortcodes in both languages", () => {
    for (const search of [korean, english]) {
      expect(found("heart", search)).toContain("❤️");
      expect(found("thumbsup", search)[0]).toBe("👍");
      expect(found("PIZZA", search).slice(0, 2)).toContain("🍕");
      expect(found("tears joy", search)).toContain("😂");
    }
  });

  test("finds an emoji by itself, with any skin tone", () => {
    expect(found("👋")).toEqual(["👋"]);
    expect(found("👋🏿")).toEqual(["👋"]);
  });

  test("puts the exact name before what only begins so, and that before other words", () => {
    const make = (char: string, label: string, words: string[] = []): Emoji => ({ char, label, words });
    const small = new EmojiSearch([
      make("1", "소금", ["고양이"]),
      make("2", "고양이 얼굴"),
      make("3", "웃는 고양이"),
      make("4", "고양이"),
      make("5", "밤"),
    ]);
    expect(found("고양이", small)).toEqual(["4", "1", "2", "3"]);
  });

  test("finds nothing for nothing, for blanks, and for what nobody says", () => {
    for (const query of ["", "  ", "쀍쀍", "zzzzz", "하트 zzzzz"]) expect(found(query)).toEqual([]);
  });

  test("shows no more than so many", () => {
    expect(found("ㅅ").length).toBeLessThanOrEqual(RESULTS_MAX);
  });
});

describe("an arrow", () => {
  // Rows of four: 0-3, 4-5 | 6-9, 10-13, 14 | 15-16
  const sizes = [6, 9, 2];
  const to = (key: string, at: number) => leadsTo(key, at, sizes, 4);

  test("leads to the next and the one before, and stops at the ends", () => {
    expect(to("ArrowRight", 5)).toBe(6);
    expect(to("ArrowLeft", 6)).toBe(5);
    expect(to("ArrowLeft", 0)).toBe(0);
    expect(to("ArrowRight", 16)).toBe(16);
    expect(to("Home", 9)).toBe(0);
    expect(to("End", 9)).toBe(16);
  });

  test("leads down and up in the same column, also into the next group", () => {
    expect(to("ArrowDown", 1)).toBe(5);
    expect(to("ArrowDown", 5)).toBe(7);
    expect(to("ArrowUp", 7)).toBe(5);
    expect(to("ArrowUp", 11)).toBe(7);
    expect(to("ArrowDown", 14)).toBe(15);
  });

  test("leads to the last of a row that is shorter", () => {
    expect(to("ArrowDown", 3)).toBe(5);
    expect(to("ArrowDown", 13)).toBe(14);
    expect(to("ArrowUp", 9)).toBe(5);
    expect(to("ArrowUp", 16)).toBe(14);
    expect(to("ArrowDown", 16)).toBe(16);
  });

  test("leads above the first row, and any other key leads nowhere", () => {
    expect(to("ArrowUp", 2)).toBe(-1);
    expect(to("a", 2)).toBeUndefined();
  });
});

describe("what was used last", () => {
  test("stands first and once, and is so many", () => {
    const habits = new KeptHabits(new MemoryShelf());
    for (const char of ["a", "b", "a"]) habits.use(char);
    expect(habits.load().recent).toEqual(["a", "b"]);
    for (let index = 0; index < RECENT_MAX + 5; index += 1) habits.use(String(index));
    expect(habits.load().recent).toHaveLength(RECENT_MAX);
    expect(habits.load().recent[0]).toBe(String(RECENT_MAX + 4));
  });

  test("is kept with the skin tone, and neither is believed blindly", () => {
    const shelf = new MemoryShelf();
    const habits = new KeptHabits(shelf);
    habits.use("👋");
    habits.choose(3);
    expect(new KeptHabits(shelf).load()).toEqual({ recent: ["👋"], tone: 3 });
    for (const written of ["", "[", "null", '{"recent":[1,{}],"tone":9}', '{"recent":"x","tone":-1}']) {
      shelf.setItem("gif-chat.emoji", written);
      expect(habits.load()).toEqual({ recent: [], tone: 0 });
    }
  });

  test("breaks nothing where nothing can be kept", () => {
    const shelf = new MemoryShelf();
    shelf.full = true;
    for (const habits of [new KeptHabits(shelf), new KeptHabits(undefined)]) {
      habits.use("👋");
      habits.choose(1);
      expect(habits.load()).toEqual({ recent: [], tone: 0 });
    }
  });
});
