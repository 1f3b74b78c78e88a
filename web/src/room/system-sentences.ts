// All sentences of system lines. A room begins with those of coming and going; the others are rare.

import en from "#locales/en.toml?system";
import ko from "#locales/ko.toml?system";

import { type Locale, type Texts, textsFor } from "../texts.ts";

export default function systemSentences(locale: Locale): Texts {
  return textsFor(locale, { ko, en }[locale]);
}
