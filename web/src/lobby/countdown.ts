// How long a room that everybody has left is still there.

/** Whole seconds until then, never less than none; nothing when one of the times is not known. */
export function secondsLeft(closesAt: string, now: number): number | undefined {
  const end = Date.parse(closesAt);
  const seconds = Math.ceil((end - now) / 1_000);
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}
