// The field that finds a room among many. What is typed there stays while rooms come and go.

import type { Texts } from "../texts.ts";
import { matcher } from "./matching.ts";
import type { RoomTable } from "./table.ts";

/** The parts of the lobby page that the search needs. */
export type SearchPage = {
  search: HTMLElement;
  field: HTMLInputElement;
  /** Says how many rooms were found. */
  found: HTMLElement;
  /** Where it is said that none was; its button shows all rooms again. */
  noneFound: HTMLElement;
};

/** So that a screen reader is told the outcome and not every letter of the way. */
const PAUSE_MS = 400;

export class RoomSearch {
  readonly #page: SearchPage;
  readonly #texts: Texts;
  readonly #table: RoomTable;
  readonly #roomsMin: number;
  #pause: ReturnType<typeof setTimeout> | undefined;

  constructor(page: SearchPage, texts: Texts, table: RoomTable) {
    this.#page = page;
    this.#texts = texts;
    this.#table = table;
    this.#roomsMin = Number(page.search.dataset["from"]);
    page.field.addEventListener("input", () => this.#search());
    page.field.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.isComposing && page.field.value !== "") this.#clear(event);
    });
    const clear = page.noneFound.querySelector("button");
    clear?.addEventListener("click", (event) => this.#clear(event));
    // The field may have been filled before this script came, or by the way back.
    addEventListener("pageshow", () => this.#search());
    this.#search();
  }

  /** To be called after every change of the table. */
  refresh(): void {
    const { search, field } = this.#page;
    const isUsed = field.value !== "" || document.activeElement === field;
    search.hidden = this.#table.size < this.#roomsMin && !isUsed;
    this.#pause ??= setTimeout(() => this.#say(), PAUSE_MS);
  }

  #search(): void {
    this.#table.lookFor(matcher(this.#page.field.value));
    clearTimeout(this.#pause);
    this.#pause = undefined;
    this.refresh();
  }

  #clear(event: Event): void {
    event.preventDefault();
    this.#page.field.value = "";
    this.#search();
    this.#page.field.focus();
  }

  #say(): void {
    this.#pause = undefined;
    const { found } = this.#page;
    const words = this.#outcome();
    if (found.textContent !== words) found.textContent = words;
    // What to do without a result is to be seen in the table's place.
    found.classList.toggle("visually-hidden", this.#table.found === 0);
  }

  #outcome(): string {
    const { text, fill } = this.#texts;
    if (this.#page.field.value.trim() === "") return "";
    const count = this.#table.found;
    if (count === 0) return text("lobby.none_found");
    return count === 1 ? text("lobby.found_one") : fill("lobby.found", { count });
  }
}
