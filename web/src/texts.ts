// The page's texts in the reader's language, from the same files that the server reads.

export type Locale = "ko" | "en";

export type Texts = {
  locale: Locale;
  /** The text of a key such as `room.send`. */
  text: (key: string) => string;
  /** The text of a key with each `{name}` replaced by its value. */
  fill: (key: string, values: Readonly<Record<string, string | number>>) => string;
};

export type Table = Readonly<Record<string, string>>;

export function textsFor(locale: Locale, table: Table): Texts {
  // A missing text shows its key: ugly, but the page goes on. A test holds that none is missing.
  const text = (key: string): string => table[key] ?? key;
  return {
    locale,
    text,
    fill: (key, values) =>
      text(key).replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place)),
  };
}

/** The texts of this page. Only its own language is loaded; the server has the browser fetch it early. */
export async function pageTexts(): Promise<Texts> {
  const locale = pageLocale();
  const loaded = locale === "en" ? import("#locales/en.toml") : import("#locales/ko.toml");
  return textsFor(locale, (await loaded).default);
}

/** The language that the server chose for this page. */
function pageLocale(): Locale {
  return document.documentElement.lang === "en" ? "en" : "ko";
}
