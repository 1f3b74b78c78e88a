// The one line about the connection: what is worth saying, when, and for how long.

/** A break shorter than this is not worth a word. */
export const QUIET_MS = 1_000;

export class Status {
  readonly #changed: (text: string) => void;
  #text = "";
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(changed: (text: string) => void) {
    this.#changed = changed;
  }

  /** Whether something is being said. */
  get speaks(): boolean {
    return this.#text !== "";
  }

  say(text: string): void {
    clearTimeout(this.#timer);
    this.#text = text;
    this.#changed(text);
  }

  sayFor(text: string, ms: number): void {
    this.say(text);
    this.#timer = setTimeout(() => this.say(""), ms);
  }

  /** Unless something else is said before. */
  sayIfItLasts(text: string): void {
    if (this.speaks) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.say(text), QUIET_MS);
  }
}
