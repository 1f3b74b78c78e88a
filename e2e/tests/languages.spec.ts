// Korean and English: as the browser asks for it, and as the reader chooses.

import { expect, test } from "../support/fixtures.ts";
import {
  aliasOf,
  enterRoom,
  fillRoomForm,
  inRoom,
  makeRoom,
  say,
  systemLines,
} from "../support/room.ts";
import { chooseLanguage, openSettings } from "../support/settings.ts";

test("each of two people in one room reads their own language", async ({ arrive }) => {
  const korean = await arrive();
  const english = await arrive({ locale: "en-GB" });
  const room = await makeRoom(korean, { title: "두 나라 말" });
  await enterRoom(english, room);
  await expect(korean.locator("html")).toHaveAttribute("lang", "ko");
  await expect(english.locator("html")).toHaveAttribute("lang", "en");
  await expect(systemLines(korean).last()).toHaveText(/^[가-힣 ]+님이 입장하셨습니다\.$/);
  await expect(systemLines(english).last()).toHaveText(`${await aliasOf(english)} came in.`);
  expect(await aliasOf(english)).toMatch(/^[A-Z][a-z]+ [A-Z][a-z]+$/);
  expect(await aliasOf(korean)).toMatch(/^[가-힣]+ [가-힣]+$/);
  await expect(korean.getByRole("button", { name: "나가기" })).toBeVisible();
  await expect(english.getByRole("button", { name: "Leave" })).toBeVisible();
  await expect(english.getByRole("textbox", { name: "Message" })).toBeEditable();
  await say(korean, "안녕하세요");
  const line = english.locator("#messages .message").filter({ hasText: "안녕하세요" });
  await expect(line.locator(".alias")).toHaveText(/^[A-Z][a-z]+ [A-Z][a-z]+$/);
});

test("the lobby and its notices are in the reader's language", async ({ arrive }) => {
  const english = await arrive({ locale: "en-US" });
  await english.goto("/");
  await expect(english.getByRole("heading", { name: "Chat rooms" })).toBeVisible();
  await english.goto(`/?error=${encodeURIComponent("허용 인원을 초과했습니다.")}`);
  await expect(english.getByRole("alert")).toHaveText("The room is full.");
  await english.goto("/room");
  await expect(english.getByLabel("Room title")).toBeFocused();
});

test("without a preference, and for any other language, the pages choose", async ({ arrive }) => {
  const none = await arrive({ extraHTTPHeaders: { "Accept-Language": "" } });
  await none.goto("/");
  await expect(none.locator("html")).toHaveAttribute("lang", "ko");
  const french = await arrive({ locale: "fr-FR" });
  await french.goto("/");
  await expect(french.locator("html")).toHaveAttribute("lang", "en");
});

test("an address that leads nowhere says so in the reader's language", async ({ arrive, watch }) => {
  watch.expect(/status of 404/);
  const korean = await arrive();
  await korean.goto("/nowhere");
  await expect(korean.getByText("GET /nowhere 라우터가 없습니다.")).toBeVisible();
  await korean.getByRole("main").getByRole("link", { name: "로비로 돌아가기" }).click();
  await expect(korean.getByRole("heading", { name: "채팅방 목록" })).toBeVisible();
  const english = await arrive({ locale: "en-US" });
  await english.goto("/nowhere");
  await expect(english.getByText("There is no route for GET /nowhere.")).toBeVisible();
});

test("the reader's choice is stronger than what the browser asks for", async ({ arrive, watch }) => {
  watch.expect(/status of (404|422)/);
  const page = await arrive({ locale: "ko-KR" });
  await page.goto("/");
  await openSettings(page);
  await expect(page.getByRole("button", { name: "English" })).toHaveAttribute("lang", "en");
  await expect(page.getByRole("button", { name: "한국어" })).toHaveAttribute("lang", "ko");
  await chooseLanguage(page, "en");
  await expect(page.getByRole("heading", { name: "Chat rooms" })).toBeVisible();
  await page.goto(`/?error=${encodeURIComponent("존재하지 않는 방입니다.")}`);
  await expect(page.getByRole("alert")).toHaveText("This room does not exist.");
  await page.goto("/nowhere");
  await expect(page.getByText("There is no route for GET /nowhere.")).toBeVisible();
  await fillRoomForm(page, { title: "말 바꾸기" });
  await inRoom(page);
  expect(await aliasOf(page)).toMatch(/^[A-Z][a-z]+ [A-Z][a-z]+$/);
  await expect(systemLines(page).last()).toHaveText(`${await aliasOf(page)} came in.`);
  await openSettings(page);
  await chooseLanguage(page, "ko");
  await inRoom(page);
  expect(await aliasOf(page)).toMatch(/^[가-힣]+ [가-힣]+$/);
});

test("every page has a title of its own, in the reader's language", async ({ arrive, watch }) => {
  watch.expect(/status of 404/);
  const maker = await arrive();
  const open = await makeRoom(maker, { title: "열린 방" });
  const secret = await makeRoom(maker, { title: "잠긴 방", password: "열쇠" });
  for (const [locale, titles] of [
    ["ko-KR", ["채팅방 목록 · GIF 채팅방", "채팅방 생성 · GIF 채팅방", "열린 방 · GIF 채팅방"]],
    ["en-GB", ["Chat rooms · GIF Chat", "Create a room · GIF Chat", "열린 방 · GIF Chat"]],
  ] as const) {
    const page = await arrive({ locale });
    const seen = new Set<string>();
    for (const [index, path] of ["/", "/room", open, secret, "/404"].entries()) {
      await page.goto(path);
      const title = titles[index];
      if (title !== undefined) await expect(page).toHaveTitle(title);
      seen.add(await page.title());
    }
    expect(seen.size).toBe(5);
  }
});
