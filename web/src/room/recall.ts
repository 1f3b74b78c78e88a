// What the up arrow brings back into an empty field: what its writer said last, to say it again or better.

import type { Entry } from "../wire.ts";
import type { PendingText } from "./outbox.ts";

/** `failed` is the line that could not be sent: the text that is sent now takes its place. */
export type Recalled = { text: string; failed?: string };

export function lastOwnText(
  entries: readonly Entry[],
  pending: readonly PendingText[],
  isMine: (entry: Entry) => boolean,
): Recalled | undefined {
  const unsent = pending.at(-1);
  if (unsent) {
    const { text, clientId, state } = unsent;
    return state === "failed" ? { text, failed: clientId } : { text };
  }
  const last = entries.findLast((entry) => entry.chat !== undefined && isMine(entry));
  return last?.chat === undefined ? undefined : { text: last.chat };
}
