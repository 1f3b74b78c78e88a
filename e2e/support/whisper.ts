// What visitors do to tell each other something in private, in the words of the page.

import { expect, type Locator, type Page } from "@playwright/test";

/** The lines of the conversation that only two people see. */
export function whispers(page: Page): Locator {
  return page.locator("#messages .message.whisper");
}

/** What stands above the field while it whispers. */
export function whisperBar(page: Page): Locator {
  return page.locator(".whisper-bar");
}

/** Presses the name of somebody who has said something and is still here. */
export async function whisperByName(page: Page, alias: string): Promise<void> {
  await page.locator("#messages .name-button").filter({ hasText: alias }).last().click();
  await expect(whisperBar(page)).toContainText(alias);
}

export async function expectWhispered(page: Page, texts: string[]): Promise<void> {
  await expect(whispers(page).locator(".bubble.text")).toHaveText(texts);
  await expect(page.locator("#pending > li")).toHaveCount(0);
}

/** Everything that the page hears from its server from now on, over sockets, polling and pages. */
export function recordHeard(page: Page): () => Promise<string> {
  const heard: Promise<string>[] = [];
  page.on("websocket", (socket) => {
    socket.on("framereceived", ({ payload }) => heard.push(Promise.resolve(payload.toString())));
  });
  page.on("response", (response) => {
    // An answer to a page that is gone cannot be read any more, and nobody has read it.
    heard.push(response.text().catch(() => ""));
  });
  return async () => (await Promise.all(heard)).join("\n");
}
