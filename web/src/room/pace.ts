// Does a thing at once, but not for each of many reasons that come together.

export class Pace {
  readonly #run: () => void;
  readonly #restMs: number;
  #resting = false;
  #due = false;

  /** Between two runs lies at least `restMs`, and whatever the first one has kept the page busy with. */
  constructor(run: () => void, restMs: number) {
    this.#run = run;
    this.#restMs = restMs;
  }

  ask(): void {
    if (this.#resting) {
      this.#due = true;
      return;
    }
    this.#resting = true;
    this.#due = false;
    this.#run();
    setTimeout(() => {
      this.#resting = false;
      if (this.#due) this.ask();
    }, this.#restMs);
  }
}
