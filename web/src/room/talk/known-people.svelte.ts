// Everybody whose name means somebody here: who is in the room, and who has said something on this page.

import type { Alias } from "../../wire.ts";
import type { Entry } from "../../wire.ts";
import type { RoomSession } from "../session.svelte.ts";
import { partsOf } from "./mentions.ts";

export class KnownPeople {
  readonly #session: RoomSession;

  /** The ids by the names in both languages. */
  readonly byName: ReadonlyMap<string, string> = $derived.by(() => {
    const { roster, entries } = this.#session;
    const names = new Map<string, string>();
    const add = (alias: Alias | undefined, id: string | undefined): void => {
      if (alias === undefined || id === undefined) return;
      for (const name of [alias.ko, alias.en]) if (name !== "") names.set(name, id);
    };
    for (const { alias, author } of entries) add(alias, author);
    for (const { alias, id } of roster.people) add(alias, id);
    return names;
  });

  constructor(session: RoomSession) {
    this.#session = session;
  }

  /** Whether a message of somebody else calls the reader by name. */
  callsReader(entry: Entry): boolean {
    const { chat } = entry;
    if (!chat?.includes("@") || this.#session.isQuiet(entry)) return false;
    return partsOf(chat, this.byName).some(({ person }) => this.#session.roster.isYou(person));
  }
}
