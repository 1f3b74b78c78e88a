// One thing at a time that its reader asks of the room, and what became of it.

import type { RoomSession } from "./session.svelte.ts";

export class Acting {
  busy = $state(false);
  /** Why it was not done, unless it is about one field. */
  problem = $state("");
  /** What is wrong with a field, by its name. */
  fields = $state.raw<Readonly<Record<string, string>>>({});

  readonly #session: RoomSession;
  readonly #unanswered: string;

  /** `unanswered` is said when the server does not answer. */
  constructor(session: RoomSession, unanswered: string) {
    this.#session = session;
    this.#unanswered = unanswered;
  }

  /** Gives the answer when it was done. A field named in `known` has a place for what is wrong with it. */
  async run<Answer extends { ok: true }>(
    name: string,
    payload: object,
    known: readonly string[] = [],
  ): Promise<Answer | undefined> {
    if (this.busy) return undefined;
    this.busy = true;
    this.problem = "";
    this.fields = {};
    try {
      const answer = await this.#session.act<Answer>(name, payload);
      if (answer.ok) return answer;
      const { field, message } = answer;
      if (field !== undefined && known.includes(field)) this.fields = { [field]: message };
      else this.problem = message;
    } catch {
      this.problem = this.#unanswered;
    } finally {
      this.busy = false;
    }
    return undefined;
  }
}
