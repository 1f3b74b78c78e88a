// What the keepsake says besides what every page does: it is loaded with it.

import en from "#locales/en.toml?keepsake";
import enTalk from "#locales/en.toml?talk";
import ko from "#locales/ko.toml?keepsake";
import koTalk from "#locales/ko.toml?talk";

import { type Locale, textsFor, type Texts } from "../../texts.ts";

export function keepsakeTexts(locale: Locale): Texts {
  return textsFor(locale, { ko: { ...koTalk, ...ko }, en: { ...enTalk, ...en } }[locale]);
}
