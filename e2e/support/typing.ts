// An input method at work, as the browser hears of it.

import type { CDPSession, Page } from "@playwright/test";

export const ENTER = { key: "Enter", code: "Enter", windowsVirtualKeyCode: 13 };
/** How a key arrives that the input method has taken. */
export const TAKEN_ENTER = { ...ENTER, windowsVirtualKeyCode: 229 };
export const TAKEN_ESCAPE = { key: "Escape", code: "Escape", windowsVirtualKeyCode: 229 };
export const TAKEN_UP = { key: "ArrowUp", code: "ArrowUp", windowsVirtualKeyCode: 229 };

export function inputMethod(page: Page): Promise<CDPSession> {
  return page.context().newCDPSession(page);
}

/** The input method shows what is being composed, one step of a syllable after the other. */
export async function compose(session: CDPSession, steps: string[]): Promise<void> {
  for (const text of steps) {
    const { length } = text;
    const selection = { selectionStart: length, selectionEnd: length };
    await session.send("Input.imeSetComposition", { text, ...selection });
  }
}

export async function commit(session: CDPSession, text: string): Promise<void> {
  await session.send("Input.insertText", { text });
}

export async function press(session: CDPSession, key: typeof ENTER): Promise<void> {
  const text = key.windowsVirtualKeyCode === 13 ? { text: "\r" } : {};
  await session.send("Input.dispatchKeyEvent", { type: "keyDown", ...text, ...key });
  await session.send("Input.dispatchKeyEvent", { type: "keyUp", ...key });
}
