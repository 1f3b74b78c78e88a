// GIFs on their way: shown at once from the chosen file, until the room shows them.

import type { Upload, UploadOutcome } from "./upload.ts";

export type PendingGif = {
  readonly clientId: string;
  /** An address of the chosen file itself, for this page only. */
  readonly preview: string;
  readonly width: number;
  readonly height: number;
  /** `checking`: all bytes have left; `sent`: accepted, and about to appear in the room. */
  readonly state: "uploading" | "checking" | "sent" | "failed";
  /** How much has left, from 0 to 1. */
  readonly share: number;
  /** Why it failed, in the reader's language; nothing when there was no answer at all. */
  readonly problem?: string;
};

export type UploadsDoors = {
  start: (clientId: string, file: File, progress: (share: number) => void) => Upload;
  preview: (file: File) => string;
  forget: (preview: string) => void;
  changed: (items: readonly PendingGif[]) => void;
};

export class Uploads {
  readonly #doors: UploadsDoors;
  #items: readonly PendingGif[] = [];
  #files = new Map<string, File>();
  #running = new Map<string, Upload>();

  constructor(doors: UploadsDoors) {
    this.#doors = doors;
  }

  add(clientId: string, file: File, size: { width: number; height: number }): void {
    const preview = this.#doors.preview(file);
    const { width, height } = size;
    this.#files.set(clientId, file);
    this.#set([
      ...this.#items,
      { clientId, preview, width, height, state: "uploading", share: 0 },
    ]);
    void this.#run(clientId, file);
  }

  retry(clientId: string): void {
    const file = this.#files.get(clientId);
    if (!file || this.#running.has(clientId)) return;
    this.#change(clientId, ({ problem: _, ...item }) => ({ ...item, state: "uploading", share: 0 }));
    void this.#run(clientId, file);
  }

  /** Stops it where it is and forgets it: cancelled by the sender, or there in the room. */
  discard(clientId: string): void {
    const item = this.#items.find((candidate) => candidate.clientId === clientId);
    if (!item) return;
    this.#set(this.#items.filter((candidate) => candidate !== item));
    this.#files.delete(clientId);
    this.#running.get(clientId)?.cancel();
    this.#doors.forget(item.preview);
  }

  /** The room shows it: what is left of the upload is only the answer. */
  arrived(clientId: string): void {
    this.#running.delete(clientId);
    this.discard(clientId);
  }

  async #run(clientId: string, file: File): Promise<void> {
    const progress = (share: number): void =>
      this.#change(clientId, (item) => ({
        ...item,
        share,
        state: share < 1 ? "uploading" : "checking",
      }));
    const running = this.#doors.start(clientId, file, progress);
    this.#running.set(clientId, running);
    const outcome = await running.outcome;
    this.#running.delete(clientId);
    this.#change(clientId, (item) => ended(item, outcome));
  }

  #change(clientId: string, change: (item: PendingGif) => PendingGif): void {
    if (!this.#items.some((item) => item.clientId === clientId)) return;
    this.#set(this.#items.map((item) => (item.clientId === clientId ? change(item) : item)));
  }

  #set(items: readonly PendingGif[]): void {
    this.#items = items;
    this.#doors.changed(items);
  }
}

function ended(item: PendingGif, outcome: UploadOutcome): PendingGif {
  if (outcome.kind === "sent") return { ...item, state: "sent", share: 1 };
  if (outcome.kind === "refused") return { ...item, state: "failed", problem: outcome.message };
  return { ...item, state: "failed" };
}
