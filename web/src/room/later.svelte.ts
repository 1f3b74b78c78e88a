// A part of the page that is loaded when it is first wanted.

export class Later<Part> {
  part = $state.raw<Part | undefined>(undefined);
  failed = $state(false);
  readonly #load: () => Promise<{ default: Part }>;

  constructor(load: () => Promise<{ default: Part }>) {
    this.#load = load;
  }

  /** Loads it, unless it is there; after a failure, tries again. */
  async want(): Promise<void> {
    this.failed = false;
    try {
      this.part ??= (await this.#load()).default;
    } catch {
      this.failed = true;
    }
  }
}
