// What the picker needs before it can be shown: its texts, the list, and what its reader uses.

import en from "#locales/en.toml?emoji";
import ko from "#locales/ko.toml?emoji";

import { type Locale, textsFor } from "../../texts.ts";
import { allowed } from "../keeping/here.ts";
import { loadEmojis } from "./emojis.ts";
import Picker from "./Picker.svelte";
import { KeptHabits } from "./recent.ts";

export async function start(locale: Locale) {
  const habits = new KeptHabits(allowed(() => localStorage));
  const texts = textsFor(locale, { ko, en }[locale]);
  return { Picker, texts, groups: await loadEmojis(locale), habits };
}
