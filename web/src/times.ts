// Times as a reader of that language writes them, in the reader's own time zone.

import type { Locale } from "./texts.ts";

export type Times = {
  /** The time of day. */
  clock: (iso: string) => string;
  /** The day, as a heading: with the weekday, and with the year unless it is this one. */
  day: (iso: string, now?: Date) => string;
  /** The same for all times of one day; nothing else can be read from it. */
  dayKey: (iso: string) => string;
  /** The time of day, and the date unless it is today: for what lies ahead. */
  until: (iso: string, now?: Date) => string;
  /** Date and time to the second, for whoever asks. */
  long: (iso: string) => string;
};

/** A minute lies in one day wherever one is. */
const SAME_DAY_PREFIX = "2026-11-28T12:34".length;
const DAYS_REMEMBERED_MAX = 2_000;

export function timesFor(locale: Locale, timeZone?: string): Times {
  const format = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
    new Intl.DateTimeFormat(locale, timeZone === undefined ? options : { ...options, timeZone });
  const year = format({ year: "numeric" });
  const date = format({ year: "numeric", month: "numeric", day: "numeric" });
  const clock = format({ hour: "numeric", minute: "2-digit" });
  const thisYear = format({ month: "long", day: "numeric", weekday: "long" });
  const earlier = format({ year: "numeric", month: "long", day: "numeric", weekday: "long" });
  const ahead = format({ month: "long", day: "numeric", hour: "numeric", minute: "2-digit" });
  const long = format({ dateStyle: "long", timeStyle: "medium" });
  const readable =
    (write: (time: Date) => string) =>
    (iso: string): string =>
      Number.isNaN(Date.parse(iso)) ? "" : write(new Date(iso));

  // A long list asks for the day of each of its entries at each change.
  const days = new Map<string, string>();
  const dayKey = (iso: string): string => {
    const prefix = iso.slice(0, SAME_DAY_PREFIX);
    const known = days.get(prefix);
    if (known !== undefined) return known;
    if (days.size >= DAYS_REMEMBERED_MAX) days.clear();
    const key = readable((time) => date.format(time))(iso);
    days.set(prefix, key);
    return key;
  };
  return {
    clock: readable((time) => clock.format(time)),
    day: (iso, now = new Date()) =>
      readable((time) => {
        const ofThisYear = year.format(time) === year.format(now);
        return (ofThisYear ? thisYear : earlier).format(time);
      })(iso),
    dayKey,
    until: (iso, now = new Date()) =>
      readable((time) => {
        const isToday = date.format(time) === date.format(now);
        return (isToday ? clock : ahead).format(time);
      })(iso),
    long: readable((time) => long.format(time)),
  };
}
