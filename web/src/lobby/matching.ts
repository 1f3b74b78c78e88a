// Which room titles a reader means. Hangul is compared letter by letter: so a syllable that is still being
// composed finds what it will become, and initial consonants find the words that begin with them.

import { disassemble } from "es-hangul";

type Term = { letters: string; initialsOnly: boolean };

/** Says of a title whether it has every word of the query. */
export function matcher(query: string): (title: string) => boolean {
  const terms = fold(query).split(/\s+/).filter(Boolean).map(termOf);
  return (title) => {
    const [letters, initials] = [lettersOf(title), initialsOf(title)];
    return terms.every((term) => (term.initialsOnly ? initials : letters).includes(term.letters));
  };
}

function termOf(word: string): Term {
  const letters = lettersOf(word);
  return { letters, initialsOnly: /^[ㄱ-ㅎ]+$/.test(letters) };
}

function fold(text: string): string {
  return text.normalize("NFC").toLowerCase();
}

/** Without spaces: people set them differently in Korean. */
function lettersOf(text: string): string {
  return disassemble(fold(text)).replace(/\s/g, "");
}

function initialsOf(text: string): string {
  const initials = Array.from(fold(text), (letter) => Array.from(disassemble(letter))[0] ?? "");
  return initials.join("").replace(/\s/g, "");
}
