// The server's time, counted on from what the page was told. A visitor's own clock may be wrong by hours.

/** Nothing that the server tells is on its way for longer. */
const LATE_MS_MAX = 10_000;

export class ServerClock {
  /** What to add to the monotonic time, in milliseconds. */
  #ahead = Number.NEGATIVE_INFINITY;
  readonly #monotonic: () => number;

  /** `now` as the server told it at that monotonic time. */
  constructor(now: string, at: number, monotonic = (): number => performance.now()) {
    this.#monotonic = monotonic;
    this.set(now, at);
  }

  set(now: string, at = this.#monotonic()): void {
    const ahead = Date.parse(now) - at;
    // Whatever is told comes a little late: the word that was fastest is right.
    if (ahead > this.#ahead || ahead < this.#ahead - LATE_MS_MAX) this.#ahead = ahead;
  }

  /** Milliseconds since 1970, as the server would tell them. */
  now(): number {
    return this.#monotonic() + this.#ahead;
  }
}

/** When the answer with this page began to arrive: the best guess at when the server wrote its time. */
export function pageAnsweredAt(): number {
  const [navigation] = performance.getEntriesByType("navigation");
  return navigation instanceof PerformanceNavigationTiming ? navigation.responseStart : 0;
}

/** More than a clock that is set right bit by bit, less than a reader would notice. */
const JUMP_MS_MIN = 1_500;

/**
 * Tells whether wall clock and monotonic clock have come apart since it last said so: the device slept, where
 * the monotonic one stands still meanwhile, or somebody has set the clock.
 */
export function jumpDetector(
  wall = (): number => Date.now(),
  monotonic = (): number => performance.now(),
): () => boolean {
  let apart = wall() - monotonic();
  return () => {
    const now = wall() - monotonic();
    if (Math.abs(now - apart) < JUMP_MS_MIN) return false;
    apart = now;
    return true;
  };
}
