// Why a connection or a visit ended, as far as the page can tell.

import type { Texts } from "../texts.ts";
import type { Times } from "../times.ts";
import type { Failure, Kicked } from "../wire.ts";

/**
 * Why a connection broke. `slow`: more waited for this page than may, or it took nothing for too long.
 * `message_too_large`: what was being sent is more than the server takes at once. `restart`: the server
 * stops. Anything else is a `loss`.
 */
export type Break = "slow" | "message_too_large" | "restart" | "loss";

/** The close codes of WebSocket that say more than that it is over. */
const BREAKS: ReadonlyMap<unknown, Break> = new Map([
  [4000, "restart"],
  [4001, "slow"],
  [4002, "slow"],
  [1009, "message_too_large"],
]);

/** Reads what the official client hands over with `disconnect`; with polling there is no code. */
export function breakOf(details: unknown): Break {
  const { context } = (details ?? {}) as { context?: { code?: unknown } };
  return BREAKS.get(context?.code) ?? "loss";
}

/** Why the visit is over, and what the reader can do now. */
export type Ending = { message: string; reason?: string | undefined; remedy: "lobby" | "reload" };

export function endingOf(failure: Failure, texts: Texts, times: Times): Ending {
  const { error, retryAfterMs } = failure;
  if (error === "banned" && retryAfterMs !== undefined) {
    return sentOut("rules.banned", new Date(Date.now() + retryAfterMs).toISOString(), texts, times);
  }
  if (failure.error === "not_found") return { message: texts.text("room.gone"), remedy: "lobby" };
  const remedy = failure.error === "not_admitted" ? "reload" : "lobby";
  return { message: failure.message, remedy };
}

/** The owner has sent the reader out. */
export function kickedEnding({ until, reason }: Kicked, texts: Texts, times: Times): Ending {
  return { ...sentOut("rules.kicked", until, texts, times), reason };
}

function sentOut(key: string, until: string, texts: Texts, times: Times): Ending {
  return { message: texts.fill(key, { time: times.until(until) }), remedy: "lobby" };
}
