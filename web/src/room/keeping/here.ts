// The keeper, the draft and the place with this browser's own storage, database and locks.

import { newClientId } from "../client-id.ts";
import { claimHere } from "./claims.ts";
import { RoomDraft } from "./drafts.ts";
import { shelfLater } from "./gifs-later.ts";
import { KeptHiddenPeople } from "./hidden-people.ts";
import { Keeper } from "./keeper.ts";
import { LastRead } from "./last-read.ts";
import { KeptTexts } from "./texts.ts";

export function keeperFor(room: string, stale: string): Keeper {
  const queue = newClientId();
  return new Keeper({
    room,
    texts: new KeptTexts(allowed(() => localStorage), room),
    gifs: shelfLater(allowed(() => localStorage), async () => (await import("../gifs.ts")).gifShelf(allowed(() => indexedDB))),
    claim: claimHere(),
    previous: swapQueue(room, queue),
    queue,
    now: Date.now,
    stale,
  });
}

export function draftFor(room: string, to?: string): RoomDraft {
  return new RoomDraft(allowed(() => localStorage), room, Date.now, to);
}

export function lastReadFor(room: string): LastRead {
  return new LastRead(allowed(() => localStorage), room);
}

export function hiddenPeopleFor(room: string): KeptHiddenPeople {
  return new KeptHiddenPeople(allowed(() => localStorage), room);
}

/** Notes this page's queue for the next page of this tab, and says which one the last page left. */
function swapQueue(room: string, queue: string): string | undefined {
  const key = `gif-chat.queue/${room}`;
  return allowed(() => {
    const previous = sessionStorage.getItem(key) ?? undefined;
    sessionStorage.setItem(key, queue);
    return previous;
  });
}

/** A browser may forbid its storage to a page; merely naming it then throws. */
export function allowed<Thing>(use: () => Thing): Thing | undefined {
  try {
    return use();
  } catch {
    return undefined;
  }
}
