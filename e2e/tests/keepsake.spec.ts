// The last one in a room can save the conversation as one file that opens anywhere, by itself.

import { readFile } from "node:fs/promises";

import type { Browser } from "@playwright/test";

import { expectAccessible } from "../support/accessible.ts";
import { Visitor } from "../support/course.ts";
import { expect, type Page, test } from "../support/fixtures.ts";
import { gif } from "../support/gif.ts";
import { expectNoSidewaysScrolling } from "../support/looks.ts";
import { FOREIGN, ISOLATED, PAYLOADS, TURNED } from "../support/payloads.ts";
import { aliasOf, enterRoom, expectPictures, expectSaid, inRoom, makeRoom, say, sendGif } from "../support/room.ts";
import { openSettings, settingsMenu } from "../support/settings.ts";
import { expectWhispered, whisperByName } from "../support/whisper.ts";

const strip = (page: Page) => page.locator(".keepsake-strip");

/** Saves by the button in there; gives where the file is and its name. */
async function save(page: Page, place = strip(page)): Promise<{ path: string; name: string }> {
  const saved = page.waitForEvent("download");
  await place.getByRole("button", { name: /대화 간직하기|Save a keepsake/ }).click();
  const download = await saved;
  return { path: await download.path(), name: download.suggestedFilename() };
}

/** Opens the file in a browser without a network; `asked` has all that it asks for, and all that goes wrong. */
async function open(browser: Browser, path: string, options = {}): Promise<{ page: Page; asked: string[] }> {
  const context = await browser.newContext({ offline: true, locale: "ko-KR", ...options });
  const asked: string[] = [];
  const page = await context.newPage();
  page.on("console", (message) => asked.push(message.text()));
  page.on("dialog", (dialog) => {
    asked.push(dialog.message());
    void dialog.dismiss();
  });
  // The name under which a download is kept has no ending, and would be shown as text.
  await page.route("file:///**", async (route) => {
    if (route.request().isNavigationRequest()) {
      await route.fulfill({ body: await readFile(path), contentType: "text/html" });
    } else {
      asked.push(route.request().url());
      await route.abort();
    }
  });
  page.on("request", (request) => {
    if (!request.isNavigationRequest() && !request.url().startsWith("data:image/gif")) asked.push(request.url());
  });
  await page.goto("file:///keepsake.html");
  return { page, asked };
}

test("the last one saves everything: texts, a GIF, one's own whispers; not those of others", async ({
  arrive,
  browser,
}) => {
  const [keeper, friend, third] = [await arrive(), await arrive(), await arrive()];
  const room = await makeRoom(keeper, { title: "간직할 방" });
  await enterRoom(friend, room);
  await enterRoom(third, room);
  await say(friend, "첫 마디");
  await say(third, "둘째 마디");
  await sendGif(friend, { bytes: gif({ width: 40, height: 30 }) });
  await expectPictures(keeper, 1);
  await expectPictures(third, 1);
  await whisperByName(friend, await aliasOf(third));
  await say(friend, "둘의 귓속말");
  await expectWhispered(third, ["둘의 귓속말"]);
  await whisperByName(keeper, await aliasOf(friend));
  await say(keeper, "나의 귓속말");
  await expectWhispered(keeper, ["나의 귓속말"]);
  await expect(strip(keeper)).toBeHidden();
  const names = [await aliasOf(friend), await aliasOf(third)];
  await friend.locator("#leave").click();
  await third.locator("#leave").click();
  await expect(strip(keeper)).toContainText("마지막 사람입니다");
  const { path, name } = await save(keeper);
  await expect(strip(keeper).getByRole("status")).toContainText(name);
  expect(name).toMatch(/^간직할 방 \d{4}-\d\d-\d\d\.html$/);
  const { page, asked } = await open(browser, path);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("간직할 방");
  await expect(page.locator(".message .text")).toHaveText(["첫 마디", "둘째 마디", "나의 귓속말"]);
  await expect(page.locator(".whisper")).toContainText("둘만 볼 수 있습니다");
  for (const alias of names) await expect(page.locator("body")).toContainText(alias);
  await expect(page.locator(".system").first()).toContainText("입장");
  await expect.poll(() => page.locator("img").evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(40);
  await expect(page.locator("body")).not.toContainText("둘의 귓속말");
  await expect(page.locator("script")).toHaveCount(0);
  expect(asked).toEqual([]);
});

test("hostile texts and titles do nothing in the file", async ({ arrive, browser, server }) => {
  const keeper = await arrive();
  const title = PAYLOADS[3] ?? "";
  const room = await makeRoom(keeper, { title });
  const writer = new Visitor(server.url);
  const texts = [...PAYLOADS, TURNED, ISOLATED];
  for (const text of texts) await writer.chat(room.replace("/room/", ""), text);
  await expectSaid(keeper, texts);
  await openSettings(keeper);
  const { path } = await save(keeper, settingsMenu(keeper));
  const { page, asked } = await open(browser, path);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(title);
  expect(await page.locator(".text").evaluateAll((all) => all.map((one) => one.textContent))).toEqual(texts);
  await expect(page.locator(".text *")).toHaveCount(0);
  await expect(page.locator(FOREIGN)).toHaveCount(1);
  await expect(page.locator("head > meta[http-equiv]")).toHaveCount(1);
  expect(asked).toEqual([]);
});

test("a long conversation is fetched to its beginning", async ({ arrive, browser, server }) => {
  const keeper = await arrive();
  const room = await makeRoom(keeper, { title: "긴 방" });
  const writer = new Visitor(server.url);
  const texts = Array.from({ length: 230 }, (_, index) => `말 ${index + 1}`);
  for (const text of texts) await writer.chat(room.replace("/room/", ""), text);
  await openSettings(keeper);
  const { path } = await save(keeper, settingsMenu(keeper));
  const { page } = await open(browser, path);
  await expect(page.locator(".text")).toHaveText(texts);
});

test("the offer is made once, and not to one who waits for the first guest", async ({ arrive }) => {
  const [keeper, guest] = [await arrive(), await arrive()];
  const room = await makeRoom(keeper, { title: "혼자" });
  await say(keeper, "누구 없나요");
  await expectSaid(keeper, ["누구 없나요"]);
  await expect(strip(keeper)).toBeHidden();
  await enterRoom(guest, room);
  await say(guest, "왔어요");
  await guest.locator("#leave").click();
  await strip(keeper).getByRole("button", { name: "괜찮습니다" }).click();
  await expect(strip(keeper)).toBeHidden();
  await keeper.reload();
  await inRoom(keeper);
  await expectSaid(keeper, ["누구 없나요", "왔어요"]);
  await expect(strip(keeper)).toBeHidden();
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`the offer and the file are accessible in ${colorScheme}, in English, on a narrow screen`, async ({
    arrive,
    browser,
  }) => {
    const narrow = { colorScheme, locale: "en-US", viewport: { width: 320, height: 640 } };
    const [keeper, guest] = [await arrive(narrow), await arrive()];
    const room = await makeRoom(keeper, { title: "Kept" });
    await enterRoom(guest, room);
    await say(guest, "Hello");
    await expectSaid(keeper, ["Hello"]);
    await guest.locator("#leave").click();
    await expect(strip(keeper)).toContainText("You are the last one here.");
    await expectAccessible(keeper, "offer");
    await expectNoSidewaysScrolling(keeper);
    const { path, name } = await save(keeper);
    expect(name).toMatch(/^Kept /);
    const { page } = await open(browser, path, narrow);
    await expectAccessible(page, "file");
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  });
}
