// Who is in the room, as far as this page has heard: the answer to a join, and what came after it.

import type { Locale } from "../texts.ts";
import type { Alias, Entry, Joined, Participant } from "../wire.ts";

export type Person = { user: string; alias: string };

export class Roster {
  you = $state.raw<(Person & { id: string }) | undefined>(undefined);
  owner = $state.raw<Person>({ user: "", alias: "" });
  count: number = $state(0);
  /** Everybody, in the order of a list: oneself, the owner, then as they came. */
  people: readonly Participant[] = $derived.by(() => this.#sorted());

  #all = $state.raw<ReadonlyMap<string, Participant>>(new Map());
  readonly #locale: Locale;

  constructor(locale: Locale, count: number, owner: Person) {
    this.#locale = locale;
    this.count = count;
    this.owner = owner;
  }

  joined({ you, participants, owner: ownerId }: Joined): void {
    this.you = { id: you.id, user: you.user, alias: this.aliasIn(you.alias) };
    this.#show(participants);
    const owner = this.#all.get(ownerId);
    if (owner) this.#own(owner);
  }

  live({ system, participant, participants, count }: Entry): void {
    if (participants) this.#show(participants);
    else if (participant) this.#move(participant, system?.kind === "exit");
    if (count !== undefined) this.count = count;
    if (system?.kind === "owner") this.#handOver(system.author, system);
  }

  find(id: string | undefined): Participant | undefined {
    return id === undefined ? undefined : this.#all.get(id);
  }

  isYou(id: string | undefined): boolean {
    return id !== undefined && id === this.you?.id;
  }

  aliasIn(alias: Alias | undefined): string {
    return alias?.[this.#locale] ?? "";
  }

  #show(participants: readonly Participant[]): void {
    this.#all = new Map(participants.map((participant) => [participant.id, participant]));
    this.count = participants.length;
  }

  #move(participant: Participant, gone: boolean): void {
    const all = new Map(this.#all);
    if (gone) all.delete(participant.id);
    else all.set(participant.id, participant);
    this.#all = all;
  }

  #handOver(id: string, owner: { user: string; alias: Alias }): void {
    const all = [...this.#all].map(
      ([key, participant]) => [key, { ...participant, owner: key === id }] as const,
    );
    this.#all = new Map(all);
    this.#own(owner);
  }

  #own({ user, alias }: { user: string; alias: Alias }): void {
    this.owner = { user, alias: this.aliasIn(alias) };
  }

  #sorted(): Participant[] {
    const place = ({ id, owner }: Participant): number => (this.isYou(id) ? 0 : owner ? 1 : 2);
    return [...this.#all.values()].sort(
      (a, b) => place(a) - place(b) || a.since.localeCompare(b.since) || a.id.localeCompare(b.id),
    );
  }
}
