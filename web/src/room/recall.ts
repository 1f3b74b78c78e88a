// What the up arrow brings back into an empty field: what its writer said last and the room has not yet.

import type { PendingText, Reply } from "./outbox.ts";

/** `failed` is the line that could not be sent: the text that is sent now takes its place. */
export type Recalled = { text: string; reply: Reply | undefined; failed?: string };

export function lastUnsent(pending: readonly PendingText[]): Recalled | undefined {
  const unsent = pending.at(-1);
  if (!unsent) return undefined;
  const { text, reply, clientId, state } = unsent;
  return { text, reply, ...(state === "failed" ? { failed: clientId } : {}) };
}
