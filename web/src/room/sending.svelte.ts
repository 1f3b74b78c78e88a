// What its reader has written here and the room does not show yet: texts and GIFs on their way, what the
// browser keeps of them, and whose they are.

import type { Texts } from "../texts.ts";
import type { Entry } from "../wire.ts";
import { newClientId } from "./client-id.ts";
import type { Keeper } from "./keeping/keeper.ts";
import { GIF_MIB_MAX, isTooLong } from "./limits.ts";
import { Outbox, type OutboxDoors, type PendingText } from "./outbox.ts";
import type { Upload, UploadOrder } from "./upload.ts";
import { type PendingGif, Uploads } from "./uploads.ts";

/** What goes with a text besides its words. */
export type Post = Pick<PendingText, "reply" | "to">;

export type SendingDoors = Pick<OutboxDoors, "send" | "sent">;

export class Sending {
  pendingTexts = $state.raw<readonly PendingText[]>([]);
  pendingGifs = $state.raw<readonly PendingGif[]>([]);

  /** What the tab had unsent before stands in the list: until then nothing may overtake it. */
  readonly restored: Promise<void>;

  readonly #texts: Texts;
  readonly #keeper: Keeper;
  readonly #outbox: Outbox;
  readonly #uploads: Uploads;
  /** Who writes here, once the room has said so. */
  #author: string | undefined;

  constructor(room: string, texts: Texts, keeper: Keeper, doors: SendingDoors) {
    this.#texts = texts;
    this.#keeper = keeper;
    this.#outbox = new Outbox({
      ...doors,
      changed: (items) => {
        this.pendingTexts = items;
        keeper.keepTexts(items);
      },
    });
    this.#uploads = new Uploads({
      start: (clientId, file, progress) => uploadLater({ room, file, clientId, progress }),
      preview: (file) => URL.createObjectURL(file),
      forget: ({ clientId, preview }) => {
        URL.revokeObjectURL(preview);
        keeper.forgetGif(clientId);
      },
      changed: (items) => (this.pendingGifs = items),
    });
    this.restored = this.#restore();
  }

  /** Whether leaving the page now would lose something that its reader has written. */
  get losing(): boolean {
    const pending = [...this.pendingTexts, ...this.pendingGifs];
    return pending.some(({ clientId, state }) => state !== "sent" && !this.#keeper.holds(clientId));
  }

  /** Sends a text, or says why it cannot be sent. */
  text(text: string, post: Post = {}): string | undefined {
    if (isTooLong(text)) return this.#texts.fill("invalid.text_too_long", { limit: "4,000" });
    this.#outbox.add({ ...this.#mark(), ...post, text });
    return undefined;
  }

  /** Sends a GIF, or says why it cannot be sent. */
  async gif(file: File): Promise<string | undefined> {
    const gifs = await import("./gifs.ts").catch(() => undefined);
    if (!gifs) return this.#texts.text("room.not_loaded");
    const gif = await gifs.inspectGif(file);
    if (gif.ok) {
      const chosen = { ...this.#mark(), file, width: gif.width, height: gif.height };
      void this.#keeper.keepGif(chosen);
      this.#uploads.choose(chosen);
      return undefined;
    }
    return gif.reason === "not_a_gif"
      ? this.#texts.text("error.not_a_gif")
      : this.#texts.fill("invalid.gif_bytes", { limit: GIF_MIB_MAX });
  }

  retry(clientId: string): void {
    this.#outbox.retry(clientId);
    this.#uploads.retry(clientId);
  }

  discard(clientId: string): void {
    this.#outbox.discard(clientId);
    this.#uploads.discard(clientId);
  }

  /** From now on `author` writes here. */
  belongTo(author: string): void {
    this.#author = author;
    const problem = this.#texts.text("room.other_author");
    this.#outbox.belongTo(author, problem);
    this.#uploads.belongTo(author, problem);
  }

  /** The seat is ours: what waits is sent, also what was written in tabs that are gone. */
  async open(entries: () => readonly Entry[]): Promise<void> {
    this.#outbox.open();
    this.#uploads.open();
    if (this.#author === undefined) return;
    const { texts, gifs } = await this.#keeper.adopt(this.#author);
    this.#outbox.restore(texts);
    this.#uploads.restoreChosen(gifs);
    this.resolve(entries());
  }

  close(): void {
    this.#outbox.close();
    this.#uploads.close();
  }

  /** Nothing can be sent any more: it can only be read here once more. */
  end(): void {
    const problem = this.#texts.text("room.too_late");
    this.#outbox.end(problem);
    this.#uploads.end(problem);
  }

  /** What the room had before a break, and does not show after it. */
  settleSent(lost: boolean): void {
    this.#outbox.settleSent(lost);
    this.#uploads.settleSent(lost);
  }

  /** What is on its way just now is more than the server takes. */
  failCurrent(): void {
    this.#outbox.failCurrent(this.#texts.fill("invalid.text_too_long", { limit: "4,000" }));
  }

  /** What the room shows is no longer on its way. */
  resolve(entries: readonly Pick<Entry, "clientId" | "author">[]): void {
    const pending = [...this.pendingTexts, ...this.pendingGifs];
    if (pending.length === 0) return;
    const authors = new Map(pending.map(({ clientId, author }) => [clientId, author]));
    for (const { clientId, author } of entries) {
      // Anybody can send a name; only its author's entry is the one that was meant.
      if (clientId === undefined || author === undefined) continue;
      if (authors.get(clientId) !== author) continue;
      this.#outbox.discard(clientId);
      this.#uploads.arrived(clientId);
    }
  }

  /** Whose it is, when, and under which name it is sent once. */
  #mark(): Pick<PendingText, "clientId" | "author" | "writtenAt" | "state"> {
    const author = this.#author;
    return { clientId: newClientId(), author, writtenAt: Date.now(), state: "waiting" };
  }

  async #restore(): Promise<void> {
    const { texts, gifs } = await this.#keeper.restore();
    this.#outbox.restore(texts);
    this.#uploads.restoreChosen(gifs);
    if (this.#author !== undefined) this.belongTo(this.#author);
  }
}

/** What cannot be loaded is silence: it is tried again. */
function uploadLater(order: UploadOrder): Upload {
  let cancelled = false;
  const started = import("./gifs.ts").then(({ upload }) => (cancelled ? undefined : upload(order)));
  const outcome = started.then((running) => running?.outcome ?? { kind: "unanswered" as const });
  const cancel = (): void => {
    cancelled = true;
    started.then((running) => running?.cancel(), () => undefined);
  };
  return { outcome, cancel };
}
