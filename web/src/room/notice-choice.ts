// Whether the reader wants notices in this browser. One that keeps nothing forgets it with the page.

import { allowed } from "./keeping/here.ts";

const KEY = "gifchat-notify";

export const choice = {
  get: (): boolean => allowed(() => localStorage.getItem(KEY)) === "on",
  set: (on: boolean): void => {
    allowed(() => (on ? localStorage.setItem(KEY, "on") : localStorage.removeItem(KEY)));
  },
};
