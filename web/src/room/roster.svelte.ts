// Who is in the room, as far as this page has heard: the answer to a join, and what came after it.

import type { Locale } from "../texts.ts";
import type { Alias, Entry, Joined, Participant, Presence, System } from "../wire.ts";

export type Person = { user: string; alias: string };

export class Roster {
  you = $state.raw<(Person & { id: string }) | undefined>(undefined);
  owner = $state.raw<Person>({ user: "", alias: "" });
  count: number = $state(0);
  /** Everybody, in the order of a list: oneself, the owner, then as they came. */
  people: readonly Participant[] = $derived.by(() => this.#sorted());

  #all = $state.raw<ReadonlyMap<string, Participant>>(new Map());
  /** Whether the reader runs the room. */
  youOwn: boolean = $derived.by(() => this.#all.get(this.you?.id ?? "")?.owner === true);
  /** From whom the reader takes no whispers. */
  blocked = $state.raw<ReadonlySet<string>>(new Set());

  readonly #locale: Locale;

  constructor(locale: Locale, count: number, owner: Person) {
    this.#locale = locale;
    this.count = count;
    this.owner = owner;
  }

  joined({ you, participants, owner: ownerId, blocked }: Joined): void {
    this.blocked = new Set(blocked);
    this.you = { id: you.id, user: you.user, alias: this.aliasIn(you.alias) };
    this.#show(participants);
    const owner = this.#all.get(ownerId);
    if (owner) this.#own(owner);
  }

  live({ system, participant, participants, count }: Entry): void {
    if (participants) this.#show(participants);
    else if (participant) this.#move(participant, system?.kind === "exit" || system?.kind === "kick");
    if (count !== undefined) this.count = count;
    if (system?.kind === "owner") this.#handOver(system.author, system);
    if (system?.kind === "mute" || system?.kind === "unmute") this.#mute(system);
  }

  presence({ id, away }: Presence): void {
    const person = this.#all.get(id);
    if (person) this.#move({ ...person, away }, false);
  }

  block(id: string, on: boolean): void {
    const blocked = new Set(this.blocked);
    if (on) blocked.add(id);
    else blocked.delete(id);
    this.blocked = blocked;
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

  #mute({ author, until }: System): void {
    const person = this.#all.get(author);
    if (!person) return;
    const { mutedUntil: _, ...rest } = person;
    this.#move(until === undefined ? rest : { ...rest, mutedUntil: until }, false);
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
