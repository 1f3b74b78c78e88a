// The lobby's table, kept true while it is open: one line per room, in the server's own markup.

import { safeColour, textColour } from "../colour.ts";
import type { Texts } from "../texts.ts";
import type { Room } from "../wire.ts";
import { secondsLeft } from "./countdown.ts";

/** The parts of the lobby page that the table needs. */
export type LobbyPage = {
  heading: HTMLElement;
  table: HTMLTableElement;
  empty: HTMLElement;
  /** A line without a room, as the server would render it. */
  blank: HTMLTemplateElement;
};

export class RoomTable {
  readonly #page: LobbyPage;
  readonly #texts: Texts;
  readonly #lines = new Map<string, HTMLTableRowElement>();
  readonly #body: HTMLTableSectionElement;

  constructor(page: LobbyPage, texts: Texts) {
    this.#page = page;
    this.#texts = texts;
    this.#body = page.table.tBodies[0] ?? page.table.createTBody();
    for (const line of this.#body.rows) {
      if (line.dataset["room"] !== undefined) this.#lines.set(line.dataset["room"], line);
    }
  }

  /** Shows exactly these rooms, in this order. */
  show(rooms: readonly Room[]): void {
    const listed = new Set(rooms.map((room) => room._id));
    for (const id of [...this.#lines.keys()]) if (!listed.has(id)) this.remove(id);
    rooms.forEach((room, index) => {
      const line = this.put(room);
      const there = this.#body.rows[index];
      // Only a line out of its place moves: moving takes the focus away.
      if (there !== line) this.#body.insertBefore(line, there ?? null);
    });
  }

  /** A room that is new, or that has changed. */
  put(room: Room): HTMLTableRowElement {
    const line = this.#lines.get(room._id) ?? this.#append(room._id);
    this.#fill(line, room);
    return line;
  }

  remove(id: string): void {
    const line = this.#lines.get(id);
    if (!line) return;
    const hadFocus = line.contains(document.activeElement);
    this.#lines.delete(id);
    line.remove();
    if (hadFocus) this.#page.heading.focus();
    this.#showEmptiness();
  }

  /** Says how long the closing rooms are still there. */
  tick(now: number): void {
    for (const line of this.#lines.values()) this.#count(line, now);
  }

  #append(id: string): HTMLTableRowElement {
    const copy = document.importNode(this.#page.blank.content, true);
    const line = copy.querySelector("tr") ?? document.createElement("tr");
    line.dataset["room"] = id;
    this.#lines.set(id, line);
    this.#body.append(line);
    this.#showEmptiness();
    return line;
  }

  #fill(line: HTMLTableRowElement, room: Room): void {
    const { text, locale } = this.#texts;
    write(line, "title", room.title);
    write(line, "kind", text(room.password ? "lobby.secret" : "lobby.open"));
    write(line, "seats", `${room.count} / ${room.max}`);
    write(line, "colour", room.owner);
    write(line, "alias", room.ownerAlias[locale]);
    slot(line, "swatch")?.setAttribute("fill", safeColour(room.owner));
    slot(line, "enter")?.setAttribute("href", `/room/${encodeURIComponent(room._id)}`);
    const name = slot(line, "colour");
    if (name) name.style.color = textColour(room.owner);
    if (room.closesAt === undefined) delete line.dataset["closesAt"];
    else line.dataset["closesAt"] = room.closesAt;
    this.#count(line, Date.now());
  }

  #count(line: HTMLTableRowElement, now: number): void {
    const { closesAt } = line.dataset;
    const seconds = closesAt === undefined ? undefined : secondsLeft(closesAt, now);
    line.classList.toggle("is-closing", seconds !== undefined);
    write(line, "closing", seconds === undefined ? "" : this.#closing(seconds));
  }

  #closing(seconds: number): string {
    if (seconds === 0) return this.#texts.text("lobby.closing_soon");
    return this.#texts.fill("lobby.closing", { seconds });
  }

  #showEmptiness(): void {
    const none = this.#lines.size === 0;
    this.#page.table.hidden = none;
    this.#page.empty.hidden = !none;
  }
}

function slot(line: Element, name: string): HTMLElement | null {
  return line.querySelector<HTMLElement>(`[data-slot="${name}"]`);
}

/** Writes only what differs, so that nothing else on the page has to look again. */
function write(line: Element, name: string, text: string): void {
  const place = slot(line, name);
  if (place && place.textContent !== text) place.textContent = text;
}
