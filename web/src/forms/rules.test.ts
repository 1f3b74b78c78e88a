import { expect, test } from "vitest";

import { byteLength, isNear, isSeatCount, titleLength } from "./rules.ts";

test("a title is as long as it has characters for a reader", () => {
  expect(titleLength("")).toBe(0);
  expect(titleLength("점심 뭐 먹지?")).toBe(8);
  expect(titleLength("👨‍👩‍👧‍👦🇰🇷")).toBe(2);
  expect(titleLength("점심".normalize("NFD"))).toBe(2);
});

test("what the server takes out of a title does not count", () => {
  expect(titleLength(" \t 방 \n ")).toBe(1);
  expect(titleLength("방\u0007\u202e\u2066")).toBe(1);
  expect(titleLength("\u2028\u0000")).toBe(0);
});

test("seats are a whole number between the limits", () => {
  for (const fits of ["2", "10", " 1000 ", "007"]) expect(isSeatCount(fits, 2, 1000), fits).toBe(true);
  for (const not of ["", " ", "1", "1001", "2.5", "1e2", "-3", "+3", "열", "0x10"]) {
    expect(isSeatCount(not, 2, 1000), not).toBe(false);
  }
});

test("a password is measured in bytes", () => {
  expect(byteLength("abc")).toBe(3);
  expect(byteLength("비밀")).toBe(6);
  expect(byteLength("🥢")).toBe(4);
});

test("the last characters before a limit are counted", () => {
  expect(isNear(80, 100)).toBe(false);
  expect(isNear(81, 100)).toBe(true);
  expect(isNear(101, 100)).toBe(true);
});
