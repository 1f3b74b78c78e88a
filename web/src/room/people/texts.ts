// What only the list of people says: it is loaded with it.

import en from "#locales/en.toml?people";
import ko from "#locales/ko.toml?people";

import { type Locale, textsFor, type Texts } from "../../texts.ts";

export function peopleTexts(locale: Locale): Texts {
  return textsFor(locale, { ko, en }[locale]);
}
