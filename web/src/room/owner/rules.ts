// The owner's form, and what of it is a change.

import type { RoomSettings } from "../../wire.ts";

/** Seconds between two messages that can be chosen. */
export const SLOW_STEPS: readonly number[] = [0, 5, 10, 30, 60, 300];

export type Typed = { title: string; max: string; slow: number };
type Rules = Pick<RoomSettings, "title" | "max" | "slow">;

/** Only what differs: what nobody has touched is not announced to everybody. */
export function changesOf(typed: Typed, now: Rules): Partial<Rules> {
  const max = seatsIn(typed.max);
  return {
    ...(typed.title === now.title ? {} : { title: typed.title }),
    ...(max === now.max ? {} : { max }),
    ...(typed.slow === now.slow ? {} : { slow: typed.slow }),
  };
}

/** The number that stands there; what is none becomes one that the server refuses with its limits. */
function seatsIn(text: string): number {
  const digits = text.trim();
  return /^\d{1,6}$/.test(digits) ? Number(digits) : 0;
}
