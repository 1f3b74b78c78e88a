// Leads the reader to a message, also to one that is not on the page yet.

import { tick } from "svelte";

import type { Texts } from "../../texts.ts";
import type { RoomSession } from "../session.svelte.ts";

/** Pages of history that are fetched for it at most: 2,000 messages. */
export const PAGES_MAX = 40;
const MARKED_MS = 2_500;

export async function jump(session: RoomSession, texts: Texts, seq: number): Promise<void> {
  const { talk } = session;
  const { view } = talk;
  if (!view) return;
  view.hold(true);
  try {
    await reach(session, seq);
    if (!isThere(session, seq)) {
      session.say(texts.text(session.hasOlder ? "talk.too_far" : "talk.quote_gone"));
      return;
    }
    view.reading.stay();
    view.reading.bring(seq);
    await tick();
    const line = view.scroller.querySelector<HTMLElement>(`#messages [data-seq="${seq}"]`);
    line?.scrollIntoView({ block: "center" });
    talk.marked = seq;
    setTimeout(() => talk.marked === seq && (talk.marked = undefined), MARKED_MS);
    if (line) line.tabIndex = -1;
    line?.focus({ preventScroll: true });
  } finally {
    view.hold(false);
  }
}

/** Fetches older pages until it is there, or nothing older comes. */
async function reach(session: RoomSession, seq: number): Promise<void> {
  for (let pages = 0; pages < PAGES_MAX && !isThere(session, seq); pages += 1) {
    const oldest = session.entries[0]?.seq ?? 0;
    if (oldest <= seq || !session.hasOlder) return;
    await session.loadOlder();
    if (session.entries[0]?.seq === oldest) return;
  }
}

function isThere(session: RoomSession, seq: number): boolean {
  return session.entries.some((entry) => entry.seq === seq);
}
