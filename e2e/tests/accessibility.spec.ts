// WCAG 2.2 AA, as far as a machine can tell, on every page in light and dark; and the keyboard.

import { expectAccessible } from "../support/accessible.ts";
import { expect, test } from "../support/fixtures.ts";
import { gif } from "../support/gif.ts";
import {
  composer,
  enterRoom,
  expectPictures,
  expectSaid,
  makeRoom,
  say,
  sendGif,
} from "../support/room.ts";
import { comeBack, turnAway } from "../support/sight.ts";

for (const colorScheme of ["light", "dark"] as const) {
  test(`the pages around the rooms are accessible in ${colorScheme}`, async ({ arrive, watch }) => {
    watch.expect(/status of (401|404|422)/);
    const [page, maker] = [await arrive({ colorScheme }), await arrive()];
    await page.goto("/");
    await expectAccessible(page, "empty lobby");
    await makeRoom(maker, { title: "공개된 방" });
    const secret = await makeRoom(maker, { title: "비밀스러운 방", password: "열쇠" });
    await expect(page.locator("#rooms tbody tr")).toHaveCount(2);
    await expectAccessible(page, "lobby");
    await page.goto(`/?error=${encodeURIComponent("존재하지 않는 방입니다.")}`);
    await expectAccessible(page, "lobby with a notice");
    await page.goto("/room");
    await expectAccessible(page, "create form");
    await page.locator("#title").fill(" ");
    await page.locator("form button[type=submit]").click();
    await expectAccessible(page, "refused create form");
    await page.goto(secret);
    await expectAccessible(page, "password form");
    await page.locator("#password").fill("아님");
    await page.locator("form button[type=submit]").click();
    await expectAccessible(page, "refused password form");
    await page.goto("/nowhere");
    await expectAccessible(page, "error page");
  });

  test(`a room is accessible in ${colorScheme}`, async ({
    arrive,
    server,
    watch,
  }) => {
    watch.allowHost(new URL(server.urlByNumber).host);
    const baseURL = server.urlByNumber;
    const [page, other] = [await arrive({ colorScheme, baseURL }), await arrive()];
    const room = await makeRoom(page, { title: "모두의 방" });
    await expectAccessible(page, "empty room");
    await enterRoom(other, room);
    for (const [index, text] of ["안녕하세요", "어서 오세요", "반갑습니다"].entries()) {
      await say(index % 2 === 0 ? page : other, text);
      await expect(page.locator("#messages .bubble.text")).toHaveCount(index + 1);
    }
    await sendGif(other, { bytes: gif({ width: 160, height: 120 }) });
    await expectPictures(page, 1);
    await expectAccessible(page, "busy room");
    await page.locator(".people-button").click();
    await expect(page.locator(".person")).toHaveCount(2);
    await expect(page.locator("#people")).toHaveCSS("opacity", "1");
    await expectAccessible(page, "list of people");
    await page.keyboard.press("Escape");
    await turnAway(page);
    const third = await arrive();
    await enterRoom(third, room);
    await third.locator("#leave").click();
    await third.waitForURL("/");
    await enterRoom(third, room);
    await say(other, "https://example.org 읽어 보셨어요?");
    await expect(page.locator("#messages summary")).toHaveText("1명 입장, 1명 퇴장");
    await expect(page.locator("#messages .bubble.text")).toHaveCount(4);
    await comeBack(page);
    await expect(page.locator("#unread")).toBeVisible();
    await page.locator("#messages summary").click();
    await expectAccessible(page, "room with something unread");
    await sendGif(page, { bytes: Buffer.from("no picture"), name: "no.gif" });
    await expect(page.getByRole("alert")).toBeVisible();
    await expectAccessible(page, "room with a refused file");
    watch.expect(/net::ERR_INTERNET/, /WebSocket connection to .* failed/);
    await page.context().setOffline(true);
    await say(page, "나중에");
    await expect(page.locator("#connection")).not.toBeEmpty();
    await expectAccessible(page, "offline room");
  });
}

test("one can make a room, talk and leave by keyboard alone", async ({ arrive }) => {
  const page = await arrive();
  await page.goto("/");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "본문으로 건너뛰기" })).toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "채팅방 생성" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("방 제목")).toBeFocused();
  await page.keyboard.type("손가락만으로");
  await page.keyboard.press("Enter");
  await expect(composer(page)).toBeFocused();
  await page.keyboard.type("안녕");
  await page.keyboard.press("Enter");
  await expectSaid(page, ["안녕"]);
  await page.keyboard.press("Shift+Tab");
  await expect(page.getByRole("button", { name: "이모지 넣기" })).toBeFocused();
  await page.keyboard.press("Shift+Tab");
  await expect(page.getByRole("button", { name: "GIF 보내기" })).toBeFocused();
  await page.keyboard.press("Shift+Tab");
  await expect(page.getByRole("button", { name: "내 메시지에 할 일" })).toBeFocused();
  await page.keyboard.press("Shift+Tab");
  await expect(page.getByRole("log")).toBeFocused();
  await page.keyboard.press("Shift+Tab");
  await expect(page.getByRole("button", { name: "나가기" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "채팅방 목록" })).toBeVisible();
});

test("new messages are read out, older ones are not", async ({ arrive }) => {
  const page = await arrive();
  await makeRoom(page, { title: "소리 내어" });
  const log = page.getByRole("log", { name: "대화" });
  await expect(log).toHaveAttribute("aria-live", "polite");
  await page.reload();
  await expect(log).toHaveAttribute("aria-live", "off");
  await expect(log).toHaveAttribute("aria-live", "polite");
});
