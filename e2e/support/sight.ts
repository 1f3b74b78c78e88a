// A page out of its reader's sight. The driver keeps every page in front, so the page is told.

import type { Page } from "@playwright/test";

/** The reader turns to another tab. */
export async function turnAway(page: Page): Promise<void> {
  await setSight(page, { hidden: true, focused: false });
}

/** Another window is in front; the page can still be seen. */
export async function loseFocus(page: Page): Promise<void> {
  await setSight(page, { hidden: false, focused: false });
}

/** The reader is back. */
export async function comeBack(page: Page): Promise<void> {
  await setSight(page, { hidden: false, focused: true });
}

type Sight = { hidden: boolean; focused: boolean };

async function setSight(page: Page, sight: Sight): Promise<void> {
  await page.evaluate(({ hidden, focused }) => {
    const wasHidden = document.hidden;
    const visibility = hidden ? "hidden" : "visible";
    Object.defineProperty(document, "hidden", { configurable: true, value: hidden });
    Object.defineProperty(document, "visibilityState", { configurable: true, value: visibility });
    document.hasFocus = () => focused;
    if (hidden !== wasHidden) document.dispatchEvent(new Event("visibilitychange"));
    window.dispatchEvent(new Event(focused ? "focus" : "blur"));
  }, sight);
}
