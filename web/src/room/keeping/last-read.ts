// How far each room was read in this browser, so that whoever comes back finds what came meanwhile.

import type { Shelf } from "./texts.ts";

/** The rooms that were read last; an older one begins anew. */
export const ROOMS_KEPT_MAX = 50;

const KEY = "gif-chat.read";

/** Which log, and up to where; the newest room stands last. */
type Place = [room: string, epoch: string, seq: number];

export class LastRead {
  readonly #shelf: Shelf | undefined;
  readonly #room: string;

  constructor(shelf: Shelf | undefined, room: string) {
    this.#shelf = shelf;
    this.#room = room;
  }

  /** The last entry that was read, if the log is still the same. */
  in(epoch: string): number | undefined {
    const place = this.#places().find(([room]) => room === this.#room);
    return place?.[1] === epoch ? place[2] : undefined;
  }

  /** Never goes back in the same log: another tab may have read further. */
  keep(epoch: string, seq: number): void {
    if ((this.in(epoch) ?? -1) >= seq) return;
    this.#write([...this.#others(), [this.#room, epoch, seq]]);
  }

  /** The room is gone. */
  forget(): void {
    this.#write(this.#others());
  }

  #others(): Place[] {
    return this.#places().filter(([room]) => room !== this.#room);
  }

  #places(): Place[] {
    try {
      const places: unknown = JSON.parse(this.#shelf?.getItem(KEY) ?? "");
      return Array.isArray(places) ? places.filter(isPlace) : [];
    } catch {
      return [];
    }
  }

  #write(places: Place[]): void {
    try {
      this.#shelf?.setItem(KEY, JSON.stringify(places.slice(-ROOMS_KEPT_MAX)));
    } catch {
      // Full or forbidden: the next visit begins without a mark.
    }
  }
}

function isPlace(value: unknown): value is Place {
  const [room, epoch, seq] = Array.isArray(value) ? (value as unknown[]) : [];
  return typeof room === "string" && typeof epoch === "string" && typeof seq === "number";
}
