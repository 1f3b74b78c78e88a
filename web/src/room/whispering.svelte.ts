// To whom the field below whispers, until its writer leaves it: also after the page was loaded again.

import type { Person } from "../wire.ts";
import { allowed } from "./keeping/here.ts";
import { isPerson } from "./keeping/texts.ts";

const PREFIX = "gif-chat.whispering/";

/** A text that begins like this is for one person, whoever that is: it never goes to the room. */
export const COMMAND = /^\s*\/(?:w|ㅈ|whisper|귓속말)(?:\s+|$)/i;

export class Whispering {
  /** The person may have left meanwhile. */
  to = $state.raw<Person | undefined>(undefined);
  readonly #key: string;

  constructor(room: string) {
    this.#key = PREFIX + room;
    this.to = this.#read();
  }

  begin({ id, user, alias }: Person): void {
    this.to = { id, user, alias };
    allowed(() => sessionStorage.setItem(this.#key, JSON.stringify(this.to)));
  }

  end(): void {
    this.to = undefined;
    allowed(() => sessionStorage.removeItem(this.#key));
  }

  #read(): Person | undefined {
    return allowed(() => {
      const kept: unknown = JSON.parse(sessionStorage.getItem(this.#key) ?? "null");
      return isPerson(kept) ? kept : undefined;
    });
  }
}
