import { expect, test } from "vitest";

import { timesFor } from "./times.ts";

const korean = timesFor("ko", "Asia/Seoul");
const english = timesFor("en", "Asia/Seoul");
const now = new Date("2026-11-20T15:30:00.000Z");
/** Editions of Unicode's tables differ in their spaces and in whether Korean writes AM as 오전. */
const plain = (text: string): string =>
  text.replace(/\s/g, " ").replace("오전", "AM").replace("오후", "PM");

test("a message of today shows the time of day, as its reader writes it", () => {
  expect(plain(korean.short("2026-11-20T15:05:00.000Z", now))).toBe("AM 12:05");
  expect(plain(english.short("2026-11-20T15:05:00.000Z", now))).toBe("12:05 AM");
});

test("today is the reader's day, not the server's", () => {
  expect(plain(korean.short("2026-11-20T14:59:00.000Z", now))).toBe("11월 20일 PM 11:59");
});

test("a message of another year shows the year", () => {
  expect(plain(english.short("2025-11-20T14:59:00.000Z", now))).toBe("Nov 20, 2025, 11:59 PM");
});

test("a time that cannot be read shows nothing", () => {
  expect(korean.short("yesterday", now)).toBe("");
  expect(korean.long("yesterday")).toBe("");
});
