// Who is writing just now, as far as one has heard lately.

import type { Texts } from "../../texts.ts";
import type { RoomSession } from "../session.svelte.ts";

/** Whoever goes on writing says so again before this is over. */
export const TYPING_SHOWN_MS = 6_000;

export class Typists {
  /** The ids of those who write, in the order in which they began. */
  ids = $state.raw<readonly string[]>([]);
  readonly #session: RoomSession;
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(session: RoomSession) {
    this.#session = session;
  }

  heard(id: string): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.set(id, setTimeout(() => this.ended(id), TYPING_SHOWN_MS));
    if (!this.ids.includes(id)) this.ids = [...this.ids, id];
  }

  /** What they wrote is there, or they have stopped. */
  ended(id: string): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    if (this.ids.includes(id)) this.ids = this.ids.filter((other) => other !== id);
  }

  /** Nothing when nobody writes whom the reader sees here. */
  sentence(texts: Texts): string {
    const { roster, hidden, online } = this.#session;
    const here = new Map(roster.people.map(({ id, alias }) => [id, roster.aliasIn(alias)]));
    const names = this.ids.flatMap((id) => (hidden.has(id) ? [] : (here.get(id) ?? [])));
    const [one, two] = names;
    if (one === undefined || !online) return "";
    if (two === undefined) return texts.fill("talk.typing_one", { user: one });
    if (names.length === 2) return texts.fill("talk.typing_two", { user: one, other: two });
    return texts.fill("talk.typing_many", { count: names.length });
  }
}
