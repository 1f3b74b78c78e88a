// Says politely that there are new rooms: one sentence for all that come within a while, and no word about
// counts that change.

import type { Texts } from "../texts.ts";

/** How long rooms are collected for one sentence, and the least time between two. */
const COLLECTED_MS = 3_000;

export class News {
  readonly #place: HTMLElement;
  readonly #texts: Texts;
  #titles: string[] = [];

  constructor(place: HTMLElement, texts: Texts) {
    this.#place = place;
    this.#texts = texts;
  }

  tell(title: string): void {
    this.#titles.push(title);
    if (this.#titles.length === 1) setTimeout(() => this.#say(), COLLECTED_MS);
  }

  #say(): void {
    const { fill } = this.#texts;
    const count = this.#titles.length;
    const [title = ""] = this.#titles;
    this.#titles = [];
    this.#place.textContent =
      count === 1 ? fill("lobby.new_room", { title }) : fill("lobby.new_rooms", { count });
  }
}
