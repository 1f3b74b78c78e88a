// What waits for a reader who is elsewhere: a count in the title, a dot on the icon, a notification.

import { expect, type Page, test } from "../support/fixtures.ts";
import { gif } from "../support/gif.ts";
import {
  aliasOf,
  enterRoom,
  expectPictures,
  expectSaid,
  inRoom,
  makeRoom,
  say,
  sendGif,
} from "../support/room.ts";
import { openSettings } from "../support/settings.ts";
import { comeBack, loseFocus, turnAway } from "../support/sight.ts";

const TITLE = "기다리는 방 · GIF 채팅방";

async function iconOf(page: Page): Promise<string> {
  return (await page.locator("#icon").getAttribute("href")) ?? "";
}

test("a hidden tab counts what others say, and forgets it when the reader is back", async ({
  arrive,
}) => {
  const [reader, other] = [await arrive(), await arrive()];
  const room = await makeRoom(reader, { title: "기다리는 방" });
  await enterRoom(other, room);
  await say(other, "보이는 말");
  await expectSaid(reader, ["보이는 말"]);
  await expect(reader).toHaveTitle(TITLE);
  const plain = await iconOf(reader);
  await turnAway(reader);
  await say(other, "하나");
  await sendGif(other, { bytes: gif({ width: 40, height: 30 }) });
  await expect(reader).toHaveTitle(`(2) ${TITLE}`);
  const dotted = await iconOf(reader);
  expect(dotted).not.toBe(plain);
  expect((await reader.request.get(dotted)).headers()["content-type"]).toBe("image/svg+xml");
  await comeBack(reader);
  await expect(reader).toHaveTitle(TITLE);
  expect(await iconOf(reader)).toBe(plain);
  await loseFocus(reader);
  await say(other, "옆 창에서");
  await expect(reader).toHaveTitle(`(1) ${TITLE}`);
  await comeBack(reader);
  await expect(reader).toHaveTitle(TITLE);
});

test("comings and goings and one's own words from another tab are not counted", async ({
  arrive,
}) => {
  const [reader, other] = [await arrive(), await arrive()];
  const room = await makeRoom(reader, { title: "기다리는 방" });
  const ownTab = await reader.context().newPage();
  await enterRoom(ownTab, room);
  await turnAway(reader);
  await enterRoom(other, room);
  await say(ownTab, "내 말");
  await expectSaid(reader, ["내 말"]);
  await expect(reader).toHaveTitle(TITLE);
  await say(other, "남의 말");
  await expect(reader).toHaveTitle(`(1) ${TITLE}`);
});

test("what is recovered after a break is counted, older history is not", async ({
  arrive,
  server,
  watch,
}) => {
  watch.expect(/net::ERR/, /WebSocket/);
  watch.allowHost(new URL(server.urlByNumber).host);
  const [reader, other] = [await arrive({ baseURL: server.urlByNumber }), await arrive()];
  const room = await makeRoom(reader, { title: "기다리는 방" });
  await enterRoom(other, room);
  await say(other, "먼저 한 말");
  await expectSaid(reader, ["먼저 한 말"]);
  await reader.reload();
  // The words stand in the server's page already; only one who has joined again can lose the connection.
  await inRoom(reader);
  await expectSaid(reader, ["먼저 한 말"]);
  await turnAway(reader);
  await reader.context().setOffline(true);
  await say(other, "자는 사이 하나");
  await say(other, "자는 사이 둘");
  await expectSaid(other, ["먼저 한 말", "자는 사이 하나", "자는 사이 둘"]);
  await expect(reader).toHaveTitle(TITLE);
  await reader.context().setOffline(false);
  await expect(reader).toHaveTitle(`(2) ${TITLE}`);
});

