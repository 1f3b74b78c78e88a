// Enter sends and Shift+Enter breaks, also while a Korean input method is composing.

import type { CDPSession } from "@playwright/test";

import { expect, type Page, test } from "../support/fixtures.ts";
import { composer, expectSaid, makeRoom, say } from "../support/room.ts";

const ENTER = { key: "Enter", code: "Enter", windowsVirtualKeyCode: 13 };
/** How a key arrives that the input method has taken. */
const TAKEN_ENTER = { ...ENTER, windowsVirtualKeyCode: 229 };

async function startTyping(page: Page): Promise<CDPSession> {
  await makeRoom(page, { title: "받아쓰기" });
  await composer(page).focus();
  return page.context().newCDPSession(page);
}

/** The input method shows what is being composed, one step of a syllable after the other. */
async function compose(session: CDPSession, steps: string[]): Promise<void> {
  for (const text of steps) {
    const { length } = text;
    const selection = { selectionStart: length, selectionEnd: length };
    await session.send("Input.imeSetComposition", { text, ...selection });
  }
}

async function commit(session: CDPSession, text: string): Promise<void> {
  await session.send("Input.insertText", { text });
}

async function press(session: CDPSession, key: typeof ENTER): Promise<void> {
  const text = key.windowsVirtualKeyCode === 13 ? { text: "\r" } : {};
  await session.send("Input.dispatchKeyEvent", { type: "keyDown", ...text, ...key });
  await session.send("Input.dispatchKeyEvent", { type: "keyUp", ...key });
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
