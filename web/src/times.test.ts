import { expect, test } from "vitest";

import { timesFor } from "./times.ts";

const korean = timesFor("ko", "Asia/Seoul");
const english = timesFor("en", "Asia/Seoul");
const now = new Date("2026-11-20T15:30:00.000Z");
/** Editions of Unicode's tables differ in their spaces and in whether Korean writes AM as 오전. */
const plain = (text: string): string =>
  text.replace(/\s/g, " ").replace("오전", "AM").replace("오후", "PM");

test("a message shows the time of day, as its reader writes it", () => {
  expect(plain(korean.clock("2026-11-20T15:05:00.000Z"))).toBe("AM 12:05");
  expect(plain(english.clock("2026-11-20T15:05:00.000Z"))).toBe("12:05 AM");
});

test("a day is the reader's day, not the server's", () => {
  expect(korean.day("2026-11-20T14:59:00.000Z", now)).toBe("11월 20일 금요일");
  expect(korean.day("2026-11-20T15:00:00.000Z", now)).toBe("11월 21일 토요일");
  expect(english.day("2026-11-20T15:00:00.000Z", now)).toBe("Saturday, November 21");
});

test("a day of another year shows the year", () => {
  expect(english.day("2025-11-20T14:59:00.000Z", now)).toBe("Thursday, November 20, 2025");
});

test("all times of one day have one key, and no other day has it", () => {
  const inSeoul = korean.dayKey("2026-11-20T15:00:00.000Z");
  expect(korean.dayKey("2026-11-21T14:59:59.999Z")).toBe(inSeoul);
  expect(korean.dayKey("2026-11-20T14:59:59.999Z")).not.toBe(inSeoul);
  expect(korean.dayKey("2026-11-21T15:00:00.000Z")).not.toBe(inSeoul);
  expect(korean.dayKey("2025-11-21T14:00:00.000Z")).not.toBe(inSeoul);
});

test("a zone that is a quarter of an hour off changes its day at its own midnight", () => {
  const nepal = timesFor("en", "Asia/Kathmandu");
  const before = nepal.dayKey("2026-11-20T18:14:59.999Z");
  expect(nepal.dayKey("2026-11-20T18:10:00.000Z")).toBe(before);
  expect(nepal.dayKey("2026-11-20T18:15:00.000Z")).not.toBe(before);
});

test("a time that cannot be read shows nothing", () => {
  for (const write of [korean.clock, korean.day, korean.dayKey, korean.long]) {
    expect(write("yesterday")).toBe("");
  }
});

test("what lies ahead is told with its date, unless it is today", () => {
  const now = new Date("2026-11-30T10:00:00.000Z");
  const { until } = timesFor("ko", "Asia/Seoul");
  expect(until("2026-11-30T14:20:00.000Z", now)).toMatch(/^(오후|PM) 11:20$/);
  expect(until("2026-11-30T15:20:00.000Z", now)).toMatch(/12월 1일.*12:20/);
});
