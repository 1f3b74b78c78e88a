// What only the keepsake says: it is loaded with it.

import en from "#locales/en.toml?keepsake";
import ko from "#locales/ko.toml?keepsake";

import { type Locale, textsFor, type Texts } from "../../texts.ts";

export function keepsakeTexts(locale: Locale): Texts {
  return textsFor(locale, { ko, en }[locale]);
}
