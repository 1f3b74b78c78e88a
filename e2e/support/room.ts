// What visitors do in rooms, in the words of the page.

import { expect, type Locator, type Page } from "@playwright/test";

export type NewRoom = { title: string; max?: number; password?: string };

/** Makes a room by the form and waits until its maker is in it; gives its path. */
export async function makeRoom(page: Page, room: NewRoom): Promise<string> {
  await fillRoomForm(page, room);
  await inRoom(page);
  return new URL(page.url()).pathname;
}

/** Sends the form; works without scripts too. */
export async function fillRoomForm(page: Page, { title, max, password }: NewRoom): Promise<void> {
  await page.goto("/room");
  await page.locator("#title").fill(title);
  if (max !== undefined) await page.locator("#max").fill(String(max));
  if (password !== undefined) await page.locator("#password").fill(password);
  await page.locator("form button[type=submit]").click();
  await page.waitForURL(/\/room\/[\w-]+$/);
}

export async function enterRoom(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await inRoom(page);
}

/** The page has joined: the list is its own, and it knows who it is. */
export async function inRoom(page: Page): Promise<void> {
  await expect(page.locator("#messages")).toBeAttached();
  await expect(page.locator(".speaking-as bdi")).not.toBeEmpty();
}

/** What the page says about its connection. */
export function connectionLine(page: Page): Locator {
  return page.locator("#connection");
}

/** Collects what the page says about its connection from now on, however short it stands there. */
export async function connectionLines(page: Page): Promise<() => Promise<string[]>> {
  const said = await connectionLine(page).evaluateHandle((line) => {
    const lines: string[] = [];
    const note = (): void => void lines.push(line.textContent ?? "");
    new MutationObserver(note).observe(line, { childList: true, characterData: true, subtree: true });
    return lines;
  });
  return () => said.jsonValue();
}

/** The page has left polling for a WebSocket: to be asked before it connects. */
export async function upgraded(page: Page): Promise<void> {
  const socket = await page.waitForEvent("websocket");
  await socket.waitForEvent("framesent", ({ payload }) => payload === "5");
}

/** The reader's own two-word name. */
export async function aliasOf(page: Page): Promise<string> {
  return page.locator(".speaking-as bdi").innerText();
}

export function composer(page: Page): Locator {
  return page.locator("#composer");
}

/** Where one writes on the screen, Enter breaks the line and the button sends. */
export async function say(page: Page, text: string): Promise<void> {
  await composer(page).fill(text);
  const onTouch = await page.evaluate(() => matchMedia("(pointer: coarse)").matches);
  if (onTouch) await page.locator("#send").tap();
  else await composer(page).press("Enter");
}

/** Texts of the conversation exactly as they stand there, oldest first. */
export async function saidIn(page: Page): Promise<string[]> {
  return page.locator("#messages .bubble.text").evaluateAll((bubbles) =>
    bubbles.map((bubble) => bubble.textContent ?? ""),
  );
}

/** Texts that are on their way, in their order. */
export async function pendingTexts(page: Page): Promise<string[]> {
  return page.locator("#pending .bubble.text").allTextContents();
}

export async function expectSaid(page: Page, texts: string[]): Promise<void> {
  await expect.poll(() => saidIn(page)).toEqual(texts);
  await expect(page.locator("#pending > li")).toHaveCount(0);
}

/** What the system says in the conversation, such as who came; not what is folded into one line. */
export function systemLines(page: Page): Locator {
  return page.locator("#messages .message.system .line .text");
}

/** Opens the lines into which those who came and went are folded. */
export async function unfold(page: Page): Promise<void> {
  const folded = page.locator("#messages details:not([open]) > summary");
  while ((await folded.count()) > 0) await folded.first().click();
}

export function pictures(page: Page): Locator {
  return page.locator("#messages img.gif");
}

export type GifFile = { bytes: Buffer; name?: string };

/** Chooses a file in the picker that the button opens. */
export async function sendGif(page: Page, { bytes, name = "wave.gif" }: GifFile): Promise<void> {
  const opened = page.waitForEvent("filechooser");
  await page.locator("#pick-gif").click();
  const picker = await opened;
  await picker.setFiles({ name, mimeType: "image/gif", buffer: bytes });
}

/** So many GIFs are in the conversation, and each is really shown. */
export async function expectPictures(page: Page, count: number): Promise<void> {
  await expect(pictures(page)).toHaveCount(count);
  await expect(page.locator("#pending > li")).toHaveCount(0);
  await expect
    .poll(() =>
      pictures(page).evaluateAll((images) =>
        images.every((image) => image instanceof HTMLImageElement && image.naturalWidth > 0),
      ),
    )
    .toBe(true);
}

export function seatCount(page: Page): Locator {
  return page.locator("#participant-count");
}

/** The line of a room in the lobby's table. */
export function lobbyLine(page: Page, title: string): Locator {
  return page.locator("#rooms tbody tr").filter({ hasText: title });
}
