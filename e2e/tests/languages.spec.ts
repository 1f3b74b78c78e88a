// Korean and English, as the browser asks for it.

import { expect, test } from "../support/fixtures.ts";
import { aliasOf, enterRoom, makeRoom, say, systemLines } from "../support/room.ts";

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
