// Finds emojis by what people call them, from the first letter that is typed. Korean is compared letter
// by letter, so that a syllable which is still being composed finds what it is going to be: 핱 is on
// its way to 하트. Two or more consonants alone stand for the beginnings of syllables.

import { disassemble, getChoseong } from "es-hangul";

import type { Emoji } from "./emojis.ts";

export const RESULTS_MAX = 200;

/** So many letters must be the same inside a word; fewer are everywhere. */
const INSIDE_LETTERS_MIN = 4;
const CONSONANTS = /^[ㄱ-ㅎ]{2,}$/;
const HANGUL = /[ㄱ-힣]/;

type Terms = { emoji: Emoji; label: string; words: string[]; beginnings: string[] };

/** Ranks: the lower, the nearer. */
const RANK = { exact: 0, start: 2, word: 4, inside: 6, consonants: 8, none: Infinity } as const;
/** What is found by another word than its name comes one rank later. */
const BY_ANOTHER_WORD = 1;
/** What is found only by its words apart comes after all that is found as it was typed. */
const APART = 10;

export class EmojiSearch {
  readonly #emojis: readonly Emoji[];
  #terms: Terms[] = [];

  constructor(emojis: readonly Emoji[]) {
    this.#emojis = emojis;
  }

  /** What takes a moment, and can be done before anybody types. */
  prepare(): void {
    if (this.#terms.length === 0) this.#terms = this.#emojis.map(termsOf);
  }

  /** The nearest first, and in the order of the list where they are as near. */
  find(query: string): Emoji[] {
    const typed = query.trim().replace(/\s+/g, " ");
    if (typed === "") return [];
    this.prepare();
    return this.#terms
      .map((terms) => ({ emoji: terms.emoji, rank: rankOf(terms, typed) }))
      .filter(({ rank }) => rank !== RANK.none)
      .sort((one, other) => one.rank - other.rank)
      .slice(0, RESULTS_MAX)
      .map(({ emoji }) => emoji);
  }
}

function termsOf(emoji: Emoji): Terms {
  const { label, words } = emoji;
  const korean = [label, ...words].filter((word) => HANGUL.test(word));
  return {
    emoji,
    label: letters(label),
    words: words.map(letters),
    beginnings: korean.map((word) => getChoseong(word)),
  };
}

function rankOf(terms: Terms, typed: string): number {
  const whole = rankOfPart(terms, typed);
  if (whole !== RANK.none || !typed.includes(" ")) return whole;
  return Math.max(...typed.split(" ").map((part) => rankOfPart(terms, part))) + APART;
}

function rankOfPart({ emoji, label, words, beginnings }: Terms, typed: string): number {
  if (emoji.char === typed || emoji.tones?.includes(typed)) return RANK.exact;
  const wanted = letters(typed);
  let rank = rankIn(label, wanted);
  for (const word of words) rank = Math.min(rank, rankIn(word, wanted) + BY_ANOTHER_WORD);
  if (rank === RANK.none && CONSONANTS.test(typed)) {
    if (beginnings.some((word) => ` ${word}`.includes(` ${typed}`))) return RANK.consonants;
  }
  return rank;
}

function rankIn(term: string, wanted: string): number {
  if (term === wanted) return RANK.exact;
  if (term.startsWith(wanted)) return RANK.start;
  if (term.includes(` ${wanted}`)) return RANK.word;
  return wanted.length >= INSIDE_LETTERS_MIN && term.includes(wanted) ? RANK.inside : RANK.none;
}

function letters(text: string): string {
  const lower = text.toLowerCase();
  return HANGUL.test(lower) ? disassemble(lower) : lower;
}
