// The page's texts in the reader's language, from the same files that the server reads.

import en from "#locales/en.toml";
import ko from "#locales/ko.toml";

export type Locale = "ko" | "en";

export type Texts = {
  locale: Locale;
  /** The text of a key such as `room.send`. */
  text: (key: string) => string;
  /** The text of a key with each `{name}` replaced by its value. */
  fill: (key: string, values: Readonly<Record<string, string | number>>) => string;
};

const TABLES: Readonly<Record<Locale, Readonly<Record<string, string>>>> = { ko, en };

export function textsFor(locale: Locale, table = TABLES[locale]): Texts {
  // A missing text shows its key: ugly, but the page goes on. A test holds that none is missing.
  const text = (key: string): string => table[key] ?? key;
  return {
    locale,
    text,
    fill: (key, values) =>
      text(key).replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place)),
  };
}

/** The language that the server chose for this page. */
export function pageLocale(): Locale {
  return document.documentElement.lang === "en" ? "en" : "ko";
}
