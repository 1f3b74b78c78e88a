// Texts on their way: shown at once, sent one after the other, kept until the room shows them.

import type { Failure, Person, Quote, Sent, Whispered } from "../wire.ts";
import { Lane, type Pending } from "./lane.ts";

/** The message that a text answers, and the log in which that one has its `seq`. */
export type Reply = { readonly quote: Quote; readonly epoch: string };

export type PendingText = Pending & {
  readonly text: string;
  readonly reply?: Reply | undefined;
  /** For whom alone it is. */
  readonly to?: Person | undefined;
};

export type OutboxDoors = {
  /** Rejects when no answer came. Sending the same `clientId` again is always safe. */
  send: (item: PendingText) => Promise<Sent | Whispered | Failure>;
  /** The room has the text, under the number in the answer. */
  sent: (item: PendingText, answer: Sent | Whispered) => void;
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
