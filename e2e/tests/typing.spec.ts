// Enter sends and Shift+Enter breaks, also while an input method is composing; on a phone the button sends.

import type { CDPSession } from "@playwright/test";

import { expect, type Page, test } from "../support/fixtures.ts";
import { composer, expectSaid, makeRoom, say } from "../support/room.ts";
import {
  commit,
  compose,
  ENTER,
  inputMethod,
  press,
  TAKEN_ENTER,
  TAKEN_ESCAPE,
  TAKEN_UP,
} from "../support/typing.ts";

const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };

async function startTyping(page: Page): Promise<CDPSession> {
  await makeRoom(page, { title: "받아쓰기" });
  await composer(page).focus();
  return inputMethod(page);
}

test("an Enter that interrupts a composition sends exactly the composed text, once", async ({
  arrive,
}) => {
  const page = await arrive();
  const session = await startTyping(page);
  await compose(session, ["ㅎ", "하", "한"]);
  await commit(session, "한");
  await compose(session, ["ㄱ", "그", "글"]);
  await press(session, TAKEN_ENTER);
  await commit(session, "글");
  await expectSaid(page, ["한글"]);
  await expect(composer(page)).toHaveValue("");
  await say(page, "다음");
  await expectSaid(page, ["한글", "다음"]);
});

test("an input method that passes the Enter on afterwards does not send twice", async ({
  arrive,
}) => {
  const page = await arrive();
  const session = await startTyping(page);
  await compose(session, ["ㄴ", "네"]);
  await press(session, TAKEN_ENTER);
  await commit(session, "네");
  await press(session, ENTER);
  await expectSaid(page, ["네"]);
  await expect(composer(page)).toHaveValue("");
  await say(page, "다음");
  await expectSaid(page, ["네", "다음"]);
});

test("an Enter after the composition has ended sends once", async ({ arrive }) => {
  const page = await arrive();
  const session = await startTyping(page);
  await compose(session, ["ㅈ", "조", "좋"]);
  await commit(session, "좋");
  await compose(session, ["ㅇ", "아", "아요"]);
  await commit(session, "아요");
  await press(session, ENTER);
  await expectSaid(page, ["좋아요"]);
  await expect(composer(page)).toHaveValue("");
});

test("three Korean messages in a row arrive as three, in their order", async ({ arrive }) => {
  const page = await arrive();
  const session = await startTyping(page);
  for (const word of ["하나", "둘", "셋"]) {
    await compose(session, [word.slice(0, 1), word]);
    await press(session, TAKEN_ENTER);
    await commit(session, word);
    await expect(composer(page)).toHaveValue("");
  }
  await expectSaid(page, ["하나", "둘", "셋"]);
});

test("Shift+Enter breaks the line and Enter sends the lines together", async ({ arrive }) => {
  const [page, reader] = [await arrive(), await arrive()];
  const room = await makeRoom(page, { title: "여러 줄" });
  await reader.goto(room);
  await composer(page).pressSequentially("첫 줄");
  await composer(page).press("Shift+Enter");
  await composer(page).pressSequentially("  둘째 줄");
  await expect(composer(page)).toHaveValue("첫 줄\n  둘째 줄");
  await composer(page).press("Enter");
  for (const somebody of [page, reader]) await expectSaid(somebody, ["첫 줄\n  둘째 줄"]);
  await expect(composer(page)).toHaveValue("");
  const lines = await reader.locator("#messages .bubble.text").evaluate((bubble) => {
    const { lineHeight, paddingTop, paddingBottom } = getComputedStyle(bubble);
    const padding = Number.parseFloat(paddingTop) + Number.parseFloat(paddingBottom);
    return Math.round((bubble.clientHeight - padding) / Number.parseFloat(lineHeight));
  });
  expect(lines).toBe(2);
});

