// People whom the reader does not want to read here. Only this browser knows.

import type { KeptHiddenPeople } from "./keeping/hidden-people.ts";

export class Hidden {
  /** Their ids in this room, in the order in which they were hidden. */
  people = $state.raw<readonly string[]>([]);
  readonly #kept: KeptHiddenPeople;

  constructor(kept: KeptHiddenPeople) {
    this.#kept = kept;
    this.people = kept.load();
  }

  has(id: string | undefined): boolean {
    return id !== undefined && this.people.includes(id);
  }

  hide(id: string): void {
    if (!this.has(id)) this.#set([...this.people, id]);
  }

  show(id: string): void {
    this.#set(this.people.filter((other) => other !== id));
  }

  /** The room is gone. */
  forget(): void {
    this.#kept.keep([]);
  }

  #set(people: readonly string[]): void {
    this.people = people;
    this.#kept.keep(people);
  }
}
