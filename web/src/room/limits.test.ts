import { describe, expect, test } from "vitest";

import { isTooLong, lengthOf, TEXT_BYTES_MAX } from "./limits.ts";

const FAMILY = "👨‍👩‍👧‍👦";
/** A letter with two marks: one character, five bytes. */
const MARKED = "a\u0301\u0323";
/** A Korean syllable of three letters that are written one by one. */
const APART = "각".normalize("NFD");

describe("a text", () => {
  test("may have 4,000 characters, as people count them", () => {
    for (const character of ["a", "각", "👍"]) {
      expect(lengthOf(character.repeat(3_999)).left, character).toBe(1);
      expect(lengthOf(character.repeat(4_000)).left, character).toBe(0);
      expect(lengthOf(character.repeat(4_001)).left, character).toBe(-1);
    }
  });

  test("is one character for each family, marked letter and syllable written apart", () => {
    for (const character of [FAMILY, MARKED, APART]) {
      const many = character.repeat(Math.floor(TEXT_BYTES_MAX / new TextEncoder().encode(character).length));
      expect(isTooLong(many), character).toBe(false);
      expect(lengthOf(many + character).left, character).toBe(-1);
      expect(lengthOf(many + character.repeat(12)).left, character).toBe(-12);
    }
  });

  test("may have 16 KiB, to the byte", () => {
    const padded = (bytes: number): string => FAMILY.repeat(600) + "x".repeat(bytes - 600 * 25);
    expect(isTooLong(padded(TEXT_BYTES_MAX - 1))).toBe(false);
    expect(isTooLong(padded(TEXT_BYTES_MAX))).toBe(false);
    expect(isTooLong(padded(TEXT_BYTES_MAX + 1))).toBe(true);
  });

  test("is told its length only near the limit", () => {
    expect(lengthOf("").told).toBe(false);
    expect(lengthOf("각".repeat(3_799)).told).toBe(false);
    expect(lengthOf("각".repeat(3_801))).toEqual({ left: 199, told: true });
    expect(lengthOf(FAMILY.repeat(400)).told).toBe(false);
    expect(lengthOf(FAMILY.repeat(650))).toEqual({ left: 5, told: true });
  });

  test("can be judged by its bytes where characters cannot be counted", () => {
    const { Segmenter } = Intl;
    Reflect.deleteProperty(Intl, "Segmenter");
    try {
      expect(isTooLong(FAMILY.repeat(600))).toBe(false);
      expect(isTooLong("각".repeat(6_000))).toBe(true);
    } finally {
      Object.assign(Intl, { Segmenter });
    }
  });
});
