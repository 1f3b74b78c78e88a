// What is not sent yet outlives a reload, a crash and a closed tab, and is sent once.

import { expect, type Page, test, UNREACHABLE } from "../support/fixtures.ts";
import { gif } from "../support/gif.ts";
import { Link } from "../support/link.ts";
import { expectLog, readLog, timesSaid } from "../support/log.ts";
import {
  connectionLine,
  enterRoom,
  expectPictures,
  expectSaid,
  inRoom,
  makeRoom,
  pendingTexts,
  say,
  sendGif,
} from "../support/room.ts";

const OFFLINE = "연결이 끊겼습니다. 다시 연결하는 중입니다.";
/** Sockets and uploads; pages still load. */
const WRITING = /\/socket\.io\/|\/gif$/;

/** From now on pages of this visitor load, but can neither hear nor send. */
async function hush(page: Page, link: Link): Promise<void> {
  await page.context().route(WRITING, (route) => route.abort());
  link.cut();
  link.mend();
}

/** The way is free again, and the browser says so. */
async function unhush(page: Page): Promise<void> {
  await page.context().unroute(WRITING);
  for (const tab of page.context().pages()) {
    await tab.evaluate(() => dispatchEvent(new Event("online")));
  }
}

test.beforeEach(({ watch }) => watch.expect(...UNREACHABLE));

test("texts are there after a reload and are sent in order, once", async ({
  arrive,
  server,
  watch,
}) => {
  const link = await Link.to(server.port);
  watch.allowHost(new URL(link.url).host);
  const [maker, guest] = [await arrive(), await arrive({ baseURL: link.url })];
  const room = await makeRoom(maker, { title: "새로고침" });
  await enterRoom(guest, room);
  await hush(guest, link);
  await expect(connectionLine(guest)).toHaveText(OFFLINE);
  const words = ["하나", "둘", "지울 말", "셋"];
  for (const text of words) await say(guest, text);
  await expect.poll(() => pendingTexts(guest)).toEqual(words);
  const doomed = guest.locator("#pending > li").filter({ hasText: "지울 말" });
  await doomed.getByRole("button", { name: "취소" }).click();
  for (let round = 0; round < 2; round += 1) {
    await guest.reload();
    await expect.poll(() => pendingTexts(guest)).toEqual(["하나", "둘", "셋"]);
  }
  await unhush(guest);
  for (const page of [maker, guest]) await expectSaid(page, ["하나", "둘", "셋"]);
  await guest.reload();
  await inRoom(guest);
  await expectLog([maker, guest], await readLog(server.url, room));
  link.close();
});

test("a GIF on its way is there after a reload and arrives once", async ({
  arrive,
  server,
  watch,
}) => {
  const link = await Link.to(server.port);
  watch.allowHost(new URL(link.url).host);
  const [maker, guest] = [await arrive(), await arrive({ baseURL: link.url })];
  const room = await makeRoom(maker, { title: "움짤도" });
  await enterRoom(guest, room);
  await hush(guest, link);
  await expect(connectionLine(guest)).toHaveText(OFFLINE);
  await sendGif(guest, { bytes: gif({ width: 60, height: 40, frames: 3 }) });
  const pending = guest.locator("#pending img.gif");
  await expect(pending).toBeVisible();
  await expect.poll(() => keptGifs(guest)).toBe(1);
  await guest.reload();
  await expect(pending).toBeVisible();
  await expect(pending).toHaveJSProperty("naturalWidth", 60);
  await unhush(guest);
  for (const page of [maker, guest]) await expectPictures(page, 1);
  await expect.poll(() => keptGifs(guest)).toBe(0);
  await expectLog([maker, guest], await readLog(server.url, room));
  link.close();
});

