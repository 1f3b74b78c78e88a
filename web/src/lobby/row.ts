// One line of the lobby's table, in the server's own markup.

import { safeColour, textColour } from "../colour.ts";
import type { Texts } from "../texts.ts";
import type { Room } from "../wire.ts";
import { secondsLeft } from "./countdown.ts";

/** Writes what is known of a room into its line. */
export function fillRow(line: HTMLTableRowElement, room: Room, texts: Texts): void {
  const { text, locale } = texts;
  const isClosing = room.closesAt !== undefined;
  const isFull = room.count >= room.max;
  write(line, "title", room.title);
  write(line, "kind", text(room.password ? "lobby.secret" : "lobby.open"));
  slot(line, "mark")?.setAttribute("href", room.password ? "#mark-secret" : "#mark-open");
  write(line, "seats", `${room.count} / ${room.max}`);
  write(line, "full", isFull ? text("lobby.full") : "");
  write(line, "locked", room.locked ? text("lobby.locked") : "");
  write(line, "colour", room.owner);
  write(line, "alias", room.ownerAlias[locale]);
  slot(line, "swatch")?.setAttribute("fill", safeColour(room.owner));
  const owner = slot(line, "owner");
  if (owner) owner.style.color = textColour(room.owner);
  write(line, "keep", isClosing ? text("lobby.keep") : "");
  write(line, "enter", text(isClosing && !room.fresh ? "lobby.revive" : "lobby.enter"));
  slot(line, "enter")?.setAttribute("href", `/room/${encodeURIComponent(room._id)}`);
  line.toggleAttribute("data-secret", room.password);
  line.classList.toggle("is-full", isFull);
  line.classList.toggle("is-closing", isClosing);
  if (room.closesAt === undefined) delete line.dataset["closesAt"];
  else line.dataset["closesAt"] = room.closesAt;
}

/** Says how long a closing room is still there. */
export function countDown(line: HTMLTableRowElement, now: number, texts: Texts): void {
  const { closesAt } = line.dataset;
  const seconds = closesAt === undefined ? undefined : secondsLeft(closesAt, now);
  write(line, "closing", seconds === undefined ? "" : closingWords(seconds, texts));
}

function closingWords(seconds: number, { text, fill }: Texts): string {
  return seconds === 0 ? text("lobby.closing_soon") : fill("lobby.closing", { seconds });
}

export function titleOf(line: HTMLTableRowElement): string {
  return slot(line, "title")?.textContent ?? "";
}

function slot(line: Element, name: string): HTMLElement | null {
  return line.querySelector<HTMLElement>(`[data-slot="${name}"]`);
}

/** Writes only what differs, so that nothing else on the page has to look again. */
function write(line: Element, name: string, text: string): void {
  const place = slot(line, name);
  if (place && place.textContent !== text) place.textContent = text;
}
