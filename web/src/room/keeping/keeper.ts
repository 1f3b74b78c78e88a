// What is unsent outlives the page: it is kept in this browser, and the next page takes it up.

import type { PendingText } from "../outbox.ts";
import type { ChosenGif } from "../uploads.ts";
import type { Claim } from "./claims.ts";
import type { GifShelf, KeptGif } from "./gifs.ts";
import type { KeptText, KeptTexts } from "./texts.ts";

export type Kept = { texts: PendingText[]; gifs: ChosenGif[] };

export type KeeperDoors = {
  room: string;
  texts: KeptTexts;
  gifs: GifShelf;
  claim: Claim;
  /** The queue of the page that this tab showed before, in the same room. */
  previous: string | undefined;
  /** A new name for this page's own queue. */
  queue: string;
  now: () => number;
  /** What is said about something that was written too long ago to be sent unasked. */
  stale: string;
};

/** Nothing unsent is kept longer. */
export const KEPT_MS_MAX = 24 * 60 * 60_000;
/** What is older is shown, but sent only when its writer still wants it. */
export const SENT_UNASKED_MS_MAX = 60 * 60_000;
/** How long the page before this one may take to go. */
const GOING_MS_MAX = 1_000;

export class Keeper {
  readonly #doors: KeeperDoors;
  /** What the storage has of this page's queue. */
  #texts: readonly KeptText[] = [];
  #keptTexts = new Set<string>();
  #keptGifs = new Set<string>();
  #over = false;

  constructor(doors: KeeperDoors) {
    this.#doors = doors;
  }

  /** What this tab had not sent when it was loaded again. */
  async restore(): Promise<Kept> {
    const { texts, gifs, claim, previous, queue, now } = this.#doors;
    texts.sweep(now() - KEPT_MS_MAX);
    void gifs.sweep(now() - KEPT_MS_MAX);
    void claim(queue, 0);
    if (previous === undefined || !(await claim(previous, GOING_MS_MAX))) return nothing();
    return this.#move(previous, () => true);
  }

  /** What the same author had not sent in tabs that are gone. */
  async adopt(author: string): Promise<Kept> {
    const { room, texts, gifs, claim, queue } = this.#doors;
    const all = nothing();
    if (this.#over) return all;
    const inDatabase = (await gifs.ofRoom(room)).map((gif) => gif.queue);
    for (const orphan of new Set([...texts.queues(), ...inDatabase])) {
      if (orphan === queue || !(await claim(orphan, 0))) continue;
      const kept = await this.#move(orphan, (item) => item.author === author);
      all.texts.push(...kept.texts);
      all.gifs.push(...kept.gifs);
    }
    return all;
  }

  /** The texts are these now. */
  keepTexts(items: readonly PendingText[]): void {
    if (this.#over) return;
    const unsent = items.filter(({ state }) => state !== "sent").map(keptText);
    if (JSON.stringify(unsent) === JSON.stringify(this.#texts)) return;
    this.#save(unsent);
  }

  async keepGif(gif: ChosenGif): Promise<void> {
    if (this.#over) return;
    const { room, queue, gifs } = this.#doors;
    const { clientId, file, width, height, writtenAt, author } = gif;
    const written = { clientId, room, queue, file, width, height, writtenAt, author };
    if (await gifs.keep(written)) this.#keptGifs.add(clientId);
  }

  forgetGif(clientId: string): void {
    this.#keptGifs.delete(clientId);
    void this.#doors.gifs.forget(clientId);
  }

  /** Whether it outlives the page. */
  holds(clientId: string): boolean {
    return this.#keptTexts.has(clientId) || this.#keptGifs.has(clientId);
  }

  /** The room is gone, and with it everything that was meant for it. */
  async forgetRoom(): Promise<void> {
    this.#over = true;
    const { room, texts, gifs } = this.#doors;
    for (const queue of texts.queues()) texts.remove(queue);
    for (const { clientId } of await gifs.ofRoom(room)) await gifs.forget(clientId);
  }

  /** Makes another queue's items this page's own; what may not be moved stays for whoever may. */
  async #move(from: string, mine: (item: KeptText | KeptGif) => boolean): Promise<Kept> {
    const { room, queue, texts, gifs } = this.#doors;
    const all = texts.load(from);
    const moved = all.filter(mine);
    if (moved.length > 0) {
      this.#save([...moved, ...this.#texts]);
      texts.save(from, all.filter((item) => !mine(item)));
    }
    const pictures = (await gifs.ofRoom(room)).filter((gif) => gif.queue === from && mine(gif));
    for (const gif of pictures) {
      if (await gifs.keep({ ...gif, queue })) this.#keptGifs.add(gif.clientId);
    }
    return {
      texts: moved.map((item) => this.#pendingText(item)),
      gifs: pictures.map((gif) => this.#chosenGif(gif)),
    };
  }

  #save(texts: readonly KeptText[]): void {
    this.#texts = texts;
    this.#keptTexts = this.#doors.texts.save(this.#doors.queue, texts);
  }

  #pendingText({ failed, problem, ...item }: KeptText): PendingText {
    const { writtenAt } = item;
    if (failed) return { ...item, state: "failed", problem };
    return { ...item, ...this.#freshness(writtenAt) };
  }

  #chosenGif({ clientId, file, width, height, author, writtenAt }: KeptGif): ChosenGif {
    const gif = { clientId, file, width, height, author, writtenAt };
    return { ...gif, ...this.#freshness(writtenAt) };
  }

  #freshness(writtenAt: number): Pick<PendingText, "state" | "problem"> {
    const { now, stale } = this.#doors;
    if (now() - writtenAt <= SENT_UNASKED_MS_MAX) return { state: "waiting" };
    return { state: "failed", problem: stale };
  }
}

function nothing(): Kept {
  return { texts: [], gifs: [] };
}

function keptText(item: PendingText): KeptText {
  const { clientId, text, reply, author, writtenAt, problem, to } = item;
  return { clientId, text, reply, author, writtenAt, failed: item.state === "failed", problem, to };
}
