// To whom `/w` whispers: who fits what is typed behind it, and which of them the arrow keys have reached.

import { matcher } from "../../lobby/matching.ts";
import type { Participant } from "../../wire.ts";
import { COMMAND } from "../whispering.svelte.ts";

/** More than these nobody reads; a letter more brings the right one. */
export const SHOWN_MAX = 8;

/** The person whose whole name stands behind the command, and the text behind the name. */
export type Addressed = { person: Participant; text: string };

export function fitting(typed: string, people: readonly Participant[]): Participant[] {
  const fits = matcher(typed.replace(COMMAND, ""));
  return people.filter(({ alias }) => fits(alias.ko) || fits(alias.en)).slice(0, SHOWN_MAX);
}

/** Nobody as long as the name could still become a longer one. */
export function addressed(typed: string, people: readonly Participant[]): Addressed | undefined {
  const rest = typed.replace(COMMAND, "");
  const folded = rest.toLowerCase();
  const named = people.flatMap((person) =>
    [person.alias.ko, person.alias.en].map((name) => ({ person, name: name.toLowerCase() })),
  );
  const whole = named.filter(({ name }) => folded.startsWith(`${name} `));
  const longest = whole.sort((a, b) => b.name.length - a.name.length)[0];
  if (!longest) return undefined;
  const { name, person } = longest;
  const growing = named.some(
    (other) => other.person !== person && other.name.length > name.length && other.name.startsWith(folded),
  );
  return growing ? undefined : { person, text: rest.slice(name.length + 1) };
}

export class Recipients {
  people = $state.raw<readonly Participant[]>([]);
  open = $state(false);
  at = $state(0);

  show(people: readonly Participant[]): void {
    const current = this.people[this.at]?.id;
    this.people = people;
    this.at = Math.max(0, people.findIndex(({ id }) => id === current));
    this.open = true;
  }

  move(step: 1 | -1): void {
    const count = this.people.length;
    if (count > 0) this.at = (this.at + step + count) % count;
  }

  get chosen(): Participant | undefined {
    return this.open ? this.people[this.at] : undefined;
  }
}