/** A browser whose answer to the question for permission is known, and that keeps what it shows. */
async function stubNotifications(page: Page, answer: NotificationPermission): Promise<void> {
  await page.addInitScript((permission) => {
    const kept = "test-permission";
    class Stub {
      static get permission(): string {
        return localStorage.getItem(kept) ?? "default";
      }
      static async requestPermission(): Promise<string> {
        document.body.dataset["asked"] = "true";
        localStorage.setItem(kept, permission);
        return permission;
      }
      onclick: (() => void) | undefined;
      constructor(title: string, options: NotificationOptions = {}) {
        if (Stub.permission !== "granted") return;
        const shown = (window as unknown as { shown: object[] }).shown;
        shown.push({ title, body: options.body, tag: options.tag });
      }
      close(): void {}
    }
    Object.assign(window, { shown: [], Notification: Stub });
  }, answer);
}

async function notified(page: Page): Promise<unknown[]> {
  return page.evaluate(() => (window as unknown as { shown: unknown[] }).shown);
}

test("notifications come only after a click, only while the room is hidden", async ({ arrive }) => {
  const [reader, other] = [await arrive(), await arrive()];
  await stubNotifications(reader, "granted");
  const room = await makeRoom(reader, { title: "기다리는 방" });
  await enterRoom(other, room);
  await turnAway(reader);
  await say(other, "아직은 조용히");
  await expect(reader).toHaveTitle(`(1) ${TITLE}`);
  expect(await notified(reader)).toEqual([]);
  await comeBack(reader);
  await expect(reader.locator("body")).not.toHaveAttribute("data-asked", "true");
  await openSettings(reader);
  const toggle = reader.getByRole("switch", { name: "새 메시지 알림" });
  await expect(toggle).not.toBeChecked();
  await toggle.click();
  await expect(toggle).toBeChecked();
  await say(other, "보고 있을 때");
  await expectSaid(reader, ["아직은 조용히", "보고 있을 때"]);
  expect(await notified(reader)).toEqual([]);
  await turnAway(reader);
  const title = `${await aliasOf(other)} · 기다리는 방`;
  const tag = room.replace("/room/", "");
  await say(other, "안 보일 때");
  await expect.poll(() => notified(reader)).toEqual([{ title, body: "안 보일 때", tag }]);
  await reader.reload();
  await openSettings(reader);
  await expect(toggle, "it is remembered").toBeChecked();
  await toggle.click();
  await expect(toggle).not.toBeChecked();
});

test("a GIF is told by that word", async ({ arrive }) => {
  const [reader, other] = [await arrive(), await arrive()];
  await stubNotifications(reader, "granted");
  const room = await makeRoom(reader, { title: "기다리는 방" });
  await enterRoom(other, room);
  await openSettings(reader);
  await reader.locator("#notify-toggle").click();
  await turnAway(reader);
  await sendGif(other, { bytes: gif({ width: 40, height: 30 }) });
  await expectPictures(other, 1);
  await expect.poll(() => notified(reader)).toMatchObject([{ body: "GIF" }]);
});

test("a browser that denies notifications is told how to allow them", async ({ arrive }) => {
  const page = await arrive();
  await stubNotifications(page, "denied");
  await makeRoom(page, { title: "기다리는 방" });
  await openSettings(page);
  const toggle = page.locator("#notify-toggle");
  await toggle.click();
  await expect(page.getByRole("alert")).toContainText("사이트 설정에서 알림을 허용");
  await expect(toggle).not.toBeChecked();
});

test("where only workers may notify, and outside rooms, there is no such switch", async ({
  arrive,
}) => {
  const page = await arrive();
  await page.addInitScript(() => {
    const Notification = Object.assign(
      function (): never {
        throw new TypeError("Failed to construct 'Notification': Illegal constructor.");
      },
      { permission: "default" },
    );
    Object.assign(window, { Notification });
  });
  await makeRoom(page, { title: "기다리는 방" });
  await openSettings(page);
  await expect(page.locator("#notify")).toBeHidden();
  const lobby = await arrive();
  await lobby.goto("/");
  await openSettings(lobby);
  await expect(lobby.locator("#notify")).toBeHidden();
});
