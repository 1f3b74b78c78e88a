// Whether the reader is there, and what waits for one who is not: a count in the title, a dot on the
// icon of the tab, a notification.

import { Attention, titleWith } from "./attention.ts";
import { choice } from "./notice-choice.ts";
import type { Notify } from "./notify.ts";
import type { RoomSession } from "./session.svelte.ts";
import { isWhisper } from "./whispers.ts";

/** Watches the visit until the page goes. */
export function attend(session: RoomSession): void {
  const attention = new Attention((told) => session.isQuiet(told));
  const notify = notifyLater(session);
  const mark = tabMark();
  let begun = false;
  let beginnings = 0;

  $effect.root(() => {
    $effect(() => {
      mark.rename(session.facts.title);
      mark.show(attention.unread);
    });
    $effect(() => {
      const { told, online } = session;
      const startsOver = session.beginnings !== beginnings;
      beginnings = session.beginnings;
      // After a break in the same log the newest are news; what is another log is none.
      if (!begun || (startsOver && session.startedOver === "epoch")) {
        attention.begin(told);
        begun ||= online;
        return;
      }
      const news = attention.take(told, isAway());
      // Of several that come together, the one that is for nobody else.
      const newest = news.findLast(isWhisper) ?? news.at(-1);
      if (newest) notify()?.tell(newest);
      mark.show(attention.unread);
    });
  });

  const look = (): void => {
    if (isAway()) return;
    attention.see();
    notify()?.see();
    mark.show(0);
  };
  window.addEventListener("focus", look);
  document.addEventListener("visibilitychange", look);
}

/** Notices are loaded for whoever has asked for them, or opens the menu where one does. */
function notifyLater(session: RoomSession): () => Notify | undefined {
  let notify: Notify | undefined;
  let loading: Promise<void> | undefined;
  const load = (): void => {
    loading ??= import("./notify.ts").then(
      ({ notifyFor }) => void (notify = notifyFor(session)),
      () => (loading = undefined),
    );
  };
  if (choice.get()) load();
  document.getElementById("settings")?.addEventListener("toggle", load);
  return () => notify;
}

function isAway(): boolean {
  return document.hidden || !document.hasFocus();
}

/** Sets the title and the icon of the tab; the title itself may change meanwhile. */
function tabMark(): { rename: (title: string) => void; show: (unread: number) => void } {
  const icon = document.querySelector<HTMLLinkElement>("#icon");
  const plain = icon?.getAttribute("href") ?? "";
  const dotted = icon?.dataset["unread"] ?? plain;
  const site = document.title.slice(document.title.lastIndexOf(" · "));
  let prefix = "";
  const rename = (title: string): void => {
    prefix = "";
    document.title = title + site;
  };
  const show = (unread: number): void => {
    const title = document.title;
    const bare = title.startsWith(prefix) ? title.slice(prefix.length) : title;
    const marked = titleWith(unread, bare);
    if (marked === title) return;
    prefix = marked.slice(0, marked.length - bare.length);
    document.title = marked;
    icon?.setAttribute("href", unread > 0 ? dotted : plain);
  };
  return { rename, show };
}
