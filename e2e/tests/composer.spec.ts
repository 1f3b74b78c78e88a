// The field where one writes: how it grows, counts, refuses, and brings back what was said.

import { expectAccessible } from "../support/accessible.ts";
import { Visitor } from "../support/course.ts";
import { expect, type Page, test, UNREACHABLE } from "../support/fixtures.ts";
import { Link } from "../support/link.ts";
import { composer, enterRoom, expectSaid, makeRoom, say } from "../support/room.ts";

const send = (page: Page) => page.locator("#send");
const length = (page: Page) => page.locator("#composer-length");

async function heightOf(page: Page): Promise<number> {
  return (await composer(page).boundingBox())?.height ?? 0;
}

/** Pastes as a person does, by a clipboard that holds this text. */
async function paste(page: Page, text: string): Promise<void> {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.evaluate((text) => navigator.clipboard.writeText(text), text);
  await composer(page).press("Control+v");
}

test("the field grows with its text up to a limit, then scrolls, and is small again", async ({
  arrive,
}) => {
  const page = await arrive();
  await makeRoom(page, { title: "늘어나는 칸" });
  const small = await heightOf(page);
  await composer(page).fill("한 줄\n두 줄\n세 줄");
  const grown = await heightOf(page);
  expect(grown).toBeGreaterThan(small + 30);
  await composer(page).fill("줄\n".repeat(100));
  const largest = await heightOf(page);
  expect(largest).toBeGreaterThan(grown);
  expect(largest).toBeLessThan(250);
  expect(await composer(page).evaluate((field) => field.scrollHeight > field.clientHeight)).toBe(true);
  await composer(page).fill("한 줄\n두 줄\n세 줄");
  await composer(page).press("Enter");
  await expect(composer(page)).toHaveValue("");
  expect(await heightOf(page)).toBe(small);
});

test("the button says when there is nothing to send, and keeps the focus", async ({ arrive }) => {
  const page = await arrive();
  await makeRoom(page, { title: "빈 칸" });
  await expect(send(page)).toHaveAttribute("aria-disabled", "true");
  await composer(page).fill(" \n ");
  await expect(send(page)).toHaveAttribute("aria-disabled", "true");
  await composer(page).press("Enter");
  await composer(page).fill("글");
  await expect(send(page)).toHaveAttribute("aria-disabled", "false");
  await send(page).focus();
  await page.keyboard.press("Enter");
  await expectSaid(page, ["글"]);
  await expect(send(page)).toHaveAttribute("aria-disabled", "true");
  await expect(composer(page)).toBeFocused();
});

test("the length is told near the limit, and a text beyond it is refused and kept", async ({
  arrive,
}) => {
  const page = await arrive();
  await makeRoom(page, { title: "긴 글" });
  await composer(page).fill("가".repeat(3_799));
  await expect(length(page)).toBeEmpty();
  await composer(page).fill("가".repeat(3_995));
  await expect(length(page)).toHaveText("5자 남음");
  await composer(page).fill("가".repeat(4_012));
  await expect(length(page)).toHaveText("12자 넘었습니다");
  await expect(page.getByRole("status").filter({ hasText: "12자 넘었습니다" })).toBeAttached();
  await composer(page).press("Enter");
  await expect(page.getByRole("alert")).toContainText("4,000자까지로 줄이거나 나누어");
  await expect(composer(page)).toHaveValue("가".repeat(4_012));
  await composer(page).press("Escape");
  await expect(page.getByRole("alert")).toHaveCount(0);
  await expect(composer(page)).toBeFocused();
  await composer(page).fill("가".repeat(4_001));
  await expect(length(page)).toHaveText("한 글자 넘었습니다");
  await composer(page).press("Backspace");
  await composer(page).press("Enter");
  await expectSaid(page, ["가".repeat(4_000)]);
  await expect(length(page)).toBeEmpty();
});

const BYTES_MAX = 16 * 1024;
const KINDS = [
  { name: "Korean", character: "각", most: 4_000 },
  { name: "families", character: "👨‍👩‍👧‍👦", most: Math.floor(BYTES_MAX / 25) },
  { name: "marked letters", character: "e\u0301", most: 4_000 },
  { name: "syllables written apart", character: "각".normalize("NFD"), most: Math.floor(BYTES_MAX / 9) },
  { name: "flags", character: "🇰🇷", most: Math.floor(BYTES_MAX / 8) },
] as const;

for (const { name, character, most } of KINDS) {
  test(`page and server judge ${name} alike at the limit`, async ({ arrive, server }) => {
    const page = await arrive();
    const path = await makeRoom(page, { title: "자로 재기" });
    const visitor = new Visitor(server.url);
    const room = path.replace("/room/", "");
    await visitor.ask(path);
    for (const [count, fits] of [
      [most - 1, true],
      [most, true],
      [most + 1, false],
    ] as const) {
      await composer(page).fill(character.repeat(count));
      const tooMany = (await composer(page).getAttribute("aria-invalid")) === "true";
      expect(tooMany, `${count} on the page`).toBe(!fits);
      const { status } = await visitor.chat(room, character.repeat(count));
      expect(status, `${count} at the server`).toBe(fits ? 200 : 422);
    }
    await expect(length(page)).toHaveText("한 글자 넘었습니다");
  });
}

