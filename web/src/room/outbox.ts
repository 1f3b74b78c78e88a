// Texts on their way: shown at once, sent one after the other, kept until the room has them.

import type { Failure, Sent } from "../wire.ts";

export type PendingText = {
  readonly clientId: string;
  readonly text: string;
  /** `waiting` for its turn or for the connection; `failed` waits for the writer's decision. */
  readonly state: "waiting" | "sending" | "failed";
  /** Why it failed, in the reader's language; nothing when there was no answer at all. */
  readonly problem?: string;
};

export type OutboxDoors = {
  /** Rejects when no answer came. Sending the same `clientId` again is always safe. */
  send: (item: PendingText) => Promise<Sent | Failure>;
  /** The room has the text under this `seq`. */
  sent: (item: PendingText, answer: Sent) => void;
  /** The list is another one now. */
  changed: (items: readonly PendingText[]) => void;
};

export class Outbox {
  readonly #doors: OutboxDoors;
  #items: readonly PendingText[] = [];
  #open = false;
  #sending = false;

  constructor(doors: OutboxDoors) {
    this.#doors = doors;
  }

  add(clientId: string, text: string): void {
    this.#set([...this.#items, { clientId, text, state: "waiting" }]);
    void this.#pump();
  }

  retry(clientId: string): void {
    this.#change(clientId, (item) => ({ clientId, text: item.text, state: "waiting" }));
    void this.#pump();
  }

  discard(clientId: string): void {
    if (this.#items.some((item) => item.clientId === clientId)) {
      this.#set(this.#items.filter((item) => item.clientId !== clientId));
    }
  }

  /** The seat is ours: what waits is sent, in the order in which it was written. */
  open(): void {
    this.#open = true;
    void this.#pump();
  }

  close(): void {
    this.#open = false;
  }

  async #pump(): Promise<void> {
    // One at a time: two events of one socket could overtake each other.
    if (!this.#open || this.#sending) return;
    const item = this.#items.find((candidate) => candidate.state === "waiting");
    if (!item) return;
    this.#sending = true;
    this.#change(item.clientId, () => ({ ...item, state: "sending" }));
    try {
      this.#answered(item, await this.#doors.send(item));
    } catch {
      this.#unanswered(item);
    }
    this.#sending = false;
    void this.#pump();
  }

  #answered(item: PendingText, answer: Sent | Failure): void {
    if (answer.ok) {
      this.#doors.sent(item, answer);
      this.discard(item.clientId);
    } else {
      this.#change(item.clientId, () => ({ ...item, state: "failed", problem: answer.message }));
    }
  }

  /** Without a connection it waits for the next one; with one, the writer should know. */
  #unanswered(item: PendingText): void {
    this.#change(item.clientId, () => ({ ...item, state: this.#open ? "failed" : "waiting" }));
  }

  #change(clientId: string, change: (item: PendingText) => PendingText): void {
    if (!this.#items.some((item) => item.clientId === clientId)) return;
    this.#set(this.#items.map((item) => (item.clientId === clientId ? change(item) : item)));
  }

  #set(items: readonly PendingText[]): void {
    this.#items = items;
    this.#doors.changed(items);
  }
}
