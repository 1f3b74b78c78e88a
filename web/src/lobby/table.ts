// The lobby's table, kept true while it is open: one line per room.

import type { Texts } from "../texts.ts";
import type { Room } from "../wire.ts";
import type { ServerClock } from "./clock.ts";
import { countDown, fillRow, titleOf } from "./row.ts";

/** The parts of the lobby page that the table needs. */
export type TablePage = {
  heading: HTMLElement;
  table: HTMLTableElement;
  /** Shown while there is no room at all. */
  empty: HTMLElement;
  /** Shown while there are rooms, but none is looked for. */
  noneFound: HTMLElement;
  /** A line without a room, as the server would render it. */
  blank: HTMLTemplateElement;
};

type IsLookedFor = (title: string) => boolean;

const ALL: IsLookedFor = () => true;

export class RoomTable {
  readonly #page: TablePage;
  readonly #texts: Texts;
  readonly #clock: ServerClock;
  readonly #lines = new Map<string, HTMLTableRowElement>();
  readonly #body: HTMLTableSectionElement;
  #isLookedFor = ALL;

  constructor(page: TablePage, texts: Texts, clock: ServerClock) {
    this.#page = page;
    this.#texts = texts;
    this.#clock = clock;
    this.#body = page.table.tBodies[0] ?? page.table.createTBody();
    for (const line of this.#body.rows) {
      if (line.dataset["room"] !== undefined) this.#lines.set(line.dataset["room"], line);
    }
  }

  /** How many rooms there are. */
  get size(): number {
    return this.#lines.size;
  }

  /** How many of them are shown. */
  get found(): number {
    return [...this.#lines.values()].filter((line) => !line.hidden).length;
  }

  /** Shows only rooms with such titles from now on. */
  lookFor(isLookedFor: IsLookedFor): void {
    this.#isLookedFor = isLookedFor;
    for (const line of this.#lines.values()) line.hidden = !isLookedFor(titleOf(line));
    this.#showEmptiness();
  }

  /** Has exactly these rooms, in this order. */
  show(rooms: readonly Room[]): void {
    const listed = new Set(rooms.map((room) => room._id));
    for (const id of [...this.#lines.keys()]) if (!listed.has(id)) this.#drop(id);
    rooms.forEach((room, index) => {
      const line = this.#keep(room);
      const there = this.#body.rows[index];
      // Only a line out of its place moves: moving takes the focus away.
      if (there !== line) this.#body.insertBefore(line, there ?? null);
    });
    this.#showEmptiness();
  }

  /** A room that is new, or that has changed. */
  put(room: Room): void {
    this.#keep(room);
    this.#showEmptiness();
  }

  remove(id: string): void {
    this.#drop(id);
    this.#showEmptiness();
  }

  /** Says how long the closing rooms are still there. */
  tick(): void {
    const now = this.#clock.now();
    for (const line of this.#lines.values()) countDown(line, now, this.#texts);
  }

  #keep(room: Room): HTMLTableRowElement {
    const line = this.#lines.get(room._id) ?? this.#append(room._id);
    fillRow(line, room, this.#texts);
    countDown(line, this.#clock.now(), this.#texts);
    line.hidden = !this.#isLookedFor(room.title);
    return line;
  }

  #drop(id: string): void {
    const line = this.#lines.get(id);
    if (!line) return;
    const hadFocus = line.contains(document.activeElement);
    this.#lines.delete(id);
    line.remove();
    if (hadFocus) this.#page.heading.focus();
  }

  #append(id: string): HTMLTableRowElement {
    const copy = document.importNode(this.#page.blank.content, true);
    const line = copy.querySelector("tr") ?? document.createElement("tr");
    line.dataset["room"] = id;
    this.#lines.set(id, line);
    this.#body.append(line);
    return line;
  }

  #showEmptiness(): void {
    const { table, empty, noneFound } = this.#page;
    const { size, found } = this;
    table.hidden = found === 0;
    empty.hidden = size > 0;
    noneFound.hidden = size === 0 || found > 0;
  }
}
