// How long a room that everybody has left is still there.

/** Whole seconds until then, never less than none; nothing for a time that cannot be read. */
export function secondsLeft(closesAt: string, now: number): number | undefined {
  const end = Date.parse(closesAt);
  return Number.isNaN(end) ? undefined : Math.max(0, Math.ceil((end - now) / 1_000));
}