test("in Japanese an Enter picks the candidate, and the next one sends", async ({ arrive }) => {
  const page = await arrive();
  const session = await startTyping(page);
  await compose(session, ["n", "に", "にh", "にほ", "にほん", "日本"]);
  await press(session, TAKEN_ENTER);
  await commit(session, "日本");
  await expect(composer(page)).toHaveValue("日本");
  await compose(session, ["ご", "語"]);
  await press(session, TAKEN_ENTER);
  await commit(session, "語");
  await expect(composer(page)).toHaveValue("日本語");
  await expectSaid(page, []);
  await press(session, ENTER);
  await expectSaid(page, ["日本語"]);
  await expect(composer(page)).toHaveValue("");
});

test("in Chinese an Enter takes the letters as they are, and the next one sends", async ({ arrive }) => {
  const page = await arrive();
  const session = await startTyping(page);
  await compose(session, ["n", "ni", "ni h", "ni hao"]);
  await commit(session, "你好");
  await compose(session, ["w", "wo"]);
  await press(session, TAKEN_ENTER);
  await commit(session, "wo");
  await expect(composer(page)).toHaveValue("你好wo");
  await expectSaid(page, []);
  await press(session, ENTER);
  await expectSaid(page, ["你好wo"]);
  await expect(composer(page)).toHaveValue("");
});

test("the button sends the whole text while a syllable is being composed, once", async ({ arrive }) => {
  const page = await arrive();
  const session = await startTyping(page);
  await compose(session, ["ㅎ", "하", "한"]);
  await commit(session, "한");
  await compose(session, ["ㄱ", "그", "글"]);
  await page.locator("#send").click();
  await expectSaid(page, ["한글"]);
  await expect(composer(page)).toHaveValue("");
  await expect(composer(page)).toBeFocused();
  await say(page, "다음");
  await expectSaid(page, ["한글", "다음"]);
});

test("a thumb on the button sends the whole text while a syllable is being composed, once", async ({
  arrive,
}) => {
  const page = await arrive(PHONE);
  const session = await startTyping(page);
  await compose(session, ["ㅎ", "하", "한"]);
  await page.locator("#send").tap();
  await expectSaid(page, ["한"]);
  await expect(composer(page)).toHaveValue("");
  await compose(session, ["ㄱ", "그", "글"]);
  await page.locator("#send").tap();
  await expectSaid(page, ["한", "글"]);
  await expect(composer(page)).toHaveValue("");
});

test("Escape and the up arrow belong to the composition as long as there is one", async ({ arrive }) => {
  const page = await arrive();
  const session = await startTyping(page);
  await say(page, "지난 말");
  await expectSaid(page, ["지난 말"]);
  await compose(session, ["ㄱ"]);
  await press(session, TAKEN_UP);
  await expect(composer(page)).toHaveValue("ㄱ");
  await press(session, TAKEN_ESCAPE);
  await compose(session, [""]);
  await expect(composer(page)).toHaveValue("");
  await expect(composer(page)).toBeFocused();
  await say(page, "다음");
  await expectSaid(page, ["지난 말", "다음"]);
});

test("on a phone Enter breaks the line and the button sends", async ({ arrive }) => {
  const page = await arrive(PHONE);
  const session = await startTyping(page);
  await expect(composer(page)).toHaveAttribute("enterkeyhint", "enter");
  await commit(session, "첫 줄");
  await press(session, ENTER);
  await compose(session, ["ㄷ", "두", "둘"]);
  await press(session, TAKEN_ENTER);
  await commit(session, "둘");
  await expect(composer(page)).toHaveValue("첫 줄\n둘");
  await expectSaid(page, []);
  await page.locator("#send").tap();
  await expectSaid(page, ["첫 줄\n둘"]);
  await expect(composer(page)).toHaveValue("");
});

test("a keyboard that is put to a phone sends by Control and Enter", async ({ arrive }) => {
  const page = await arrive(PHONE);
  await startTyping(page);
  await composer(page).fill("자판으로");
  await composer(page).press("Control+Enter");
  await expectSaid(page, ["자판으로"]);
});

test("with a keyboard the key on the screen would say that it sends", async ({ arrive }) => {
  const page = await arrive();
  await startTyping(page);
  await expect(composer(page)).toHaveAttribute("enterkeyhint", "send");
});