test("two tabs of one visitor send each its own, once; a closed one's are taken up", async ({
  arrive,
  server,
  watch,
}) => {
  const link = await Link.to(server.port);
  watch.allowHost(new URL(link.url).host);
  const first = await arrive({ baseURL: link.url });
  const room = await makeRoom(first, { title: "세 창" });
  const [second, third] = [await first.context().newPage(), await first.context().newPage()];
  for (const tab of [second, third]) await enterRoom(tab, room);
  await hush(first, link);
  for (const [index, tab] of [first, second, third].entries()) {
    await expect(connectionLine(tab)).toHaveText(OFFLINE);
    await say(tab, `창 ${index + 1}`);
  }
  await first.reload();
  await expect.poll(() => pendingTexts(first)).toEqual(["창 1"]);
  await expect.poll(() => pendingTexts(second)).toEqual(["창 2"]);
  await third.close();
  await unhush(first);
  for (const tab of [first, second]) {
    await expect(tab.locator("#messages .bubble.text")).toHaveCount(3);
  }
  const log = await readLog(server.url, room);
  for (const text of ["창 1", "창 2", "창 3"]) expect(timesSaid(log, text)).toBe(1);
  await expectLog([first, second], log);
  link.close();
});

test("a tab that crashes is succeeded by the next one", async ({ arrive, server, watch }) => {
  watch.expect(/the page crashed/);
  const link = await Link.to(server.port);
  watch.allowHost(new URL(link.url).host);
  const page = await arrive({ baseURL: link.url });
  const room = await makeRoom(page, { title: "멎은 창" });
  await hush(page, link);
  await expect(connectionLine(page)).toHaveText(OFFLINE);
  await say(page, "아직 못 보낸 말");
  await expect.poll(() => pendingTexts(page)).toEqual(["아직 못 보낸 말"]);
  const crashed = page.waitForEvent("crash");
  const session = await page.context().newCDPSession(page);
  void session.send("Page.crash").catch(() => undefined);
  await crashed;
  await page.close();
  await page.context().unroute(WRITING);
  const next = await page.context().newPage();
  await enterRoom(next, room);
  await expectSaid(next, ["아직 못 보낸 말"]);
  await expectLog([next], await readLog(server.url, room));
  link.close();
});

test("what was written under a name that is lost waits for a decision", async ({
  arrive,
  server,
  watch,
}) => {
  const link = await Link.to(server.port);
  watch.allowHost(new URL(link.url).host);
  const [maker, guest] = [await arrive(), await arrive({ baseURL: link.url })];
  const room = await makeRoom(maker, { title: "이름이 바뀐 방" });
  await enterRoom(guest, room);
  await hush(guest, link);
  await expect(connectionLine(guest)).toHaveText(OFFLINE);
  await say(guest, "누구의 말");
  await guest.context().clearCookies();
  await guest.context().unroute(WRITING);
  await guest.reload();
  const failed = guest.locator("#pending .failed");
  await expect(failed).toContainText("다른 이름을 쓸 때 쓴 글입니다");
  await say(guest, "새 이름으로");
  await expectSaid(maker, ["새 이름으로"]);
  await failed.getByRole("button", { name: "다시 보내기" }).click();
  for (const page of [maker, guest]) await expectSaid(page, ["새 이름으로", "누구의 말"]);
  await expectLog([maker, guest], await readLog(server.url, room));
  link.close();
});

test("a browser without storage sends all the same, and asks before it loses a text", async ({
  arrive,
  server,
  watch,
}) => {
  watch.expect(/dialog:/);
  const link = await Link.to(server.port);
  watch.allowHost(new URL(link.url).host);
  const page = await arrive({ baseURL: link.url });
  await page.addInitScript(() => {
    for (const name of ["localStorage", "sessionStorage", "indexedDB"]) {
      Object.defineProperty(window, name, {
        get: () => {
          throw new DOMException("forbidden", "SecurityError");
        },
      });
    }
  });
  await makeRoom(page, { title: "보관 없이" });
  await say(page, "보내집니다");
  await expectSaid(page, ["보내집니다"]);
  await hush(page, link);
  await expect(connectionLine(page)).toHaveText(OFFLINE);
  await say(page, "잃을 뻔한 말");
  const asked = page.waitForEvent("dialog");
  await page.locator("header a").click({ noWaitAfter: true });
  expect((await asked).type()).toBe("beforeunload");
  await unhush(page);
  await expectSaid(page, ["보내집니다", "잃을 뻔한 말"]);
  link.close();
});

/** How many GIFs the browser's database holds. */
async function keptGifs(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve, reject) => {
        const opening = indexedDB.open("gif-chat");
        opening.onerror = () => reject(new Error("no database"));
        opening.onsuccess = () => {
          const count = opening.result.transaction("gifs").objectStore("gifs").count();
          count.onsuccess = () => resolve(count.result);
          opening.result.close();
        };
      }),
  );
}
