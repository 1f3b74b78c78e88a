// Times as a reader of that language writes them, in the reader's own time zone.

import type { Locale } from "./texts.ts";

export type Times = {
  /** Short: the time of day, with the date unless it is today. */
  short: (iso: string, now?: Date) => string;
  /** Long: date and time to the second, for whoever asks. */
  long: (iso: string) => string;
};

export function timesFor(locale: Locale, timeZone?: string): Times {
  const format = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
    new Intl.DateTimeFormat(locale, timeZone === undefined ? options : { ...options, timeZone });
  const clock: Intl.DateTimeFormatOptions = { hour: "numeric", minute: "2-digit" };
  const day = format({ year: "numeric", month: "numeric", day: "numeric" });
  const year = format({ year: "numeric" });
  const today = format(clock);
  const thisYear = format({ ...clock, month: "short", day: "numeric" });
  const earlier = format({ ...clock, year: "numeric", month: "short", day: "numeric" });
  const long = format({ dateStyle: "long", timeStyle: "medium" });

  const short = (iso: string, now: Date = new Date()): string => {
    const time = new Date(iso);
    if (Number.isNaN(time.getTime())) return "";
    if (day.format(time) === day.format(now)) return today.format(time);
    return (year.format(time) === year.format(now) ? thisYear : earlier).format(time);
  };
  return {
    short,
    long: (iso) => (Number.isNaN(Date.parse(iso)) ? "" : long.format(new Date(iso))),
  };
}
