// GIFs on their way: shown at once from the chosen file, sent one after the other, until the room
// shows them.

import { Lane, type Pending } from "./lane.ts";
import type { Upload } from "./upload.ts";

export type PendingGif = Pending & {
  readonly file: Blob;
  readonly width: number;
  readonly height: number;
  /** An address of the chosen file itself, for this page only. */
  readonly preview: string;
  /** How much has left, from 0 to 1; with 1 the server is checking it. */
  readonly share: number;
};

/** A GIF before it stands in the list. */
export type ChosenGif = Omit<PendingGif, "preview" | "share">;

export type UploadsDoors = {
  start: (clientId: string, file: Blob, progress: (share: number) => void) => Upload;
  preview: (file: Blob) => string;
  /** It is not in the list any more. */
  forget: (item: PendingGif) => void;
  changed: (items: readonly PendingGif[]) => void;
};

export class Uploads extends Lane<PendingGif> {
  readonly #doors: UploadsDoors;
  #running: { clientId: string; upload: Upload } | undefined;

  constructor(doors: UploadsDoors) {
    super((item) => this.#upload(item), doors.changed);
    this.#doors = doors;
  }

  choose(gif: ChosenGif): void {
    this.add(this.#shown(gif));
  }

  restoreChosen(gifs: readonly ChosenGif[]): void {
    const known = new Set(this.items.map(({ clientId }) => clientId));
    const unknown = gifs.filter(({ clientId }) => !known.has(clientId));
    this.restore(unknown.map((gif) => this.#shown(gif)));
  }

  /** Stops it where it is and forgets it. */
  override discard(clientId: string): void {
    if (this.#running?.clientId === clientId) this.#running.upload.cancel();
    this.arrived(clientId);
  }

  /** The room shows it: what is left of the upload is only the answer. */
  arrived(clientId: string): void {
    const item = this.items.find((candidate) => candidate.clientId === clientId);
    if (!item) return;
    super.discard(clientId);
    this.#doors.forget(item);
  }

  #shown(gif: ChosenGif): PendingGif {
    return { ...gif, preview: this.#doors.preview(gif.file), share: 0 };
  }

  async #upload({ clientId, file }: PendingGif) {
    const progress = (share: number): void => this.change(clientId, (item) => ({ ...item, share }));
    progress(0);
    const running = { clientId, upload: this.#doors.start(clientId, file, progress) };
    this.#running = running;
    const outcome = await running.upload.outcome;
    if (this.#running === running) this.#running = undefined;
    return outcome;
  }
}
