// When the network, the page or the device comes back: then nobody should wait for a timer.

/** A shorter look at another tab is no absence. */
export const GLANCE_MS_MAX = 10_000;

type View = EventTarget & Pick<Document, "visibilityState">;

/** Calls `woken` at each sign of it; `glance` says that the page was only out of sight, and not for long. */
export function onWaking(
  woken: (glance: boolean) => void,
  page: EventTarget = window,
  view: View = document,
): void {
  let hiddenAt = 0;
  view.addEventListener("visibilitychange", () => {
    if (view.visibilityState === "hidden") hiddenAt = Date.now();
    else woken(Date.now() - hiddenAt <= GLANCE_MS_MAX);
  });
  page.addEventListener("online", () => woken(false));
  view.addEventListener("resume", () => woken(false));
  page.addEventListener("pageshow", (event) => {
    if ((event as PageTransitionEvent).persisted) woken(false);
  });
}
