// Texts on their way: shown at once, sent one after the other, kept until the room shows them.

import type { Failure, Quote, Sent } from "../wire.ts";
import { Lane, type Pending } from "./lane.ts";

/** The message that a text answers, and the log in which that one has its `seq`. */
export type Reply = { readonly quote: Quote; readonly epoch: string };

export type PendingText = Pending & {
  readonly text: string;
  readonly reply?: Reply | undefined;
};

export type OutboxDoors = {
  /** Rejects when no answer came. Sending the same `clientId` again is always safe. */
  send: (item: PendingText) => Promise<Sent | Failure>;
  /** The room has the text under this `seq`. */
  sent: (item: PendingText, answer: Sent) => void;
  /** The list is another one now. */
  changed: (items: readonly PendingText[]) => void;
};

export class Outbox extends Lane<PendingText> {
  constructor(doors: OutboxDoors) {
    super(async (item) => {
      const answer = await doors.send(item);
      if (!answer.ok) return { kind: "refused", refusal: answer };
      doors.sent(item, answer);
      return { kind: "sent" };
    }, doors.changed);
  }
}
