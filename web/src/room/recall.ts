// What the up arrow in an empty field means: first what its writer said last and the room has not yet, which
// comes back into the field; then what was whispered last, or the last message, which is edited where it stands.

import type { Entry } from "../wire.ts";
import type { PendingText, Reply } from "./outbox.ts";
import { isWhisper, type Told } from "./whispers.ts";

/** `failed` is the line that could not be sent: the text that is sent now takes its place. */
export type Recalled = { text: string; reply: Reply | undefined; failed?: string };

/** What was whispered comes back only where one whispers `to` the same person, and nowhere else. */
export function lastUnsent(pending: readonly PendingText[], to?: string): Recalled | undefined {
  const unsent = pending.findLast((item) => item.to?.id === to);
  if (!unsent) return undefined;
  const { text, reply, clientId, state } = unsent;
  return { text, reply, ...(state === "failed" ? { failed: clientId } : {}) };
}

/** What was whispered last to this person. Unlike a message, it cannot be edited. */
export function lastWhispered(
  list: readonly Told[],
  isMine: (told: Told) => boolean,
  to: string,
): Recalled | undefined {
  const last = list.findLast((told) => isWhisper(told) && told.to.id === to && isMine(told));
  return last?.chat === undefined ? undefined : { text: last.chat, reply: undefined };
}

/** What was said last to everybody and still stands there, for another wording. */
export function lastSaid(
  entries: readonly Entry[],
  isMine: (entry: Entry) => boolean,
): Entry | undefined {
  return entries.findLast((entry) => entry.chat !== undefined && !entry.deleted && isMine(entry));
}
