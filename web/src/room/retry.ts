// When a thing that did not get through is tried again, and when its writer must decide.

import type { Failure } from "../wire.ts";

/** What the server said when it took something not. */
export type Refusal = Pick<Failure, "error" | "message" | "retryAfterMs">;

/** How one try ended. `unanswered`: it may be in the room or not; the same name again is safe. */
export type Outcome =
  | { kind: "sent" }
  | { kind: "refused"; refusal: Refusal }
  | { kind: "unanswered" };

export type Pause = { ms: number; why: "retrying" | "slowed" };

/** Tries after the first one before the writer is asked. */
export const RETRIES_MAX = 4;
const RETRY_MS_FIRST = 1_000;
const RETRY_MS_MAX = 8_000;
/** A server that asks for no time at all still gets this much. */
const PACE_MS_MIN = 250;
/** Nobody waits longer than this without being asked. */
export const PACE_MS_MAX = 2 * 60_000;

/** Refusals that time mends. Any other one is final. */
export const PASSING: ReadonlySet<string> = new Set(["too_fast", "unavailable", "internal"]);

/** How long to wait after so many failed tries; nothing when it is the writer's turn. */
export function pauseAfter(outcome: Outcome, tries: number): Pause | undefined {
  if (outcome.kind === "sent") return undefined;
  if (outcome.kind === "refused") {
    const { error, retryAfterMs = RETRY_MS_FIRST } = outcome.refusal;
    if (!PASSING.has(error)) return undefined;
    if (error === "too_fast") {
      if (retryAfterMs > PACE_MS_MAX) return undefined;
      return { ms: Math.max(retryAfterMs, PACE_MS_MIN), why: "slowed" };
    }
  }
  if (tries > RETRIES_MAX) return undefined;
  const ms = Math.min(RETRY_MS_FIRST * 2 ** (tries - 1), RETRY_MS_MAX);
  return { ms: jittered(ms), why: "retrying" };
}

/** Up to half as much again, so that those who failed together do not come back together. */
export function jittered(ms: number): number {
  return ms * (1 + Math.random() / 2);
}
