// Whether the reader is there, and what waits for one who is not: a count in the title, a dot on the
// icon of the tab, a notification.

import { Attention, titleWith } from "./attention.ts";
import { Notices } from "./notices.ts";
import type { RoomSession } from "./session.svelte.ts";
import { isWhisper, type Told } from "./whispers.ts";

const CHOICE = "gifchat-notify";

/** Watches the visit until the page goes. */
export function attend(session: RoomSession): void {
  const attention = new Attention((told) => session.isMine(told));
  const notices = noticesFor(session.shell.room);
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
      if (newest) notices.tell(noticeOf(newest, session));
      mark.show(attention.unread);
    });
  });

  const look = (): void => {
    if (isAway()) return;
    attention.see();
    notices.see();
    mark.show(0);
  };
  window.addEventListener("focus", look);
  document.addEventListener("visibilitychange", look);
}

function isAway(): boolean {
  return document.hidden || !document.hasFocus();
}

function noticeOf(told: Told, session: RoomSession): { title: string; body: string } {
  const room = document.querySelector("h1")?.textContent ?? "";
  const { texts } = session;
  const alias = session.aliasIn(told.alias);
  const from = isWhisper(told) ? texts.fill("whisper.from", { name: alias }) : alias;
  const body = told.chat ?? texts.text("notify.gif");
  return { title: `${from} · ${room}`, body };
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

/** The switch in the menu, which the server has put there and which only scripts can serve. */
function noticesFor(room: string): Notices {
  const part = (id: string): HTMLElement | null => document.getElementById(id);
  const toggle = part("notify-toggle");
  const why = part("notify-denied");
  const icon = document.querySelector<HTMLLinkElement>("link[rel=apple-touch-icon]")?.href ?? "";
  const device = {
    Notification: window.isSecureContext ? window.Notification : undefined,
    choice: { get: isChosen, set: choose },
    isHidden: () => document.hidden,
    focus: () => window.focus(),
  };
  const notices = new Notices(device, room, icon, ({ possible, on, denied }) => {
    part("notify")?.toggleAttribute("hidden", !possible);
    if (why) Object.assign(why, { hidden: !denied, role: denied ? "alert" : null });
    toggle?.setAttribute("aria-checked", String(on));
  });
  toggle?.addEventListener("click", () => void notices.toggle());
  return notices;
}

function isChosen(): boolean {
  try {
    return localStorage.getItem(CHOICE) === "on";
  } catch {
    return false;
  }
}

function choose(on: boolean): void {
  try {
    if (on) localStorage.setItem(CHOICE, "on");
    else localStorage.removeItem(CHOICE);
  } catch {
    // A browser that keeps nothing forgets the choice with the page.
  }
}
