// Things on their way, one after the other: each is tried until the room has it or its writer must
// decide, and what stands behind it waits so long. One that failed for good does not hold up the rest.

import { type Outcome, PASSING, pauseAfter } from "./retry.ts";

export type Pending = {
  /** The name under which the room takes it once, however often it is tried. */
  readonly clientId: string;
  /** Who wrote it, by the public id in this room; nothing as long as nobody has told us. */
  readonly author?: string | undefined;
  /** Milliseconds since 1970, by this device's clock. */
  readonly writtenAt: number;
  /**
   * `waiting` for its turn or for the connection; `retrying` after silence or a passing fault; `slowed`
   * because the server asked for time; `sent`: the room has it and will show it in its place;
   * `failed`: its writer decides.
   */
  readonly state: "waiting" | "sending" | "retrying" | "slowed" | "sent" | "failed";
  /** Why it failed, in the reader's language; nothing when there was no answer at all. */
  readonly problem?: string | undefined;
};

export class Lane<Item extends Pending> {
  readonly #run: (item: Item) => Promise<Outcome>;
  readonly #changed: (items: readonly Item[]) => void;
  #items: readonly Item[] = [];
  #tries = new Map<string, number>();
  /** What the room had when the connection was last given up. */
  #sentBefore = new Set<string>();
  #open = false;
  #author: string | undefined;
  /** The try that is under way; another object each time, so that a late end is recognised. */
  #turn: { readonly clientId: string } | undefined;
  #pause: ReturnType<typeof setTimeout> | undefined;

  /** `run` tries an item once; a rejection is silence. `changed` hears each new list. */
  constructor(
    run: (item: Item) => Promise<Outcome>,
    changed: (items: readonly Item[]) => void,
  ) {
    this.#run = run;
    this.#changed = changed;
  }

  get items(): readonly Item[] {
    return this.#items;
  }

  add(item: Item): void {
    this.#set([...this.#items, item]);
    void this.#pump();
  }

  /** Takes in what was written before all that stands here and is not on its way yet. */
  restore(items: readonly Item[]): void {
    const known = new Set(this.#items.map(({ clientId }) => clientId));
    const older = items.filter(({ clientId }) => !known.has(clientId));
    if (older.length === 0) return;
    const running = this.#items.filter(({ clientId }) => clientId === this.#turn?.clientId);
    const rest = this.#items.filter((item) => !running.includes(item));
    this.#set([...running, ...older, ...rest]);
    void this.#pump();
  }

  /** Its writer wants it sent, by whoever writes here now. */
  retry(clientId: string): void {
    this.#tries.delete(clientId);
    this.change(clientId, (item) => {
      if (item.state !== "failed") return item;
      const author = this.#author ?? item.author;
      return { ...item, author, state: "waiting", problem: undefined };
    });
    void this.#pump();
  }

  discard(clientId: string): void {
    const item = this.#items.find((candidate) => candidate.clientId === clientId);
    if (!item) return;
    this.#tries.delete(clientId);
    this.#set(this.#items.filter((candidate) => candidate !== item));
    if (item.state === "retrying" || item.state === "slowed") this.#resume();
    if (this.#turn?.clientId === clientId) this.#turn = undefined;
    void this.#pump();
  }

  /** The seat is ours: what waits is sent, also what only silence had stopped. */
  open(): void {
    this.#open = true;
    this.#tries.clear();
    this.#set(
      this.#items.map((item) =>
        item.state === "failed" && item.problem === undefined ? { ...item, state: "waiting" } : item,
      ),
    );
    void this.#pump();
  }

  close(): void {
    this.#open = false;
    this.#resume();
    const sent = this.#items.filter(({ state }) => state === "sent");
    this.#sentBefore = new Set(sent.map(({ clientId }) => clientId));
    this.#set(
      this.#items.map((item) =>
        item.state === "retrying" || item.state === "slowed" ? { ...item, state: "waiting" } : item,
      ),
    );
  }

  /** From now on `author` writes. What somebody else wrote here is not sent unless it is asked for. */
  belongTo(author: string, problem: string): void {
    this.#author = author;
    const claimed = this.#items.map((item): Item => {
      if (item.author === author || item.state === "sent") return item;
      if (item.author === undefined) return { ...item, author };
      return { ...item, state: "failed", problem };
    });
    if (claimed.some((item, index) => item !== this.#items[index])) this.#set(claimed);
  }

  /**
   * The room had them before the break, and what it has brought since does not show them. A server that
   * has lost them is sent them again; else they are further back, where nobody looks for them now.
   */
  settleSent(lost: boolean): void {
    for (const clientId of this.#sentBefore) {
      if (lost) this.change(clientId, (sent) => ({ ...sent, state: "waiting" }));
      else this.discard(clientId);
    }
    this.#sentBefore.clear();
  }

  /** What is on its way just now cannot be sent at all: trying it again would fail the same way. */
  failCurrent(problem: string): void {
    const clientId = this.#turn?.clientId;
    if (clientId === undefined) return;
    this.#turn = undefined;
    this.change(clientId, (item) => ({ ...item, state: "failed", problem }));
  }

  /** Nothing can be sent any more. */
  end(problem: string): void {
    this.close();
    this.#turn = undefined;
    const unsent = this.#items.filter(({ state }) => state !== "sent");
    this.#set(unsent.map((item) => ({ ...item, state: "failed", problem })));
  }

  protected change(clientId: string, change: (item: Item) => Item): void {
    if (!this.#items.some((item) => item.clientId === clientId)) return;
    this.#set(this.#items.map((item) => (item.clientId === clientId ? change(item) : item)));
  }

  async #pump(): Promise<void> {
    // One at a time: two of one sender could overtake each other.
    if (!this.#open || this.#turn !== undefined || this.#pause !== undefined) return;
    const item = this.#items.find(({ state }) => state !== "sent" && state !== "failed");
    if (!item) return;
    const turn = { clientId: item.clientId };
    this.#turn = turn;
    this.change(item.clientId, () => ({ ...item, state: "sending" }));
    let outcome: Outcome;
    try {
      outcome = await this.#run(item);
    } catch {
      outcome = { kind: "unanswered" };
    }
    if (this.#turn !== turn) return;
    this.#turn = undefined;
    this.#ended(item.clientId, outcome);
    void this.#pump();
  }

  #ended(clientId: string, outcome: Outcome): void {
    if (outcome.kind === "sent") {
      this.#tries.delete(clientId);
      return this.change(clientId, (item) => ({ ...item, state: "sent" }));
    }
    // Without a connection there is nothing to count: it waits for the next one.
    if (!this.#open && (outcome.kind === "unanswered" || PASSING.has(outcome.refusal.error))) {
      return this.change(clientId, (item) => ({ ...item, state: "waiting" }));
    }
    const tries = (this.#tries.get(clientId) ?? 0) + 1;
    const pause = pauseAfter(outcome, tries);
    if (!pause) {
      const problem = outcome.kind === "refused" ? outcome.refusal.message : undefined;
      return this.change(clientId, (item) => ({ ...item, state: "failed", problem }));
    }
    if (pause.why === "retrying") this.#tries.set(clientId, tries);
    this.change(clientId, (item) => ({ ...item, state: pause.why }));
    this.#pause = setTimeout(() => {
      this.#resume();
      void this.#pump();
    }, pause.ms);
  }

  #resume(): void {
    clearTimeout(this.#pause);
    this.#pause = undefined;
  }

  #set(items: readonly Item[]): void {
    this.#items = items;
    this.#changed(items);
  }
}
