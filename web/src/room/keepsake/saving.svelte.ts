// Saving a keepsake, from the press of a button to the file: how far it is, and what went wrong.

import type { Failure, History } from "../../wire.ts";
import type { RoomSession } from "../session.svelte.ts";
import { placed, type Told } from "../whispers.ts";
import { NotFetched, pagesOf } from "./collect.ts";
import { fileName, KeepsakeFile } from "./file.ts";
import { Album } from "./gifs.ts";
import { keepsakeTexts } from "./texts.ts";

export type SavingDoors = {
  fetch: (address: string, signal: AbortSignal) => Promise<Response>;
  /** Hands the file over to the reader. */
  hand: (file: Blob, name: string) => void;
};

export class Saving {
  state = $state<"idle" | "working" | "failed" | "saved">("idle");
  /** Of the conversation, in percent. */
  percent = $state(0);
  problem = $state("");
  /** Under which name the file was saved. */
  name = $state("");
  /** Whether something of it was fetched and can be saved. */
  something = $state(false);

  readonly #session: RoomSession;
  readonly #doors: SavingDoors;
  #stop: AbortController | undefined;
  #file: KeepsakeFile | undefined;

  constructor(session: RoomSession, doors: SavingDoors) {
    this.#session = session;
    this.#doors = doors;
  }

  async start(): Promise<void> {
    const { texts, times, you } = this.#session;
    const stop = new AbortController();
    const words = { own: keepsakeTexts(texts.locale), page: texts, times, you: you?.id };
    const file = new KeepsakeFile(words, new Album(this.#doors.fetch));
    this.#stop?.abort();
    this.#stop = stop;
    this.#file = file;
    this.percent = 0;
    this.state = "working";
    try {
      await this.#collect(file, stop.signal);
      if (stop.signal.aborted) return;
      this.#hand(false);
    } catch (error) {
      if (stop.signal.aborted) return;
      this.something = !file.isEmpty;
      this.problem = (error instanceof NotFetched && error.reason) || words.own.text("keepsake.failed");
      this.state = "failed";
    }
  }

  cancel(): void {
    this.#stop?.abort();
    this.#file = undefined;
    this.state = "idle";
  }

  /** Better a part than nothing: the room may be gone in a moment. */
  savePart(): void {
    if (this.something) this.#hand(true);
  }

  async #collect(file: KeepsakeFile, signal: AbortSignal): Promise<void> {
    const { entries, whispers } = this.#session;
    const head = entries.at(-1)?.seq ?? 0;
    const end = { before: head + 1, beforePrivate: whispers.cursor + 1 };
    const ask = async (name: string, payload: object): Promise<History | Failure> => {
      if (this.#session.ending) throw new NotFetched(this.#session.ending.message);
      return this.#session.act<History>(name, payload);
    };
    for await (const page of pagesOf(ask, end, signal)) {
      const list: Told[] = [...page.messages, ...page.whispers.map(placed)];
      await file.before(list.sort((a, b) => a.seq - b.seq), signal);
      const oldest = page.messages[0]?.seq ?? 1;
      this.percent = Math.min(99, Math.round((100 * (head - oldest + 1)) / Math.max(1, head)));
    }
  }

  #hand(partial: boolean): void {
    const { facts, texts } = this.#session;
    const now = new Date();
    const file = this.#file?.finish({ title: facts.title, savedAt: now.toISOString(), partial });
    this.#file = undefined;
    this.something = false;
    if (!file) return;
    this.name = fileName(facts.title, now, texts.text("site.name"));
    this.#doors.hand(file, this.name);
    this.state = "saved";
  }
}
