// Finds the names of people behind an `@`. A name may have blanks in it, and Korean puts its particles
// right behind it, so only whoever knows the names can tell where one ends.

export type Part<Person> = { text: string; person?: Person };

/** Whether a name of Latin letters goes on there, and so is another word. */
const GOES_ON = /^[a-z0-9_]/i;
/** In front of it stands nothing that would make it an address. */
const JOINED = /[a-z0-9._%+-]$/i;

/** The text in pieces; those that name somebody of `people` say whom. */
export function partsOf<Person>(text: string, people: ReadonlyMap<string, Person>): Part<Person>[] {
  const parts: Part<Person>[] = [];
  const lengths = [...new Set([...people.keys()].map(({ length }) => length))].sort((a, b) => b - a);
  let end = 0;
  for (let at = text.indexOf("@"); at >= 0; at = text.indexOf("@", at + 1)) {
    if (at < end || JOINED.test(text.slice(0, at))) continue;
    const length = lengths.find((many) => isNamed(text, at, many, people));
    if (length === undefined) continue;
    const person = people.get(text.slice(at + 1, at + 1 + length));
    if (person === undefined) continue;
    if (at > end) parts.push({ text: text.slice(end, at) });
    end = at + 1 + length;
    parts.push({ text: text.slice(at, end), person });
  }
  if (end < text.length) parts.push({ text: text.slice(end) });
  return parts;
}

function isNamed(
  text: string,
  at: number,
  length: number,
  people: ReadonlyMap<string, unknown>,
): boolean {
  const end = at + 1 + length;
  const name = text.slice(at + 1, end);
  if (!people.has(name)) return false;
  return !(GOES_ON.test(name.slice(-1)) && GOES_ON.test(text.slice(end)));
}

/** What somebody is asking for with an `@` in front of the caret: where it stands, and what follows it. */
export type Query = { at: number; words: string };

const QUERY = /(?:^|[\s([{"'“‘「『])@([^@\n]{0,30})$/u;

export function queryIn(text: string, caret: number): Query | undefined {
  const words = QUERY.exec(text.slice(Math.max(0, caret - 40), caret))?.[1];
  if (words === undefined || /^\s/.test(words)) return undefined;
  return { at: caret - words.length - 1, words };
}
