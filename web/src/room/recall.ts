// What the up arrow brings back into an empty field: what its writer said last, to say it again or better.

import type { PendingText } from "./outbox.ts";
import { isWhisper, type Told } from "./whispers.ts";

/** `failed` is the line that could not be sent: the text that is sent now takes its place. */
export type Recalled = { text: string; failed?: string };

/** What was whispered comes back only where one whispers `to` the same person, and nowhere else. */
export function lastOwnText(
  list: readonly Told[],
  pending: readonly PendingText[],
  isMine: (told: Told) => boolean,
  to?: string,
): Recalled | undefined {
  const unsent = pending.findLast((item) => item.to?.id === to);
  if (unsent) {
    const { text, clientId, state } = unsent;
    return state === "failed" ? { text, failed: clientId } : { text };
  }
  const last = list.findLast(
    (told) =>
      told.chat !== undefined && isMine(told) && (isWhisper(told) ? told.to.id : undefined) === to,
  );
  return last?.chat === undefined ? undefined : { text: last.chat };
}
