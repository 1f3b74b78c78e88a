// Tells of what others have said by the device's own notifications, and serves the switch for them.

import { choice } from "./notice-choice.ts";
import { Notices } from "./notices.ts";
import type { RoomSession } from "./session.svelte.ts";
import { isWhisper, type Told } from "./whispers.ts";

export type Notify = { tell: (told: Told) => void; see: () => void };

export function notifyFor(session: RoomSession): Notify {
  const notices = noticesFor(session.shell.room);
  return {
    tell: (told) => notices.tell(noticeOf(told, session)),
    see: () => notices.see(),
  };
}

function noticeOf(told: Told, session: RoomSession): { title: string; body: string } {
  const room = document.querySelector("h1")?.textContent ?? "";
  const { texts } = session;
  const alias = session.aliasIn(told.alias);
  const calls = !isWhisper(told) && session.talk.parts?.known.callsReader(told);
  const from = isWhisper(told) ? texts.fill("whisper.from", { name: alias }) : alias;
  const body = told.chat ?? texts.text("notify.gif");
  return { title: `${calls ? "@ " : ""}${from} · ${room}`, body };
}

/** The switch in the menu, which the server has put there and which only scripts can serve. */
function noticesFor(room: string): Notices {
  const part = (id: string): HTMLElement | null => document.getElementById(id);
  const toggle = part("notify-toggle");
  const why = part("notify-denied");
  const icon = document.querySelector<HTMLLinkElement>("link[rel=apple-touch-icon]")?.href ?? "";
  const device = {
    Notification: window.isSecureContext ? window.Notification : undefined,
    choice,
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
