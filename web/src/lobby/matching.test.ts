import { describe, expect, test } from "vitest";

import { matcher } from "./matching.ts";

const found = (query: string, title: string): boolean => matcher(query)(title);

describe("finding a room", () => {
  test("goes by any part of the title, in any case and normalisation", () => {
    expect(found("PLAN", "Weekend plans")).toBe(true);
    expect(found("뭐 먹", "점심 뭐 먹지?")).toBe(true);
    expect(found("café", "Cafe\u0301 am Eck")).toBe(true);
    expect(found("점심".normalize("NFD"), "점심 모임")).toBe(true);
    expect(found("저녁", "점심 모임")).toBe(false);
  });

  test("takes initial consonants for the words that begin with them", () => {
    expect(found("ㅈㅅ", "점심 뭐 먹지?")).toBe(true);
    expect(found("ㅁㅁㅈ", "점심 뭐 먹지?")).toBe(true);
    expect(found("ㄲ", "까치와 까마귀")).toBe(true);
    expect(found("ㅋㅋ", "ㅋㅋㅋ 모여라")).toBe(true);
    expect(found("ㅁㅅ", "점심 뭐 먹지?")).toBe(false);
  });

  test("takes consonants that an input method has joined", () => {
    // ㄱ and ㅅ in a row become one letter on the way.
    expect(found("ㄳ", "고수 모임")).toBe(true);
  });

  test("never loses the room while its name is being composed", () => {
    for (const typed of ["ㅈ", "저", "점", "점ㅅ", "점시", "점심", "점심 ", "점심 ㅁ"]) {
      expect(found(typed, "점심 모임"), typed).toBe(true);
    }
    for (const typed of ["ㄱ", "가", "갑", "값", "갑시", "갑시다"]) {
      expect(found(typed, "같이 갑시다"), typed).toBe(true);
    }
    for (const typed of ["ㅇ", "오", "와", "왕"]) expect(found(typed, "왕국"), typed).toBe(true);
  });

  test("does not care how words are spaced, and wants every word", () => {
    expect(found("점심뭐", "점심 뭐 먹지?")).toBe(true);
    expect(found("먹지 점심", "점심 뭐 먹지?")).toBe(true);
    expect(found("점심 저녁", "점심 뭐 먹지?")).toBe(false);
  });

  test("finds everything as long as nothing is asked", () => {
    expect(found("", "아무 방")).toBe(true);
    expect(found("   ", "아무 방")).toBe(true);
  });

  test("takes signs of patterns and pictures as they are", () => {
    expect(found("(1", "스터디 (1조)")).toBe(true);
    expect(found(".*", "스터디")).toBe(false);
    expect(found("🥢", "점심 🥢")).toBe(true);
  });
});
