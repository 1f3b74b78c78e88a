// What only the owner's dialog says: it is loaded with it.

import en from "#locales/en.toml?owner";
import ko from "#locales/ko.toml?owner";

import { type Locale, textsFor, type Texts } from "../../texts.ts";

export function ownerTexts(locale: Locale): Texts {
  return textsFor(locale, { ko, en }[locale]);
}
