// Whom a writer may mean with an `@`: offered while the name is being typed.

import { matcher } from "../../lobby/matching.ts";
import type { Participant } from "../../wire.ts";
import type { RoomSession } from "../session.svelte.ts";
import { type Query, queryIn } from "./mentions.ts";

/** More names are not looked through; another letter makes them fewer. */
export const OFFERED_MAX = 8;

export class Suggester {
  found = $state.raw<readonly Participant[]>([]);
  /** The one that Enter takes. */
  active = $state(0);

  readonly #session: RoomSession;
  #field: HTMLTextAreaElement | undefined;
  #changed: () => void = () => undefined;
  #query: Query | undefined;
  /** The `@` for which its writer wants no list. */
  #dismissed: number | undefined;

  constructor(session: RoomSession) {
    this.#session = session;
  }

  /** The writer has something else in the field, or the caret elsewhere. */
  update(field: HTMLTextAreaElement, changed: () => void): void {
    this.#field = field;
    this.#changed = changed;
    const caret = field.selectionStart;
    this.#query = caret === field.selectionEnd ? queryIn(field.value, caret) : undefined;
    if (this.#query?.at !== this.#dismissed) this.#dismissed = undefined;
    const wanted = this.#query && this.#dismissed === undefined;
    this.found = wanted ? this.#matching(this.#query?.words ?? "") : [];
    this.active = 0;
  }

  close(): void {
    this.#dismissed = this.#query?.at;
    this.found = [];
  }

  /** Whether the key was for the list. */
  key(key: string): boolean {
    const count = this.found.length;
    if (count === 0) return false;
    if (key === "ArrowDown") this.active = (this.active + 1) % count;
    else if (key === "ArrowUp") this.active = (this.active + count - 1) % count;
    else if (key === "Tab") return this.pick();
    else if (key === "Escape") this.close();
    else return false;
    return true;
  }

  /** Puts a name into the field; false when there is no list. */
  pick(at = this.active): boolean {
    const [person, field, query] = [this.found[at], this.#field, this.#query];
    if (!person || !field || !query) return false;
    const name = `@${this.#session.aliasIn(person.alias)} `;
    field.focus();
    field.setRangeText(name, query.at, query.at + 1 + query.words.length, "end");
    this.found = [];
    this.#changed();
    return true;
  }

  /** Puts a mention of somebody where the caret is. */
  put(id: string, field: HTMLTextAreaElement, changed: () => void): void {
    const person = this.#session.roster.people.find((candidate) => candidate.id === id);
    if (!person) return;
    const before = field.value.slice(0, field.selectionStart);
    const name = `@${this.#session.aliasIn(person.alias)} `;
    field.focus();
    const gap = /\S$/.test(before) ? " " : "";
    field.setRangeText(gap + name, field.selectionStart, field.selectionEnd, "end");
    changed();
  }

  #matching(words: string): Participant[] {
    const { roster, hidden } = this.#session;
    const matches = whoMatches(words);
    return roster.people
      .filter(({ id, alias }) => !roster.isYou(id) && !hidden.has(id) && [alias.ko, alias.en].some(matches))
      .slice(0, OFFERED_MAX);
  }
}

/** With a blank in it, it must be how the name begins: else every sentence with an `@` would find somebody. */
function whoMatches(words: string): (name: string) => boolean {
  if (words === "") return () => true;
  if (!/\s/.test(words)) return matcher(words);
  const beginning = words.toLowerCase();
  return (name) => name.toLowerCase() !== beginning.trimEnd() && name.toLowerCase().startsWith(beginning);
}
