// How a countdown is written, and when it is worth being read out.

/** Read out at these seconds before the end, besides when it begins. */
const TOLD_AT: readonly number[] = [60, 30, 10];

/** As on a clock: minutes and seconds. */
export function clockText(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** Which of those moments has been reached last; nothing before the first. */
export function lastToldAt(seconds: number): number | undefined {
  return TOLD_AT.filter((at) => seconds <= at).at(-1);
}