test("a pasted megabyte is refused at once, and what stood there stays", async ({ arrive }) => {
  const page = await arrive();
  await makeRoom(page, { title: "큰 붙여넣기" });
  await composer(page).fill("쓰던 글");
  const started = Date.now();
  await paste(page, "가나다 라마\n".repeat(150_000));
  await expect(page.getByRole("alert")).toContainText("나누어 붙여 넣어");
  expect(Date.now() - started).toBeLessThan(10_000);
  await expect(composer(page)).toHaveValue("쓰던 글");
  await paste(page, " 짧은 글");
  await expect(page.getByRole("alert")).toHaveCount(0);
  await composer(page).press("Enter");
  await expectSaid(page, ["쓰던 글 짧은 글"]);
});

test("the up arrow in an empty field opens the last own text, in any other it moves the caret", async ({ arrive }) => {
  const [page, other] = [await arrive(), await arrive()];
  const room = await makeRoom(page, { title: "다시 쓰기" });
  await composer(page).press("ArrowUp");
  await expect(composer(page)).toHaveValue("");
  await say(page, "내 첫 말");
  await say(page, "내 끝 말");
  await enterRoom(other, room);
  await say(other, "남의 말");
  await expectSaid(page, ["내 첫 말", "내 끝 말", "남의 말"]);
  await composer(page).fill("쓰는 중");
  for (const key of ["ArrowUp", "ArrowDown", "Escape"]) await composer(page).press(key);
  await expect(composer(page)).toHaveValue("쓰는 중");
  await composer(page).fill("");
  await composer(page).press("ArrowUp");
  const edited = page.getByRole("textbox", { name: "메시지 고치기" });
  await expect(edited).toHaveValue("내 끝 말");
  await edited.pressSequentially("씨");
  await edited.press("Enter");
  await expectSaid(other, ["내 첫 말", "내 끝 말씨", "남의 말"]);
});

test("an up arrow whose answer comes late takes the field from nobody who writes on", async ({ arrive }) => {
  const page = await arrive();
  let letThrough = (): void => undefined;
  const allowed = new Promise<void>((resolve) => (letThrough = resolve));
  await page.route("**/assets/talk-*", async (route) => {
    await allowed;
    await route.continue();
  });
  await makeRoom(page, { title: "나중에" });
  await composer(page).press("ArrowUp");
  await say(page, "내 첫 말");
  await expectSaid(page, ["내 첫 말"]);
  const asked = page.waitForRequest("**/assets/talk-*");
  await composer(page).press("ArrowUp");
  const part = (await asked).url();
  await composer(page).pressSequentially("쓰는 중");
  letThrough();
  await page.evaluate((url) => import(url), part);
  await expect(composer(page)).toBeFocused();
  await expect(composer(page)).toHaveValue("쓰는 중");
  await expect(page.getByRole("textbox", { name: "메시지 고치기" })).toHaveCount(0);
  await composer(page).fill("");
  await composer(page).press("ArrowUp");
  await expect(page.getByRole("textbox", { name: "메시지 고치기" })).toHaveValue("내 첫 말");
});

test("the up arrow brings back what could not be sent, and takes its place", async ({ arrive, server, watch }) => {
  watch.expect(...UNREACHABLE);
  const link = await Link.to(server.port);
  watch.allowHost(new URL(link.url).host);
  const page = await arrive({ baseURL: link.url });
  await makeRoom(page, { title: "다시 쓰기" });
  link.cut();
  await say(page, "닿지 않는 말");
  await expect(page.locator("#pending > li")).toHaveCount(1);
  await composer(page).press("ArrowUp");
  await expect(composer(page)).toHaveValue("닿지 않는 말");
  await composer(page).press("ArrowDown");
  await expect(composer(page)).toHaveValue("");
  await composer(page).press("ArrowUp");
  await composer(page).press("Escape");
  await expect(composer(page)).toHaveValue("");
  link.close();
});

test("Escape in the list leads back to the newest message and to the field", async ({ arrive }) => {
  const page = await arrive({ viewport: { width: 800, height: 400 } });
  await makeRoom(page, { title: "읽다가" });
  await say(page, "줄\n".repeat(60).trim());
  await expectSaid(page, ["줄\n".repeat(60).trim()]);
  const log = page.getByRole("log");
  await log.focus();
  await log.evaluate((list) => list.scrollBy(0, -600));
  await expect(page.getByRole("button", { name: "맨 아래로" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(composer(page)).toBeFocused();
  await expect(page.getByRole("button", { name: "맨 아래로" })).toHaveCount(0);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`a text that is too long is accessible in ${colorScheme}`, async ({ arrive, watch }) => {
    watch.expect(...UNREACHABLE);
    const page = await arrive({ colorScheme });
    await makeRoom(page, { title: "너무 긴 글" });
    await composer(page).fill("가".repeat(3_990));
    await expectAccessible(page, "near the limit");
    await composer(page).fill("가".repeat(4_012));
    await composer(page).press("Enter");
    await expect(page.getByRole("alert")).toBeVisible();
    await expectAccessible(page, "beyond the limit");
  });
}
