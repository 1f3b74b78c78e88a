// Whom the reader has hidden in each room, kept in this browser only.

import type { Shelf } from "./texts.ts";

/** The rooms in which somebody was hidden last; an older one forgets. */
export const ROOMS_KEPT_MAX = 50;

const KEY = "gif-chat.hidden";

/** The newest room stands last. */
type Room = [room: string, people: string[]];

export class KeptHiddenPeople {
  readonly #shelf: Shelf | undefined;
  readonly #room: string;

  constructor(shelf: Shelf | undefined, room: string) {
    this.#shelf = shelf;
    this.#room = room;
  }

  load(): readonly string[] {
    return this.#rooms().find(([room]) => room === this.#room)?.[1] ?? [];
  }

  /** Nobody at all forgets the room. */
  keep(people: readonly string[]): void {
    const rooms = this.#rooms().filter(([room]) => room !== this.#room);
    if (people.length > 0) rooms.push([this.#room, [...people]]);
    try {
      this.#shelf?.setItem(KEY, JSON.stringify(rooms.slice(-ROOMS_KEPT_MAX)));
    } catch {
      // Full or forbidden: they are hidden as long as the page stands.
    }
  }

  #rooms(): Room[] {
    try {
      const rooms: unknown = JSON.parse(this.#shelf?.getItem(KEY) ?? "");
      return Array.isArray(rooms) ? rooms.filter(isRoom) : [];
    } catch {
      return [];
    }
  }
}

function isRoom(value: unknown): value is Room {
  return Array.isArray(value) && typeof value[0] === "string" && Array.isArray(value[1]);
}
